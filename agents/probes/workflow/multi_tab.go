package workflow

import (
	"context"
	"fmt"
	"net/url"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

func multiTab() *agents.Probe {
	return &agents.Probe{
		ID: "multi-tab", Title: "A second tab goes on after signing out in the first",
		Decides:  "While a page of an account is open, the account signs out beside it, as in another tab of the same browser. The page's next request still shows what belongs to the account.",
		Keeps:    "The page before, the answer to signing out, and the page after.",
		Advice:   "End the session at the server when somebody signs out, and ask it on every request; let pages be fetched again (no-store) instead of being shown from a cache.",
		Needs:    agents.NeedsBrowser | agents.NeedsAccount,
		Severity: agents.Low, Skills: []string{"user journeys"},
		Check: agents.WholeIf(func(s *surface.Surface) bool { return formFor(s, surface.ForSignIn) != nil }, func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			account, private := owner(lab)
			if private == "" {
				return agents.Skip("no page was found that only an account with a password sees")
			}
			v := &visitor{lab: lab, as: "tab of " + account.Name}
			defer lab.Client.Forget(v.as)
			form := formFor(lab.Surface, surface.ForSignIn)
			in := form.SignIn()
			if x := v.send(ctx, form, url.Values{in.Name: {account.User}, in.Password: {account.Password}}); x == nil || !x.OK() || asksPassword(x) {
				return agents.Skip("the account could not sign in a second time")
			}
			page := v.get(ctx, private)
			method, to, body := wayOut(page)
			if !page.OK() || to == "" {
				return agents.Skip("%s shows no form or link to sign out", pathOf(private))
			}
			tab, err := lab.Open(ctx, v.as, browser.Setting{})
			if err != nil {
				return agents.BlockOn(err)
			}
			defer tab.Close()
			return beside(ctx, tab, private, method, to, body)
		}),
	}
}

// owner is an account that signs in with a password, and a page that only it sees.
func owner(lab *agents.Lab) (agents.Account, string) {
	for _, a := range lab.Accounts {
		if !a.In || a.Password == "" {
			continue
		}
		for _, p := range lab.Surface.Pages {
			if p.As == a.Name && p.Answer != nil && p.Answer.OK() && len(p.Answer.Hops) == 0 {
				if _, to, _ := wayOut(p.Answer); to != "" {
					return a, p.URL
				}
			}
		}
	}
	return agents.Account{}, ""
}

// beside signs out beside an open page, and looks what the page's next request shows.
func beside(ctx context.Context, tab *browser.Tab, private, method, to, body string) agents.Outcome {
	if err := tab.Go(ctx, private); err != nil {
		return agents.BlockOn(err)
	}
	before, err := here(ctx, tab)
	if err != nil {
		return agents.BlockOn(err)
	}
	if pathOf(before.url) != pathOf(private) {
		return agents.Skip("the browser is not signed in at %s", pathOf(private))
	}
	status, err := browser.Eval[int](ctx, tab, `fetch(`+browser.Quote(to)+`, {method: `+browser.Quote(method)+`, credentials: "same-origin"`+
		map[bool]string{true: `, body: ` + browser.Quote(body) + `, headers: {"Content-Type": "application/x-www-form-urlencoded"}`}[method == "POST"]+`}).then((r) => r.status, () => 0)`)
	if err != nil {
		return agents.BlockOn(err)
	}
	if status == 0 || status >= 400 {
		return agents.Skip("signing out answered %d", status)
	}
	if _, err := browser.Eval[bool](ctx, tab, "(setTimeout(() => { location.href = location.href.split('#')[0]; }, 0), true)"); err != nil {
		return agents.BlockOn(err)
	}
	if err := moved(ctx, tab); err != nil {
		return agents.BlockOn(err)
	}
	after, err := here(ctx, tab)
	if err != nil {
		return agents.BlockOn(err)
	}
	if after.url != before.url || alike(before, after) < steady {
		return agents.Pass()
	}
	picture, err := tab.Screenshot(ctx, nil)
	if err != nil {
		return agents.BlockOn(err)
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("After signing out in another tab, %s still shows what belongs to the account.", pathOf(private)),
		Where: agents.Place{URL: private}, Cause: "sign-out",
		Evidence: []agents.Evidence{agents.Table("page", agents.ByBrowser, []string{"", "address", "fingerprint"}, []string{"before", before.url, fingerprint(before)}, []string{"signing out", to, fmt.Sprint(status)}, []string{"after", after.url, fingerprint(after)}), agents.Shot("after", picture)},
	})
}
