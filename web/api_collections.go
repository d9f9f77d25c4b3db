package web

import (
	"context"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/split"
)

type collectionsOut struct {
	Collections []library.Collection `json:"collections" doc:"By name."`
}

func apiCollections(s *Server, c *Ctx, _ nothing) (collectionsOut, error) {
	found, err := s.Store.Collections(c.Request().Context(), c.Scope())
	return collectionsOut{list(found)}, err
}

type collectionIn struct {
	ID string `path:"id"`
}

func apiCollection(s *Server, c *Ctx, in collectionIn) (*library.Collection, error) {
	return s.Store.Collection(c.Request().Context(), c.Scope(), in.ID)
}

type putCollectionIn struct {
	ID       string         `path:"id" json:"-"`
	Name     string         `json:"name"`
	Note     string         `json:"note,omitempty"`
	Language string         `json:"language,omitempty" doc:"Of its words, ISO 639-1: en when left out."`
	Settings *rag.Settings  `json:"settings,omitempty" doc:"How it is searched; left out: as it was, or the default."`
	Split    *split.Options `json:"split,omitempty" doc:"How documents are cut. A change takes all documents in again."`
	Embedder string         `json:"embedder,omitempty" doc:"The name of a credential of a provider; left out: the embedder that needs nothing."`
	Models   []string       `json:"models,omitempty" doc:"Names of credentials: the model that answers, and those that step in when it fails."`
}

type newCollectionIn struct {
	Name     string         `json:"name"`
	Note     string         `json:"note,omitempty"`
	Language string         `json:"language,omitempty" doc:"Of its words, ISO 639-1: en when left out."`
	Settings *rag.Settings  `json:"settings,omitempty" doc:"How it is searched."`
	Split    *split.Options `json:"split,omitempty" doc:"How documents are cut."`
	Embedder string         `json:"embedder,omitempty" doc:"The name of a credential of a provider; left out: the embedder that needs nothing."`
	Models   []string       `json:"models,omitempty" doc:"Names of credentials: the model that answers, and those that step in when it fails."`
}

func apiCreateCollection(s *Server, c *Ctx, in newCollectionIn) (*library.Collection, error) {
	return apiPutCollection(s, c, putCollectionIn{"", in.Name, in.Note, in.Language, in.Settings, in.Split, in.Embedder, in.Models})
}

func apiPutCollection(s *Server, c *Ctx, in putCollectionIn) (*library.Collection, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	v := library.Collection{}
	if in.ID != "" {
		known, err := s.Store.Collection(ctx, scope, in.ID)
		if err != nil {
			return nil, err
		}
		v = *known
	}
	v.Name, v.Note, v.Embedder, v.Models = in.Name, in.Note, in.Embedder, in.Models
	if in.Language != "" {
		v.Language = in.Language
	}
	if in.Settings != nil {
		v.Settings = *in.Settings
	}
	if in.Split != nil {
		v.Split = *in.Split
	}
	out, err := s.Store.PutCollection(ctx, scope, v)
	if err == nil {
		s.collectionChanged(ctx, scope.Workspace(), out.ID)
	}
	return out, err
}

func apiDeleteCollection(s *Server, c *Ctx, in collectionIn) (nothing, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	found, err := s.Store.Collection(ctx, scope, in.ID)
	if err != nil {
		return nothing{}, err
	}
	if err := s.Store.DeleteCollection(ctx, scope, found.ID); err != nil {
		return nothing{}, err
	}
	if s.Library != nil {
		s.Library.Close(scope.Workspace(), found.ID)
	}
	s.collectionChanged(ctx, scope.Workspace(), found.ID)
	return nothing{}, nil
}

// collectionChanged tells those who look at a collection, here and on other servers, and wakes those who take documents
// in.
func (s *Server) collectionChanged(ctx context.Context, workspace, id string) {
	if s.Library == nil {
		return
	}
	if s.Ingester != nil {
		s.Ingester.Wake()
	}
	if s.Crawler != nil {
		s.Crawler.Wake()
	}
	s.tellCollection(ctx, workspace, id, "")
}
