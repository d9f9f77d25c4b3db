package site_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/site"
	"github.com/atelier-studio/atelier/store"
)

// host is a web site whose pages a test sets, and which counts what it was asked for.
type host struct {
	*httptest.Server
	mu    sync.Mutex
	pages map[string]http.HandlerFunc
	asked []string
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{pages: map[string]http.HandlerFunc{}}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		page := h.pages[r.URL.RequestURI()]
		note := r.URL.RequestURI()
		if r.Header.Get("If-None-Match")+r.Header.Get("If-Modified-Since") != "" {
			note += " if changed"
		}
		h.asked = append(h.asked, note)
		h.mu.Unlock()
		if page == nil {
			http.NotFound(w, r)
			return
		}
		page(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *host) set(path string, page http.HandlerFunc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pages[path] = page; page == nil {
		delete(h.pages, path)
	}
}

// html sets a page with a text and links; its ETag is made of what it says.
func (h *host) html(path, title, text string, links ...string) {
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html><html><head><title>%s</title></head><body><h1>%s</h1><p>%s</p>", title, title, text)
	for _, l := range links {
		fmt.Fprintf(&b, "<a href=%q>%s</a> ", l, l)
	}
	body := b.String() + "</body></html>"
	h.set(path, func(w http.ResponseWriter, r *http.Request) {
		tag := fmt.Sprintf(`"%x-%d"`, len(body), strings.Count(body, "e"))
		w.Header().Set("ETag", tag)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, body)
	})
}

// says sets what stands at a path.
func (h *host) says(path, kind, body string) {
	h.set(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		fmt.Fprint(w, body)
	})
}

func (h *host) answers(path string, status int) {
	h.set(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

func (h *host) leads(path, to string) {
	h.set(path, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	})
}

// took returns what was asked for since the last look, without robots.txt.
func (h *host) took() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := slices.DeleteFunc(h.asked, func(s string) bool { return s == "/robots.txt" })
	h.asked = nil
	return list
}

// mapOf is a site map of these addresses.
func mapOf(addresses ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>` + strings.Join(addresses, "</loc><lastmod>2026-01-01</lastmod></url>\n<url><loc> ") + "</loc></url></urlset>"
}

// desk is a collection on a real store, and a crawler that may reach the test's own hosts.
type desk struct {
	*store.Store
	*site.Crawler
	t          *testing.T
	scope      auth.Scope
	collection string
	clock      time.Time
}

// allow are the addresses of this machine.
var allow = []string{"127.0.0.1"}

func newDesk(t *testing.T, allowed ...string) *desk {
	t.Helper()
	d := &desk{t: t, scope: auth.System("w"), clock: time.Now()}
	var err error
	d.Store, err = store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: func() time.Time { d.clock = d.clock.Add(time.Microsecond); return d.clock }})
	d.must(err)
	t.Cleanup(func() { d.must(d.Store.Close()) })
	u := auth.User{ID: "u", Email: "ada@example.org", Name: "Ada", PasswordHash: "x", Created: 1}
	d.must(d.CreateUser(t.Context(), u))
	d.must(d.CreateWorkspace(t.Context(), auth.Workspace{ID: "w", Name: "w", Created: 1}, u))
	c, err := d.PutCollection(t.Context(), d.scope, library.Collection{Name: "Site"})
	d.must(err)
	d.collection = c.ID
	egress, err := auth.NewEgress(allowed)
	d.must(err)
	transport := &http.Transport{DialContext: egress.Dialer().DialContext}
	t.Cleanup(transport.CloseIdleConnections)
	d.Crawler = &site.Crawler{
		Desk: d.Store.Library(), Owner: "one", Now: func() time.Time { return d.clock }, Log: slog.New(slog.DiscardHandler),
		Fetcher: &site.Fetcher{Client: &http.Client{Transport: transport}, Gap: time.Nanosecond, Again: time.Millisecond, Limit: 5 * time.Second},
	}
	return d
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// add adds a source and looks at it.
func (d *desk) add(v site.Source) site.Source {
	d.t.Helper()
	v, err := d.PutSource(d.t.Context(), d.scope, d.collection, v)
	d.must(err)
	return d.look(v.ID)
}

// look looks at all sources that wait, and answers this one.
func (d *desk) look(id string) site.Source {
	d.t.Helper()
	for more := true; more; {
		var err error
		more, err = d.Next(d.t.Context(), "")
		d.must(err)
	}
	return d.source(id)
}

func (d *desk) source(id string) site.Source {
	d.t.Helper()
	v, err := d.Store.Source(d.t.Context(), d.scope, d.collection, id)
	d.must(err)
	return v
}

// again looks at a source once more.
func (d *desk) again(id string) site.Source {
	d.t.Helper()
	_, err := d.OrderSource(d.t.Context(), d.scope, d.collection, id, store.LookSource)
	d.must(err)
	return d.look(id)
}

// pages returns the pages of a source as "path state: reason", without the host.
func (d *desk) pages(id string, h *host) (list []string) {
	d.t.Helper()
	pages, _, err := d.SourcePages(d.t.Context(), d.scope, d.collection, id, "", "", 200)
	d.must(err)
	for _, p := range pages {
		line := strings.TrimPrefix(p.Address, h.URL) + " " + string(p.State)
		if p.Reason != "" {
			line += ": " + strings.ReplaceAll(p.Reason, strings.TrimPrefix(h.URL, "http://"), "HOST")
		}
		list = append(list, line)
	}
	return list
}

// documents returns the addresses of the documents of the collection, without the host, in order.
func (d *desk) documents(h *host) (list []string) {
	d.t.Helper()
	docs, _, err := d.Documents(d.t.Context(), d.scope, d.collection, store.DocumentFilter{Limit: 200})
	d.must(err)
	for _, doc := range docs {
		list = append(list, strings.TrimPrefix(doc.Address, h.URL))
	}
	slices.Sort(list)
	return list
}

func equal(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

// hang answers nothing until the asker gives up.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func cancelled(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx
}
