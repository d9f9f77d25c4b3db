package authorization_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/access"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/authorization"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

// mill is an application with a clerk, a miller and somebody who is locked out, and with each way of refusing that
// applications have.
type mill struct {
	*http.ServeMux
	faults  []string
	ground  atomic.Int32 // how often it was ground
	removed atomic.Int32
}

const millForm = `<form method="post" action="/login"><input name="name"><input type="password" name="password"><button>Sign in</button></form>`

func newMill(faults ...string) *mill {
	m := &mill{ServeMux: http.NewServeMux(), faults: faults}
	text := strings.Repeat("Rye and wheat and barley. ", 30)
	// The way in stands at the top of every page, as in many shops.
	draw := func(w http.ResponseWriter, body string) {
		page(w, http.StatusOK, `<header>`+millForm+`</header><main>`+body+`</main>`)
	}
	m.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		draw(w, `<a href="/login">Sign in</a> <a href="/flour">Flour</a> <p>`+text)
	})
	m.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) { page(w, http.StatusOK, millForm) })
	m.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		role := map[string]string{"anna": "clerk", "bob": "miller"}[r.FormValue("name")]
		if role == "" || r.FormValue("password") != "Barley-Stone-52" {
			page(w, http.StatusUnauthorized, millForm)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: role + "-session", Path: "/"})
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	// guard lets some roles in; how says what the others get.
	guard := func(how http.HandlerFunc, fault string, next http.HandlerFunc, roles ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			role := ""
			if c, err := r.Cookie("sid"); err == nil {
				role = strings.TrimSuffix(c.Value, "-session")
			}
			if !slices.Contains(roles, role) != slices.Contains(faults, fault) {
				how(w, r)
				return
			}
			next(w, r)
		}
	}
	shown := func(title string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { draw(w, "<h1>"+title+"</h1><p>"+text) }
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { page(w, code, "<p>Not for you.</p>") }
	}
	to := func(path string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, path, http.StatusSeeOther) }
	}
	m.HandleFunc("GET /flour", shown("Flour"))
	m.HandleFunc("GET /stones", guard(status(http.StatusForbidden), "stones", shown("Stones"), "miller"))
	m.HandleFunc("GET /sacks", guard(to("/login"), "sacks", shown("Sacks"), "miller", "clerk"))
	m.HandleFunc("GET /ledger", guard(status(http.StatusNotFound), "ledger", shown("Ledger"), "clerk"))
	m.HandleFunc("GET /wages", guard(to("/"), "wages", shown("Wages"), "clerk"))
	m.HandleFunc("GET /safe", guard(func(w http.ResponseWriter, _ *http.Request) {
		draw(w, "<h1>Sorry</h1><p>Access is denied.</p>")
	}, "safe", shown("Safe"), "clerk"))
	m.HandleFunc("GET /password", guard(func(w http.ResponseWriter, _ *http.Request) { page(w, http.StatusOK, millForm) }, "password", func(w http.ResponseWriter, _ *http.Request) {
		draw(w, `<h1>Your password</h1><form method="post" action="/password"><input type="password" name="old"><input type="password" name="new"><button>Change</button></form>`)
	}, "miller", "clerk"))
	m.HandleFunc("GET /old", to("/flour"))
	m.HandleFunc("POST /api/grind", guard(status(http.StatusForbidden), "grind", func(w http.ResponseWriter, _ *http.Request) {
		m.ground.Add(1)
		w.WriteHeader(http.StatusNoContent)
	}, "miller"))
	m.HandleFunc("DELETE /api/sacks/1", guard(status(http.StatusUnauthorized), "delete", func(w http.ResponseWriter, _ *http.Request) {
		if m.removed.Add(1) > 1 {
			w.WriteHeader(http.StatusNotFound)
		}
	}, "miller"))
	m.HandleFunc("POST /api/seal", func(w http.ResponseWriter, _ *http.Request) { page(w, http.StatusForbidden, "CSRF token missing") })
	return m
}

const millTable = `roles:
  - {name: guest, nobody: true}
  - {name: clerk, user: anna}
  - {name: miller, user: bob}
  - {name: thief, user: tom, locked: true}
  - {name: baker, user: zoe}
rules:
  - {path: /, allow: [guest, clerk, miller]}
  - {path: /flour, allow: [guest, clerk, miller]}
  - {path: /login, allow: [guest]}
  - {path: /stones, allow: [miller], deny: [guest, clerk, thief]}
  - {path: /sacks, allow: [clerk, miller], deny: [guest, thief]}
  - {path: /ledger, allow: [clerk], deny: [guest, miller]}
  - {path: /wages, allow: [clerk], deny: [guest, miller]}
  - {path: /safe, allow: [clerk], deny: [guest, miller]}
  - {path: /password, allow: [clerk, miller], deny: [guest]}
  - {method: POST, path: /api/grind, allow: [miller], deny: [guest, clerk]}
  - {method: DELETE, path: /api/sacks/1, allow: [miller], deny: [guest, clerk]}
`

var millers = []campaign.Login{
	{Role: "clerk", User: "anna", Password: "Barley-Stone-52"}, {Role: "miller", User: "bob", Password: "Barley-Stone-52"}, {Role: "thief", User: "tom", Password: "wrong"},
}

func tableProbes(t *testing.T) []*agents.Probe {
	t.Helper()
	return []*agents.Probe{probe(t, "access-table"), probe(t, "access-table-changes")}
}

func tableOf(t *testing.T, text string) access.Table {
	t.Helper()
	table, err := access.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return *table
}

func TestAccessTable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault string
		want  []string // severity and cause
	}{
		{"", nil},
		{"stones", []string{"high let in GET /stones", "medium refused GET /stones"}},
		{"sacks", []string{"high let in GET /sacks", "medium refused GET /sacks"}},
		{"ledger", []string{"high let in GET /ledger", "medium refused GET /ledger"}},
		{"wages", []string{"high let in GET /wages"}}, // who is sent to the first page may have done what was to be done
		{"safe", []string{"high let in GET /safe"}},   // words alone refuse nobody
		{"password", []string{"high let in GET /password", "medium refused GET /password"}},
		{"grind", []string{"high let in POST /api/grind", "medium refused POST /api/grind"}},
		{"delete", []string{"high let in DELETE /api/sacks/1", "medium refused DELETE /api/sacks/1"}},
	} {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			r := try.Probes(t, tableProbes(t), newMill(c.fault), try.Options{Accounts: millers, Access: tableOf(t, millTable), Intrusive: true})
			var got []string
			for _, f := range r.Findings {
				got = append(got, f.Severity.String()+" "+f.Cause)
				if len(f.Evidence) != 2 || f.Where.As == "" {
					t.Errorf("%s: %+v", f.Text, f.Evidence)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
				for _, f := range r.Findings {
					t.Log(f.Text)
				}
			}
			for _, x := range r.Cases {
				if c.fault == "" && x.Outcome.Verdict != agents.Passed {
					t.Errorf("%s: %s %s", x.ID, x.Outcome.Verdict, x.Outcome.Reason)
				}
			}
		})
	}
}

// What was seen of every cell stands in the result, in the form of the table.
func TestAccessSeen(t *testing.T) {
	t.Parallel()
	r := try.Probes(t, tableProbes(t), newMill("stones"), try.Options{Accounts: millers, Access: tableOf(t, millTable)})
	rows := r.Access()
	table := r.Settings.Access
	told := func(path, role string) string {
		for i, rule := range table.Rules {
			for k := range table.Roles {
				if c := rows[i][k]; rule.Path == path && table.Roles[k].Name == role {
					return fmt.Sprintf("%v %v %s %s %v", c.Said, c.Allow, c.Verdict, c.Saw, c.Finding != "")
				}
			}
		}
		return "none"
	}
	for _, c := range []struct{ path, role, want string }{
		{"/flour", "guest", "true true pass 200 false"},
		{"/stones", "clerk", "true false fail 200 true"},
		{"/stones", "miller", "true true fail 403 true"},
		{"/sacks", "guest", "true false pass → /login false"},
		{"/stones", "baker", "false false   false"},
		{"/api/grind", "clerk", "true false not tested  false"},
	} {
		if got := told(c.path, c.role); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.path, c.role, got, c.want)
		}
	}
}

// What cannot be tested is no pass: roles without an account, addresses that are sent on, what was not allowed.
func TestAccessNotTested(t *testing.T) {
	t.Parallel()
	m := newMill()
	r := try.Probes(t, tableProbes(t), m, try.Options{Accounts: []campaign.Login{{Role: "clerk", User: "anna", Password: "wrong"}}, Access: tableOf(t, `roles: [{name: guest, nobody: true}, {name: clerk, user: anna}, {name: baker}]
rules:
  - {path: /flour, allow: [clerk, baker]}
  - {path: /old, allow: [guest]}
  - {path: /gone, deny: [guest]}
  - {method: POST, path: /api/grind, deny: [guest]}
`)})
	for id, want := range map[string]string{
		"access-table access GET /flour as clerk":              "could not sign in",
		"access-table access GET /flour as baker":              `no account of the role "baker"`,
		"access-table access GET /old as guest":                "sent on",
		"access-table-changes access POST /api/grind as guest": "not allowed: intrusive",
		"access-table access GET /gone as guest":               "", // nothing is shown there
	} {
		i := slices.IndexFunc(r.Cases, func(x *campaign.Case) bool { return x.ID == id })
		if i < 0 || !strings.Contains(r.Cases[i].Outcome.Reason, want) || (want == "") != (r.Cases[i].Outcome.Verdict == agents.Passed) {
			t.Errorf("%s: %+v", id, r.Cases)
		}
	}
	if m.ground.Load() != 0 {
		t.Error("something was changed")
	}
	sealed := try.Probes(t, tableProbes(t), newMill(), try.Options{Intrusive: true, Access: tableOf(t, `roles: [{name: guest, nobody: true}]
rules: [{method: POST, path: /api/seal, deny: [guest]}]`)})
	if o := sealed.Cases[0].Outcome; o.Verdict != agents.NotTested || !strings.Contains(o.Reason, "token") {
		t.Errorf("a refusal for want of a token: %+v", o)
	}
}

// An application of scripts answers every address alike, which says nothing of roles.
func TestAccessOfScripts(t *testing.T) {
	t.Parallel()
	shell := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		page(w, http.StatusOK, `<div id="app"></div><script src="/app.js"></script>`)
	})
	r := try.Probes(t, authorization.Probes()[9:], shell, try.Options{Access: tableOf(t, `roles: [{name: guest, nobody: true}]
rules: [{path: /public, allow: [guest]}, {path: /secret, deny: [guest]}]`)})
	if len(r.Findings) > 0 {
		t.Errorf("%+v", r.Findings[0])
	}
}
