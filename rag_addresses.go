package main

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/site"
	"github.com/atelier-studio/atelier/store"
)

// visitAll looks at the addresses of the command line, one line a page. It answers code, or that something failed.
func (d *desk) visitAll(ctx context.Context, p *process, c *library.Collection, code int) (int, error) {
	for _, wanted := range d.addresses {
		wanted.Pages, wanted.Depth, wanted.Tags = d.pages, d.depth, split(d.tags)
		failed, err := d.visit(ctx, p, c, wanted)
		if err != nil {
			return exitFailed, err
		}
		if failed {
			code = exitFailed
		}
	}
	return code, nil
}

// visit looks at one address, which the collection keeps, and takes in what is new or has changed.
func (d *desk) visit(ctx context.Context, p *process, c *library.Collection, wanted site.Source) (failed bool, err error) {
	v, err := d.ownSource(ctx, c, wanted)
	if err != nil {
		return false, err
	}
	d.documents.crawler.Looked = func(page site.Page) {
		switch {
		case page.State == site.Broken:
			failed = true
			fmt.Fprintf(p.stderr, "%s: %s\n", page.Address, page.Reason)
		case page.Reason != "":
			fmt.Fprintf(p.stdout, "%s: %s: %s\n", page.Address, page.State, page.Reason)
		default:
			fmt.Fprintf(p.stdout, "%s: %s\n", page.Address, page.State)
		}
	}
	more, err := d.documents.crawler.Next(ctx, v.ID)
	if err != nil {
		return failed, err
	}
	if !more {
		return failed, fmt.Errorf("a studio looks at %s at this moment", v.Address)
	}
	if err := d.ingestAll(ctx); err != nil {
		return failed, err
	}
	if v, err = d.store.Source(ctx, d.scope, c.ID, v.ID); err != nil {
		return failed, err
	}
	if v.Error != "" {
		failed = failed || v.Status == site.Failed
		fmt.Fprintf(p.stderr, "%s: %s\n", v.Address, v.Error)
	}
	if v.Cut {
		fmt.Fprintf(p.stderr, "%s: there are more than the %d pages that were taken; give more with --pages\n", v.Address, v.Pages)
	}
	unread, err := d.unread(ctx, p, v)
	return failed || unread, err
}

// ownSource adds an address to the collection, or asks for another look at it when it is there already.
func (d *desk) ownSource(ctx context.Context, c *library.Collection, wanted site.Source) (v site.Source, err error) {
	at, err := site.Parse(wanted.Address)
	if err != nil {
		return v, err
	}
	known, err := d.store.Sources(ctx, d.scope, c.ID)
	if err != nil {
		return v, err
	}
	for _, one := range known {
		if one.Address == at.String() && one.Kind == wanted.Kind {
			if wanted.Pages > 0 {
				one.Pages = wanted.Pages
			}
			if wanted.Depth > 0 {
				one.Depth = wanted.Depth
			}
			if len(wanted.Tags) > 0 {
				one.Tags = wanted.Tags
			}
			if v, err = d.store.PutSource(ctx, d.scope, c.ID, one); err == nil {
				_, err = d.store.OrderSource(ctx, d.scope, c.ID, one.ID, store.LookSource)
			}
			return v, err
		}
	}
	return d.store.PutSource(ctx, d.scope, c.ID, wanted)
}

// unread names the pages that were fetched, but whose documents could not be read.
func (d *desk) unread(ctx context.Context, p *process, v site.Source) (some bool, err error) {
	for _, state := range []site.State{site.New, site.Changed} {
		for after, more := "", true; more; more = after != "" {
			var pages []site.Page
			if pages, after, err = d.store.SourcePages(ctx, d.scope, v.Collection, v.ID, state, after, 200); err != nil {
				return some, err
			}
			for _, page := range pages {
				doc, err := d.store.Document(ctx, d.scope, v.Collection, page.Document)
				if err != nil {
					return some, err
				}
				if doc.Status == library.Failed {
					some = true
					fmt.Fprintf(p.stderr, "%s: %s\n", page.Address, doc.Error)
				}
			}
		}
	}
	return some, nil
}

// ingestAll takes all in that waits.
func (d *desk) ingestAll(ctx context.Context) error {
	for {
		if more, err := d.documents.ingester.Next(ctx); err != nil || !more {
			return err
		}
	}
}
