package authorization

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/door"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func massAssignment() *agents.Probe {
	return &agents.Probe{
		ID: "mass-assignment", Title: "Whoever has an account, or opens one, chooses its role",
		Decides:  "Fields for a role that the form does not have, sent along when an account is opened, are seen in what the account shows of itself, and not for an account that was opened without them; or an account that may little changes the role that an API shows it of itself.",
		Keeps:    "What the account shows, with and without, or before and after.",
		Advice:   "Take from a request only the fields that are named for it, and set the role on the server.",
		Needs:    agents.NeedsHTTP | agents.NeedsIntrusive,
		Severity: agents.Critical, References: []string{"CWE-915", "API3"}, Skills: []string{"mass assignment"},
		Check: agents.Each(assignable, func(ctx context.Context, lab *agents.Lab, item surface.Item) agents.Outcome {
			switch item := item.(type) {
			case *door.Door:
				return runMassAssignment(ctx, lab, item)
			case *self:
				return runOwnRole(ctx, lab, item)
			}
			return agents.Block("the item %s is none that this probe knows", item.Key())
		}),
	}
}

// assignable is where a role may be sent along: where accounts are opened, and where they change themselves.
func assignable(s *surface.Surface) []surface.Item {
	var list []surface.Item
	for _, d := range door.Registrations(s) {
		list = append(list, d)
	}
	for _, x := range changeableSelves(s) {
		list = append(list, x)
	}
	return list
}

// extra are the fields that are sent along.
var extra = url.Values{"role": {"admin"}, "is_admin": {"true"}, "isAdmin": {"true"}, "admin": {"true"}}

var (
	selfPath = regexp.MustCompile(`(?i)/(?:me|profile|account|whoami|user|users/me|session)/?$`)
	raised   = regexp.MustCompile(`(?i)"(?:role|roles)"\s*:\s*\[?\s*"admin"|"(?:is_?admin|admin)"\s*:\s*(?:true|1|"true")|>\s*admin(?:istrator)?\s*<|\brole:?\s*(?:</?\w+[^>]*>\s*)*admin\b`)
)

func runMassAssignment(ctx context.Context, lab *agents.Lab, d *door.Door) agents.Outcome {
	plain, stop := show(ctx, lab, d, 1, nil)
	if stop != nil {
		return *stop
	}
	more, stop := show(ctx, lab, d, 2, extra)
	if stop != nil {
		return *stop
	}
	for _, address := range slices.Sorted(maps.Keys(plain)) {
		with, without := more[address], plain[address]
		if with == nil || raised.Match(without.Body) {
			continue
		}
		if seen := raised.Find(with.Body); seen != nil {
			return agents.Fail(agents.Finding{
				Text:  "An account that was opened with a role among its fields has that role: whoever opens one is an administrator.",
				Where: d.Place("role"), Cause: d.Cause("role"),
				Evidence: []agents.Evidence{agents.Excerpt("what the account says of itself", string(seen)), agents.Exchanged("opened with a role", with), agents.Exchanged("opened without", without)},
			})
		}
	}
	return agents.Pass()
}

// show opens an account with fields more than the form has, and returns what it shows of itself, by address.
func show(ctx context.Context, lab *agents.Lab, d *door.Door, n int, more url.Values) (map[string]*wire.Exchange, *agents.Outcome) {
	as := door.Session(lab, fmt.Sprintf("account %d", n))
	defer lab.Client.Forget(as)
	name := d.Somebody(lab, n)
	opened := d.KnockWith(ctx, lab, as, name, door.Strong, more)
	if stop := door.Unfit(ctx, opened); stop != nil {
		return nil, stop
	}
	seen := map[string]*wire.Exchange{"opening": opened}
	var header http.Header
	if doors := door.SignIns(lab.Surface); len(doors) > 0 {
		in := doors[0]
		login := name
		if in.WantsMail() && !d.WantsMail() {
			login += "@example.org"
		}
		x := in.Knock(ctx, lab, as, login, door.Strong)
		seen["signing in"] = x
		if token := door.TokenIn(x); token != "" {
			header = http.Header{"Authorization": {"Bearer " + token}}
		}
	}
	for _, address := range selves(lab.Surface) {
		x := lab.Send(ctx, wire.Request{URL: address, As: as, Header: header.Clone()})
		if x.OK() {
			seen[address] = x
		}
	}
	if len(seen) < 3 && !opened.OK() {
		o := agents.Skip("no account could be opened: it answered %d", opened.Status)
		return nil, &o
	}
	return seen, nil
}

// selves are where an account most likely shows itself.
func selves(s *surface.Surface) []string {
	const most = 8
	var list []string
	add := func(address string) {
		if u, err := url.Parse(address); err == nil && selfPath.MatchString(u.Path) && len(list) < most && !strings.Contains(strings.Join(list, "\n"), address) {
			list = append(list, address)
		}
	}
	for _, o := range s.Operations {
		if o.Method == http.MethodGet {
			add(o.URL)
		}
	}
	for _, p := range s.Pages {
		add(p.URL)
	}
	return list
}
