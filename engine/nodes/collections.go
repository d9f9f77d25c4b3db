package nodes

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
)

// Collections are the documents of a studio. A collection is named by its id or its name; fs.ErrNotExist.
type Collections interface {
	// Open returns a collection that can be searched.
	Open(ctx context.Context, workspace, collection string) (*library.Opened, error)
	// Add queues a document to be taken in, in place of one of the same name.
	Add(ctx context.Context, workspace, collection string, n NewDocument) (library.Document, error)
	// AddAddress fetches a page and queues it to be taken in, unless it is there already and has not changed. The error
	// of a page that cannot be fetched wraps fs.ErrInvalid.
	AddAddress(ctx context.Context, workspace, collection, address string, tags []string) (library.Document, error)
	// Document tells how it stands with a document.
	Document(ctx context.Context, workspace, collection, id string) (library.Document, error)
}

// NewDocument is a document to be taken in.
type NewDocument struct {
	Name string
	Tags []string
	Data []byte
}

// maxPassages bounds how many items are ranked or answered from in one step.
const maxPassages = 1000

// collection opens a collection for a search.
func (d *Deps) collection(ctx context.Context, c *engine.Call, name string) (*library.Opened, error) {
	if name == "" {
		return nil, bad("collection", "choose a collection: its name, as it stands under Documents")
	}
	if d.Collections == nil {
		return nil, fmt.Errorf("there are no collections of documents here: they need the studio: %w", errors.ErrUnsupported)
	}
	o, err := d.Collections.Open(ctx, c.Run.Workspace, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noCollection(err, name)
	}
	return o, err
}

func noCollection(err error, name string) error {
	return about("collection", err, "there is no collection %q: make it under Documents, or choose another", name)
}

// finding are the parameters of a search.
type finding struct {
	TopK      int     `json:"top_k" form:"Candidates" min:"1" max:"1000" help:"How many chunks are looked at closely."`
	Results   int     `json:"results" form:"Results" min:"1" max:"1000" help:"How many of them are kept, at most."`
	Threshold float64 `json:"threshold" form:"Threshold" min:"0" max:"1" help:"The probability from which a chunk counts as evidence. 0: all."`
}

var usualFinding = finding{TopK: rag.DefaultSettings.Candidates, Results: rag.DefaultSettings.Results, Threshold: rag.DefaultSettings.Threshold}

// settings are those of a collection with what the node says.
func (f finding) settings(s rag.Settings) rag.Settings {
	s.Candidates, s.Results, s.Threshold = f.TopK, min(f.Results, f.TopK), f.Threshold
	return s
}

// chunkObject is a chunk as items have it.
func chunkObject(h *rag.Hit, rank int) map[string]any {
	headings := make([]any, len(h.Headings))
	for i, s := range h.Headings {
		headings[i] = s
	}
	m := map[string]any{
		"rank": float64(rank), "text": h.Text, "title": h.Title, "headings": headings, "document": h.Document, "chunk": float64(h.ID),
		"start": float64(h.Start), "end": float64(h.End), "probability": h.Probability, "score": h.Reranked,
		"scores": map[string]any{"words": h.Words, "vector": h.Vector, "fused": h.Fused, "reranked": h.Reranked, "coverage": h.Coverage},
	}
	if h.Page > 0 {
		m["page"] = float64(h.Page)
	}
	return m
}

func chunkObjects(hits []rag.Hit) []any {
	list := make([]any, len(hits))
	for i := range hits {
		list[i] = chunkObject(&hits[i], i+1)
	}
	return list
}

// foundOrNone are the outputs of kinds that may find nothing.
var foundOrNone = []engine.Port{{Name: "main"}, {Name: "none", Label: "Nothing found", Optional: true}}
