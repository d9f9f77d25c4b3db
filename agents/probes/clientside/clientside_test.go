package clientside_test

import (
	"crypto/rand"
	"fmt"
	"html"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/clientside"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

func only(t *testing.T, ids ...string) []*agents.Probe {
	t.Helper()
	var list []*agents.Probe
	for _, p := range clientside.Probes() {
		for _, id := range ids {
			if p.ID == id {
				list = append(list, p)
			}
		}
	}
	if len(list) != len(ids) {
		t.Fatalf("there are not all of %v", ids)
	}
	return list
}

// site serves pages by path; the first lists the others.
type site map[string]string

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	page, ok := s[r.URL.Path]
	switch {
	case strings.HasSuffix(r.URL.Path, ".js") && ok:
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, page)
	case ok:
		fmt.Fprint(w, "<!doctype html><html lang=en><title>"+r.URL.Path+"</title>"+page)
	case r.URL.Path == "/":
		fmt.Fprint(w, "<!doctype html><html lang=en><title>Home</title><p>a list of pages</p>")
		for path := range s {
			if !strings.HasSuffix(path, ".js") {
				fmt.Fprintf(w, `<p><a href="%s">%s</a></p>`, path, path)
			}
		}
	case r.URL.Path == "/in":
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "0123456789abcdef", HttpOnly: true})
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case strings.HasPrefix(r.URL.Path, "/go"):
		to := r.URL.Query().Get("next")
		switch {
		case r.URL.Path == "/go-anywhere":
		case r.URL.Path == "/go-paths" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//")), r.URL.Path == "/go-safe" && to != "/news":
			to = "/"
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	default:
		http.NotFound(w, r)
	}
}

// at says where a probe found something: the paths of its places.
func at(r *campaign.Result, probe string) map[string]campaign.Agreed {
	list := map[string]campaign.Agreed{}
	for _, f := range try.Found(r, probe) {
		for _, p := range append(f.Places, f.Where) {
			path := p.URL[strings.Index(p.URL, "//")+2:]
			path = path[strings.Index(path, "/"):]
			path, _, _ = strings.Cut(path, "?")
			list[path] = f
		}
	}
	return list
}

func expect(t *testing.T, r *campaign.Result, probe string, paths ...string) map[string]campaign.Agreed {
	t.Helper()
	list := at(r, probe)
	for _, path := range paths {
		if _, ok := list[path]; !ok {
			t.Errorf("%s found nothing at %s", probe, path)
		}
	}
	for path, f := range list {
		if !strings.Contains(strings.Join(paths, " ")+" ", path+" ") {
			t.Errorf("%s found at %s: %s %+v", probe, path, f.Text, f.Evidence[0])
		}
	}
	if count := r.ByProbe[probe]; count == nil || count.NotTested+count.Blocked > 0 {
		t.Errorf("%s could not test all: %+v", probe, count)
	}
	return list
}

func TestReading(t *testing.T) {
	t.Parallel()
	r := try.Probes(t, only(t, "sri-missing", "tabnabbing", "inline-handlers"), site{
		"/foreign": `<script src="https://cdn.invalid/a.js"></script><link rel=stylesheet href="https://cdn.invalid/a.css">`,
		"/checked": `<script src="https://other.invalid/b.js" integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC" crossorigin=anonymous></script><link rel=stylesheet href="https://fonts.googleapis.com/css?family=A"><script src=/own.js></script>`,
		"/own.js":  `1`,
		"/opens":   `<a href="https://other.invalid/" target=_blank rel="opener">out</a>`,
		"/shut":    `<a href="https://other.invalid/" target=_blank>out</a><a href="/opens" target=_blank rel=opener>in</a><script type="application/json">{}</script>`,
		"/inline":  `<script>1</script><button onclick="x()">x</button><a href="javascript:void 0">y</a>`,
	}, try.Options{})
	expect(t, r, "sri-missing", "/foreign")
	expect(t, r, "tabnabbing", "/opens")
	expect(t, r, "inline-handlers", "/inline")
}

func TestOpenRedirect(t *testing.T) {
	t.Parallel()
	r := try.Probes(t, only(t, "open-redirect"), site{
		"/home": `<a href="/go-anywhere?next=/news">1</a><a href="/go-paths?next=/news">2</a><a href="/go-safe?next=/news">3</a><a href="/news?next=spring">4</a>`,
		"/news": `<p>news`,
	}, try.Options{Intrusive: true})
	expect(t, r, "open-redirect", "/go-anywhere", "/go-paths")
}

// door is a page to sign in on that carries in a hidden field where to go then, with a token of the session.
type door struct {
	check func(next string) bool
	limit bool // nobody signs in twice
	mu    sync.Mutex
	ins   int
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	session := ""
	if c, err := r.Cookie("sid"); err == nil {
		session = c.Value
	}
	switch {
	case r.URL.Path == "/in" && r.Method == http.MethodGet:
		if session == "" {
			session = rand.Text()
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: session, Path: "/", HttpOnly: true})
		}
		fmt.Fprintf(w, `<!doctype html><title>Sign in</title><form method=post action=/in><input type=hidden name=token value="of %s"><input type=hidden name=next value="%s"><input name=user><input type=password name=pass><button>Sign in</button></form>`,
			session, html.EscapeString(r.FormValue("next")))
	case r.URL.Path == "/in":
		d.mu.Lock()
		defer d.mu.Unlock()
		switch {
		case d.limit && d.ins > 0:
			w.Header().Set("Retry-After", "60")
			http.Error(w, "too many requests", http.StatusTooManyRequests)
			return
		case r.FormValue("token") != "of "+session:
			http.Error(w, "this form has expired", http.StatusForbidden)
			return
		case r.FormValue("user") != "ada" || r.FormValue("pass") != "Right-Horse-7":
			http.Error(w, "wrong", http.StatusUnauthorized)
			return
		}
		d.ins++
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "in-" + rand.Text(), Path: "/", HttpOnly: true})
		to := r.FormValue("next")
		if to == "" || !d.check(to) {
			to = "/"
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusSeeOther)
	case r.URL.Path == "/":
		fmt.Fprint(w, `<!doctype html><title>Home</title><a href=/in>Sign in</a> <a href="/in?next=/">Sign in and come back</a>`)
	default:
		http.NotFound(w, r)
	}
}

// Where a page to sign in on leads after it is seen by signing in there.
func TestOpenRedirectAfterSignIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		door    *door
		found   int
		blocked bool
	}{
		"anywhere":      {&door{check: func(string) bool { return true }}, 1, false},
		"other schemes": {&door{check: func(next string) bool { return !strings.Contains(next, ":") }}, 1, false},
		"backslash":     {&door{check: func(next string) bool { return strings.HasPrefix(next, "/") && !strings.HasPrefix(next, "//") }}, 1, false},
		"its own paths": {&door{check: func(next string) bool { return next == "/" }}, 0, false},
		"limited":       {&door{check: func(string) bool { return true }, limit: true}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := try.Probes(t, only(t, "open-redirect"), c.door, try.Options{Intrusive: true, Accounts: []campaign.Login{{Role: "member", User: "ada", Password: "Right-Horse-7"}}})
			if list := try.Found(r, "open-redirect"); len(list) != c.found || c.found > 0 && list[0].Where.Parameter != "next" {
				t.Errorf("found %d: %+v", len(list), list)
			}
			if count := r.ByProbe["open-redirect"]; (count.Blocked+count.NotTested > 0) != c.blocked {
				t.Errorf("%+v", count)
			}
		})
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	const out = `<p id=out>nothing yet, but more than twenty signs</p><p id=two>two</p><script>const out = document.getElementById("out"), two = document.getElementById("two"); const all = new URLSearchParams(location.search);`
	target := site{
		"/xss": out + `out.innerHTML = "You are at " + decodeURIComponent(location.hash.slice(1));
			two.append(document.createRange().createContextualFragment("You are at " + location.hash.slice(1)));
			if (all.get("name")) out.insertAdjacentHTML("beforeend", "Hello " + all.get("name"));
			if (all.get("n")) try { eval("x = '" + all.get("n") + "'"); } catch (e) {}
			addEventListener("message", (e) => { two.outerHTML = "<p id=two>" + e.data; });</script>`,
		"/safe": out + `out.textContent = decodeURIComponent(location.hash) + all.get("name");
			const esc = (s) => s.replace(/[&<>"']/g, (c) => "&#" + c.charCodeAt(0) + ";"); two.innerHTML = esc(decodeURIComponent(location.hash)) + "<a href=\"" + location.href + "\">here</a>";
			setTimeout("1 + " + JSON.stringify(all.get("n")), 1); setTimeout(() => out, 1);
			const d = document.implementation.createHTMLDocument(""); d.body.innerHTML = decodeURIComponent(location.hash); two.title = d.body.textContent;
			addEventListener("message", (e) => { if (e.origin !== location.origin) return; two.innerHTML = e.data; });
			window.postMessage("tick", "*"); // to itself, as schedulers do
			const to = all.get("next"); if (to && new URL(to, location.origin).origin === location.origin) location.assign(to);</script>`,
		"/to/anywhere": out + `if (all.get("next")) location.href = all.get("next");</script>`,
		"/to/fragment": out + `if (location.hash.length > 1) location.replace(decodeURIComponent(location.hash.slice(1)));</script>`,
		"/say":         `<p>a frame that is told something</p><iframe src="about:blank"></iframe><script>addEventListener("load", () => document.querySelector("iframe").contentWindow.postMessage({ price: 3 }, "*"));</script>`,
	}
	r := try.Probes(t, only(t, "dom-xss", "open-redirect-dom", "postmessage-star"), target, try.Options{Browser: true})
	expect(t, r, "dom-xss", "/xss")
	want := map[string]agents.Severity{"innerHTML": agents.High, "createContextualFragment": agents.Medium, "insertAdjacentHTML": agents.High, "eval": agents.High, "outerHTML": agents.High}
	for _, f := range try.Found(r, "dom-xss") {
		sink, script, _ := strings.Cut(f.Cause, " ")
		if severity, ok := want[sink]; !ok || severity != f.Severity || script != "/xss" {
			t.Errorf("%s is %s: %s", f.Cause, f.Severity, f.Text)
		}
		delete(want, sink)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
	expect(t, r, "open-redirect-dom", "/to/anywhere", "/to/fragment")
	expect(t, r, "postmessage-star", "/say", "/xss")
}

func TestStorageAndLibraries(t *testing.T) {
	t.Parallel()
	target := site{
		"/old":           `<p>an old library</p><script src="/lib/jquery.js"></script>`,
		"/new":           `<p>a new library</p><script src="/lib/new.js"></script>`,
		"/lib/jquery.js": `window.jQuery = function () {}; jQuery.fn = { jquery: "1.12.4" };`,
		"/lib/new.js":    `window.jQuery = function () {}; jQuery.fn = { jquery: "3.7.1" }; window._ = { VERSION: "4.17.21", runInContext() {} };`,
		"/login": `<form method=post action=/in><input name=user><input type=password name=pass><button>Sign in</button></form>
			<script>document.forms[0].addEventListener("submit", () => { localStorage.setItem("access_token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl"); localStorage.setItem("theme", "dark"); localStorage.setItem("csrf_token", "0123456789abcdef01"); });</script>`,
	}
	r := try.Probes(t, only(t, "vulnerable-js", "storage-secrets"), target, try.Options{Browser: true, Accounts: []campaign.Login{{Role: "user", User: "anna", Password: "right"}}})
	list := expect(t, r, "vulnerable-js", "/old")
	if f := list["/old"]; !strings.Contains(fmt.Sprint(f.References), "CVE-2020-11022") {
		t.Errorf("%+v", f)
	}
	list = expect(t, r, "storage-secrets", "/login")
	if f := list["/login"]; f.Where.Parameter != "access_token" || strings.Contains(f.Evidence[0].Rows[1][1], "eyJzdWIiOiJhbm5hIn0") {
		t.Errorf("%+v", f)
	}
}

func TestMixedContent(t *testing.T) {
	t.Parallel()
	r := try.Probes(t, only(t, "mixed-content"), site{
		"/mixed": `<p>loads a script and a picture</p><script src="http://cdn.invalid/a.js"></script><img src="http://cdn.invalid/a.png" alt=a>`,
		"/pure":  `<p>links</p><a href="http://other.invalid/">out</a><img src="https://cdn.invalid/b.png" alt=b>`,
	}, try.Options{Browser: true, TLS: true})
	expect(t, r, "mixed-content", "/mixed")
}
