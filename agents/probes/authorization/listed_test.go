package authorization_test

import (
	"cmp"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

// desk is an office that lists for everybody what they have lent.
type desk struct {
	list, item string                       // the paths of the list and, before the id, of what is in it
	ids        map[string][]string          // by the account's name
	text       string                       // of an object; its owner's name where it says %s
	may        func(who, owner string) bool // read an object; nil: its owner
	any        bool                         // where there is nothing, it shows the first that it has
	summary    bool                         // others see what it is, and not its text
	soft       bool                         // what is not for somebody is refused with 200
	bare       bool                         // pages without a main part
	general    bool                         // a page that lists all for all
	anonymous  bool                         // objects are for nobody in particular, too
}

func (d *desk) serve() http.Handler {
	o := newOffice()
	frame := func(w http.ResponseWriter, status int, who, body string) {
		menu := `<p>Signed in as ` + html.EscapeString(who) + `. <a href="/help">Help with this and with all else that people have asked us for since we began</a></p>`
		if d.bare {
			page(w, status, menu+strings.Repeat("<p>We are open from Monday to Friday, and on Saturdays by arrangement only.</p>", 60)+body)
			return
		}
		page(w, status, menu+"<main>"+body+"</main>")
	}
	member := func(next func(w http.ResponseWriter, r *http.Request, who string)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			who, u := o.who(r)
			if u == nil && !(d.anonymous && strings.HasPrefix(r.URL.Path, d.item)) {
				http.Redirect(w, r, "/login", http.StatusSeeOther)
				return
			}
			next(w, r, who)
		}
	}
	links := func(owners ...string) string {
		var b strings.Builder
		for _, owner := range owners {
			for _, id := range d.ids[owner] {
				fmt.Fprintf(&b, `<li><a href="%s%s">No. %s</a>`, d.item, id, id)
			}
		}
		return b.String()
	}
	o.HandleFunc("GET "+d.list, member(func(w http.ResponseWriter, _ *http.Request, who string) {
		frame(w, http.StatusOK, who, "<h1>What is mine</h1><ul>"+links(who)+"</ul>")
	}))
	if d.general {
		o.HandleFunc("GET /everything", member(func(w http.ResponseWriter, _ *http.Request, who string) {
			frame(w, http.StatusOK, who, "<h1>What all have</h1><ul>"+links("ada", "ben")+"</ul>")
		}))
	}
	o.HandleFunc("GET "+d.item+"{id}", member(func(w http.ResponseWriter, r *http.Request, who string) {
		id, owner := r.PathValue("id"), ""
		for name, ids := range d.ids {
			if slices.Contains(ids, id) {
				owner = name
			}
		}
		may := owner == who
		if d.may != nil {
			may = d.may(who, owner)
		}
		switch {
		case owner == "" && !d.any:
			frame(w, http.StatusNotFound, who, "<p>There is none.</p>")
		case owner != "" && !may && d.soft:
			frame(w, http.StatusOK, who, "<p>This one belongs to somebody else.</p>")
		case owner != "" && !may:
			frame(w, http.StatusNotFound, who, "<p>There is none.</p>")
		default:
			text := d.text
			if strings.Contains(text, "%s") {
				text = fmt.Sprintf(text, owner)
			}
			if d.summary && who != owner {
				text = ""
			}
			thing := map[string]string{"ada": "a ladder of eleven rungs, and a bucket of whitewash", "ben": "one sewing machine with its treadle"}[cmp.Or(owner, "ada")]
			frame(w, http.StatusOK, who, "<h1>No. "+id+"</h1><p>"+text+" It is about "+thing+", until Friday.</p>")
		}
	}))
	return o
}

func anybody(string, string) bool { return true }

// What only the list of one account leads to is read by another that knows its address.
func TestListed(t *testing.T) {
	t.Parallel()
	numbers := map[string][]string{"ada": {"1001", "1004"}, "ben": {"1002", "1005"}}
	for _, c := range []struct {
		name     string
		desk     desk
		accounts []campaign.Login
		want     int
	}{
		{"read by all", desk{list: "/account/loans", item: "/loans/", ids: numbers, may: anybody}, nil, 1},
		{"read by all, on pages without a main part", desk{list: "/account/loans", item: "/loans/", ids: numbers, may: anybody, bare: true}, nil, 1},
		{"ids by chance", desk{list: "/shelf", item: "/orders/", may: anybody, ids: map[string][]string{"ada": {"7d7c1f0e-5b0d-4c60-9d0c-2f5b3f0f8a11"}, "ben": {"0b9f6a52-93f4-4d5e-8a39-6f2c5f7de3c4"}}}, nil, 1},
		{"an owner's name", desk{list: "/shelf", item: "/things/", ids: numbers, may: anybody, text: "Lent to %s."}, nil, 1},
		{"roles that read each other's", desk{list: "/account/loans", item: "/loans/", ids: numbers, may: anybody}, roles("borrower", "reader"), 1},
		{"a list of the account", desk{list: "/account/shelf", item: "/things/", ids: numbers, may: anybody}, nil, 1},
		{"read in part", desk{list: "/account/loans", item: "/loans/", ids: numbers, may: anybody, summary: true, text: "Paid with the card that ends in 4418, and to be brought back in the van by the gate."}, nil, 0},
		{"read by their owner", desk{list: "/account/loans", item: "/loans/", ids: numbers}, nil, 0},
		{"refused in words alone", desk{list: "/account/loans", item: "/loans/", ids: numbers, soft: true}, nil, 0},
		{"refused in words alone, on pages without a main part", desk{list: "/account/loans", item: "/loans/", ids: numbers, soft: true, bare: true}, nil, 0},
		{"the same whatever the id", desk{list: "/account/loans", item: "/loans/", ids: numbers, may: anybody, any: true}, nil, 0},
		{"in both lists", desk{list: "/account/loans", item: "/loans/", may: anybody, ids: map[string][]string{"ada": {"1001", "1003"}, "ben": {"1002", "1003"}}}, nil, 0},
		{"listed for all elsewhere", desk{list: "/account/loans", item: "/loans/", ids: numbers, may: anybody, general: true}, nil, 0},
		{"tasks of a team", desk{list: "/my/tasks", item: "/tasks/", ids: numbers, may: anybody, text: "To be done by %s."}, nil, 0},
		{"what says nothing of whose it is", desk{list: "/shelf", item: "/things/", ids: numbers, may: anybody}, nil, 0},
		{"public", desk{list: "/account/loans", item: "/loans/", ids: numbers, may: anybody, anonymous: true}, nil, 0},
		{"a role that reads what another has", desk{list: "/account/loans", item: "/loans/", ids: numbers, may: func(who, owner string) bool { return who == owner || who == "ben" }}, roles("pupil", "teacher"), 0},
		{"administrators of one role", desk{list: "/account/loans", item: "/loans/", ids: numbers, may: anybody}, roles("admin", "admin"), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			logins := c.accounts
			if logins == nil { // who may most comes first, and has none
				logins = []campaign.Login{accounts[2], accounts[0], accounts[1]}
			}
			more := []string{c.desk.list}
			if c.desk.general {
				more = append(more, "/everything")
			}
			r := try.Probe(t, probe(t, "bola-read"), c.desk.serve(), try.Options{Intrusive: true, Accounts: logins, More: more})
			list := try.Found(r, "bola-read")
			if len(list) != c.want {
				t.Errorf("found %d, want %d: %+v", len(list), c.want, r.ByProbe["bola-read"])
			}
			for _, f := range list {
				if f.Severity != agents.Critical || len(f.Evidence) != 3 || !strings.HasPrefix(f.Cause, "read /") || strings.Contains(f.Cause, "{") {
					t.Errorf("%s: %s, %d pieces of evidence", f.Cause, f.Severity, len(f.Evidence))
				}
			}
		})
	}
}

func roles(ada, ben string) []campaign.Login {
	return []campaign.Login{{Role: ada, User: "ada", Password: accounts[0].Password}, {Role: ben, User: "ben", Password: accounts[1].Password}}
}

// What no two accounts are led to cannot be compared, and is no pass.
func TestListedForOne(t *testing.T) {
	t.Parallel()
	d := desk{list: "/account/loans", item: "/loans/", ids: map[string][]string{"ada": {"1001"}}, may: anybody}
	r := try.Probe(t, probe(t, "bola-read"), d.serve(), try.Options{Intrusive: true, Accounts: accounts, More: []string{d.list}})
	if count := r.ByProbe["bola-read"]; len(r.Findings) > 0 || count == nil || count.NotTested != 1 {
		t.Errorf("%+v, %d findings", count, len(r.Findings))
	}
}

// Where nothing can be made, what an API lists to one account and not to another is read by the other that knows its address.
func TestListedByAPI(t *testing.T) {
	t.Parallel()
	for faults, want := range map[string]int{"bola-read closed": 1, "bola-read closed paged": 1, "closed": 0, "closed paged": 0, "board closed": 0} {
		t.Run(faults, func(t *testing.T) {
			t.Parallel()
			r := try.Probe(t, probe(t, "bola-read"), newOffice(strings.Fields(faults)...), try.Options{Intrusive: true, Accounts: accounts})
			if list := try.Found(r, "bola-read"); len(list) != want || want > 0 && list[0].Cause != "read /api/orders" {
				t.Errorf("found %+v, want %d", list, want)
			}
		})
	}
}
