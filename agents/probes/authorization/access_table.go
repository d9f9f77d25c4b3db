package authorization

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/access"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func accessTable() *agents.Probe {
	return &agents.Probe{
		ID: "access-table", Title: "A role may do more or less than the table of roles says",
		Decides:  "An address that the table denies to a role shows itself to it, or one that the table allows refuses it (401, 403, 404, or the way to sign in).",
		Keeps:    "What the table says and what was seen, and the answer.",
		Advice:   "Decide at the address itself, on the server, which roles are let in, and refuse all others; where the table is wrong, correct it.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.High, References: []string{"CWE-862", "CWE-863", "API5", "WSTG-ATHZ-02"}, Skills: []string{"BFLA", "forced browsing"},
		Check: agents.Each(permissions(false), runAccess),
	}
}

func accessTableChanges() *agents.Probe {
	return &agents.Probe{
		ID: "access-table-changes", Title: "A role may change more or less than the table of roles says",
		Decides:  "A request with a method that changes something is taken from a role to which the table denies it, or refused (401, 403, or the way to sign in) to one to which the table allows it.",
		Keeps:    "What the table says and what was seen, and the answer.",
		Advice:   "Check the role in every operation, before anything else of the request is looked at; where the table is wrong, correct it.",
		Needs:    agents.NeedsHTTP | agents.NeedsIntrusive,
		Severity: agents.High, References: []string{"CWE-862", "CWE-863", "API5", "WSTG-ATHZ-02"}, Skills: []string{"BFLA"},
		Once:  true, // what was deleted once cannot be deleted again
		Check: agents.Each(permissions(true), runAccess),
	}
}

// permissions are the cells of the table of roles with methods that change something, or with those that do not.
func permissions(changing bool) func(*surface.Surface) []*surface.Permission {
	return func(s *surface.Surface) []*surface.Permission {
		var list []*surface.Permission
		for _, p := range s.Permissions {
			if access.Changes(p.Method) == changing {
				list = append(list, p)
			}
		}
		return list
	}
}

func runAccess(ctx context.Context, lab *agents.Lab, p *surface.Permission) agents.Outcome {
	as, why := standsFor(lab, p)
	if why != "" {
		return agents.Skip("%s", why)
	}
	r := request(ctx, lab, p, as)
	x := lab.Send(ctx, r)
	switch {
	case x.Fault != nil && x.Fault.Kind == wire.OutOfScope && len(x.Hops) > 0 && !p.Allow:
		return agents.Outcome{Verdict: agents.Passed, Saw: "→ another host"} // where people sign in, or nothing of the target
	case x.Fault != nil && x.Fault.Kind == wire.OutOfScope:
		return agents.Skip("%s", x.Fault.Text)
	case !x.Answered():
		return agents.BlockOn(x.Fault)
	}
	seen := admissionOf(lab, p.URL, x)
	o := judge(ctx, lab, p, seen, x)
	o.Saw = seen.saw
	return o
}

// standsFor is the account that tries a role; "" is nobody. Why says why there is none.
func standsFor(lab *agents.Lab, p *surface.Permission) (as, why string) {
	if p.Nobody {
		return "", ""
	}
	why = fmt.Sprintf("no account of the role %q was given", p.Role)
	for _, a := range lab.Accounts {
		switch {
		case !strings.EqualFold(a.Role, p.Role):
		case a.In, p.Locked && lab.Surface.SignIn != nil: // what it gets without having got in is what is asked
			return a.Name, ""
		default:
			why = fmt.Sprintf("the account of the role %q could not sign in: %s", p.Role, a.Why)
		}
	}
	return "", why
}

// request is what is sent for a cell: nothing but the address, as a role that knows it would.
func request(ctx context.Context, lab *agents.Lab, p *surface.Permission, as string) wire.Request {
	r := wire.Request{Method: p.Method, URL: p.URL, As: as, Follow: true}
	if !access.Changes(p.Method) {
		return r
	}
	if filled, ok := asForm(ctx, lab, p, as); ok {
		return filled
	}
	r.Header = http.Header{"Origin": {wire.Origin(lab.Client.Scope().Target())}, "Referer": {lab.Surface.Target}}
	return r
}

// judge compares what was seen with what the table says.
func judge(ctx context.Context, lab *agents.Lab, p *surface.Permission, seen admission, x *wire.Exchange) agents.Outcome {
	changes := access.Changes(p.Method)
	switch {
	case changes && seen.kind == refused && wantsToken.Match(x.Body[:min(len(x.Body), 4096)]):
		return agents.Skip("it was refused for want of a form's token, which says nothing of the role")
	case seen.kind == unclear && changes && p.Allow && x.Status < http.StatusInternalServerError:
		return agents.Pass() // what was sent is not taken, and who sent it was not the reason
	case seen.kind == unclear && !p.Allow && x.OK() && !changes:
		return agents.Pass()
	case seen.kind == unclear:
		return agents.Skip("it answers %s, which neither lets in nor refuses", seen.saw)
	case seen.kind == nothing && p.Allow && (changes || x.Status != http.StatusNotFound && x.Status != http.StatusGone):
		return agents.Skip("it answers %s: there is nothing that could be allowed", seen.saw)
	case seen.kind == sentOff && p.Allow && !changes:
		return sentOn(ctx, lab, p, x)
	case seen.kind == sentOff && !p.Allow && changes:
		return agents.Skip("it is sent on to %s, which neither lets in nor refuses", pathOf(x.URL))
	case p.Allow && (seen.kind == refused || seen.kind == nothing):
		return tooLittle(p, seen, x)
	case !p.Allow && seen.kind == letIn:
		return tooMuch(p, seen, x)
	}
	return agents.Pass()
}

// sentOn judges a role that is let in and sent to another address: where nobody is sent there as well, it says nothing.
func sentOn(ctx context.Context, lab *agents.Lab, p *surface.Permission, x *wire.Exchange) agents.Outcome {
	if p.Nobody {
		return agents.Skip("it is sent on to %s: name that address in the table", pathOf(x.URL))
	}
	nobody := lab.Send(ctx, wire.Request{Method: p.Method, URL: p.URL, Follow: true})
	if nobody.Answered() && nobody.URL == x.URL {
		return agents.Skip("everybody is sent on to %s: name that address in the table", pathOf(x.URL))
	}
	return agents.Pass()
}

func tooMuch(p *surface.Permission, seen admission, x *wire.Exchange) agents.Outcome {
	reference := "CWE-863"
	if p.Nobody {
		reference = "CWE-862"
	}
	return agents.Fail(agents.Finding{
		Title: "A role is let in where the table of roles denies it",
		Text:  fmt.Sprintf("The table denies %q to the role %q, and it is answered %s.", p.Method+" "+pathOf(p.URL), p.Role, seen.saw),
		Where: place(p), Cause: "let in " + p.Method + " " + pathOf(p.URL), References: []string{reference, "API5", "WSTG-ATHZ-02"},
		Evidence: []agents.Evidence{told(p, "denied", seen), agents.Exchanged("the answer to this role", x)},
	})
}

func tooLittle(p *surface.Permission, seen admission, x *wire.Exchange) agents.Outcome {
	return agents.Fail(agents.Finding{
		Title: "A role is refused where the table of roles allows it", Severity: agents.Medium,
		Text:  fmt.Sprintf("The table allows %q to the role %q, and it is answered %s.", p.Method+" "+pathOf(p.URL), p.Role, seen.saw),
		Where: place(p), Cause: "refused " + p.Method + " " + pathOf(p.URL), References: []string{"CWE-863", "WSTG-ATHZ-02"},
		Evidence: []agents.Evidence{told(p, "allowed", seen), agents.Exchanged("the answer to this role", x)},
	})
}

func place(p *surface.Permission) agents.Place {
	return agents.Place{URL: p.URL, Method: p.Method, As: p.Role}
}

func told(p *surface.Permission, says string, seen admission) agents.Evidence {
	return agents.Table("what the table says, and what was seen", agents.ByHTTP, []string{"role", "address", "the table", "seen"}, []string{p.Role, p.Method + " " + pathOf(p.URL), says, seen.saw})
}
