package ops_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/probes/ops"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

func probe(t *testing.T, id string) *agents.Probe {
	t.Helper()
	for _, p := range ops.Probes() {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no %s", id)
	return nil
}

// pages serves bodies by path: those that begin with { as JSON, with < as HTML, and others as text.
type pages map[string]string

func (p pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, ok := p[r.URL.Path]
	status := http.StatusOK
	if !ok {
		status, body = http.StatusNotFound, "<title>Nothing</title>nothing is here"
		for prefix, answer := range p {
			if strings.HasSuffix(prefix, "*") && strings.HasPrefix(r.URL.Path, prefix[:len(prefix)-1]) {
				body = answer
			}
		}
		if fallback, ok := p["anything"]; ok {
			status, body = http.StatusOK, fallback
		}
	}
	if _, wrong := strings.CutPrefix(body, "500"); wrong {
		status, body = http.StatusInternalServerError, "<title>Oh</title>broken"
	}
	switch {
	case strings.HasPrefix(body, "{"):
		w.Header().Set("Content-Type", "application/json")
	case strings.HasPrefix(body, "<?xml"):
		w.Header().Set("Content-Type", "application/xml")
	case strings.HasPrefix(body, "<"):
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	default:
		w.Header().Set("Content-Type", "text/plain")
	}
	for _, line := range strings.Split(p["headers"], "\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			w.Header().Set(name, value)
		}
	}
	w.WriteHeader(status)
	fmt.Fprint(w, strings.NewReplacer("ORIGIN", "http://"+r.Host, "LOCALHOST", strings.Replace("http://"+r.Host, "127.0.0.1", "localhost", 1)).Replace(body))
}

const (
	home = `<title>Home</title><a href=/about>About</a>`
	spec = `{"openapi":"3.0.0","info":{"title":"T","version":"1"},"paths":{"/api/things":{"get":{"responses":{"200":{"description":"ok"}}}}}}`
)

var essay = strings.Repeat("Words that fill a page and say something about it. ", 10)

func TestProbes(t *testing.T) {
	t.Parallel()
	many := pages{"/": ""}
	for i := range 40 {
		path := fmt.Sprintf("/page-%c%c", 'a'+i/8, 'a'+i%8)
		many["/"] += "<a href=" + path + ">p</a>"
		many[path] = "<title>P</title>" + path
	}
	with := func(base pages, more pages) pages {
		list := pages{}
		for _, from := range []pages{base, more} {
			for path, body := range from {
				list[path] = body
			}
		}
		return list
	}
	skewed := func(by time.Duration) string { return "Date: " + time.Now().Add(by).UTC().Format(http.TimeFormat) }
	for name, c := range map[string]struct {
		probe string
		pages pages
		want  int
	}{
		"no health":                      {"health", pages{"/": home}, 1},
		"no health but one page for all": {"health", pages{"/": home, "anything": home}, 1},
		"health":                         {"health", pages{"/": home, "/readyz": "ok"}, 0},
		"health of the description":      {"health", pages{"/": home, "/openapi.json": strings.Replace(spec, "/api/things", "/internal/liveness", 1), "/internal/liveness": `{"ok":true}`}, 0},
		"a talkative health":             {"health-leak", pages{"/": home, "/health": `{"status":"UP","db":"postgres://app:s3cret@db-1.internal:5432/shop","hostname":"web-7"}`}, 1},
		"metrics for everybody":          {"health-leak", pages{"/": home, "/metrics": "# HELP go_goroutines Number of goroutines.\n# TYPE go_goroutines gauge\ngo_goroutines 12\n"}, 1},
		"a short health": {"health-leak", pages{"/": home + `<a href=/status>Status</a>`, "/health": `{"status":"ok","version":"1.4.2","checks":{"database":"ok"}}`, "/version": `{"version":"2.0.1"}`,
			"/status": "<title>Status</title>All systems work. PostgreSQL 15.3 was brought up to date, see /var/log."}, 0},
		"no id":             {"request-id", pages{"/": home}, 1},
		"an id":             {"request-id", pages{"/": home, "headers": "X-Request-Id: 7f3c"}, 0},
		"errors without id": {"graceful-errors", pages{"/": home}, 1},
		"errors with an id": {"graceful-errors", pages{"/": home, "/*": `<title>Nothing</title>Nothing is here. Reference: 7f3c9a10-11de`}, 0},
		"strange robots":    {"robots-sitemap", pages{"/": home, "/robots.txt": "Disallow: /early\nUser-agent: *\nDisallow: private\nplease go away\nSitemap: /map.xml\n"}, 1},
		"a sitemap of ghosts": {"robots-sitemap", pages{"/": home, "/about": "<title>A</title>", "/sitemap.xml": `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
			<url><loc>ORIGIN/about</loc></url><url><loc>ORIGIN/gone</loc></url></urlset>`}, 1},
		"a broken sitemap": {"robots-sitemap", pages{"/": home, "/sitemap.xml": `<?xml version="1.0"?><urlset><url><loc>ORIGIN/</loc></urlset>`}, 1},
		"good for machines": {"robots-sitemap", pages{"/": home, "/about": "<title>A</title>", "/robots.txt": "\xef\xbb\xbf# hello\nUser-agent: *\nUser-agent: other\nDisallow:\nAllow: /*.html$\nCrawl-delay: 1\nHost: x\nSitemap: ORIGIN/sitemap.xml\n",
			"/sitemap.xml": `<?xml version="1.0" encoding="ISO-8859-1"?><urlset><url><loc> ORIGIN/about </loc></url><url><loc>https://shop.example.org/elsewhere</loc></url></urlset>`}, 0},
		"a sitemap of the developer's machine": {"robots-sitemap", pages{"/": home, "/about": "<title>A</title>", "/sitemap.xml": `<?xml version="1.0"?><urlset>
			<url><loc>http://localhost:3000/about</loc></url><url><loc>http://localhost:3000/gone</loc></url></urlset>`}, 2},
		"ghosts behind many of one shape": {"robots-sitemap", pages{"/": home, "/sitemap.xml": `<?xml version="1.0"?><urlset>` + strings.Repeat(`<url><loc>ORIGIN/</loc></url>`, 60) + `<url><loc>ORIGIN/gone</loc></url></urlset>`}, 1},
		"a sitemap by the other name of the host": {"robots-sitemap", pages{"/": home, "/about": "<title>A</title>", "/sitemap.xml": `<?xml version="1.0"?><urlset>
			<url><loc>LOCALHOST/about</loc></url><url><loc>https://www.shop.example.org:8443/gone</loc></url></urlset>`}, 0},
		"twice the same": {"canonical", pages{"/": `<title>H</title><a href=/a>a</a><a href=/b>b</a>`, "/a": "<title>T</title>" + essay, "/b": "<title>T</title>" + essay}, 1},
		"twice, with the right one named": {"canonical", pages{"/": `<title>H</title><a href=/a>a</a><a href=/b>b</a><a href=/c>c</a><a href=/d>d</a>`, "/a": `<title>T</title><link rel=canonical href=/a>` + essay, "/b": `<title>T</title><link rel=canonical href=/a>` + essay,
			"/c": `<title>T</title><meta name=robots content="follow, noindex">` + essay, "/d": "<title>Other</title>" + essay}, 0},
		"a clock that is late":  {"clock-skew", pages{"/": home, "headers": skewed(-10 * time.Minute)}, 1},
		"a cache":               {"clock-skew", pages{"/": home, "headers": skewed(-10*time.Minute) + "\nAge: 600"}, 0},
		"a clock":               {"clock-skew", pages{"/": home, "headers": skewed(5 * time.Second)}, 0},
		"errors in many places": {"error-budget", with(many, pages{"/page-aa": "500", "/page-ab": "500", "/page-ac": "500"}), 1},
		"an error or two":       {"error-budget", with(many, pages{"/page-aa": "500", "/page-ab": "500"}), 0},
		"an API's page":         {"structured-404", pages{"/": home, "/openapi.json": spec, "/api/things": `{"a":1}`}, 1},
		"an API's answer":       {"structured-404", pages{"/": home, "/openapi.json": spec, "/api/things": `{"a":1}`, "/api/*": `{"error":"nothing there"}`}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := try.Probe(t, probe(t, c.probe), c.pages, try.Options{})
			if c.want == 0 && len(r.Cases) == 0 && c.probe == "clock-skew" {
				return // no answer that is fresh
			}
			for _, f := range try.Want(t, r, c.probe, c.want) {
				if len(f.Evidence) == 0 || strings.Contains(fmt.Sprint(f.Evidence), "s3cret") {
					t.Errorf("the evidence is %+v", f.Evidence)
				}
			}
		})
	}
}

// What needs a name is not asked of this machine.
func TestNotOfThisMachine(t *testing.T) {
	t.Parallel()
	if r := try.Probe(t, probe(t, "ipv6-dual"), pages{"/": home}, try.Options{}); len(r.Cases) != 0 {
		t.Errorf("it applies to %+v", r.Cases[0])
	}
}
