package authorization

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func bflaAdmin() *agents.Probe {
	return &agents.Probe{
		ID: "bfla-admin", Title: "What is for administrators opens to everybody",
		Decides:  "An address of the administration, seen by an account whose role may, answers the same to an account of another role or to nobody.",
		Keeps:    "The three statuses, and how alike the answers are.",
		Advice:   "Check the role at every address and every operation, on the server, and not by what the menu shows.",
		Needs:    agents.NeedsHTTP | agents.NeedsIntrusive | agents.NeedsAccount,
		Severity: agents.Critical, References: []string{"CWE-285", "API5"}, Skills: []string{"BFLA"},
		Check: agents.Each(offices, runBFLAAdmin),
	}
}

// offices are the addresses of an administration.
func offices(s *surface.Surface) []*seat {
	var list []*seat
	for _, x := range seats(s) {
		if adminPath.MatchString(pathOf(x.url)) {
			list = append(list, x)
		}
	}
	return list
}

func runBFLAAdmin(ctx context.Context, lab *agents.Lab, o *seat) agents.Outcome {
	keeper := account(lab, o.as)
	// A page that several roles see is listed for the first of them: the one whose role says so is who it is for.
	for _, a := range lab.Accounts {
		if a.In && privileged.MatchString(a.Role) && !privileged.MatchString(keeper.Role) {
			keeper = a
		}
	}
	right := lab.Send(ctx, wire.Request{URL: o.url, As: keeper.Name})
	if !right.Answered() {
		return agents.BlockOn(right.Fault)
	}
	if !admits(right) {
		return agents.Skip("%s is not let in any more itself: it answers %d", keeper.Name, right.Status)
	}
	rows := [][]string{{"who", "status", "like the administrator's"}, {keeper.Name + " (" + keeper.Role + ")", strconv.Itoa(right.Status), "1.000"}}
	evidence := []agents.Evidence{agents.Exchanged("as the administrator", right)}
	who := ""
	others := []agents.Account{{}}
	for _, a := range lab.Accounts {
		if a.In && a.Role != keeper.Role {
			others = append(others, a)
			break
		}
	}
	for _, a := range others {
		x := lab.Send(ctx, wire.Request{URL: o.url, As: a.Name})
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		like, equal := same(right, x, keeper.User, a.User)
		name := "nobody"
		if a.Name != "" {
			name = a.Name + " (" + a.Role + ")"
		}
		rows = append(rows, []string{name, strconv.Itoa(x.Status), fmt.Sprintf("%.3f", like)})
		if equal && admits(x) {
			who = name
			evidence = append(evidence, agents.Exchanged("as "+name, x))
		}
	}
	switch {
	case who != "":
		return agents.Fail(agents.Finding{
			Text:  fmt.Sprintf("%s is of the administration, and shows %s the same as the administrator.", pathOf(o.url), who),
			Where: agents.Place{URL: o.url, Method: http.MethodGet}, Cause: "administration " + surface.ShapeOf(o.url), Evidence: append([]agents.Evidence{agents.Table("who is answered what", agents.ByHTTP, rows...)}, evidence...),
		})
	case len(others) == 1:
		return agents.Skip("nobody is not let in; there is no account of another role to compare with")
	}
	return agents.Pass()
}
