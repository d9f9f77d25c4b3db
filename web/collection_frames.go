package web

import (
	"context"
	"encoding/json"

	"github.com/atelier-studio/atelier/live"
)

// collectionFrame tells watchers of a collection that something of it has changed: a document, or, where none is named,
// any.
type collectionFrame struct {
	Type       string `json:"t"`
	Collection string `json:"collection"`
	Document   string `json:"document,omitempty"`
}

func (s *Server) tellCollection(ctx context.Context, workspace, collection, document string) {
	if s.Live == nil {
		return
	}
	TellCollection(ctx, s.Live.Bus(), workspace, collection, document)
}

// TellWatchers tells those who look at a collection that something of it has changed, but nothing that is searched.
func TellWatchers(ctx context.Context, bus live.Bus, workspace, collection string) {
	data, err := json.Marshal(collectionFrame{"collection", collection, ""})
	if err == nil {
		_ = bus.Publish(ctx, live.CollectionTopic(workspace, collection), live.Message{Data: data}) // see below
	}
}

// TellCollection says on the bus that something of a collection has changed. One that cannot be told looks again when it
// asks the next time.
func TellCollection(ctx context.Context, bus live.Bus, workspace, collection, document string) {
	data, err := json.Marshal(collectionFrame{"collection", collection, document})
	if err != nil {
		return
	}
	_ = bus.Publish(ctx, live.CollectionTopic(workspace, collection), live.Message{Data: data}) // see above
}
