package privacy_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/probes/privacy"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

const start = `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,"><body>`

// site serves pages by their paths, with headers that are named "path header".
type site map[string]string

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for key, value := range s {
		if path, name, ok := strings.Cut(key, " "); ok && path == r.URL.Path {
			w.Header().Add(name, value)
		}
	}
	page, ok := s[r.URL.Path]
	switch {
	case !ok:
		http.NotFound(w, r)
	case strings.HasSuffix(r.URL.Path, ".txt"):
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, page)
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, start+page)
	}
}

func probe(t *testing.T, id string) *agents.Probe {
	t.Helper()
	for _, p := range privacy.Probes() {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no probe %s", id)
	return nil
}

func TestReading(t *testing.T) {
	t.Parallel()
	const register = `<h1>Register</h1><form method=post action=/register><input name=user><input type=email name=email><input type=password name=password><input type=password name=again><button>Create account</button></form>`
	later := time.Now().Add(1000 * 24 * time.Hour).UTC()
	for _, x := range []struct {
		probe, name string
		target      site
		want        int
	}{
		{"cookie-lifetime", "three years, and an hour", site{"/": `x`, "/ Set-Cookie": "seen=1; Expires=" + later.Format(http.TimeFormat)}, 1},
		{"cookie-lifetime", "a year", site{"/": `x`, "/ Set-Cookie": "seen=1; Max-Age=31536000"}, 0},
		{"privacy-link", "none on two pages", site{"/": `<a href=/b>b</a><form method=post><input type=email name=email></form>`, "/b": "b"}, 1},
		{"privacy-link", "linked", site{"/": `<a href=/privacy>What we know of you</a><form method=post><input type=email name=email></form>`, "/privacy": `Privacy`}, 0},
		{"privacy-link", "in German", site{"/": `<a href=/x>Impressum</a><form method=post><input type=password name=p></form>`, "/x": `<a href=/x>Impressum</a>`}, 0},
		{"terms-link", "not linked", site{"/": register}, 1},
		{"terms-link", "linked", site{"/": register + `<a href=/x>Terms of sale</a>`, "/x": "x"}, 0},
		{"pii-in-url", "a link and a form", site{"/": `<a href="/unsubscribe?who=ada.lovelace@corp.io">Stop</a><form action="/found"><input type=email name=mail></form>`, "/unsubscribe": "x"}, 2},
		{"pii-in-url", "nobody's, by mail, by POST", site{"/": `<a href="/a?who=ada@example.com">x</a><a href="mailto:ada@corp.io">y</a><a href="/b?phone=blue&v=12345678901">z</a><form method=post action="/found"><input type=email name=mail></form><form onsubmit="x()"><input type=email name=mail></form>`, "/a": "a", "/b": "b"}, 0},
		{"pii-in-logs-headers", "an ETag", site{"/": "x", "/ ETag": `"ada@corp.io-7"`}, 1},
		{"pii-in-logs-headers", "whom to turn to", site{"/": "x", "/ X-Contact": "ada@corp.io", "/ Link": "<mailto:ada@corp.io>"}, 0},
		{"a11y-statement", "none", site{"/": "x"}, 1},
		{"a11y-statement", "linked", site{"/": `<a href=/b>Accessibility</a>`, "/b": "b"}, 0},
		{"security-txt", "none", site{"/": "x"}, 1},
		{"security-txt", "expired", site{"/": "x", "/.well-known/security.txt": "Contact: mailto:a@b.example\nExpires: 2020-01-01T00:00:00Z\n"}, 1},
		{"security-txt", "holds", site{"/": "x", "/.well-known/security.txt": "# us\nContact: mailto:a@b.example\nExpires: " + later.Format(time.RFC3339) + "\n"}, 0},
	} {
		t.Run(x.probe+"/"+x.name, func(t *testing.T) {
			t.Parallel()
			r := try.Probe(t, probe(t, x.probe), x.target, try.Options{})
			list := try.Found(r, x.probe)
			if len(list) != x.want {
				t.Errorf("found %d, want %d", len(list), x.want)
			}
			for _, f := range list {
				if strings.Contains(f.Text+fmt.Sprint(f.Evidence), "ada.lovelace") {
					t.Errorf("it tells whose data it is: %+v", f)
				}
			}
		})
	}
}

func TestVisitors(t *testing.T) {
	t.Parallel()
	const banner = `<div id=ask>We use cookies. <button id=no>Reject all</button></div>`
	for name, x := range map[string]struct {
		target site
		want   map[string]int
	}{
		"marks everybody": {site{"/": banner + `<script>document.cookie = "_ga=GA1.1.12345.67890"; localStorage.setItem("visitor_id", "a81bc2d93e4f5061");
			no.onclick = () => { localStorage.setItem("_fbp", "fb.1.2.3"); ask.remove(); }</script><script src="https://www.google-analytics.com/analytics.js"></script>`},
			map[string]int{"cookies-before-consent": 1, "third-party-requests": 1, "reject-works": 1, "dnt-gpc": 1}},
		"asks first": {site{"/": banner + `<script>document.cookie = "lang=en"; localStorage.setItem("theme", "dark"); document.cookie = "session=a81bc2d93e4f5061"; no.onclick = () => { localStorage.setItem("consent", "no"); ask.remove(); }</script>`},
			map[string]int{"cookies-before-consent": 0, "third-party-requests": 0, "reject-works": 0, "dnt-gpc": 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var list []*agents.Probe
			for _, id := range []string{"cookies-before-consent", "third-party-requests", "reject-works", "dnt-gpc"} {
				list = append(list, probe(t, id))
			}
			r := try.Probes(t, list, x.target, try.Options{Browser: true})
			for id, want := range x.want {
				try.Want(t, r, id, want)
			}
		})
	}
}
