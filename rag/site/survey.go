package site

import (
	"context"
	"errors"
	"net/url"
	"path"
	"slices"
	"strings"
)

// survey reads the site maps of a source and keeps the pages that they name. The address is that of a site map, or of a site
// that has some: its robots.txt names them, or there is one at the usual place.
func (c *Crawler) survey(ctx context.Context, v *Visit, root *url.URL) (o Outcome, err error) {
	y := &surveyor{Crawler: c, v: v, scope: scope{root: root}, seen: map[string]bool{}}
	m, at, err := y.read(ctx, root)
	if err != nil && !isMapName(root) {
		if _, ours := errors.AsType[*refusal](err); !ours {
			return o, err
		}
		y.scope = scopeOf(root)
		return y.discover(ctx, root, err)
	}
	if err == nil {
		err = y.take(ctx, m, at, 1)
	}
	return y.outcome(err)
}

// isMapName tells whether an address is meant to be that of a site map itself.
func isMapName(u *url.URL) bool {
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".xml", ".gz", ".txt":
		return true
	}
	return false
}

// surveyor reads the site maps of one source.
type surveyor struct {
	*Crawler
	v      *Visit
	scope  scope
	seen   map[string]bool // site maps
	pages  int
	failed bool // one of them, or more than one
	cut    bool
}

// discover looks for the site maps of a site. first is why its address is none.
func (y *surveyor) discover(ctx context.Context, root *url.URL, first error) (Outcome, error) {
	a, err := y.Fetcher.access(ctx, root)
	if err != nil {
		return Outcome{}, err
	}
	if a.robots == nil {
		return Outcome{Error: first.Error()}, nil
	}
	places := slices.Clone(a.robots.maps)
	if len(places) == 0 {
		places = []string{"/sitemap.xml"}
	}
	for _, place := range places {
		err := y.nested(ctx, root, place, 1)
		if err != nil {
			return y.outcome(err)
		}
	}
	if y.pages == 0 {
		return y.outcome(invalid(Broken, "no site map was found for this address: its robots.txt names none that can be read, and there is none at /sitemap.xml"))
	}
	return y.outcome(nil)
}

func (y *surveyor) outcome(err error) (Outcome, error) {
	if r, ok := errors.AsType[*refusal](err); ok {
		return Outcome{Error: r.text}, nil
	}
	if err == nil && y.pages == 0 {
		err = invalid(Broken, "the site map names no page of this address")
		return Outcome{Error: err.Error()}, nil
	}
	return Outcome{Complete: !y.failed, Cut: y.cut}, err
}

// read fetches a site map. It answers where it was found too.
func (y *surveyor) read(ctx context.Context, u *url.URL) (*siteMap, *url.URL, error) {
	y.seen[u.String()] = true
	host := scope{root: u}
	g, err := y.Fetcher.get(ctx, &wish{url: u, raw: true, most: maxMap, within: func(to *url.URL) error {
		if !host.has(to) {
			return invalid(Broken, "it leads to %s, which does not belong to the address", shorten(to.String()))
		}
		return nil
	}})
	if err != nil {
		return nil, nil, err
	}
	m, err := parseMap(g.data)
	return m, g.url, err
}

// nested reads a site map that another names. What is wrong with it is kept beside the pages, and does not end the look.
func (y *surveyor) nested(ctx context.Context, from *url.URL, place string, depth int) error {
	u, err := from.Parse(place)
	if err == nil {
		u, err = tidy(u)
	}
	var m *siteMap
	var at *url.URL
	switch host := (scope{root: y.scope.root}); {
	case err != nil:
		return nil //nolint:nilerr // nobody can open it to see what is wrong
	case y.seen[u.String()]:
		return nil
	case len(y.seen) >= maxMaps:
		y.cut = true
		return nil
	case depth > maxMapDepth:
		err = invalid(Broken, "site maps lie more than %d deep in each other", maxMapDepth)
	case !host.has(u):
		y.seen[u.String()] = true
		err = invalid(Skipped, "the site map is of another host")
	default:
		m, at, err = y.read(ctx, u)
	}
	r, ours := errors.AsType[*refusal](err)
	switch {
	case err == nil:
		return y.take(ctx, m, at, depth)
	case !ours:
		return err
	}
	y.failed = y.failed || r.state != Skipped
	_, err = y.Desk.Found(ctx, y.v, []Found{{Address: u.String(), Reason: r.text}})
	return err
}

// take keeps the pages of a site map and reads those that it names.
func (y *surveyor) take(ctx context.Context, m *siteMap, at *url.URL, depth int) error {
	var list []Found
	for _, text := range m.pages {
		u, err := at.Parse(text)
		if err == nil {
			u, err = tidy(u)
		}
		if err == nil && y.scope.has(u) {
			list = append(list, Found{Address: u.String()})
		}
	}
	y.pages += len(list)
	for part := range slices.Chunk(list, 500) {
		cut, err := y.Desk.Found(ctx, y.v, part)
		if err != nil {
			return err
		}
		if y.cut = y.cut || cut; cut {
			return nil
		}
	}
	for _, place := range m.maps {
		if err := y.nested(ctx, at, place, depth+1); err != nil || y.cut {
			return err
		}
	}
	return nil
}
