package weight_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/probes/try"
	"github.com/atelier-studio/atelier/agents/probes/weight"
)

func probe(t *testing.T, id string) *agents.Probe {
	t.Helper()
	for _, p := range weight.Probes() {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no %s", id)
	return nil
}

// file is what a target serves.
type file struct {
	kind   string
	body   string
	header map[string]string
	slow   time.Duration
	packed bool
	etag   bool // honoured
}

// site serves files.
type site map[string]file

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := s[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	for name, value := range f.header {
		w.Header().Set(name, value)
	}
	if to := f.header["Location"]; to != "" {
		w.WriteHeader(http.StatusFound)
		return
	}
	if f.slow > 0 {
		select {
		case <-time.After(f.slow):
		case <-r.Context().Done():
		}
	}
	w.Header().Set("Content-Type", f.kind)
	if f.etag {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if !f.packed {
		fmt.Fprint(w, f.body)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	fmt.Fprint(z, f.body)
	z.Close()
}

func html(body string) file {
	return file{kind: "text/html; charset=utf-8", body: "<!doctype html><title>T</title>" + body}
}

var long = strings.Repeat("A sentence that says the same again and again. ", 100)

// photo is a picture with noise in it, which PNG cannot make small.
func photo(w, h int) image.Image {
	random := rand.New(rand.NewPCG(1, 2))
	picture := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(128 + 60*random.Float64())
			picture.Set(x, y, color.RGBA{v, v / 2, uint8(x), 255})
		}
	}
	return picture
}

func asPNG(t *testing.T, picture image.Image) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func asJPEG(t *testing.T, picture image.Image, quality int) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestByReading(t *testing.T) {
	t.Parallel()
	never := map[string]string{"Cache-Control": "no-store"}
	yes := map[string]string{"Cache-Control": "public, max-age=31536000, immutable"}
	for name, c := range map[string]struct {
		probe string
		site  site
		want  int
	}{
		"nothing is packed":            {"compression", site{"/": html(long + `<script src=/a.js></script>`), "/a.js": {kind: "text/javascript", body: "//" + long}}, 1},
		"one type is not packed":       {"compression", site{"/": {kind: "text/html", body: long + `<script src=/a.js></script>`, packed: true}, "/a.js": {kind: "text/javascript", body: "//" + long}}, 1},
		"all packed but what is short": {"compression", site{"/": {kind: "text/html", body: long + `<script src=/a.js></script>`, packed: true}, "/a.js": {kind: "text/javascript", body: "short()"}}, 0},
		"a print kept for a day":       {"cache-static", site{"/": html(`<script src=/app.3f9a1c2b.js></script><link rel=stylesheet href=/app-BxK3d9z7.css>`), "/app.3f9a1c2b.js": {kind: "text/javascript", body: "1", etag: true, header: map[string]string{"Cache-Control": "max-age=86400"}}, "/app-BxK3d9z7.css": {kind: "text/css", body: "a{}", header: yes}}, 1},
		"no validator":                 {"cache-static", site{"/": html(`<script src=/app.js></script>`), "/app.js": {kind: "text/javascript", body: "1"}}, 1},
		"kept well": {"cache-static", site{"/": html(`<script src=/app.js></script><script src=/jquery-3.7.1.min.js></script><script src=/my-Component2.js></script><script src=/settings></script><script src=/live.js></script>`),
			"/app.js": {kind: "text/javascript", body: "1", etag: true, header: map[string]string{"Cache-Control": "no-cache"}}, "/jquery-3.7.1.min.js": {kind: "text/javascript", body: "1", etag: true}, "/my-Component2.js": {kind: "text/javascript", body: "1", etag: true},
			"/settings": {kind: "text/javascript", body: "1"}, "/live.js": {kind: "text/javascript", body: "1", header: map[string]string{"Cache-Control": "no-store"}}}, 0},
		"a version that nobody may keep":       {"cache-static", site{"/": html(`<script src="/app.js?v=3f9a1c2b"></script>`), "/app.js": {kind: "text/javascript", body: "1", header: never}}, 1},
		"a style sheet of all pages, not kept": {"cache-static", site{"/": html(`<link rel=stylesheet href=/a.css><a href=/two>2</a>`), "/two": html(`<link rel=stylesheet href=/a.css>`), "/a.css": {kind: "text/css", body: "a{}", header: never}}, 1},
		"forbidden to keep for a reason": {"cache-static", site{"/": html(`<script src=/env.js></script><script src="/dev.js?v=1790000000000"></script><script src="/mine.js?v=2"></script><img src=/count.gif><link rel=stylesheet href=/a.css><a href=/two>2</a>`), "/two": html(`<script src=/env.js></script><img src=/count.gif>`),
			"/env.js": {kind: "text/javascript", body: "1", header: never}, "/dev.js": {kind: "text/javascript", body: "1", header: never}, "/count.gif": {kind: "image/gif", body: "GIF89a", header: never}, "/a.css": {kind: "text/css", body: "a{}", header: never},
			"/mine.js": {kind: "text/javascript", body: "1", header: map[string]string{"Cache-Control": "no-store", "Set-Cookie": "seen=1"}}}, 0},
		"a validator of no use":        {"cache-validators", site{"/": html(`<script src=/a.js></script>`), "/a.js": {kind: "text/javascript", body: "1", header: map[string]string{"ETag": `"7"`}}}, 1},
		"a validator":                  {"cache-validators", site{"/": html(`<script src=/a.js></script>`), "/a.js": {kind: "text/javascript", body: "1", etag: true}}, 0},
		"a photograph as PNG":          {"image-format", site{"/": html(`<img src=/a.png>`), "/a.png": {kind: "image/png", body: asPNG(t, photo(400, 300))}}, 1},
		"a rough JPEG of high quality": {"image-format", site{"/": html(`<img src=/a.jpg>`), "/a.jpg": {kind: "image/jpeg", body: asJPEG(t, photo(600, 500), 98)}}, 1},
		"a good JPEG, large":           {"image-format", site{"/": html(`<img src=/a.jpg>`), "/a.jpg": {kind: "image/jpeg", body: asJPEG(t, photo(900, 800), 80)}}, 0},
		"fonts that hide":              {"font-display", site{"/": html(`<link rel=stylesheet href=/a.css>`), "/a.css": {kind: "text/css", body: `@font-face{font-family:"A";src:url(/a.woff2)}`}}, 1},
		"fonts that swap": {"font-display", site{"/": html(`<link rel=stylesheet href=/a.css>`), "/a.css": {kind: "text/css",
			body: `/* @font-face{font-family:x;src:url(y)} */@font-face{font-family:A;font-display:swap;src:url(/a.woff2)}@font-face{font-family:B;src:url(data:font/woff2;base64,AA)}@font-face{font-family:C;src:local(Arial)}`}}, 0},
		"a chain": {"redirect-chain", site{"/": html(`<a href=/old>O</a><a href=/end>E</a>`), "/old": {header: map[string]string{"Location": "/older"}}, "/older": {header: map[string]string{"Location": "/end"}}, "/end": html("end")}, 1},
		"one step, and one to sign in": {"redirect-chain", site{"/": html(`<a href=/old>O</a><a href=/mine>M</a>`), "/old": {header: map[string]string{"Location": "/end"}}, "/end": html("end"),
			"/mine": {header: map[string]string{"Location": "/account"}}, "/account": {header: map[string]string{"Location": "/login?next=/account"}}, "/login": html(`<form><input type=password name=p></form>`)}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			try.Want(t, try.Probe(t, probe(t, c.probe), c.site, try.Options{}), c.probe, c.want)
		})
	}
}

func TestHTTPVersion(t *testing.T) {
	t.Parallel()
	try.Want(t, try.Probe(t, probe(t, "http-version"), site{"/": html("one")}, try.Options{TLS: true}), "http-version", 1)
	if r := try.Probe(t, probe(t, "http-version"), site{"/": html("one")}, try.Options{}); len(r.Cases) != 0 {
		t.Errorf("without TLS it applies to %d items", len(r.Cases))
	}
}

// One site has a page for each fault, and beside it one that does the same well.
func TestByBrowser(t *testing.T) {
	t.Parallel()
	noise := asJPEG(t, photo(500, 400), 90)
	heavy := asPNG(t, photo(1400, 1100))
	many, dead := "", "function f%d(){return %q}\n"
	s := site{
		"/wide.jpg": {kind: "image/jpeg", body: noise}, "/heavy.png": {kind: "image/png", body: heavy},
		"/slow.css": {kind: "text/css", body: "p{color:red}", slow: 400 * time.Millisecond}, "/quick.css": {kind: "text/css", body: "p{color:red}"},
		"/slow.js": {kind: "text/javascript", body: "1", slow: 400 * time.Millisecond},
	}
	var big strings.Builder
	for i := range 1500 {
		fmt.Fprintf(&big, dead, i, "some words that nobody reads, since nobody calls this function")
	}
	s["/dead.js"] = file{kind: "text/javascript", body: big.String()}
	s["/used.js"] = file{kind: "text/javascript", body: "var list=[" + strings.Repeat(`"some words that stand in a list which is made at once",`, 2500) + "];"}
	for i := range 110 {
		path := fmt.Sprintf("/parts/%d.css", i)
		s[path] = file{kind: "text/css", body: "b{}"}
		many += `<link rel=stylesheet href=` + path + `>`
	}
	s["/many"], s["/large"] = html(many+"<p>many"), html(`<img src=/heavy.png width=1000 height=800>`)
	s["/flawed"] = html(`<link rel=stylesheet href=/slow.css><img src=/wide.jpg width=100 height=80><script src=/dead.js></script>`)
	s["/fine"] = html(`<link rel=stylesheet href=/quick.css><script src=/slow.js defer></script><img src=/wide.jpg width=250 height=200><script src=/used.js></script>`)
	index := ""
	for _, path := range []string{"/many", "/large", "/flawed", "/fine"} {
		index += `<a href=` + path + `>` + path + `</a> `
	}
	s["/"] = html(index)
	ids := []string{"page-weight", "image-size", "render-blocking", "unused-js"}
	var list []*agents.Probe
	for _, id := range ids {
		list = append(list, probe(t, id))
	}
	r := try.Probes(t, list, s, try.Options{Browser: true})
	for id, at := range map[string][]string{"page-weight": {"/large", "/many"}, "image-size": {"/flawed"}, "render-blocking": {"/flawed"}, "unused-js": {"/flawed"}} {
		found := try.Want(t, r, id, len(at))
		for i := range found {
			if i < len(at) && !strings.HasSuffix(found[i].Where.URL, at[i]) {
				t.Errorf("%s is at %s, not at %s", id, found[i].Where.URL, at[i])
			}
		}
	}
}
