package session

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func sessionFixation() *agents.Probe {
	return &agents.Probe{
		ID: "session-fixation", Title: "The session stays the same when somebody signs in",
		Decides:  "The session's cookie from before signing in, or one that the visitor made up, has the same value after it, and alone opens what only an account sees.",
		Keeps:    "The two cookies, masked, and what the old one opens.",
		Advice:   "Give a new session id at every sign-in, and take no id that the server has not given.",
		Needs:    agents.NeedsIntrusive | agents.NeedsAccount,
		Severity: agents.High, References: []string{"CWE-384", "WSTG-SESS-03"}, Skills: []string{"fixation", "cookies"},
		Check: agents.WholeIf(func(s *surface.Surface) bool { return signInForm(s) != nil }, func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			form := signInForm(lab.Surface)
			i := slices.IndexFunc(lab.Accounts, func(a agents.Account) bool { return a.In && a.Password != "" })
			if i < 0 {
				return agents.Skip("no account signs in by the form")
			}
			account, target := lab.Accounts[i], lab.Client.Scope().Target()
			as := lab.Marker(1)
			defer lab.Client.Forget(as)
			if x := lab.Send(ctx, wire.Request{URL: form.Page, As: as, Follow: true}); !x.Answered() {
				return agents.BlockOn(x.Fault)
			}
			chosen := ""
			if !slices.ContainsFunc(lab.Client.Cookies(as, target), func(c *http.Cookie) bool { return reading.NamesSession(c.Name) }) {
				for _, c := range sessions(lab.Surface) { // the visitor makes one up
					chosen = lab.Marker(2)
					lab.Client.SetCookies(as, target, []*http.Cookie{{Name: c.Name, Value: chosen, Path: "/"}})
				}
			}
			before := lab.Client.Cookies(as, target)
			answer, why := discover.SignIn(ctx, lab.Client, form, as, account.User, account.Password)
			if why != "" {
				return agents.Block("signing in once more did not succeed: %s", why)
			}
			for _, was := range before {
				if !slices.ContainsFunc(lab.Client.Cookies(as, target), func(c *http.Cookie) bool { return c.Name == was.Name && c.Value == was.Value }) || len(was.Value) < 8 {
					continue
				}
				if opened := opens(ctx, lab, was, account); opened != nil {
					how := "it was given to a visitor"
					if was.Value == chosen {
						how = "the visitor made it up"
					}
					return agents.Fail(agents.Finding{
						Text:  "The session id from before signing in (" + how + ") is the one after it: who gave it to somebody beforehand is signed in as that person now.",
						Where: agents.Place{URL: form.Page, Parameter: was.Name, As: account.Name}, Cause: "cookie " + was.Name,
						Evidence: []agents.Evidence{
							agents.Table("the cookie", agents.ByHTTP, []string{"when", "cookie"}, []string{"before", was.Name + "=" + reading.Mask(was.Value)}, []string{"after", was.Name + "=" + reading.Mask(was.Value)}),
							agents.Exchanged("signing in", answer), agents.Exchanged("what the old cookie opens, alone", opened),
						},
					})
				}
			}
			return agents.Pass()
		}),
	}
}

func signInForm(s *surface.Surface) *surface.Form {
	if s.SignIn == nil {
		return nil
	}
	for _, f := range s.Forms {
		if f.Key() == s.SignIn.Form {
			return f
		}
	}
	return nil
}

// opens asks with one cookie alone for pages that an account sees and nobody does, and returns the first that comes.
func opens(ctx context.Context, lab *agents.Lab, c *http.Cookie, account agents.Account) *wire.Exchange {
	asked := 0
	for _, p := range lab.Surface.ByShape() {
		const most = 5
		if p.As != account.Name || p.Answer == nil || asked >= most {
			continue
		}
		asked++
		with := lab.Send(ctx, wire.Request{URL: p.URL, Header: http.Header{"Cookie": {c.Name + "=" + c.Value}}})
		without := lab.Send(ctx, wire.Request{URL: p.URL})
		if with.Status == http.StatusOK && without.Answered() && without.Status != http.StatusOK {
			return with
		}
	}
	x := lab.Send(ctx, wire.Request{URL: lab.Surface.Target, Header: http.Header{"Cookie": {c.Name + "=" + c.Value}}, Follow: true})
	if nobody := lab.Send(ctx, wire.Request{URL: lab.Surface.Target, Follow: true}); x.OK() && nobody.Answered() && strings.Contains(string(x.Body), account.User) && !strings.Contains(string(nobody.Body), account.User) {
		return x
	}
	return nil
}
