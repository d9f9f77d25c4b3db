package campaign_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/try"
	"github.com/atelier-studio/atelier/agents/wire"
)

// board is an application whose scripts draw everything. It gives who signs in a cookie or a token, which its scripts keep.
func board(byToken bool) http.Handler {
	var token atomic.Value
	token.Store("3f1c9a7be24d48d1a0c2")
	mux := http.NewServeMux()
	in := func(r *http.Request) bool {
		cookie, err := r.Cookie("sid")
		return byToken && r.Header.Get("Authorization") == "Bearer "+token.Load().(string) || !byToken && err == nil && cookie.Value == token.Load()
	}
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>Board</title><main id="main"></main><script src="/app.js"></script>`)
	})
	mux.HandleFunc("GET /app.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, `const main = document.getElementById("main"), head = () => localStorage.token ? { Authorization: "Bearer " + localStorage.token } : {};
			async function show() {
				const answer = await fetch("/api/me", { headers: head() });
				if (answer.ok) { const me = await answer.json(); main.innerHTML = "<h1></h1><a href='/tasks'>Tasks</a>"; main.firstChild.textContent = "Welcome, " + me.name; return; }
				main.innerHTML = "<h1>Sign in</h1><form><label>Name <input name='user'></label><label>Password <input type='password' name='secret'></label><button>Sign in</button></form>";
				main.querySelector("form").addEventListener("submit", async (e) => {
					e.preventDefault();
					const answer = await fetch("/api/login", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user: e.target.user.value, password: e.target.secret.value }) });
					if (!answer.ok) { main.append("Wrong."); return; }
					const { token } = await answer.json();
					if (token) localStorage.token = token;
					show();
				});
			}
			show();`)
	})
	mux.HandleFunc("POST /api/login", func(w http.ResponseWriter, r *http.Request) {
		var who struct{ User, Password string }
		if json.NewDecoder(r.Body).Decode(&who) != nil || who.User != "ada" || who.Password != "right" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if byToken {
			fmt.Fprintf(w, `{"token":%q}`, token.Load())
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: token.Load().(string), Path: "/", HttpOnly: true})
		fmt.Fprint(w, `{}`)
	})
	mux.HandleFunc("POST /api/leave", func(_ http.ResponseWriter, r *http.Request) {
		if in(r) {
			token.Store("5b0ee6d2a97c4f16b381")
		}
	})
	mux.HandleFunc("GET /api/me", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if !in(r) {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{}`)
			return
		}
		fmt.Fprint(w, `{"name":"Ada"}`)
	})
	return mux
}

// Who signs in at a form that scripts draw is signed in for requests and in the browser too, whatever the target gives for it.
func TestSignInWhereScriptsDraw(t *testing.T) {
	t.Parallel()
	for _, byToken := range []bool{false, true} {
		t.Run(fmt.Sprintf("by token %v", byToken), func(t *testing.T) {
			t.Parallel()
			var me, drawn string
			probe := &agents.Probe{ID: "look", Title: "Look", Severity: agents.Low, Needs: agents.NeedsBrowser | agents.NeedsAccount, Check: agents.Whole(func(ctx context.Context, lab *agents.Lab) agents.Outcome {
				me = string(lab.Send(ctx, wire.Request{URL: surfaceAt(lab, "/api/me"), As: "account 1"}).Body)
				v, err := lab.Visits.Visit(ctx, lab.Surface.Target, "account 1")
				if err != nil {
					return agents.BlockOn(err)
				}
				drawn = v.Snapshot.Text
				return agents.Pass()
			})}
			r := try.Probe(t, probe, board(byToken), try.Options{Browser: true, Accounts: []campaign.Login{{Role: "member", User: "ada", Password: "right"}, {Role: "member", User: "eve", Password: "wrong"}}})
			if !r.Accounts[0].In || r.Accounts[1].In {
				t.Errorf("%+v", r.Accounts)
			}
			// The one document that every address is answered with says the same to everybody; what is drawn does not.
			if !containsPage(r.Surface, "/", "account 1") || !containsPage(r.Surface, "/tasks", "account 1") {
				for _, p := range r.Surface.Pages {
					t.Errorf("%s as %q", p.URL, p.As)
				}
			}
			if me != `{"name":"Ada"}` || !strings.Contains(drawn, "Welcome, Ada") {
				t.Errorf("%q %q", me, drawn)
			}
		})
	}
}

func surfaceAt(lab *agents.Lab, path string) string {
	return wire.Origin(lab.Client.Scope().Target()) + path
}

// An account that a case has signed out is in again before what was found is tried once more.
func TestSignedInAgain(t *testing.T) {
	t.Parallel()
	for _, byToken := range []bool{false, true} {
		t.Run(fmt.Sprintf("by token %v", byToken), func(t *testing.T) {
			t.Parallel()
			probe := &agents.Probe{ID: "leave", Title: "Leave", Severity: agents.Low, Needs: agents.NeedsHTTP | agents.NeedsAccount, Check: agents.Whole(func(ctx context.Context, lab *agents.Lab) agents.Outcome {
				if x := lab.Send(ctx, wire.Request{URL: surfaceAt(lab, "/api/me"), As: "account 1"}); x.Status != http.StatusOK {
					return agents.Pass()
				}
				lab.Send(ctx, wire.Request{Method: http.MethodPost, URL: surfaceAt(lab, "/api/leave"), As: "account 1"})
				return agents.Fail(agents.Finding{Text: "It lets accounts leave.", Where: agents.Place{URL: lab.Surface.Target}})
			})}
			r := try.Probe(t, probe, board(byToken), try.Options{Browser: true, Accounts: []campaign.Login{{Role: "member", User: "ada", Password: "right"}}})
			if list := try.Found(r, "leave"); len(list) != 1 {
				t.Errorf("%+v", r.ByProbe["leave"])
			}
		})
	}
}

// An API beside the pages that takes tokens alone gets one for an account that is in by a cookie. Pages do not get it.
func TestTokenOfAnAPI(t *testing.T) {
	t.Parallel()
	const token = "b7f0c2d1e94a4f6d"
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><title>T</title><h1>Start</h1><form method="post" action="/login"><input name="user"><input type="password" name="password"><button>Sign in</button></form><a href="/home">Home</a>`)
	})
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("user") == "ada" && r.FormValue("password") == "right" {
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "1c5de02a77b94c35", Path: "/"})
		}
		http.Redirect(w, r, "/home", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /home", func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("sid"); err != nil || c.Value != "1c5de02a77b94c35" {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><title>T</title><h1>Home</h1><p>Bearer: %q</p>`, r.Header.Get("Authorization"))
	})
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"openapi":"3.0.3","info":{"title":"T","version":"1"},"components":{"securitySchemes":{"b":{"type":"http","scheme":"bearer"}}},"security":[{"b":[]}],"paths":{
			"/api/v1/token":{"post":{"security":[],"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["user","password"],"properties":{"user":{"type":"string"},"password":{"type":"string"}}}}}},"responses":{"200":{"description":"ok"}}}},
			"/api/v1/things":{"get":{"responses":{"200":{"description":"ok"}}}}}}`)
	})
	mux.HandleFunc("POST /api/v1/token", func(w http.ResponseWriter, r *http.Request) {
		var who struct{ User, Password string }
		w.Header().Set("Content-Type", "application/json")
		if json.NewDecoder(r.Body).Decode(&who) != nil || who.User != "ada" || who.Password != "right" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, `{"access_token":%q}`, token)
	})
	mux.HandleFunc("GET /api/v1/things", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
		}
		fmt.Fprint(w, `[]`)
	})
	var things int
	var home string
	probe := &agents.Probe{ID: "look", Title: "Look", Severity: agents.Low, Needs: agents.NeedsHTTP | agents.NeedsAccount, Check: agents.Whole(func(ctx context.Context, lab *agents.Lab) agents.Outcome {
		things = lab.Send(ctx, wire.Request{URL: surfaceAt(lab, "/api/v1/things"), As: "account 1"}).Status
		home = string(lab.Send(ctx, wire.Request{URL: surfaceAt(lab, "/home"), As: "account 1"}).Body)
		return agents.Pass()
	})}
	r := try.Probe(t, probe, mux, try.Options{Accounts: []campaign.Login{{Role: "member", User: "ada", Password: "right"}}})
	if things != http.StatusOK || !strings.Contains(home, `Bearer: ""`) {
		t.Errorf("%d, %s", things, home)
	}
	if !slices.Contains(r.Sessions, token) {
		t.Error("the token is not among what is left out of reports")
	}
}
