package functional_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/probes/functional"
	"github.com/atelier-studio/atelier/agents/probes/try"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// site serves pages by their paths; those that are not there are answered by missing.
type site map[string]string

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page, ok := s[r.URL.Path]
	if !ok {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `<!doctype html><title>Not found</title><p>There is nothing here. <a href="/">Home</a></p>`)
		return
	}
	switch {
	case strings.HasPrefix(page, "status "):
		var status int
		fmt.Sscanf(page, "status %d", &status)
		if status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "5")
		}
		w.WriteHeader(status)
	case strings.HasPrefix(page, "to "):
		http.Redirect(w, r, page[3:], http.StatusFound)
	case strings.HasPrefix(page, "js "):
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, page[3:])
	case strings.HasPrefix(page, "json "):
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, page[5:])
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,"><body><h1>A page of the shop of Ada</h1>`+page)
	}
}

func probe(t *testing.T, id string) *agents.Probe {
	t.Helper()
	for _, p := range functional.Probes() {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no probe %s", id)
	return nil
}

func TestReading(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		probe, name string
		target      http.Handler
		want        int
	}{
		{"broken-link", "gone, from two pages", site{"/": `<a href="/gone">1</a><a href="/two">2</a>`, "/two": `<a href="/gone">again</a>`}, 1},
		{"broken-link", "an error", site{"/": `<a href="/bad">1</a>`, "/bad": "status 500"}, 1},
		{"broken-link", "what wants to be signed in to, or waits", site{"/": `<a href="/a">1</a><a href="/b">2</a><a href="/c">3</a><a href="/d">4</a><a href="mailto:x@example.org">5</a>`, "/a": "status 401", "/b": "status 403", "/c": "status 429", "/d": "to /"}, 0},
		{"redirect-loop", "two that send to each other", site{"/": `<a href="/a">1</a>`, "/a": "to /b", "/b": "to /a"}, 1},
		{"redirect-loop", "three steps", site{"/": `<a href="/a">1</a>`, "/a": "to /b", "/b": "to /c", "/c": "to /d", "/d": "here"}, 0},
		{"server-error", "a page and a script", site{"/": `<a href="/bad">1</a><script src="/app.js"></script>`, "/bad": "status 500", "/app.js": "status 502"}, 2},
		{"server-error", "asks to wait", site{"/": `<a href="/later">1</a><a href="/gone">2</a>`, "/later": "status 503"}, 0},
		{"placeholder-text", "all sorts", site{"/": `<p>Lorem ipsum dolor sit amet</p><p>Price: undefined</p><td>[object Object]</td><p>Dear {{ user.name }}</p><p>lorem ipsum again</p>`}, 4},
		{"placeholder-text", "a value alone", site{"/": `<p>Total <span>NaN</span></p>`}, 1},
		{"placeholder-text", "speaks of them", site{"/": `<p>A variable without a value is undefined, and dividing by it gives NaN.</p><p>Write <code>{{ user.name }}</code> and <pre>Lorem ipsum [object Object]</pre></p>
			<p>The word <b>undefined</b> is what the interpreter writes where a name has not been given any value.</p><textarea>{{x}}</textarea>`}, 0},
	} {
		t.Run(x.probe+"/"+x.name, func(t *testing.T) {
			t.Parallel()
			try.Want(t, try.Probe(t, probe(t, x.probe), x.target, try.Options{}), x.probe, x.want)
		})
	}
}

// What was not answered is neither right nor wrong.
func TestServerErrorWithoutAnswer(t *testing.T) {
	t.Parallel()
	s := &surface.Surface{Assets: []*surface.Asset{{URL: "http://127.0.0.1/app.js", Answer: &wire.Exchange{Fault: &wire.Fault{Kind: wire.Stopped, Text: "the time was over"}}}}}
	for _, p := range functional.Probes() {
		if p.ID != "server-error" {
			continue
		}
		items := p.Check.Items(s)
		if len(items) != 1 {
			t.Fatalf("%d items", len(items))
		}
		if o := p.Check.Run(t.Context(), &agents.Lab{Surface: s}, items[0]); o.Verdict != agents.Blocked || !strings.Contains(o.Reason, "the time was over") {
			t.Errorf("%+v", o)
		}
	}
}

const itemsHome = `<title>Tools</title><h1>Tools</h1><a href="/items/3">A saw</a> <a href="/items/14">A hammer</a>`

// items is a shop of two things; others answers with what it says for the ids of all others: 404 when it is nil, a redirect
// to the list when it says "to".
func items(others func(id string) string) http.Handler {
	known := map[string]string{"3": "A saw for all kinds of wood", "14": "A hammer with two sides"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		id, ok := strings.CutPrefix(r.URL.Path, "/items/")
		switch {
		case r.URL.Path == "/":
			fmt.Fprint(w, itemsHome)
		case ok && known[id] != "":
			fmt.Fprintf(w, `<title>%[1]s</title><h1>%[1]s</h1><p>It is made of steel, and nobody knows how old it is.</p><a href="/">All</a>`, known[id])
		case !ok || others == nil:
			http.NotFound(w, r)
		case others(id) == "to":
			http.Redirect(w, r, "/", http.StatusSeeOther)
		default:
			fmt.Fprint(w, others(id))
		}
	})
}

func TestSoft404(t *testing.T) {
	t.Parallel()
	always := func(body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, body)
		})
	}
	words := strings.Repeat("This page could not be found anywhere. ", 5)
	for name, x := range map[string]struct {
		target http.Handler
		want   int
	}{
		"says so with 200":    {always(`<!doctype html><title>Oh</title><p>` + words), 1},
		"a shell for scripts": {always(`<!doctype html><title>App</title><div id="app"></div><script src="/app.js"></script><noscript>` + words + `</noscript>`), 0},
		"answers 404":         {site{"/": "Hello"}, 0},
		"nobody's id with 200": {items(func(id string) string {
			return `<title>Tool not found</title><h1>Tool not found</h1><p>We could not find tool ` + id + `.</p>`
		}), 1},
		"nobody's id in Chinese":      {items(func(string) string { return `<title>商店</title><h1>找不到该工具</h1>` }), 1},
		"nobody's id with the home":   {items(func(string) string { return itemsHome }), 1},
		"nobody's id with 404":        {items(nil), 0},
		"nobody's id leads to a list": {items(func(string) string { return "to" }), 0},
		"a room for every id": {items(func(id string) string {
			return `<title>Room ` + id + `</title><h1>Room</h1><p>Nobody has said a word here yet.</p>`
		}), 0},
		"something for every id": {items(func(id string) string {
			return `<title>` + id + `</title><h1>Prime factors</h1><p>Unknown: ` + strings.Repeat("x", len(id)) + `</p>`
		}), 0},
		"a shell for every id": {items(func(string) string { return `<title>Not found</title><div id=app></div><script src="/a.js"></script>` }), 0},
		"a long text with such a word": {items(func(string) string {
			return `<title>Tool</title><p>An unknown hand left this. ` + strings.Repeat("It has a long story, of which much is told. ", 10) + `</p>`
		}), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			try.Want(t, try.Probe(t, probe(t, "soft-404"), x.target, try.Options{}), "soft-404", x.want)
		})
	}
}
