package authentication_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/authentication"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

var accounts = []campaign.Login{{Role: "customer", User: "ada", Password: "Violet-Teapot-41"}, {Role: "customer", User: "ben", Password: "Copper-Ladder-87"}}

func probe(t *testing.T, id string) *agents.Probe {
	t.Helper()
	for _, p := range authentication.Probes() {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("there is no %s", id)
	return nil
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		probe  string
		faults []string
		want   int
	}{
		{"autocomplete-type", []string{"no-hint"}, 1},
		{"user-enumeration", []string{"login-tells"}, 1},
		{"user-enumeration", []string{"reset-tells"}, 1},
		{"user-enumeration", []string{"register-tells"}, 1},
		{"login-rate-limit", []string{"no-limit"}, 1},
		{"auth-bypass-sqli", []string{"bypass"}, 1},
		{"auth-bypass-sqli", []string{"everybody-in"}, 0}, // not by a condition
		{"default-credentials", []string{"admin"}, 1},
		{"weak-password", []string{"weak"}, 1},
		{"jwt-alg-none", []string{"jwt", "none"}, 1},
		{"jwt-weak-secret", []string{"jwt", "weak-secret"}, 1},
		{"jwt-expiry", []string{"jwt", "no-expiry"}, 1},
		{"logout-effective", []string{"stays-in"}, 1},
		{"logout-effective", []string{"stays-in", "by-script"}, 1},
		{"logout-effective", []string{"by-script"}, 0},
		{"logout-effective", []string{"jwt"}, 1}, // nobody ends a token
	} {
		t.Run(fmt.Sprint(c.probe, c.faults), func(t *testing.T) {
			t.Parallel()
			r := try.Probe(t, probe(t, c.probe), newHouse(t, c.faults...), try.Options{Intrusive: true, Accounts: accounts})
			for _, f := range try.Want(t, r, c.probe, c.want) {
				if len(f.Evidence) == 0 {
					t.Error("nothing shows it")
				}
			}
		})
	}
}

// A house in order, with sessions and with tokens: nothing is found, and no given account is locked or signed out.
func TestInOrder(t *testing.T) {
	t.Parallel()
	for _, faults := range [][]string{nil, {"jwt"}} {
		t.Run(fmt.Sprint(faults), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, faults...)
			list := authentication.Probes()
			if len(faults) > 0 {
				list = list[:len(list)-1] // nobody ends a token
			}
			r := try.Probes(t, list, h, try.Options{Intrusive: true, Accounts: accounts, PerSecond: 5000})
			for _, f := range r.Findings {
				t.Errorf("%s at %s: %s\n%+v", f.Probe, f.Where.URL, f.Text, f.Evidence)
			}
			for id, count := range r.ByProbe {
				if count.Blocked+count.NotTested > 0 {
					t.Errorf("%s: %v", id, count.Reasons)
				}
			}
			for _, a := range accounts {
				if h.wrong[a.User] > 2 {
					t.Errorf("%s was tried %d times with wrong passwords", a.User, h.wrong[a.User])
				}
			}
		})
	}
}

// Without accounts what needs one is not tested, and said to be.
func TestWithoutAccounts(t *testing.T) {
	t.Parallel()
	r := try.Probes(t, []*agents.Probe{probe(t, "jwt-weak-secret"), probe(t, "jwt-alg-none"), probe(t, "logout-effective")}, newHouse(t, "jwt", "none", "weak-secret"), try.Options{Intrusive: true})
	for id, count := range r.ByProbe {
		if count.NotTested != 1 || count.Executed != 0 {
			t.Errorf("%s: %+v", id, count)
		}
	}
}

// A form for a password counts as open only where somebody could listen.
func TestLoginHTTP(t *testing.T) {
	t.Parallel()
	form := func(action string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			page(w, http.StatusOK, `<form method="post" action="`+strings.ReplaceAll(action, "HOST", r.Host)+`"><input name=user><input type=password name=p></form>`)
		})
	}
	p := probe(t, "login-http")
	try.Want(t, try.Probe(t, p, form("/login"), try.Options{}), p.ID, 0)
	try.Want(t, try.Probe(t, p, form("/login"), try.Options{TLS: true}), p.ID, 0)
	try.Want(t, try.Probe(t, p, form("http://HOST/login"), try.Options{TLS: true}), p.ID, 1)
	try.Want(t, try.Probe(t, p, form("http://shop.example.org/login"), try.Options{}), p.ID, 1)
}

// Operations that take a name and a password in JSON are doors as well.
func TestAPI(t *testing.T) {
	t.Parallel()
	p := probe(t, "default-credentials")
	try.Want(t, try.Probe(t, p, api("admin"), try.Options{Intrusive: true}), p.ID, 1)
	try.Want(t, try.Probe(t, p, api(), try.Options{Intrusive: true}), p.ID, 0)
	limit := probe(t, "login-rate-limit")
	try.Want(t, try.Probe(t, limit, api(), try.Options{Intrusive: true}), limit.ID, 1)
}
