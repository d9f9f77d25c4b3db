package main

import (
	"context"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/site"
	"github.com/atelier-studio/atelier/store"
)

// collections are the documents that nodes reach: those of the run's own workspace. What they stand on is made after the
// kinds, and before the first run.
type collections struct {
	store     *store.Store
	documents *documents
}

var _ nodes.Collections = (*collections)(nil)

// Open is in nodes.Collections.
func (c *collections) Open(ctx context.Context, workspace, name string) (*library.Opened, error) {
	found, err := c.store.Collection(ctx, auth.System(workspace), name)
	if err != nil {
		return nil, err
	}
	return c.documents.library.Open(ctx, workspace, found.ID)
}

// Add is in nodes.Collections.
func (c *collections) Add(ctx context.Context, workspace, name string, n nodes.NewDocument) (library.Document, error) {
	found, err := c.store.Collection(ctx, auth.System(workspace), name)
	if err != nil {
		return library.Document{}, err
	}
	return c.add(ctx, workspace, found.ID, store.NewDocument{Name: n.Name, Data: n.Data, Tags: n.Tags})
}

// AddAddress is in nodes.Collections.
func (c *collections) AddAddress(ctx context.Context, workspace, name, address string, tags []string) (library.Document, error) {
	scope := auth.System(workspace)
	found, err := c.store.Collection(ctx, scope, name)
	if err != nil {
		return library.Document{}, err
	}
	at, err := site.Parse(address)
	if err != nil {
		return library.Document{}, err
	}
	id, etag, modified, err := c.store.FetchedDocument(ctx, scope, found.ID, at.String())
	if err != nil {
		return library.Document{}, err
	}
	page, err := c.documents.fetcher.Page(ctx, at.String(), etag, modified)
	if err != nil {
		return library.Document{}, err
	}
	if page == nil {
		return c.store.Document(ctx, scope, found.ID, id)
	}
	return c.add(ctx, workspace, found.ID, store.NewDocument{
		Address: page.Address, Tags: tags, Data: page.Data, ReadAs: page.ReadAs, ETag: page.ETag, Modified: page.Modified,
	})
}

func (c *collections) add(ctx context.Context, workspace, id string, n store.NewDocument) (library.Document, error) {
	d, fresh, err := c.store.AddDocument(ctx, auth.System(workspace), id, n)
	if err == nil && fresh {
		c.documents.ingester.Wake()
		c.documents.ingester.Changed(workspace, id, d.ID)
	}
	return d, err
}

// Document is in nodes.Collections.
func (c *collections) Document(ctx context.Context, workspace, collection, id string) (library.Document, error) {
	return c.store.Document(ctx, auth.System(workspace), collection, id)
}
