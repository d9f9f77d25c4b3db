package web

import (
	"context"

	"github.com/atelier-studio/atelier/rag/site"
	"github.com/atelier-studio/atelier/store"
)

type addressesOut struct {
	Addresses []site.Source `json:"addresses" doc:"By address."`
}

func apiAddresses(s *Server, c *Ctx, in collectionIn) (addressesOut, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	id, err := s.Store.CollectionID(ctx, scope, in.ID)
	if err != nil {
		return addressesOut{}, err
	}
	found, err := s.Store.Sources(ctx, scope, id)
	return addressesOut{list(found)}, err
}

type newAddressIn struct {
	ID      string     `path:"id" json:"-"`
	Address string     `json:"address" doc:"Of a page, of a site map, or of a site that has one."`
	Kind    site.Kind  `json:"kind,omitempty" doc:"page: this page alone, as when left out. sitemap: the pages of its site map. links: the page, and what links lead to below it."`
	Pages   int        `json:"pages,omitempty" doc:"How many pages are taken, at most: 500 when left out."`
	Depth   int        `json:"depth,omitempty" doc:"Over how many links pages are followed: 3 when left out. For links alone."`
	Tags    []string   `json:"tags,omitempty" doc:"Of its documents."`
	Every   site.Every `json:"every,omitempty" doc:"day or week: how often it is looked at by itself. Left out: when somebody asks."`
	InStep  bool       `json:"in_step,omitempty" doc:"Pages that are gone are removed by themselves."`
}

func apiAddAddress(s *Server, c *Ctx, in newAddressIn) (site.Source, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	if s.Crawler == nil {
		return site.Source{}, errNoCrawler
	}
	id, err := s.Store.CollectionID(ctx, scope, in.ID)
	if err != nil {
		return site.Source{}, err
	}
	v, err := s.Store.PutSource(ctx, scope, id, site.Source{
		Address: in.Address, Kind: in.Kind, Pages: in.Pages, Depth: in.Depth, Tags: in.Tags, Every: in.Every, InStep: in.InStep,
	})
	if err == nil {
		s.addressesChanged(ctx, scope.Workspace(), id)
	}
	return v, err
}

var errNoCrawler = invalidInput("This studio fetches no addresses.")

// addressesChanged wakes those who look at addresses, and tells those who watch.
func (s *Server) addressesChanged(ctx context.Context, workspace, collection string) {
	if s.Crawler != nil {
		s.Crawler.Wake()
	}
	if s.Live != nil {
		TellWatchers(ctx, s.Live.Bus(), workspace, collection)
	}
}

type addressIn struct {
	ID      string `path:"id"`
	Address string `path:"address"`
}

func apiAddress(s *Server, c *Ctx, in addressIn) (site.Source, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	id, err := s.Store.CollectionID(ctx, scope, in.ID)
	if err != nil {
		return site.Source{}, err
	}
	return s.Store.Source(ctx, scope, id, in.Address)
}

type putAddressIn struct {
	ID      string      `path:"id" json:"-"`
	Address string      `path:"address" json:"-"`
	Pages   *int        `json:"pages,omitempty" doc:"How many pages are taken, at most; left out: as it was."`
	Depth   *int        `json:"depth,omitempty" doc:"Over how many links pages are followed; left out: as it was."`
	Tags    []string    `json:"tags,omitempty" doc:"Of its documents; left out: as they were."`
	Every   *site.Every `json:"every,omitempty" doc:"day, week, or empty for when somebody asks; left out: as it was."`
	InStep  *bool       `json:"in_step,omitempty" doc:"Pages that are gone are removed by themselves; left out: as it was."`
}

func apiPutAddress(s *Server, c *Ctx, in putAddressIn) (site.Source, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	v, err := apiAddress(s, c, addressIn{in.ID, in.Address})
	if err != nil {
		return v, err
	}
	if in.Pages != nil {
		v.Pages = *in.Pages
	}
	if in.Depth != nil {
		v.Depth = *in.Depth
	}
	if in.Tags != nil {
		v.Tags = in.Tags
	}
	if in.Every != nil {
		v.Every = *in.Every
	}
	if in.InStep != nil {
		v.InStep = *in.InStep
	}
	out, err := s.Store.PutSource(ctx, scope, v.Collection, v)
	if err == nil {
		s.collectionChanged(ctx, scope.Workspace(), v.Collection)
		out.Counts = v.Counts
	}
	return out, err
}

type orderAddressIn struct {
	ID      string `path:"id" json:"-"`
	Address string `path:"address" json:"-"`
	Order   string `json:"order" doc:"look: now, once more. pause, resume. forget_gone: remove the documents of pages that are gone. restore: take pages in again whose documents were deleted here."`
}

func apiOrderAddress(s *Server, c *Ctx, in orderAddressIn) (out orderOut, err error) {
	ctx, scope := c.Request().Context(), c.Scope()
	id, err := s.Store.CollectionID(ctx, scope, in.ID)
	if err != nil {
		return out, err
	}
	if out.Count, err = s.Store.OrderSource(ctx, scope, id, in.Address, store.SourceOrder(in.Order)); err != nil {
		return out, err
	}
	if out.Count > 0 {
		s.collectionChanged(ctx, scope.Workspace(), id)
	} else {
		s.addressesChanged(ctx, scope.Workspace(), id)
	}
	return out, nil
}

type deleteAddressIn struct {
	ID        string `path:"id"`
	Address   string `path:"address"`
	Documents bool   `query:"documents" doc:"true: the documents that came from it are deleted too, unless they came from another address as well."`
}

func apiDeleteAddress(s *Server, c *Ctx, in deleteAddressIn) (out orderOut, err error) {
	ctx, scope := c.Request().Context(), c.Scope()
	id, err := s.Store.CollectionID(ctx, scope, in.ID)
	if err != nil {
		return out, err
	}
	if out.Count, err = s.Store.DeleteSource(ctx, scope, id, in.Address, in.Documents); err == nil {
		s.collectionChanged(ctx, scope.Workspace(), id)
	}
	return out, err
}

type addressPagesIn struct {
	ID      string `path:"id"`
	Address string `path:"address"`
	State   string `query:"state" doc:"waiting, new, changed, same, gone, failed, skipped or deleted."`
	After   string `query:"after" doc:"The next of the page before."`
	Limit   int    `query:"limit" doc:"50 when left out, at most 200."`
}

type addressPagesOut struct {
	Pages []site.Page `json:"pages" doc:"By address."`
	Next  string      `json:"next,omitempty" doc:"Asks for the page after; left out at the end."`
}

func apiAddressPages(s *Server, c *Ctx, in addressPagesIn) (addressPagesOut, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	id, err := s.Store.CollectionID(ctx, scope, in.ID)
	if err != nil {
		return addressPagesOut{}, err
	}
	found, next, err := s.Store.SourcePages(ctx, scope, id, in.Address, site.State(in.State), in.After, in.Limit)
	return addressPagesOut{list(found), next}, err
}
