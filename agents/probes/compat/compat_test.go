package compat_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/probes/compat"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

const start = `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">`

// site serves pages by their paths; those that end in .css and .js as such.
type site map[string]string

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page, ok := s[r.URL.Path]
	kind := "text/html; charset=utf-8"
	switch {
	case !ok:
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, start+`<p>There is nothing here.</p>`)
		return
	case strings.HasSuffix(r.URL.Path, ".css"):
		kind = "text/css"
	case strings.HasSuffix(r.URL.Path, ".js"):
		kind = "text/javascript"
	case !strings.HasPrefix(page, "<"), strings.HasPrefix(page, "<p"), strings.HasPrefix(page, "<a"):
		page = start + page
	}
	w.Header().Set("Content-Type", kind)
	fmt.Fprint(w, page)
}

func probe(t *testing.T, id string) *agents.Probe {
	t.Helper()
	for _, p := range compat.Probes() {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no probe %s", id)
	return nil
}

func TestReading(t *testing.T) {
	t.Parallel()
	style := func(rules string) string { return start + `<style>` + rules + `</style><p>x</p>` }
	script := func(code string) string { return start + `<p>x</p><script>` + code + `</script>` }
	for _, x := range []struct {
		probe, name string
		target      site
		want        int
	}{
		{"doctype", "none, on two pages", site{"/": `<html><title>x</title><a href=/b>b</a>`, "/b": `<html><title>y</title>`}, 1},
		{"doctype", "of HTML 4", site{"/": `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN"><html><title>x</title>`}, 1},
		{"doctype", "fine", site{"/": "<!-- x -->\n<!DOCTYPE html SYSTEM \"about:legacy-compat\"><html><title>x</title><a href=/b>b</a>", "/b": `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"><html><title>y</title>`}, 0},
		{"html-validity", "open, crossed, twice, nested, stray", site{"/": `<div id=a><b><i>x</b></i></div><div class=open><p id=a>y<a href=#>1<a href=#>2</a></a></span>`}, 5},
		{"html-validity", "a block in a paragraph", site{"/": `<p>one<div>two</div></p>`}, 1},
		{"html-validity", "fine", site{"/": `<ul><li>1<li>2<ul><li>3</ul></ul><table><tr><td>x<td>y<tr><th>z</table><p>a<p>b<svg><g id=q><path d="M0 0"/></g></svg><template><i id=t></i></template><i id=t></i><dl><dt>a<dd>b<dt>c<dd>d</dl><select><option>1<option>2</select><br/><my-part></my-part><script>"</div>"</script><!-- </div> --><textarea></b></textarea><button>x</button></body></html>`}, 0},
		{"baseline-features", "all sorts", site{"/": start + `<link rel=stylesheet href=/a.css><p>x</p><script src=/a.js></script>`, "/a.css": ".a { anchor-name: --x; color: red }\n.b:nth-child(2) { position-area: top }", "/a.js": "const d = new IdleDetector(); navigator.share({});"}, 4},
		{"baseline-features", "tested for", site{"/": style(`@supports (anchor-name: --x) { .a { anchor-name: --x } } .b { -webkit-user-select: none; user-select: none; text-wrap: balance } .c { display: grid; gap: 1em } .d:has(a) { color: red }`)}, 0},
		{"baseline-features", "scripts that test", site{"/": script(`if ("IdleDetector" in window) new IdleDetector(); if (navigator.share) navigator.share({}); document.startViewTransition?.(() => {}); class Translator {} ; document.querySelector("a"); new URL("x", "y")`)}, 0},
		{"vendor-prefix", "alone", site{"/": style(`.a { -webkit-transition: none; color: red } .b { -moz-user-select: none }`)}, 1},
		{"vendor-prefix", "beside it, and where there is no other", site{"/": style(`.a { -webkit-transition: none; transition: none; -webkit-line-clamp: 2; -webkit-font-smoothing: antialiased; content: "-webkit-transition: none" }`)}, 0},
	} {
		t.Run(x.probe+"/"+x.name, func(t *testing.T) {
			t.Parallel()
			try.Want(t, try.Probe(t, probe(t, x.probe), x.target, try.Options{}), x.probe, x.want)
		})
	}
}

func TestDrawn(t *testing.T) {
	t.Parallel()
	words := strings.Repeat("Some words that people read. ", 12)
	// The faults do not disturb each other: each page is opened once for each probe, and Chromium takes its time.
	target := site{
		"/": start + `<style>:root { color-scheme: light dark } @media print { nav { display: none } } .box { background: #fff; color: #111 } @media (prefers-color-scheme: dark) { .box { background: #111; color: #eee } } .slow { background: #fff; color: #111; transition: color 9s, background-color 1ms } @media (prefers-color-scheme: dark) { .slow { background: #111; color: #eee } }</style>
			<p class="slow">Its colour changes slowly.</p><nav><a href="/bad">Bad</a> <a href="/again">Again</a></nav><p class="box">` + words + `</p><p style="color:#fff;background:#fff url(data:,)">over a picture</p>
			<script>try { document.title = localStorage.getItem("x") || "Fine"; } catch { document.title = "Fine"; }</script>`,
		"/bad": start + `<style>:root { color-scheme: light dark } @media print { p { display: none } } .box { background: #fff; color: #111 } @media (prefers-color-scheme: dark) { .box { color: #fefefe } }</style>
			<main class="box"></main><script>document.querySelector("main").innerHTML = "<p>` + words + `</p>"</script>
			<script>const x = new XMLHttpRequest(); x.open("GET", "/", false); x.send();</script><script>document.title = localStorage.getItem("x") || "Storage"</script>`,
		"/again": start + `<p>Once more</p><script>if (!document.cookie) { document.cookie = "seen=1"; setTimeout(() => location.reload(), 50); }</script>`,
	}
	var list []*agents.Probe
	for _, id := range []string{"no-js", "cookies-off", "print-css", "color-schemes", "deprecated-api"} {
		list = append(list, probe(t, id))
	}
	r := try.Probes(t, list, target, try.Options{Browser: true})
	for id, where := range map[string][]string{"no-js": {"/bad"}, "print-css": {"/bad"}, "color-schemes": {"/bad"}, "deprecated-api": {"/bad"}, "cookies-off": {"/again", "/bad"}} {
		for _, f := range try.Want(t, r, id, len(where)) {
			if !slices.Contains(where, f.Where.URL[strings.LastIndex(f.Where.URL, "/"):]) {
				t.Errorf("%s found %s: %s", id, f.Where.URL, f.Text)
			}
		}
	}
}
