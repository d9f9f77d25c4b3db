package workflow_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/journey"
	"github.com/atelier-studio/atelier/agents/probes/try"
	"github.com/atelier-studio/atelier/agents/probes/workflow"
)

// app is an application with accounts, notes, a search and views that a script draws. Each fault is one that a journey meets.
type app struct {
	faults   map[string]bool
	mu       sync.Mutex
	users    map[string]string
	sessions map[string]string
	notes    map[string]string
}

func newApp(faults ...string) *app {
	a := &app{faults: map[string]bool{}, users: map[string]string{"ada@example.org": "pw"}, sessions: map[string]string{}, notes: map[string]string{}}
	for _, f := range faults {
		a.faults[f] = true
	}
	return a
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	user := ""
	if c, err := r.Cookie("sid"); err == nil {
		user = a.sessions[c.Value]
	}
	w.Header().Set("Cache-Control", "no-store")
	draw := func(title, body string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		out := ""
		if user != "" {
			out = `<form method="post" action="/logout"><button>Sign out</button></form>`
		}
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>%s</title><link rel="icon" href="data:,"><body>%s<h1>%s</h1>%s`, title, out, title, body)
	}
	path := r.URL.Path
	switch {
	case path == "/":
		draw("A workshop of things", `<a href="/lamp">Lamp</a> <a href="/blanket">Blanket</a> <a href="/curtain">Curtain</a> <a href="/register">Register</a> <a href="/login">Sign in</a> <a href="/mine">Mine</a> <a href="/views">Views</a> <a href="/trash">Trash</a>
			<form action="/search"><label>Search <input name="q" type="search"></label><button>Search</button></form>`)
	case path == "/lamp", path == "/blanket", path == "/curtain":
		draw("Our "+path[1:]+" of the year", `<p>Made with care in our workshop by the harbour, one by one, as long as there are people who like it.</p><a href="/">Home</a>`)
	case path == "/search":
		found := "<p>Nothing was found.</p>"
		if q := strings.ToLower(r.FormValue("q")); !a.faults["search"] && (q == "lamp" || q == "blanket" || q == "curtain") {
			found = `<p>One thing was found: <a href="/` + q + `">` + q + `</a></p>`
		}
		draw("Search", found)
	case path == "/trash": // its search is for what is in it, and nothing is
		draw("Trash", `<form action="/trash"><label>Search the trash <input name="q" type="search"></label></form><p>Nothing was thrown away.</p>`)
	case path == "/register" && r.Method == http.MethodPost:
		if !a.faults["register"] {
			a.users[r.FormValue("email")] = r.FormValue("password")
		}
		draw("Welcome to the workshop", `<p>Your account was made.</p><a href="/login">Sign in</a>`)
	case path == "/register":
		draw("Register", `<form method="post"><label>E-mail <input name="email" type="email" required></label><label>Password <input name="password" type="password" autocomplete="new-password"></label><label>Again <input name="again" type="password" autocomplete="new-password"></label><button>Register</button></form>`)
	case path == "/login" && r.Method == http.MethodPost:
		if p, ok := a.users[r.FormValue("email")]; !ok || p != r.FormValue("password") {
			draw("Sign in", `<p>That is wrong.</p><form method="post"><input name="email" type="email"><input name="password" type="password"><button>Sign in</button></form>`)
			return
		}
		id := rand.Text()
		a.sessions[id] = r.FormValue("email")
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: id, Path: "/"})
		http.Redirect(w, r, "/mine", http.StatusSeeOther)
	case path == "/login":
		draw("Sign in", `<form method="post"><label>E-mail <input name="email" type="email"></label><label>Password <input name="password" type="password"></label><button>Sign in</button></form>`)
	case path == "/logout" && r.Method == http.MethodPost:
		if c, err := r.Cookie("sid"); err == nil && !a.faults["logout"] {
			delete(a.sessions, c.Value)
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case path == "/mine" && user != "":
		draw("What is yours", `<p>Three desks, two lamps and a blanket are on their way to `+user+`.</p><a href="/">Home</a>`)
	case path == "/mine":
		http.Redirect(w, r, "/login", http.StatusSeeOther)
	case path == "/views":
		draw("Views of the workshop", `<a href="/views/one" onclick="show(event)">The first view</a><p id="v">Choose a view of the workshop to see more.</p><script>
			const draw = () => { document.querySelector("h1").textContent = location.pathname; document.title = location.pathname; document.getElementById("v").textContent = location.pathname === "/views" ? "Choose a view of the workshop to see more." : "Here is all that there is to be seen of it, and a little more than that."; };
			const show = (e) => { e.preventDefault(); `+map[bool]string{true: "history.replaceState", false: "history.pushState"}[a.faults["history"]]+`({}, "", e.target.href); draw(); };
			addEventListener("popstate", draw);</script>`)
	case path == "/views/one" && !a.faults["deep"]:
		draw("/views/one", `<p id="v">Here is all that there is to be seen of it, and a little more than that.</p>`)
	default:
		http.NotFound(w, r)
	}
}

func run(t *testing.T, o try.Options, id string, target http.Handler, want int) {
	t.Helper()
	for _, p := range workflow.Probes() {
		if p.ID == id {
			try.Want(t, try.Probe(t, p, target, o), id, want)
			return
		}
	}
	t.Fatalf("there is no probe %s", id)
}

var ada = []campaign.Login{{Role: "customer", User: "ada@example.org", Password: "pw"}}

func TestAccounts(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]int{"": 0, "register": 1, "logout": 1} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			run(t, try.Options{Intrusive: true}, "auth-journey", newApp(fault), want)
		})
	}
}

func TestBrowser(t *testing.T) {
	t.Parallel()
	journeys := func(word string) []journey.Journey {
		return []journey.Journey{{Name: "Look at the lamp", As: "customer", Steps: []journey.Step{{Go: "/"}, {Click: "Lamp"}, {Expect: &journey.Expect{Text: word}}, {Go: "/mine"}, {Expect: &journey.Expect{Status: 200, Text: "on their way to ada"}}}}}
	}
	for name, x := range map[string]struct {
		app      *app
		journeys []journey.Journey
		want     int
	}{
		"faulty": {newApp("search", "deep", "logout"), journeys("our desk of the year"), 1},
		"clean":  {newApp(), journeys("our lamp of the year"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var list []*agents.Probe
			for _, p := range workflow.Probes() {
				if p.ID == "search-journey" || p.ID == "deep-link" || p.ID == "multi-tab" || p.ID == "declared-journeys" || x.want == 0 && p.Needs == agents.NeedsBrowser {
					list = append(list, p)
				}
			}
			r := try.Probes(t, list, x.app, try.Options{Browser: true, Accounts: ada, Journeys: x.journeys})
			for _, p := range list {
				if p.ID == "search-journey" { // nothing tells what the trash should find
					if found := try.Found(r, p.ID); len(found) != x.want {
						t.Errorf("search-journey found %+v", found)
					}
					continue
				}
				try.Want(t, r, p.ID, x.want)
			}
		})
	}
}

// Whoever came to a page by a link gets back from it, unless it makes an entry in the history whenever it loads.
func TestBackTrap(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		script string
		want   int
	}{
		"trap":               {`history.pushState({}, "", location.href); addEventListener("popstate", () => location.reload());`, 1},
		"routes as it loads": {`location.hash = "/all"; addEventListener("hashchange", () => { if (!location.hash) location.hash = "/all"; });`, 0},
		"replaces":           {`history.replaceState({}, "", "?sort=name"); document.onclick = () => history.pushState({}, "", "?sort=price"); addEventListener("popstate", () => {});`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, try.Options{Browser: true}, "back-forward", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				const head = `<!doctype html><html lang="en"><link rel="icon" href="data:,">`
				switch r.URL.Path {
				case "/":
					fmt.Fprint(w, head+`<title>Home</title><h1>Home</h1><p>Welcome to all who are here.</p><a href="/list">List</a> <a href="/about">About</a>`)
				case "/about":
					fmt.Fprint(w, head+`<title>About</title><h1>About</h1><p>We are a shop by the harbour.</p><a href="/list">List</a> <a href="/terms">Terms</a>`)
				case "/terms":
					fmt.Fprint(w, head+`<title>Terms</title><h1>Terms</h1><p>What you buy here is yours.</p>`)
				case "/list":
					fmt.Fprint(w, head+`<title>List</title><h1>List</h1><p>Three things that are for sale.</p><script>`+x.script+`</script>`)
				default:
					http.NotFound(w, r)
				}
			}), x.want)
		})
	}
}
