package discover_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents/browser/browsertest"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// asked is what an application was asked for.
type asked struct {
	mu    sync.Mutex
	paths []string
}

func (a *asked) has(prefix string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.ContainsFunc(a.paths, func(p string) bool { return strings.HasPrefix(p, prefix) })
}

// serve starts an application of pages; what is no page answers 404.
func serve(t *testing.T, pages map[string]string) (*httptest.Server, *asked) {
	t.Helper()
	seen := &asked{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.mu.Lock()
		seen.paths = append(seen.paths, r.Method+" "+r.URL.RequestURI())
		seen.mu.Unlock()
		body, ok := pages[r.Method+" "+r.URL.Path]
		if !ok {
			body, ok = pages[r.URL.Path]
		}
		if prefix, _, found := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); !ok && found {
			body, ok = pages["/"+prefix+"/*"]
		}
		if !ok {
			http.NotFound(w, r)
			return
		}
		if to, ok := strings.CutPrefix(body, "redirect "); ok {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		kind := "text/html; charset=utf-8"
		switch {
		case strings.HasSuffix(r.URL.Path, ".js"):
			kind = "text/javascript"
		case strings.HasPrefix(body, "{"), strings.HasPrefix(body, "["):
			kind = "application/json"
		case strings.HasSuffix(r.URL.Path, ".txt"):
			kind = "text/plain"
		case strings.HasSuffix(r.URL.Path, ".xml"):
			kind = "application/xml"
		}
		w.Header().Set("Content-Type", kind)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return server, seen
}

func surfaceOf(t *testing.T, server *httptest.Server, o discover.Options) *surface.Surface {
	t.Helper()
	s, err := discover.Surface(t.Context(), client(t, server), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func client(t *testing.T, server *httptest.Server) *wire.Client {
	t.Helper()
	scope, err := wire.NewScope(server.URL, nil, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	c := wire.NewClient(scope, wire.NewBudget(0, 0), "test", time.Now)
	t.Cleanup(c.Close)
	return c
}

// shop is an application with everything that plain HTTP can find.
var shop = map[string]string{
	"/": `<!doctype html><title>Shop</title><link rel=stylesheet href=/style.css><script src=/app.js></script>
		<a href=/about>About</a><a href="/items?page=1&utm_source=x">Items</a><a href=/logout>Sign out</a><a href=/gone>Gone</a>
		<a href=https://elsewhere.example/>Elsewhere</a><a href=/moved>Moved</a><a href="mailto:a@b.example">Mail</a><a href="#here">Here</a><img src=logo.png>
		<form action=/search><input name=q type=search></form>
		<form action=/sign-in method=post id=in><label for=u>Name</label><input id=u name=user required maxlength=40><input name=pass type=password><input type=hidden name=csrf value=abc><button>Sign in</button></form>`,
	"/about":         `<base href=/deep/><title>About</title><a href=one>One</a><a href=/items/7>7</a><a href=/items/8>8</a><a href=/items/9>9</a><a href=/items/10>10</a>`,
	"/deep/one":      `<title>One</title><a href=a/b/a/b/a/b/a/b/x>Trap</a>`,
	"/items":         `<title>Items</title><meta http-equiv=refresh content="3; url=/refreshed">`,
	"/items/*":       `<title>Item</title>`,
	"/refreshed":     `<title>Refreshed</title>`,
	"/moved":         "redirect /about",
	"/search":        `<title>Results</title>`,
	"/app.js":        `fetch("/api/orders/17?sort=asc"); const page = '/from-script'; new WebSocket("wss://elsewhere.example/live"); // "/comment*/"`,
	"/style.css":     `body{}`,
	"/api/orders/17": `{"id":17,"total":3}`,
	"/from-script":   `<title>From a script</title>`,
	"/robots.txt":    "User-agent: *\nDisallow: /hidden\nSitemap: /map.xml\n",
	"/hidden":        `<title>Hidden</title>`,
	"/map.xml":       `<?xml version="1.0"?><urlset><url><loc>MAP</loc></url></urlset>`,
	"/openapi.json": `{"openapi":"3.0.0","info":{"title":"Shop","version":"1"},"paths":{"/api/users/{id}":{"get":{"operationId":"user","parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":"ok"}}}},
		"/api/users":{"post":{"security":[{"key":[]}],"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":18}}}}}},"responses":{"201":{"description":"made"}}}}}}`,
	"POST /graphql": `{"data":{"__typename":"Query"}}`,
}

func TestSurface(t *testing.T) {
	t.Parallel()
	server, seen := serve(t, shop)
	s := surfaceOf(t, server, discover.Options{})
	var pages []string
	for _, p := range s.Pages {
		pages = append(pages, strings.TrimPrefix(p.URL, server.URL))
	}
	want := []string{"/", "/about", "/deep/one", "/from-script", "/hidden", "/items/7", "/items/8", "/items/9", "/items?page=1", "/refreshed", "/search?q=Test"}
	if !slices.Equal(pages, want) {
		t.Errorf("pages %v", pages)
	}
	if seen.has("GET /logout") || seen.has("POST /sign-in") {
		t.Error("something was asked that changes something")
	}
	for _, l := range s.Links {
		if strings.HasSuffix(l.URL, "/gone") && l.Status != 404 || strings.HasSuffix(l.URL, "/about") && l.Status != 200 || strings.Contains(l.URL, "elsewhere") && l.Inside {
			t.Errorf("link %+v", l)
		}
	}
	if s.SignIn == nil || s.SignIn.Name != "user" || s.SignIn.Password != "pass" {
		t.Errorf("sign-in %+v", s.SignIn)
	}
	purposes := map[surface.Purpose]int{}
	for _, f := range s.Forms {
		purposes[f.Purpose]++
		if f.Purpose == surface.ForSignIn && (f.Field("user").Label != "Name" || !f.Field("user").Required || f.Field("user").MaxLength != 40 || f.Field("csrf").Value != "abc" || f.Submit != "Sign in") {
			t.Errorf("%+v", f)
		}
	}
	if purposes[surface.ForSearch] != 1 || purposes[surface.ForSignIn] != 1 {
		t.Errorf("purposes %v", purposes)
	}
	var operations []string
	for _, o := range s.Operations {
		operations = append(operations, fmt.Sprintf("%s %s %v %v", o.Method, o.Path, o.Described, o.Secured))
	}
	if want := []string{"GET /api/orders/{n} false false", "GET /api/users/{id} true false", "POST /api/users true true"}; !slices.Equal(operations, want) {
		t.Errorf("operations %v", operations)
	}
	var inputs []string
	for _, i := range s.Inputs {
		inputs = append(inputs, string(i.In)+" "+i.Name)
	}
	for _, want := range []string{"query q", "body user", "body csrf", "query page", "query sort", "path segment 3", "body age", "body name"} {
		if !slices.Contains(inputs, want) {
			t.Errorf("no input %s in %v", want, inputs)
		}
	}
	if s.GraphQL != server.URL+"/graphql" || s.Robots == nil || len(s.SiteMaps) != 1 || s.Missing.Status != 404 || s.Missing.Print == "" {
		t.Errorf("graphql %q, robots %v, %d site maps, missing %+v", s.GraphQL, s.Robots != nil, len(s.SiteMaps), s.Missing)
	}
	reasons := ""
	for _, u := range s.Unseen {
		reasons += u.Reason + "\n"
	}
	for _, want := range []string{"changed something", "repeats itself", "same shape"} {
		if !strings.Contains(reasons, want) {
			t.Errorf("nothing says what was left out as %q: %s", want, reasons)
		}
	}
}

func TestSameSurfaceAgain(t *testing.T) {
	t.Parallel()
	server, _ := serve(t, shop)
	text := func() string {
		s := surfaceOf(t, server, discover.Options{Parallel: 16})
		var keys []string
		for _, list := range [][]surface.Item{items(s.Pages), items(s.Forms), items(s.Inputs), items(s.Links), items(s.Assets), items(s.Operations)} {
			for _, i := range list {
				keys = append(keys, i.Key())
			}
		}
		return strings.Join(keys, "\n")
	}
	first := text()
	for range 5 {
		if again := text(); again != first {
			t.Fatalf("first\n%s\nthen\n%s", first, again)
		}
	}
	if data, err := json.Marshal(surfaceOf(t, server, discover.Options{})); err != nil || len(data) < 1000 {
		t.Errorf("a surface is no data: %v", err)
	}
}

func items[T surface.Item](list []T) []surface.Item {
	var out []surface.Item
	for _, i := range list {
		out = append(out, i)
	}
	return out
}

func TestHostileTargets(t *testing.T) {
	t.Parallel()
	var links strings.Builder
	for i := range 10000 {
		fmt.Fprintf(&links, "<a href=/page-%c%c%c/x>x</a>", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26)
	}
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		most    int // requests
		least   int // pages
	}{
		{"10,000 links", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			if r.URL.Path != "/" && !strings.HasPrefix(r.URL.Path, "/page-") {
				http.NotFound(w, r)
				return
			}
			if r.URL.Path != "/" {
				fmt.Fprintf(w, "<title>%s</title><p>%s", r.URL.Path, strings.Repeat(r.URL.Path[1:2], 50))
				return
			}
			fmt.Fprint(w, links.String())
		}, 300, 100},
		{"a calendar without end", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			var day int
			fmt.Sscanf(r.URL.Path, "/day/%d", &day)
			fmt.Fprintf(w, "<title>%d</title><a href=/day/%d>Next</a>", day, day+1)
		}, 60, 3},
		{"a page of 50 MB", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			for range 50 {
				if _, err := w.Write([]byte(strings.Repeat("<p>", 1<<20/3))); err != nil {
					return
				}
			}
		}, 60, 1},
		{"everything answers 500", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) }, 60, 0},
		{"everything answers 200", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "<html><title>Same</title><a href=/a>a</a><a href=/b>b</a>")
		}, 60, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(c.handler)
			t.Cleanup(server.Close)
			of := client(t, server)
			s, err := discover.Surface(t.Context(), of, discover.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if n := of.Budget().Sent(); n > int64(c.most) || len(s.Pages) < c.least {
				t.Errorf("%d requests, %d pages", n, len(s.Pages))
			}
		})
	}
}

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	server, _ := serve(t, nil)
	of := client(t, server)
	server.Close()
	if _, err := discover.Surface(t.Context(), of, discover.Options{}); !errors.Is(err, discover.ErrNoAnswer) || !strings.Contains(err.Error(), "refused") {
		t.Errorf("dead: %v", err)
	}
	away, _ := serve(t, map[string]string{"/": "redirect https://elsewhere.example/"})
	if _, err := discover.Surface(t.Context(), client(t, away), discover.Options{}); !errors.Is(err, discover.ErrNoAnswer) || !strings.Contains(err.Error(), "elsewhere.example") {
		t.Errorf("away: %v", err)
	}
}

// What is at the same path of another origin is something else.
func TestOrigins(t *testing.T) {
	t.Parallel()
	admin, _ := serve(t, map[string]string{"/": `<title>Administration</title><script src=/app.js></script><a href=/sign-in>In</a>`, "/sign-in": `<title>Administrators</title><form method=post><input name=user></form>`, "/app.js": `fetch("/api/list?page=1")`, "/api/list": `[1]`})
	server, _ := serve(t, map[string]string{"/": `<title>Shop</title><script src=/app.js></script><a href=/sign-in>In</a><a href=` + admin.URL + `/>Administration</a>`, "/sign-in": `<title>Customers</title><form method=post><input name=user></form>`, "/app.js": `fetch("/api/list?page=1")`, "/api/list": `[2]`})
	scope, err := wire.NewScope(server.URL, []string{admin.URL}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	c := wire.NewClient(scope, wire.NewBudget(0, 0), "test", time.Now)
	t.Cleanup(c.Close)
	s, err := discover.Surface(t.Context(), c, discover.Options{PerShape: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Pages) != 4 || len(s.ByShape()) != 4 || len(s.Forms) != 2 || len(s.Assets) != 2 || len(s.Operations) != 2 {
		t.Errorf("%d pages of %d shapes, %d forms, %d assets, %d operations", len(s.Pages), len(s.ByShape()), len(s.Forms), len(s.Assets), len(s.Operations))
	}
	inputs := map[string]bool{}
	for _, i := range s.Inputs {
		inputs[i.Key()] = true
	}
	if !inputs["input POST /sign-in body user"] || !inputs["input POST "+admin.URL+"/sign-in body user"] || !inputs["input GET /api/list?page query page"] {
		t.Errorf("inputs %v", inputs)
	}
}

func TestBrowse(t *testing.T) {
	t.Parallel()
	server, seen := serve(t, map[string]string{
		"/": `<!doctype html><title>App</title><div id=app></div><button type=button id=menu>New order</button>
			<button type=button onclick="fetch('/danger',{method:'POST'})">Delete all</button><button type=button onclick="fetch('/ended')">Löschen</button><button type=button id=tidy>Tidy</button>
			<script>document.getElementById("menu").onclick = () => { document.getElementById("app").innerHTML = "<form method=post action=/orders><input name=amount type=number></form>" };
			document.getElementById("tidy").onclick = () => { fetch("/danger", {method: "DELETE"}); fetch("/shown") }</script>
			<script>document.getElementById("app").innerHTML = "<a href=/drawn>Drawn</a>"; fetch("/api/list?limit=5"); fetch("/api/drawn", {method: "POST", body: "{}"}); history.pushState({}, "", "/app/route"); location.hash = "#/settings";
			const host = document.createElement("div"); document.body.append(host); host.attachShadow({mode:"open"}).innerHTML = "<a href=/in-shadow>Shadow</a>";</script>`,
		"/drawn": `<title>Drawn</title>`, "/in-shadow": `<title>Shadow</title>`, "/app/route": `<title>Route</title>`, "/api/list": `[1,2]`, "POST /api/drawn": `{}`, "/shown": `[]`,
	})
	of := client(t, server)
	b, _ := browsertest.Start(t, server)
	s, err := discover.Surface(t.Context(), of, discover.Options{Browser: b})
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	for _, p := range s.Pages {
		pages = append(pages, strings.TrimPrefix(p.URL, server.URL))
	}
	for _, want := range []string{"/drawn", "/in-shadow", "/app/route", "/app/route#/settings"} {
		if !slices.Contains(pages, want) {
			t.Errorf("no %s in %v", want, pages)
		}
	}
	if len(s.Forms) != 1 || !s.Forms[0].Drawn || s.Forms[0].Field("amount") == nil {
		t.Errorf("forms %+v", s.Forms)
	}
	var operations []string
	for _, o := range s.Operations {
		operations = append(operations, o.Key())
	}
	if want := []string{"operation GET /api/list", "operation GET /shown", "operation POST /api/drawn"}; !slices.Equal(operations, want) {
		t.Errorf("operations %v", operations)
	}
	if seen.has("POST /danger") || seen.has("GET /ended") || seen.has("DELETE /danger") {
		t.Error("a control that deletes was clicked, or something was sent that deletes")
	}
}

func TestPurposesOfForms(t *testing.T) {
	t.Parallel()
	password := func(name, complete string) string {
		return `<input type=password name=` + name + ` autocomplete=` + complete + `>`
	}
	for form, want := range map[string]surface.Purpose{
		`<input name=mail>` + password("a", "current-password") + `<button>Sign in</button>`:                                    surface.ForSignIn,
		`<input name=mail>` + password("a", "new-password") + password("b", "new-password") + `<button>Go</button>`:             surface.ForRegister,
		password("a", "current-password") + password("b", "new-password") + `<button>Change</button>`:                           surface.ForOther,
		strings.Repeat(`<input name=x>`, 15) + strings.Repeat(password("secret", "new-password"), 2) + `<button>Begin</button>`: surface.ForOther,
		`<input name=q><button>Search</button>`:                      surface.ForOther, // it is posted
		`<input type=hidden name=id value=3><button>Delete</button>`: surface.ForDelete,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<title>Form</title><form method=post action=/do>%s</form>`, form)
		}))
		s := surfaceOf(t, server, discover.Options{Pages: 1})
		server.Close()
		if len(s.Forms) == 0 || s.Forms[0].Purpose != want {
			t.Errorf("%s is for %v, want %s", form, s.Forms, want)
		}
	}
}
