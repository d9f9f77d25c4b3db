package site_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/rag/site"
)

func zeros(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	for block := make([]byte, 1<<20); ; {
		if _, err := w.Write(block); err != nil || r.Context().Err() != nil {
			return
		}
	}
}

// Whatever a site does, a look ends, and says what was wrong with each page.
func TestFaults(t *testing.T) {
	t.Parallel()
	h, d := newHost(t), newDesk(t, allow...)
	d.Fetcher.Limit = 300 * time.Millisecond
	other := newHost(t)
	other.html("/x", "X", "Of another host.")
	var once atomic.Int64
	for path, page := range map[string]http.HandlerFunc{
		"/hang": hang, "/endless": zeros,
		"/half": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
			hang(w, r)
		},
		"/cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, "<p>short")
		},
		"/busy": func(w http.ResponseWriter, _ *http.Request) {
			if w.Header().Set("Retry-After", "0"); once.Add(1) < 3 {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<p>At the third time of asking.</p>")
		},
		"/late": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "86400")
			w.WriteHeader(http.StatusServiceUnavailable)
		},
	} {
		h.set(path, page)
	}
	h.leads("/round", "/round")
	h.leads("/off", other.URL+"/x")
	h.leads("/file", "file:///etc/passwd")
	h.leads("/inward", "http://127.0.0.2:9/")
	h.answers("/broken", http.StatusInternalServerError)
	h.answers("/secret", http.StatusForbidden)
	h.says("/picture", "image/png", "\x89PNG")
	h.says("/empty", "text/html", "")
	h.says("/map.xml", "text/xml", mapOf("/hang", "/endless", "/half", "/cut", "/busy", "/late", "/round", "/off", "/file", "/inward", "/broken", "/secret", "/picture", "/empty", "/none", "/"+strings.Repeat("l", 600)))
	v := d.add(site.Source{Address: h.URL + "/map.xml", Kind: site.Map})
	offHost := strings.TrimPrefix(other.URL, "http://")
	equal(t, "pages", d.pages(v.ID, h),
		"/broken failed: the site answered 500 Internal Server Error",
		"/busy new",
		"/cut failed: HOST cannot be reached: unexpected EOF",
		"/empty skipped: the page is empty",
		"/endless failed: it has more than 16 MiB",
		"/file failed: only addresses with http and https can be fetched, not \"file\"",
		"/half failed: HOST did not answer within 300ms",
		"/hang failed: HOST did not answer within 300ms",
		"/inward skipped: it leads to http://127.0.0.2:9/, which does not belong to the address",
		"/late failed: the site answered 503 Service Unavailable",
		"/none failed: there is no page at this address (404 Not Found)",
		"/off skipped: it leads to http://"+offHost+"/x, which does not belong to the address",
		"/picture skipped: it is of the type image/png; pages, PDF, Word, Excel, Markdown, text, CSV, JSON and code can be read",
		"/round failed: it leads from one address to the next, more than 10 times",
		"/secret failed: the site lets only certain people in (403 Forbidden)",
	)
	if len(other.took()) != 0 {
		t.Error("another host was asked")
	}
}

// Addresses of this machine and of private networks are out of reach, however one gets there, unless the administrator allows
// them.
func TestPrivateAddresses(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	h.html("/a", "A", "Not for everybody.")
	h.leads("/in", "http://127.0.0.2:1/x")
	h.says("/map.xml", "text/xml", mapOf(h.URL+"/a", "/in"))
	d := newDesk(t)
	for _, v := range []site.Source{{Address: h.URL + "/a"}, {Address: h.URL + "/map.xml", Kind: site.Map}, {Address: h.URL + "/", Kind: site.Links}, {Address: "http://[::1]:80/"}, {Address: "http://169.254.169.254/latest/meta-data/"}} {
		if v = d.add(v); !strings.Contains(v.Error+d.reasons(v.ID), "private network") {
			t.Errorf("%s: %+v %s", v.Address, v, d.reasons(v.ID))
		}
	}
	if asked := h.took(); len(asked) != 0 {
		t.Errorf("it was asked for %q", asked)
	}
	// Allowed is only what was allowed: a redirect does not lead beyond.
	d = newDesk(t, strings.TrimPrefix(h.URL, "http://"))
	if v := d.add(site.Source{Address: h.URL + "/in"}); v.Status != site.Failed || !strings.Contains(v.Error, "127.0.0.2") {
		t.Errorf("a redirect inward: %+v", v)
	}
	if v := d.add(site.Source{Address: h.URL + "/a"}); v.Status != site.Ready {
		t.Errorf("allowed: %+v", v)
	}
}

func (d *desk) reasons(id string) string {
	list, _, err := d.SourcePages(d.t.Context(), d.scope, d.collection, id, "", "", 200)
	d.must(err)
	var all []string
	for _, p := range list {
		all = append(all, p.Reason)
	}
	return strings.Join(all, "; ")
}

func packed(t *testing.T, data []byte) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(data)
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSiteMaps(t *testing.T) {
	t.Parallel()
	index := func(list ...string) string {
		return "<sitemapindex><sitemap><loc>" + strings.Join(list, "</loc></sitemap><sitemap><loc>") + "</loc></sitemap></sitemapindex>"
	}
	for name, tt := range map[string]struct {
		at    string
		files map[string]string
		want  string // of the error, or the pages
	}{
		"a line an address":  {"/map.txt", map[string]string{"/map.txt": "\ufeffhttp://HOST/a\n\nhttp://HOST/b\r\nhttp://other.example/c\n"}, "/a /b"},
		"an index":           {"/i.xml", map[string]string{"/i.xml": index("/one.xml", "/two.xml.gz", "/i.xml", "/none.xml", "http://other.example/m.xml"), "/one.xml": mapOf("/a"), "/two.xml.gz": packed(t, []byte(mapOf("/b")))}, "/a /b /none.xml http://other.example/m.xml"},
		"deep in each other": {"/1.xml", map[string]string{"/1.xml": index("/2.xml"), "/2.xml": index("/3.xml"), "/3.xml": index("/4.xml"), "/4.xml": mapOf("/a")}, "names no page"},
		"in robots.txt":      {"/docs/", map[string]string{"/robots.txt": "Sitemap: http://HOST/m.xml\nsitemap: /n.xml", "/m.xml": mapOf("/docs/a", "/blog"), "/n.xml": mapOf("/docs/b"), "/docs/": "<p>x"}, "/docs/a /docs/b"},
		"at its usual place": {"/", map[string]string{"/sitemap.xml": mapOf("/a")}, "/a"},
		"none":               {"/", map[string]string{"/": "<p>x"}, "no site map was found"},
		"a page":             {"/map.xml", map[string]string{"/map.xml": "<!doctype html><html><body><p>Not found"}, "no site map"},
		"cut off":            {"/map.xml", map[string]string{"/map.xml": mapOf("/a", "/b")[:150]}, "cut off"},
		"empty":              {"/map.xml", map[string]string{"/map.xml": "<urlset></urlset>"}, "names no page"},
		"a bomb":             {"/map.xml.gz", map[string]string{"/map.xml.gz": packed(t, make([]byte, 60<<20))}, "more than 50 MiB"},
		"a nest":             {"/map.xml", map[string]string{"/map.xml": "<urlset>" + strings.Repeat("<a>", 1<<20)}, "deep in each other"},
		"entities":           {"/map.xml", map[string]string{"/map.xml": `<!DOCTYPE x [<!ENTITY a "bbbb"><!ENTITY c "&a;&a;">]><urlset><url><loc>/&c;</loc></url></urlset>`}, "damaged"},
		"pictures":           {"/map.xml", map[string]string{"/map.xml": "<urlset><url><loc>/a</loc><image:image><image:loc>/x.png</image:loc></image:image></url></urlset>"}, "/a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, d := newHost(t), newDesk(t, allow...)
			d.Fetcher.Limit = time.Minute
			for path, body := range tt.files {
				h.says(path, "application/octet-stream", strings.ReplaceAll(body, "HOST", strings.TrimPrefix(h.URL, "http://")))
			}
			v := d.add(site.Source{Address: h.URL + tt.at, Kind: site.Map})
			got := v.Error
			if v.Status == site.Ready {
				for _, p := range d.pages(v.ID, h) {
					got += " " + strings.Fields(p)[0]
				}
				got = strings.TrimSpace(got)
			}
			if v.Status == site.Ready && got != tt.want || v.Status != site.Ready && !strings.Contains(got, tt.want) {
				t.Errorf("got %q (%s), want %q", got, v.Status, tt.want)
			}
		})
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	h, d := newHost(t), newDesk(t, allow...)
	h.says("/latin.php", "text/html; charset=iso-8859-1", "<p>Gr\xfc\xdfe")
	h.says("/meta", "text/html", "<meta charset=windows-1251><p>\xcf\xf0\xe8\xe2\xe5\xf2")
	h.says("/notes.txt", "text/plain; charset=utf-16le", "H\x00i\x00")
	h.says("/code.rs", "text/plain", "fn main() {}")
	h.says("/file?id=7", "application/pdf", "%PDF-1.7")
	h.says("/raw.docx", "application/octet-stream", "PK")
	h.says("/page/?utm=1", "text/html", `<link rel="canonical" href="/page"><p>x`)
	h.says("/front", "text/html", `<link rel="canonical" href="/"><p>x`)
	h.leads("/old", "/code.rs")
	for path, want := range map[string]struct{ address, name, data string }{
		"/latin.php":   {"/latin.php", "latin.html", "<p>Grüße"},
		"/meta":        {"/meta", "meta.html", "Привет"},
		"/notes.txt":   {"/notes.txt", "notes.txt", "Hi"},
		"/code.rs":     {"/code.rs", "code.rs", "fn main"},
		"/file?id=7":   {"/file?id=7", "file.pdf", "%PDF"},
		"/raw.docx":    {"/raw.docx", "raw.docx", "PK"},
		"/page/?utm=1": {"/page", "page.html", "x"},
		"/front":       {"/front", "front.html", "x"},
		"/old#part":    {"/code.rs", "code.rs", "fn main"},
	} {
		got, err := d.Fetcher.Page(t.Context(), h.URL+path, "", "")
		if err != nil || got.Address != h.URL+want.address || got.ReadAs != want.name || !strings.Contains(string(got.Data), want.data) {
			t.Errorf("%s: %+v, %v", path, got, err)
		}
	}
	for address, want := range map[string]error{
		h.URL + "/none": fs.ErrInvalid, "": fs.ErrInvalid, "ftp://x.example/": fs.ErrInvalid, "https://": fs.ErrInvalid, "http://me:secret@x.example/": fs.ErrInvalid, "http://a b/": fs.ErrInvalid,
	} {
		if got, err := d.Fetcher.Page(t.Context(), address, "", ""); !errors.Is(err, want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %+v, %v", address, got, err)
		}
	}
	if _, err := d.Fetcher.Page(cancelled(t.Context()), h.URL+"/meta", "", ""); err == nil {
		t.Error("fetched although nobody waits for it")
	}
}

func TestRobots(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		robots  string
		status  int
		path    string
		allowed bool
	}{
		"no file":              {"", 404, "/a", true},
		"not for us":           {"", 403, "/a", true},
		"broken":               {"", 500, "/a", false},
		"nothing":              {"", 200, "/a", true},
		"all":                  {"User-agent: *\nDisallow: /", 200, "/a", false},
		"the longest decides":  {"User-agent: *\nDisallow: /a\nAllow: /a/b", 200, "/a/b/c", true},
		"equal: allow":         {"User-agent: *\nDisallow: /a\nAllow: /a", 200, "/a", true},
		"empty allows":         {"User-agent: *\nDisallow:", 200, "/a", true},
		"own group":            {"User-agent: *\nDisallow: /\n\nUser-agent: ATELIER/2\nDisallow: /b", 200, "/a", true},
		"groups are joined":    {"User-agent: atelier\nDisallow: /x\n\nUser-agent: atelier\nDisallow: /a", 200, "/a", false},
		"another's":            {"User-agent: atelierbot\nDisallow: /", 200, "/a", true},
		"end":                  {"User-agent: *\nDisallow: /a$", 200, "/ab", true},
		"star and end":         {"User-agent: *\nDisallow: /*.pdf$", 200, "/x/y.pdf", false},
		"query":                {"User-agent: *\nDisallow: /*?session=", 200, "/a?session=1", false},
		"escapes":              {"User-agent: *\nDisallow: /gr%c3%bc%C3%9fe", 200, "/gr%C3%BC%c3%9Fe", false},
		"letters as they are":  {"User-agent: *\nDisallow: /grüße", 200, "/gr%C3%BC%C3%9Fe", false},
		"escaped letter":       {"User-agent: *\nDisallow: /%61", 200, "/a", false},
		"old line ends":        {"\ufeffUser-agent: *\rDisallow: /a # not this\r", 200, "/a", false},
		"stars without end":    {"User-agent: *\nDisallow: /" + strings.Repeat("*a", 5000) + "b", 200, "/" + strings.Repeat("a", 400), true},
		"page instead of text": {"<!doctype html><p>Not: found</p>", 200, "/a", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, d := newHost(t), newDesk(t, allow...)
			h.set("/robots.txt", func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.robots)
			})
			h.says(tt.path, "text/plain", "There it is.")
			for range 2 { // the second time from memory
				_, err := d.Fetcher.Page(t.Context(), h.URL+tt.path, "", "")
				if (err == nil) != tt.allowed {
					t.Errorf("allowed %v: %v", tt.allowed, err)
				}
				if asked := h.took(); !tt.allowed && len(asked) > 0 {
					t.Errorf("asked for %q", asked)
				}
			}
		})
	}
}
