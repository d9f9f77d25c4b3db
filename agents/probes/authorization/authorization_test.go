package authorization_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/authorization"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

var accounts = []campaign.Login{
	{Role: "customer", User: "ada", Password: "Violet-Teapot-41"}, {Role: "customer", User: "ben", Password: "Copper-Ladder-87"}, {Role: "admin", User: "cleo", Password: "Marble-Engine-23"},
}

func probe(t *testing.T, id string) *agents.Probe {
	t.Helper()
	for _, p := range authorization.Probes() {
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
		probe string
		fault string
		want  int
	}{
		{"bola-read", "bola-read", 1},
		{"bola-read", "board", 0}, // what all see in the list is meant to be seen
		{"bola-read", "board paged", 0},
		{"bola-read", "bola-read paged", 1},
		{"bola-write", "bola-write", 1},
		{"bola-write", "bola-delete", 1},
		{"bfla-admin", "bfla", 1},
		{"bfla-admin", "csv", 1},
		{"missing-auth", "no-auth", 2}, // the list, and who one is
		{"ignored-auth", "ignored", 5},
		{"mass-assignment", "mass", 1},
		{"mass-assignment", "own-role", 1},
		{"mass-assignment", "deaf", 0}, // it says that it has done so, and has not
		{"bfla-admin", "people", 1},
		{"verb-tampering", "override", 1},
		{"forced-browsing", "open", 1},
		{"id-predictability", "", 1},
	} {
		t.Run(c.probe+" "+c.fault, func(t *testing.T) {
			t.Parallel()
			o := newOffice(strings.Fields(c.fault)...)
			r := try.Probe(t, probe(t, c.probe), o, try.Options{Intrusive: true, Accounts: accounts})
			for _, f := range try.Want(t, r, c.probe, c.want) {
				if len(f.Evidence) == 0 {
					t.Error("nothing shows it")
				}
			}
			if o.taken.Load() {
				t.Error("it has asked for what takes all away")
			}
			if len(o.orders) != 2 {
				t.Errorf("there were 2 orders, and are %d", len(o.orders))
			}
			for name, u := range o.users {
				if role := map[string]string{"ada": "customer", "ben": "customer", "cleo": "admin"}[name]; role != "" && u.role != role {
					t.Errorf("%s is left as %s", name, u.role)
				}
			}
		})
	}
}

// An office in order: nothing above info is found, whatever it shows of itself to whom.
func TestInOrder(t *testing.T) {
	t.Parallel()
	r := try.Probes(t, authorization.Probes(), newOffice(), try.Options{Intrusive: true, Accounts: accounts})
	for _, f := range r.Findings {
		if f.Severity > agents.Info {
			t.Errorf("%s at %s: %s\n%+v", f.Probe, f.Where.URL, f.Text, f.Evidence)
		}
	}
	for id, count := range r.ByProbe {
		if count.Blocked+count.NotTested > 0 {
			t.Errorf("%s: %v", id, count.Reasons)
		}
	}
}

// A role that is a profession may be changed by whoever has it.
func TestProfession(t *testing.T) {
	t.Parallel()
	o := newOffice("profession")
	r := try.Probe(t, probe(t, "mass-assignment"), o, try.Options{Intrusive: true, Accounts: accounts})
	if list := try.Found(r, "mass-assignment"); len(list) > 0 || o.users["ada"].role != "customer" {
		t.Errorf("%+v, and ada is %s", list, o.users["ada"].role)
	}
}

// Without accounts nothing is claimed of what accounts may do.
func TestWithoutAccounts(t *testing.T) {
	t.Parallel()
	r := try.Probes(t, authorization.Probes(), newOffice("bola-read", "ignored"), try.Options{Intrusive: true})
	for _, id := range []string{"bola-read", "bola-write", "ignored-auth"} {
		if count := r.ByProbe[id]; count == nil || count.Executed > 0 {
			t.Errorf("%s: %s", id, fmt.Sprintf("%+v", count))
		}
	}
}
