package exposure_test

import (
	"fmt"
	"html"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/probes/exposure"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

// site serves what stands at a path; a path that begins with http types is plain text.
func site(files map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		switch {
		case strings.HasSuffix(r.URL.Path, ".js"):
			w.Header().Set("Content-Type", "text/javascript")
		case strings.HasSuffix(r.URL.Path, ".json") || strings.HasPrefix(r.URL.Path, "/api/") || strings.HasSuffix(r.URL.Path, ".map"):
			w.Header().Set("Content-Type", "application/json")
		case r.URL.Path == "/" || !strings.ContainsAny(r.URL.Path, ".~"):
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
		default:
			w.Header().Set("Content-Type", "text/plain")
		}
		if strings.HasPrefix(body, "!") {
			w.WriteHeader(http.StatusInternalServerError)
			body = body[1:]
		}
		fmt.Fprint(w, body)
	})
}

const home = `<!doctype html><html lang=en><title>Home</title><h1>Home</h1><a href="/one">One</a><a href="/two">Two</a><script src="/app.js"></script>`

func probe(t *testing.T, id string) *agents.Probe {
	t.Helper()
	for _, p := range exposure.Probes() {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no %s", id)
	return nil
}

// trace is one that Go really writes.
func trace() string { return string(debug.Stack()) }

func TestReading(t *testing.T) {
	t.Parallel()
	mails := ""
	for i := range 12 {
		mails += fmt.Sprintf("<li>person%d@company%d.de", i, i)
	}
	for _, c := range []struct {
		name, probe string
		files       map[string]string
		want        int
	}{
		{"git", "exposed-vcs", map[string]string{"/.git/HEAD": "ref: refs/heads/main\n"}, 1},
		{"svn and hg", "exposed-vcs", map[string]string{"/.svn/entries": "12\n", "/.hg/requires": "dotencode\nstore\n"}, 2},
		{"a page called so", "exposed-vcs", map[string]string{"/.git/HEAD": "ref: a page <!doctype html>", "/.svn/entries": "Our entries\n"}, 0},
		{"environment", "exposed-config", map[string]string{"/.env": "APP_KEY=base64:s3cr3tv4lue\nDB_PASSWORD=hunter2hunter2\n", "/docker-compose.yml": "version: '3'\nservices:\n  web:\n"}, 2},
		{"what browsers need", "exposed-config", map[string]string{"/config.json": `{"api": "https://api.example.org", "theme": "dark"}`, "/config.yml": "title: Shop\ntheme: dark\n"}, 0},
		{"copies", "backup-files", map[string]string{"/app.js.bak": "var old = 1; // of last year", "/backup.zip": "PK\x03\x04zip"}, 2},
		{"pictures and pages", "backup-files", map[string]string{"/backup.zip": "no zip", "/dump.sql": "<!doctype html><p>INSERT INTO"}, 0},
		{"trace of Go", "stack-trace", map[string]string{"/one": "!<pre>" + html.EscapeString(trace()) + "</pre>"}, 1},
		{"trace of Java", "stack-trace", map[string]string{"/one": "!java.lang.NullPointerException\n\tat org.shop.Cart.add(Cart.java:17)\n\tat org.shop.Main.main(Main.java:3)"}, 1},
		{"warning of PHP", "stack-trace", map[string]string{"/one": "<b>Warning</b>: Undefined variable $x in <b>/var/www/html/one.php</b> on line <b>5</b><br />"}, 1},
		{"trace of Node", "stack-trace", map[string]string{"/one": "!TypeError: x is not a function<br> &nbsp; &nbsp;at add (/srv/app/cart.js:10:5)<br> &nbsp; &nbsp;at next (/srv/app/node_modules/router/lib.js:2:3)"}, 1},
		{"trace of Python", "stack-trace", map[string]string{"/one": "!Traceback (most recent call last):\n  File \"app.py\", line 3"}, 1},
		{"trace of .NET, Ruby and Rust", "stack-trace", map[string]string{"/": "!" + home + "   at Shop.Cart.Add(Int32 n) in C:\\shop\\Cart.cs:line 12", "/one": "!app/models/cart.rb:12:in `add'", "/two": "!thread 'main' panicked at src/main.rs:4:5"}, 3},
		{"a text about traces", "stack-trace", map[string]string{"/one": "<article><h1>Reading traces</h1><pre><code>Traceback (most recent call last):</code></pre></article>", "/app.js": "// at add (/srv/app/cart.js:10:5)\nfunction a() {}"}, 0},
		{"keys", "secrets-in-js", map[string]string{"/app.js": `const k = "sk_live_` + `4eC39HqLyjWDarjtT1zdp7dc9q"; const config = {clientSecret: "q8Zr2-Xk19vLm3Tt7"};`}, 2},
		{"keys for browsers", "secrets-in-js", map[string]string{
			"/app.js": `const a = "pk_live_4eC39HqLyjWDarjtT1zdp7dc9q", b = "AIzaSyA1234567890abcdefghijklmnopqrstuv"; const words = {password: "Passwort vergessen?", secretQuestion: "secret-question-label"}; const x = {password: "your-password-here1"};`,
			"/one":    `<input type="hidden" name="csrf_token" value="kJ8sKq2LmX0aPq9Zt3"><script>window.csrfToken = "kJ8sKq2LmX0aPq9Zt3"; const AWS = "AKIAIOSFODNN7EXAMPLE"</script>`,
		}, 0},
		{"map", "source-maps", map[string]string{"/app.js": "var a=1\n//# sourceMappingURL=app.min.js.map", "/app.min.js.map": `{"version":3,"sources":["src/a.ts"],"mappings":"AAAA"}`}, 1},
		{"no map", "source-maps", map[string]string{"/app.js": "var a=1\n//# sourceMappingURL=data:application/json;base64,e30=", "/app.js.map": `{}`}, 0},
		{"comments", "comments", map[string]string{"/one": `<!-- TODO: remove before launch, admin password: hunter2 --><p>Hi`, "/app.js": "// FIXME: rounding\nvar a = 1"}, 2},
		{"comments for readers", "comments", map[string]string{"/one": `<!-- The password field has a label --><p>TODO list`, "/app.js": "/*! library 1.0 TODO */ var todo = 'FIXME'; // adds one"}, 0},
		{"inside", "private-ip", map[string]string{"/one": `<p>Served by 10.12.0.7</p>`, "/app.js": `fetch("http://billing.internal/api")`}, 2},
		{"examples", "private-ip", map[string]string{"/one": `<input placeholder="192.168.1.10"><p>For instance 10.0.0.1. The network is 10.0.0.0/8, version 10.2.3.4 and 8.8.8.8.</p>`, "/app.js": `state.internal = "a.internal"`}, 0},
		{"persons", "pii", map[string]string{"/one": `<p>4539 5787 6362 1486</p>`, "/two": "<ul>" + mails + "</ul>"}, 2},
		{"numbers and addresses", "pii", map[string]string{"/one": `<p>Order 4539578763621487, try 4111 1111 1111 1111, call 555-12-3456</p>`, "/two": "<p>info@shop.org support@shop.org</p>"}, 0},
		{"robots", "robots-sensitive", map[string]string{"/robots.txt": "User-agent: *\nDisallow: /backup\nDisallow: /cart\n", "/backup": "<h1>Files</h1>", "/cart": "<h1>Cart</h1>"}, 1},
		{"robots that lead to a door", "robots-sensitive", map[string]string{"/robots.txt": "Disallow: /admin\nDisallow: /private\n", "/admin": `<form method=post><input name=user><input type=password name=p></form>`}, 0},
	} {
		t.Run(c.probe+" "+c.name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"/": home, "/one": "<p>One</p>", "/two": "<p>Two</p>", "/app.js": "var a = 1"}
			for path, body := range c.files {
				files[path] = body
			}
			for _, f := range try.Want(t, try.Probe(t, probe(t, c.probe), site(files), try.Options{}), c.probe, c.want) {
				for _, e := range f.Evidence {
					for _, secret := range []string{"hunter2hunter2", "4eC39HqLyjWDarjtT1zdp7dc9q", "4539578763621486", "4539 5787"} {
						if strings.Contains(e.Text+fmt.Sprint(e.Rows), secret) {
							t.Errorf("the evidence has %s in it: %s", secret, e.Text)
						}
					}
				}
			}
		})
	}
}

// A target that answers whatever is asked, as applications of one page do, serves no files by that.
func TestAnswersAll(t *testing.T) {
	t.Parallel()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".js") {
			fmt.Fprint(w, "var a = 1")
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprintf(w, "services:\nAPP_KEY=1\n[core]\nNothing for %s in our shop", r.URL.Path)
	})
	for _, id := range []string{"exposed-vcs", "exposed-config"} {
		try.Want(t, try.Probe(t, probe(t, id), handler, try.Options{}), id, 0)
	}
}

// What malformed input does, and what a file's name brings to light.
func TestIntrusive(t *testing.T) {
	t.Parallel()
	handler := func(faulty bool) http.Handler {
		mux := http.NewServeMux()
		mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, home, `<a href="/page?n=1">Page</a><a href="/show?file=help.txt">Help</a>`)
		})
		mux.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) {
			if n := r.FormValue("n"); n != "1" {
				w.WriteHeader(http.StatusInternalServerError)
				if faulty {
					fmt.Fprint(w, trace())
					return
				}
			}
			fmt.Fprint(w, "Page ", html.EscapeString(r.FormValue("n")))
		})
		mux.HandleFunc("/show", func(w http.ResponseWriter, r *http.Request) {
			name := r.FormValue("file")
			switch {
			case name == "help.txt":
				fmt.Fprint(w, "Help yourself: import nothing")
			case faulty && name == "shop/view.php":
				fmt.Fprint(w, "<?php\n$secret = 1;")
			case faulty && !strings.Contains(name, "."):
				w.WriteHeader(http.StatusInternalServerError)
				fmt.Fprint(w, "Warning: file_get_contents(): failed in /var/www/shop/view.php on line 3")
			default:
				w.WriteHeader(http.StatusNotFound)
				fmt.Fprint(w, "no such file")
			}
		})
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			mux.ServeHTTP(w, r)
		})
	}
	both := slices.DeleteFunc(exposure.Probes(), func(p *agents.Probe) bool { return p.ID != "debug-error" && p.ID != "source-disclosure" })
	r := try.Probes(t, both, handler(true), try.Options{Intrusive: true})
	try.Want(t, r, "source-disclosure", 1)
	for _, f := range try.Found(r, "debug-error") {
		if !strings.Contains(f.Where.URL, "/page") && !strings.Contains(f.Where.URL, "/show") {
			t.Errorf("%+v", f.Where)
		}
	}
	if len(try.Found(r, "debug-error")) != 2 {
		t.Errorf("%d errors", len(try.Found(r, "debug-error")))
	}
	r = try.Probes(t, both, handler(false), try.Options{Intrusive: true})
	try.Want(t, r, "debug-error", 0)
	try.Want(t, r, "source-disclosure", 0)
}
