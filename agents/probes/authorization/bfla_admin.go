package authorization

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func bflaAdmin() *agents.Probe {
	return &agents.Probe{
		ID: "bfla-admin", Title: "What is for administrators opens to everybody",
		Decides:  "An address of the administration, a page, a download that pages lead to or an operation that the description says is for administrators, seen by an account whose role may, answers the same to an account of another role or to nobody.",
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
	for _, x := range append(seats(s), downloads(s)...) {
		if x.told || adminPath.MatchString(pathOf(x.url)) {
			list = append(list, x)
		}
	}
	return list
}

var (
	// fixed is what pages are drawn with: it is the same for all.
	fixed = regexp.MustCompile(`(?i)\.(?:png|jpe?g|gif|svg|webp|avif|ico|css|m?js|map|woff2?|ttf|otf|mp[34]|webm)$`)
	named = regexp.MustCompile(`\.[A-Za-z][A-Za-z0-9]{1,4}$`)
	// fixedKind is that by the answer's type.
	fixedKind = regexp.MustCompile(`(?i)^(?:image|font|audio|video)/|^text/css|javascript`)
	// saves is an element that has what it leads to saved: it was not asked for while pages were looked for.
	saves = regexp.MustCompile(`(?i)^<a\b[^>]*\sdownload\b`)
)

// downloads are the addresses that only pages of accounts lead to and that are no pages themselves, one of each shape.
func downloads(s *surface.Surface) []*seat {
	as, known := map[string]string{}, map[string]bool{}
	for _, p := range s.Pages {
		as[p.URL] = p.As
		known[p.Shape] = true
	}
	for _, o := range s.Operations {
		known[s.ShapeOf(o.URL)] = known[s.ShapeOf(o.URL)] || len(o.Seen) > 0
	}
	for _, l := range s.Links {
		if as[l.Page] == "" { // everybody is led to it
			known[s.ShapeOf(l.URL)] = true
		}
	}
	var list []*seat
	for _, l := range s.Links {
		shape, path := s.ShapeOf(l.URL), pathOf(l.URL)
		answered := l.Status == http.StatusOK && len(l.Hops) == 0 || l.Status == 0 && saves.MatchString(l.Tag) && named.MatchString(path)
		if u, err := url.Parse(l.URL); err != nil || discover.Changes(u) || known[shape] || !l.Inside || !answered || fixed.MatchString(path) {
			continue
		}
		known[shape] = true
		list = append(list, &seat{url: l.URL, as: as[l.Page], key: "download " + shape, from: l.Page})
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
	if o.from != "" && (fixedKind.MatchString(right.Header.Get("Content-Type")) || len(bytes.TrimSpace(right.Body)) == 0 || discover.IsMissing(lab.Surface, right, pathOf(o.url))) {
		return agents.Pass()
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
		if equal && admits(x) && !o.leads(ctx, lab, a) {
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

// leads tells whether somebody else is led to a download, too: then it is meant for them.
func (s *seat) leads(ctx context.Context, lab *agents.Lab, a agents.Account) bool {
	if s.from == "" {
		return false
	}
	x := lab.Send(ctx, wire.Request{URL: s.from, As: a.Name})
	return x.Answered() && slices.Contains(leadsTo(x, surface.ShapeOf(s.url)), s.url)
}
