package site_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/rag/site"
	"github.com/atelier-studio/atelier/store"
)

func TestOnlyWhatChangedIsTakenAgain(t *testing.T) {
	t.Parallel()
	h, d := newHost(t), newDesk(t, allow...)
	h.html("/a", "A", "The first page.")
	h.html("/b", "B", "The second page.")
	h.html("/c", "C", "The third page.")
	h.says("/map.xml", "application/xml", mapOf(h.URL+"/a", h.URL+"/b#part", "/c", "https://elsewhere.example/x", "ftp://x", "::"))
	v := d.add(site.Source{Address: h.URL + "/map.xml", Kind: site.Map, Tags: []string{"web"}})
	if v.Status != site.Ready || v.Counts.New != 3 || v.Counts.Found != 3 || v.Next != 0 {
		t.Fatalf("the first look: %+v", v)
	}
	equal(t, "documents", d.documents(h), "/a", "/b", "/c")
	h.took()

	h.html("/b", "B", "The second page, which has changed.")
	v = d.again(v.ID)
	equal(t, "asked", h.took(), "/map.xml", "/a if changed", "/b if changed", "/c if changed")
	equal(t, "pages", d.pages(v.ID, h), "/a same", "/b changed", "/c same")

	// What is gone stays until a person removes it; what a person deleted does not come back.
	h.says("/map.xml", "application/xml", mapOf(h.URL+"/a", h.URL+"/b"))
	h.set("/b", nil)
	docs, _, err := d.Documents(t.Context(), d.scope, d.collection, store.DocumentFilter{Query: "/a"})
	d.must(err)
	_, err = d.DeleteDocuments(t.Context(), d.scope, d.collection, docs[0].ID)
	d.must(err)
	v = d.again(v.ID)
	equal(t, "pages", d.pages(v.ID, h), "/a deleted", "/b gone: there is no page at this address (404 Not Found)", "/c gone: the site map does not name it any more")
	if v.Counts.Gone != 2 || v.Counts.Kept != 2 {
		t.Errorf("counts %+v", v.Counts)
	}
	equal(t, "documents", d.documents(h), "/b", "/c")
	n, err := d.OrderSource(t.Context(), d.scope, d.collection, v.ID, store.ForgetGone)
	if err != nil || n != 2 {
		t.Errorf("removed %d, %v", n, err)
	}
	equal(t, "documents", d.documents(h))
	if n, err := d.OrderSource(t.Context(), d.scope, d.collection, v.ID, store.RestoreSource); err != nil || n != 1 {
		t.Errorf("restored %d, %v", n, err)
	}
	d.look(v.ID)
	equal(t, "documents", d.documents(h), "/a")
	if n, err := d.DeleteSource(t.Context(), d.scope, d.collection, v.ID, true); err != nil || n != 1 {
		t.Errorf("deleted with %d documents, %v", n, err)
	}
	equal(t, "documents", d.documents(h))
}

func TestLinksAreFollowedBelowAnAddress(t *testing.T) {
	t.Parallel()
	h, d := newHost(t), newDesk(t, allow...)
	h.says("/robots.txt", "text/plain", "User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: atelier\nDisallow: /docs/private\nAllow: /docs/private/open$\nDisallow: /*.draft\n")
	h.html("/docs/", "Docs", "Start.", "one", "/docs/two?b=1&a=2", "/blog", "http://127.0.0.2/docs/x", "picture.png", "private/secret", "private/open", "x.draft", "mailto:a@b.c", "javascript:1", "moved", "away")
	h.html("/docs/one", "One", "One.", "three", "#top", "./one")
	h.html("/docs/two?b=1&a=2", "Two", "Two.")
	h.html("/docs/three", "Three", "Three.", "four")
	h.html("/docs/four", "Four", "Too deep.")
	h.html("/docs/private/open", "Open", "Allowed.")
	h.leads("/docs/moved", "/docs/one")
	h.leads("/docs/away", "/blog")
	v := d.add(site.Source{Address: h.URL + "/docs/", Kind: site.Links, Depth: 2, InStep: true})
	want := []string{
		"/docs/ new", "/docs/away skipped: it leads to " + h.URL + "/blog, which does not belong to the address", "/docs/moved new", "/docs/one skipped: it is the same page as " + h.URL + "/docs/moved",
		"/docs/private/open new", "/docs/private/secret skipped: the robots.txt of HOST asks programs not to fetch it", "/docs/three new", "/docs/two?b=1&a=2 new", "/docs/x.draft skipped: the robots.txt of HOST asks programs not to fetch it",
	}
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], h.URL, "http://HOST")
	}
	equal(t, "pages", d.pages(v.ID, h), want...)
	equal(t, "documents", d.documents(h), "/docs/", "/docs/one", "/docs/private/open", "/docs/three", "/docs/two?b=1&a=2")
	h.took()

	// Links of pages that have not changed are still known, and what nothing leads to any more goes: the source is in step.
	h.html("/docs/one", "One", "One, without links.")
	d.again(v.ID)
	equal(t, "documents", d.documents(h), "/docs/", "/docs/one", "/docs/private/open", "/docs/two?b=1&a=2")
	for _, path := range h.took() {
		if strings.HasPrefix(path, "/blog") || strings.HasPrefix(path, "/docs/private/secret") {
			t.Errorf("%s was asked for", path)
		}
	}
	// A page that cannot be read now may lead to some: nothing is taken for gone.
	h.answers("/docs/", http.StatusInternalServerError)
	v = d.again(v.ID)
	if got := len(d.documents(h)); got != 4 || v.Counts.Gone != 0 || v.Counts.Failed != 1 {
		t.Errorf("after a failure there are %d documents, %+v", got, v.Counts)
	}
}

func TestLimitOfPages(t *testing.T) {
	t.Parallel()
	h, d := newHost(t), newDesk(t, allow...)
	var links []string
	for i := range 10_000 {
		links = append(links, fmt.Sprintf("/p/%d", i))
	}
	h.html("/p/", "Many", "Many links.", links...)
	v := d.add(site.Source{Address: h.URL + "/p/", Kind: site.Links, Pages: 20})
	if !v.Cut || v.Counts.Found != 20 || v.Counts.New != 1 || v.Counts.Failed != 19 {
		t.Errorf("of 10,000 links: %+v", v)
	}
	h.says("/sitemap.xml", "text/xml", mapOf(links...))
	v = d.add(site.Source{Address: h.URL, Kind: site.Map, Pages: 30})
	if !v.Cut || v.Counts.Found != 30 {
		t.Errorf("of 10,000 entries: %+v", v)
	}
}

// A source in step loses what is gone by itself, but not most of it at once.
func TestMostIsNotGoneByItself(t *testing.T) {
	t.Parallel()
	h, d := newHost(t), newDesk(t, allow...)
	var all []string
	for i := range 15 {
		all = append(all, fmt.Sprintf("%s/%02d", h.URL, i))
		h.html(fmt.Sprintf("/%02d", i), "Page", fmt.Sprintf("Page %d.", i))
	}
	h.says("/map.xml", "text/xml", mapOf(all...))
	v := d.add(site.Source{Address: h.URL + "/map.xml", Kind: site.Map, InStep: true})
	h.says("/map.xml", "text/xml", mapOf(all[:13]...))
	if v = d.again(v.ID); len(d.documents(h)) != 13 || v.Counts.Gone != 2 || v.Error != "" {
		t.Errorf("two gone: %d documents, %+v", len(d.documents(h)), v)
	}
	h.says("/map.xml", "text/xml", mapOf(all[:1]...))
	if v = d.again(v.ID); len(d.documents(h)) != 13 || !strings.Contains(v.Error, "more than half") || v.Status != site.Ready {
		t.Errorf("most gone: %d documents, %+v", len(d.documents(h)), v)
	}
	// A site map that cannot be read says nothing about pages.
	h.answers("/map.xml", http.StatusServiceUnavailable)
	if v = d.again(v.ID); v.Status != site.Failed || !strings.Contains(v.Error, "503") || len(d.documents(h)) != 13 {
		t.Errorf("without a site map: %+v", v)
	}
}

// A look that was stopped in the middle goes on where it was, by whoever takes it; who lost it writes nothing any more.
func TestLookGoesOn(t *testing.T) {
	t.Parallel()
	h, d := newHost(t), newDesk(t, allow...)
	for _, p := range []string{"/a", "/b", "/c"} {
		h.html(p, p, "Page "+p)
	}
	h.says("/map.xml", "text/xml", mapOf("/a", "/b", "/c"))
	v, err := d.PutSource(t.Context(), d.scope, d.collection, site.Source{Address: h.URL + "/map.xml", Kind: site.Map})
	d.must(err)
	ctx, stop := context.WithCancel(t.Context())
	d.Looked = func(site.Page) { stop() }
	if more, err := d.Next(ctx, ""); !more || !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped: %v, %v", more, err)
	}
	d.Looked = nil
	h.took()
	if more, err := d.Next(t.Context(), ""); more || err != nil {
		t.Errorf("another took it too early: %v, %v", more, err)
	}
	d.clock = d.clock.Add(time.Hour)
	if v = d.look(v.ID); v.Status != site.Ready || v.Counts.New != 3 {
		t.Errorf("gone on: %+v", v)
	}
	equal(t, "asked", h.took(), "/b", "/c")

	// Paused in the middle: nothing more is asked for.
	_, err = d.OrderSource(t.Context(), d.scope, d.collection, v.ID, store.LookSource)
	d.must(err)
	d.Looked = func(site.Page) {
		_, err := d.OrderSource(t.Context(), d.scope, d.collection, v.ID, store.PauseSource)
		d.must(err)
	}
	if v = d.look(v.ID); v.Status != site.Paused || v.Counts.Waiting != 2 {
		t.Errorf("paused: %+v", v)
	}
	equal(t, "asked", h.took(), "/map.xml", "/a if changed")
	d.Looked = nil
	_, err = d.OrderSource(t.Context(), d.scope, d.collection, v.ID, store.ResumeSource)
	d.must(err)
	if v = d.look(v.ID); v.Status != site.Ready || v.Counts.Same != 3 {
		t.Errorf("resumed: %+v", v)
	}
	// Removed in the middle: its pages do not come back.
	_, err = d.OrderSource(t.Context(), d.scope, d.collection, v.ID, store.LookSource)
	d.must(err)
	d.Looked = func(site.Page) {
		_, err := d.DeleteSource(t.Context(), d.scope, d.collection, v.ID, true)
		d.must(err)
	}
	if more, err := d.Next(t.Context(), v.ID); !more || err != nil {
		t.Errorf("removed: %v, %v", more, err)
	}
	equal(t, "documents", d.documents(h))
}

func TestRenewal(t *testing.T) {
	t.Parallel()
	h, d := newHost(t), newDesk(t, allow...)
	h.html("/a", "A", "A page.")
	v := d.add(site.Source{Address: h.URL + "/a", Every: site.Daily})
	h.took()
	for _, step := range []struct {
		after time.Duration
		asked int
	}{{23 * time.Hour, 0}, {2 * time.Hour, 1}, {time.Hour, 0}, {50 * time.Hour, 1}} {
		d.clock = d.clock.Add(step.after)
		d.look(v.ID)
		if got := h.took(); len(got) != step.asked {
			t.Errorf("after %v more it was asked for %q", step.after, got)
		}
	}
	v.Every = site.Never
	v, err := d.PutSource(t.Context(), d.scope, d.collection, v)
	d.must(err)
	d.clock = d.clock.Add(1000 * time.Hour)
	if d.look(v.ID); len(h.took()) != 0 {
		t.Error("it was looked at although nobody wants it any more")
	}
}
