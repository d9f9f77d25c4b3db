package security_test

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/security"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

const (
	signIn = `<form method=post action=/in><input name=user><input type=password name=pass><button>Sign in</button></form>`
	strict = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
)

// site is a small target: its pages by path, headers for all of them, and what is special about it.
type site struct {
	pages   map[string]string
	headers map[string]string
	special func(w http.ResponseWriter, r *http.Request) bool
}

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, err := r.Cookie("sid")
	in := err == nil
	for name, value := range s.headers {
		w.Header().Set(name, value)
	}
	if s.special != nil && s.special(w, r) {
		return
	}
	page, there := s.pages[r.URL.Path]
	switch {
	case r.URL.Path == "/in" && r.Method == http.MethodPost:
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "0123456789abcdef", Path: "/", HttpOnly: true})
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case strings.HasPrefix(r.URL.Path, "/account") && !in:
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		http.Error(w, "no", http.StatusMethodNotAllowed)
	case !there:
		http.NotFound(w, r)
	default:
		kind := "text/html; charset=utf-8"
		switch {
		case strings.HasSuffix(r.URL.Path, ".js"):
			kind = "text/javascript"
		case strings.HasSuffix(r.URL.Path, ".css"):
			kind = "text/css"
		}
		w.Header().Set("Content-Type", kind)
		fmt.Fprint(w, page)
	}
}

var pages = map[string]string{
	"/":                 `<!doctype html><title>Home</title><link rel=stylesheet href=/static/site.css><script src=/static/js/app.js></script><a href=/about>About</a> <a href=/account>Account</a>` + signIn,
	"/about":            `<!doctype html><title>About</title><p>us</p>`,
	"/account":          `<!doctype html><title>Account</title><p>private</p><form method=post action=/account><input name=mail></form>`,
	"/static/site.css":  `p{color:red}`,
	"/static/js/app.js": `navigator.geolocation.getCurrentPosition(() => {})`,
}

// with is pages with some others.
func with(more ...string) map[string]string {
	all := map[string]string{}
	for path, page := range pages {
		all[path] = page
	}
	for i := 0; i+1 < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return all
}

func clean() map[string]string {
	return map[string]string{
		"Content-Security-Policy": strict, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer, strict-origin", "Permissions-Policy": "geolocation=(self)",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Server": "shop", "X-Powered-By": "Express", "Cache-Control": "no-store",
	}
}

func cleanBut(more ...string) map[string]string {
	all := clean()
	for i := 0; i+1 < len(more); i += 2 {
		all[more[i]] = more[i+1]
		if more[i+1] == "" {
			delete(all, more[i])
		}
	}
	return all
}

func run(t *testing.T, target http.Handler) *campaign.Result {
	t.Helper()
	return try.Probes(t, security.Probes(), target, try.Options{Accounts: []campaign.Login{{Role: "user", User: "anna", Password: "right"}}})
}

// listing is a folder as Apache lists it.
const listing = `<html><head><title>Index of /static</title></head><body><h1>Index of /static</h1><a href="?C=N;O=D">Name</a><a href="/">Parent Directory</a><a href="js/">js/</a><a href="site.css">site.css</a><a href="backup.sql">backup.sql</a></body></html>`

func TestProbes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		target site
		want   []string // the ids of findings; those that are only to know too
	}{
		{"clean", site{pages: pages, headers: clean()}, nil},
		{"no headers", site{pages: pages, headers: map[string]string{}}, []string{"cache-private", "clickjacking", "coop-corp", "csp-missing", "nosniff-missing", "permissions-policy", "referrer-policy"}},
		{"report only", site{pages: pages, headers: cleanBut("Content-Security-Policy", "", "Content-Security-Policy-Report-Only", strict, "X-Frame-Options", "sameorigin")}, []string{"csp-missing"}},
		{"meta policy", site{pages: with("/", `<head><title>Home</title><meta http-equiv=Content-Security-Policy content="default-src 'self'; base-uri 'self'; frame-ancestors 'none'"><meta name=referrer content=unsafe-url></head>`+signIn),
			headers: cleanBut("Content-Security-Policy", "", "Referrer-Policy", "")}, []string{"clickjacking", "referrer-policy"}},
		{"weak policy", site{pages: pages, headers: cleanBut("Content-Security-Policy", "script-src 'self' 'unsafe-inline' 'unsafe-eval' https:; frame-ancestors 'self'")}, []string{"csp-weak"}},
		{"nonces", site{pages: pages, headers: cleanBut("Content-Security-Policy", "script-src 'unsafe-inline' https: 'nonce-abc' 'strict-dynamic'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'")}, nil},
		{"two policies", site{pages: pages, headers: cleanBut("Content-Security-Policy", "script-src *; frame-ancestors *, "+strict)}, nil},
		{"no base", site{pages: pages, headers: cleanBut("Content-Security-Policy", "default-src 'self'; frame-ancestors 'self'")}, []string{"csp-weak"}},
		{"frames from anywhere", site{pages: pages, headers: cleanBut("Content-Security-Policy", "default-src 'self'; base-uri 'self'; frame-ancestors *", "X-Frame-Options", "DENY")}, []string{"clickjacking"}},
		{"versions", site{pages: pages, headers: cleanBut("Server", "Werkzeug/2.0.1 Python/3.9", "X-Powered-By", "PHP/8")}, []string{"server-version", "server-version"}},
		{"reflects origins", site{pages: pages, headers: clean(), special: func(w http.ResponseWriter, r *http.Request) bool {
			if origin := r.Header.Get("Origin"); origin != "" {
				w.Header().Set("Access-Control-Allow-Origin", origin)
				w.Header().Set("Access-Control-Allow-Credentials", "true")
			}
			return false
		}}, []string{"cors-reflect"}},
		{"open to read", site{pages: pages, headers: cleanBut("Access-Control-Allow-Origin", "*")}, nil},
		{"TRACE and PUT", site{pages: pages, headers: clean(), special: func(w http.ResponseWriter, r *http.Request) bool {
			switch {
			case r.Method == http.MethodTrace:
				dump, _ := httputil.DumpRequest(r, false)
				_, _ = w.Write(dump)
			case r.Method == http.MethodPut && strings.HasPrefix(r.URL.Path, "/static/"):
				w.WriteHeader(http.StatusCreated)
			default:
				return false
			}
			return true
		}}, []string{"http-methods", "http-methods"}},
		{"any method alike", site{pages: pages, headers: clean(), special: func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet && r.URL.Path != "/in" {
				w.Header().Set("Content-Type", "text/html")
				fmt.Fprint(w, pages["/"])
				return true
			}
			return false
		}}, nil},
		{"listing", site{pages: with("/static/", listing), headers: clean()}, []string{"dir-listing"}},
		{"listing without a head", site{pages: with("/static/", `<!doctype html><pre><a href="js/">js/</a><a href="site.css">site.css</a></pre>`), headers: clean()}, []string{"dir-listing"}},
		{"page of a folder", site{pages: with("/static/", `<!doctype html><title>Index of our articles</title><a href=/about>About</a><a href=/static/js>Scripts</a><a href=/static/site.css>Look</a>`), headers: clean()}, nil},
		{"host of the request", site{pages: pages, headers: clean(), special: func(w http.ResponseWriter, r *http.Request) bool {
			if host := r.Header.Get("X-Forwarded-Host"); host != "" && r.URL.Path == "/about" {
				w.Header().Set("Content-Type", "text/html")
				fmt.Fprintf(w, `<title>About</title><link rel=canonical href="http://%s/about">`, host)
				return true
			}
			return false
		}}, []string{"host-header"}},
		{"host in words", site{pages: pages, headers: clean(), special: func(w http.ResponseWriter, r *http.Request) bool {
			if host := r.Header.Get("X-Forwarded-Host"); host != "" {
				w.Header().Set("Content-Type", "text/html")
				fmt.Fprintf(w, `<title>About</title><p>You asked %s`, host)
				return true
			}
			return false
		}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			result := run(t, c.target)
			var got []string
			for _, probe := range security.Probes() {
				for _, f := range try.Found(result, probe.ID) {
					got = append(got, probe.ID)
					if len(f.Evidence) == 0 || f.Text == "" || f.Severity != probe.Severity && probe.ID != "csp-weak" {
						t.Errorf("%+v", f)
					}
				}
				if count := result.ByProbe[probe.ID]; count != nil && count.NotTested+count.Blocked > 0 {
					t.Errorf("%s: %v", probe.ID, count.Reasons)
				}
			}
			if !sameWords(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}

func sameWords(a, b []string) bool {
	count := map[string]int{}
	for _, w := range a {
		count[w]++
	}
	for _, w := range b {
		count[w]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// TestFramed wants the picture of a page that lies in a frame of another site.
func TestFramed(t *testing.T) {
	t.Parallel()
	result := try.Probes(t, security.Probes()[2:3], site{pages: pages, headers: map[string]string{}}, try.Options{Browser: true})
	list := try.Want(t, result, "clickjacking", 1)
	for _, f := range list {
		if len(f.Evidence[len(f.Evidence)-1].Picture) == 0 {
			t.Error("there is no picture of it")
		}
	}
}
