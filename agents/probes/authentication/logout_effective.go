package authentication

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/door"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func logoutEffective() *agents.Probe {
	return &agents.Probe{
		ID: "logout-effective", Title: "A session goes on after signing out",
		Decides:  "The cookies of a session, kept from before it was ended, open after it what they opened before and nobody else does.",
		Keeps:    "Both answers.",
		Advice:   "End the session on the server when somebody signs out, and not only the cookie in the browser.",
		Needs:    intrusive | agents.NeedsAccount,
		Severity: agents.Medium, References: []string{"CWE-613", "WSTG-SESS-06"},
		Check: agents.WholeIf(func(s *surface.Surface) bool { return len(door.SignIns(s)) > 0 }, runLogoutEffective),
	}
}

var endsSession = regexp.MustCompile(`(?i)log[-_]?out|log[-_]?off|sign[-_]?out|sign[-_]?off|abmelden|déconnexion`)

func runLogoutEffective(ctx context.Context, lab *agents.Lab) agents.Outcome {
	account, ok := withPasswordKnown(lab)
	if !ok {
		return agents.Skip("no account signs in with a password")
	}
	as := door.Session(lab, "session")
	defer lab.Client.Forget(as)
	d := door.SignIns(lab.Surface)[0]
	x := d.Knock(ctx, lab, as, account.User, account.Password)
	if stop := door.Unfit(ctx, x); stop != nil {
		return *stop
	}
	cookies := lab.Client.Cookies(as, lab.Client.Scope().Target())
	if len(cookies) == 0 {
		return agents.Skip("the session of an account rests on no cookie")
	}
	replay := func(address string) *wire.Exchange {
		var list []string
		for _, c := range cookies {
			list = append(list, c.Name+"="+c.Value)
		}
		return lab.Send(ctx, wire.Request{URL: address, Header: http.Header{"Cookie": {strings.Join(list, "; ")}}})
	}
	address := ""
	var before, nobody *wire.Exchange
	for _, candidate := range append(closed(lab.Surface), x.URL) {
		before, nobody = replay(candidate), lab.Get(ctx, candidate)
		if opens(before, nobody) {
			address = candidate
			break
		}
	}
	if address == "" {
		return agents.Skip("nothing was found that is open to the account and not to nobody")
	}
	out := leave(ctx, lab, as, x, before)
	operation := out == nil
	if operation {
		out = leaveByOperation(ctx, lab, as)
	}
	if out == nil {
		return agents.Skip("no way to sign out was found")
	}
	defer comeBack(ctx, lab, d, account, address, nobody)
	if operation && (!out.OK() || sameCookies(cookies, lab.Client.Cookies(as, lab.Client.Scope().Target()))) {
		return agents.Skip("the operation that signs out did not end this session: it answered %d", out.Status)
	}
	if still := lab.Send(ctx, wire.Request{URL: address, As: as}); opens(still, nobody) && sameCookies(cookies, lab.Client.Cookies(as, lab.Client.Scope().Target())) && !out.OK() {
		return agents.Skip("signing out did not succeed: it answered %d", out.Status)
	}
	after := replay(address)
	if stop := door.Unfit(ctx, after); stop != nil && stop.Verdict == agents.Blocked && !after.Answered() {
		return *stop
	}
	if !opens(after, nobody) || similar.Of(before, after) < 0.9 {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  "The session's cookies, kept from before, open the account after its owner has signed out: whoever has copied them stays in.",
		Where: agents.Place{URL: address, Method: http.MethodGet, As: account.Name}, Cause: "session after signing out",
		Evidence: []agents.Evidence{agents.Exchanged("signing out", out), agents.Exchanged("before, with the session's cookies", before), agents.Exchanged("after, with the same cookies", after)},
	})
}

func withPasswordKnown(lab *agents.Lab) (agents.Account, bool) {
	for _, a := range lab.Accounts {
		if a.In && a.User != "" && a.Password != "" {
			return a, true
		}
	}
	return agents.Account{}, false
}

func sameCookies(a, b []*http.Cookie) bool {
	if len(a) != len(b) {
		return false
	}
	values := map[string]string{}
	for _, c := range a {
		values[c.Name] = c.Value
	}
	for _, c := range b {
		if values[c.Name] != c.Value {
			return false
		}
	}
	return true
}

// leave signs out by the form or the link that a page of the session has; nil when none has.
func leave(ctx context.Context, lab *agents.Lab, as string, pages ...*wire.Exchange) *wire.Exchange {
	for _, f := range lab.Surface.Forms {
		if f.Purpose == surface.ForSignOut {
			pages = append(pages, lab.Send(ctx, wire.Request{URL: f.Page, As: as, Follow: true}))
			break
		}
	}
	for _, page := range pages {
		for _, f := range lab.Surface.Forms {
			if f.Purpose != surface.ForSignOut {
				continue
			}
			if fresh := discover.FormOn(page, f); fresh != nil {
				fresh.As = as
				if r, err := fresh.Request(fresh.Values()); err == nil {
					r.As = as
					return lab.Send(ctx, r)
				}
			}
		}
		if doc := reading.HTML(page); doc != nil {
			found := ""
			for _, a := range doc.Find("a[href]").EachIter() {
				if u := doc.Resolve(a.AttrOr("href", "")); u != nil && endsSession.MatchString(u.Path) && lab.Client.Scope().Allows(u) {
					found = u.String()
					break
				}
			}
			if found != "" {
				return lab.Send(ctx, wire.Request{URL: found, As: as, Header: http.Header{"Referer": {page.URL}}})
			}
		}
	}
	for _, l := range lab.Surface.Links {
		if u, err := url.Parse(l.URL); err == nil && l.Inside && endsSession.MatchString(u.Path) {
			return lab.Send(ctx, wire.Request{URL: l.URL, As: as})
		}
	}
	return nil
}

// leaveByOperation signs out by an operation of the API; nil when there is none.
func leaveByOperation(ctx context.Context, lab *agents.Lab, as string) *wire.Exchange {
	for _, o := range lab.Surface.Operations {
		if endsSession.MatchString(o.Path) && o.Method == http.MethodPost && o.Origin == "" && !strings.Contains(o.Path, "{") {
			if r, err := discover.RequestOf(lab.Surface, o); err == nil {
				r.As = as
				return lab.Send(ctx, r)
			}
		}
	}
	return nil
}

// comeBack signs the account in again where signing out ended all of its sessions: other probes stand on it.
func comeBack(ctx context.Context, lab *agents.Lab, d *door.Door, account agents.Account, address string, nobody *wire.Exchange) {
	ctx = context.WithoutCancel(ctx)
	if x := lab.Send(ctx, wire.Request{URL: address, As: account.Name}); !opens(x, nobody) {
		d.Knock(ctx, lab, account.Name, account.User, account.Password)
	}
}
