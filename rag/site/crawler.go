package site

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/url"
	"sync"
	"time"
)

// deadAfter is how long a crawler may give no sign before another takes its visit: longer than a page may take with its
// attempts and waits.
const deadAfter = 10 * time.Minute

// Crawler looks at sources. Several may work on one store, in several processes: each source is looked at by one.
type Crawler struct {
	Desk    Desk
	Fetcher *Fetcher
	Owner   string // names the process
	Now     func() time.Time
	Log     *slog.Logger
	// Changed is called when something of a source has changed; fresh: there is a document to be taken in, or one less.
	Changed func(workspace, collection string, fresh bool)
	// Looked, when set, is told of each page.
	Looked func(p Page)
	// Workers is how many sources are looked at at once; 0: 8, since most of the time each waits for its own pace.
	Workers int

	wake chan struct{}
	once sync.Once
}

func (c *Crawler) bell() chan struct{} {
	c.once.Do(func() { c.wake = make(chan struct{}, 1) })
	return c.wake
}

// Wake says that there is something to do. It does not wait.
func (c *Crawler) Wake() {
	select {
	case c.bell() <- struct{}{}:
	default:
	}
}

// Run looks at sources until the context ends: at those that wait, and at those whose day or week has come.
func (c *Crawler) Run(ctx context.Context) {
	var workers sync.WaitGroup
	for range cmp.Or(c.Workers, 8) {
		workers.Go(func() { c.work(ctx) })
	}
	workers.Wait()
}

func (c *Crawler) work(ctx context.Context) {
	const every = 5 * time.Second
	for ctx.Err() == nil {
		more, err := c.Next(ctx, "")
		if err != nil && ctx.Err() == nil {
			c.Log.WarnContext(ctx, "an address could not be looked at now; it is tried again", "error", err)
		}
		if more && err == nil {
			c.Wake() // there may be work for the others too
			continue
		}
		select {
		case <-ctx.Done():
		case <-c.bell():
		case <-time.After(every):
		}
	}
}

// Next looks at one source, of this id only when it is not empty, and tells whether there was one. The error is of the
// store: what is wrong with an address is kept with it.
func (c *Crawler) Next(ctx context.Context, id string) (bool, error) {
	v, err := c.Desk.ClaimSource(ctx, c.Owner, id, c.Now().Add(-deadAfter).UnixMicro())
	if err != nil || v == nil {
		return false, err
	}
	c.changed(v, false)
	o, err := c.look(ctx, v)
	if err == nil {
		err = c.Desk.Finish(ctx, v, o)
	}
	switch {
	case errors.Is(err, ErrTaken):
		return true, nil
	case ctx.Err() != nil:
		return true, ctx.Err() // the claim runs out, and somebody goes on
	case err == nil:
		c.changed(v, true)
	}
	return true, err
}

func (c *Crawler) changed(v *Visit, fresh bool) {
	if c.Changed != nil {
		c.Changed(v.Workspace, v.Collection, fresh)
	}
}

// look finds the addresses of a source and looks at each.
func (c *Crawler) look(ctx context.Context, v *Visit) (o Outcome, err error) {
	root, err := Parse(v.Address)
	if err != nil {
		return Outcome{Error: err.Error()}, nil //nolint:nilerr // what is wrong with the address is kept with it
	}
	s := scope{root: root}
	if v.Kind == Links {
		s = scopeOf(root)
	}
	// Who goes on with another's visit does not know whether all that the site names was found.
	o.Complete, o.Cut = !v.Begun, v.Begun && v.Cut
	if !v.Begun {
		if v.Kind == Map {
			o, err = c.survey(ctx, v, root)
		} else {
			_, err = c.Desk.Found(ctx, v, []Found{{Address: root.String()}})
		}
		if err != nil || o.Error != "" {
			return o, err
		}
		if err := c.Desk.Begin(ctx, v); err != nil {
			return o, err
		}
	}
	for {
		p, err := c.Desk.NextPage(ctx, v)
		if err != nil || p == nil {
			return o, err
		}
		cut, err := c.page(ctx, v, s, p)
		if err != nil {
			return o, err
		}
		o.Cut = o.Cut || cut
		// A page that cannot be read may have led to others: what nothing leads to now is not known to be gone.
		o.Complete = o.Complete && (v.Kind != Links || p.State != Broken)
		if v.Kind == One && (p.State == Broken || p.State == Skipped) {
			o.Error = p.Reason
		}
	}
}

// page looks at one page: asks for it, follows its links where the source says so, and hands it over.
func (c *Crawler) page(ctx context.Context, v *Visit, s scope, p *Page) (cut bool, err error) {
	d, cut, err := c.fetch(ctx, v, s, p)
	if r, ok := errors.AsType[*refusal](err); ok {
		if p.State, p.Reason = r.state, r.text; r.state == Gone && p.Document == "" {
			p.State = Broken // it never was there
		}
	} else if err != nil {
		return false, err
	}
	if p.State, err = c.Desk.Done(ctx, v, *p, d); err != nil {
		return cut, err
	}
	if c.Looked != nil {
		c.Looked(*p)
	}
	c.changed(v, p.State == New || p.State == Changed)
	return cut, nil
}

// fetch asks for a page. Nothing new is no document, with the state that says so.
func (c *Crawler) fetch(ctx context.Context, v *Visit, s scope, p *Page) (d *Document, cut bool, err error) {
	u, err := Parse(p.Address)
	if err != nil {
		return nil, false, err
	}
	if p.Lost && v.Kind != Links {
		p.State = Deleted
		return nil, false, nil
	}
	w := &wish{url: u, etag: p.ETag, modified: p.Modified}
	if v.Kind != One {
		w.within = func(to *url.URL) error {
			if !s.has(to) {
				return invalid(Skipped, "it leads to %s, which does not belong to the address", shorten(to.String()))
			}
			return nil
		}
	}
	g, err := c.Fetcher.get(ctx, w)
	if err != nil {
		return nil, false, err
	}
	if g.unchanged {
		p.State = Same
		if v.Kind == Links && p.Depth < v.Depth {
			cut, err = c.known(ctx, v, s, p)
		}
		return nil, cut, err
	}
	if v.Kind == Links && p.Depth < v.Depth && isHTML(g.media) {
		if cut, err = c.follow(ctx, v, s, p, g.url, g.data); err != nil {
			return nil, cut, err
		}
	}
	if p.Lost {
		p.State = Deleted
		return nil, cut, nil
	}
	return g.document(canonicalOf(g)), cut, nil
}

// known follows the links of a page that has not changed: of the document that it was made into.
func (c *Crawler) known(ctx context.Context, v *Visit, s scope, p *Page) (cut bool, err error) {
	address, data, err := c.Desk.Bytes(ctx, v, p.Document)
	if err != nil {
		return false, err
	}
	at, err := Parse(address)
	if err != nil {
		return false, err
	}
	return c.follow(ctx, v, s, p, at, data)
}

// follow keeps the addresses that a page links to and that belong to the source.
func (c *Crawler) follow(ctx context.Context, v *Visit, s scope, p *Page, at *url.URL, data []byte) (cut bool, err error) {
	links, _ := linksOf(at, data)
	var list []Found
	for _, u := range links {
		if s.has(u) {
			list = append(list, Found{Address: u.String(), Depth: p.Depth + 1})
		}
	}
	if len(list) == 0 {
		return false, nil
	}
	return c.Desk.Found(ctx, v, list)
}
