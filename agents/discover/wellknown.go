package discover

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Bounds of what site maps give.
const (
	maxSiteMaps  = 20
	maxSiteMap   = 16 << 20
	maxAddresses = 5000
)

// wellKnown reads robots.txt and site maps. What robots.txt keeps crawlers away from is looked at all the same, since it
// is the target's own test, but it is remembered where it came from.
func (d *discovery) wellKnown(ctx context.Context) {
	maps := []string{d.origin + "/sitemap.xml"}
	if x := d.client.Send(ctx, wire.Request{URL: d.origin + "/robots.txt", Follow: true}); x.OK() && !isHTML(x) && !IsMissing(d.s, x, "/robots.txt") {
		d.s.Robots = &surface.Document{URL: x.URL, Data: x.Body}
		maps = append(d.robots(x.Body), maps...)
	}
	asked := map[string]bool{}
	count := 0
	for len(maps) > 0 && len(asked) < maxSiteMaps && ctx.Err() == nil {
		address := maps[0]
		maps = maps[1:]
		if asked[address] {
			continue
		}
		asked[address] = true
		x := d.client.Send(ctx, wire.Request{URL: address, Follow: true})
		if !x.OK() || isHTML(x) || IsMissing(d.s, x, pathOf(address)) {
			continue
		}
		pages, more := readSiteMap(x.Body)
		d.s.SiteMaps = append(d.s.SiteMaps, &surface.Document{URL: x.URL, Data: x.Body})
		maps = append(maps, more...)
		for _, page := range pages {
			if count++; count > maxAddresses {
				return
			}
			d.add(page, "", surface.BySiteMap, address, 1)
		}
	}
}

// robots queues the paths that robots.txt names, and returns the site maps in it.
func (d *discovery) robots(data []byte) (maps []string) {
	base, err := url.Parse(d.origin + "/")
	if err != nil {
		return nil
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 0; lines.Scan() && n < maxAddresses; n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		name, value, ok := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		if !ok || value == "" {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "sitemap":
			if address := resolve(base, value); address != "" {
				maps = append(maps, address)
			}
		case "disallow", "allow":
			if !strings.ContainsAny(value, "*$") {
				d.add(resolve(base, value), "", surface.ByRobots, d.origin+"/robots.txt", 1)
			}
		}
	}
	return maps
}

// readSiteMap reads addresses of pages and of further site maps, plain or packed.
func readSiteMap(data []byte) (pages, maps []string) {
	var r io.Reader = bytes.NewReader(data)
	if z, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
		r = z
	}
	decoder := xml.NewDecoder(io.LimitReader(r, maxSiteMap))
	inMap := false
	for len(pages)+len(maps) < maxAddresses {
		token, err := decoder.Token()
		if err != nil {
			return pages, maps
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "sitemap":
			inMap = true
		case "url":
			inMap = false
		case "loc":
			var address string
			if decoder.DecodeElement(&address, &start) != nil {
				return pages, maps
			}
			if address = strings.TrimSpace(address); inMap {
				maps = append(maps, address)
			} else {
				pages = append(pages, address)
			}
		}
	}
	return pages, maps
}

// Where descriptions of APIs are found.
var (
	specPaths  = []string{"/openapi.json", "/api/openapi.json", "/swagger.json", "/api/swagger.json", "/v3/api-docs", "/v2/api-docs", "/api-docs", "/swagger/v1/swagger.json", "/openapi.yaml", "/api/v1/openapi.json", "/docs/openapi.json", "/.well-known/openapi.json"}
	graphPaths = []string{"/graphql", "/api/graphql", "/v1/graphql", "/query"}
)

// describe looks for descriptions of APIs.
func (d *discovery) describe(ctx context.Context) {
	paths := specPaths
	for _, l := range d.s.Links {
		if l.Inside && (strings.Contains(l.URL, "openapi") || strings.Contains(l.URL, "swagger")) {
			if u, err := url.Parse(l.URL); err == nil {
				paths = append(paths[:len(paths):len(paths)], u.EscapedPath())
			}
		}
	}
	for _, path := range paths {
		x := d.client.Send(ctx, wire.Request{URL: d.origin + path, Follow: true})
		if !x.OK() || x.Cut || IsMissing(d.s, x, path) || !isDescription(x.Body) {
			continue
		}
		d.s.Spec = &surface.Document{URL: x.URL, Data: x.Body}
		d.operations(ctx, x.Body, x.URL)
		break
	}
	for _, path := range graphPaths {
		x := d.client.Send(ctx, wire.Request{Method: http.MethodPost, URL: d.origin + path, Body: []byte(`{"query":"{__typename}"}`), Header: http.Header{"Content-Type": {"application/json"}}})
		var answer struct {
			Data   map[string]any `json:"data"`
			Errors []any          `json:"errors"`
		}
		if x.Answered() && json.Unmarshal(x.Body, &answer) == nil && (answer.Data["__typename"] != nil || len(answer.Errors) > 0 && x.Status < 404) {
			d.s.GraphQL = x.URL
			return
		}
	}
}

func isDescription(body []byte) bool {
	head := body[:min(len(body), 4096)]
	return bytes.Contains(head, []byte("openapi")) || bytes.Contains(head, []byte("swagger"))
}
