package privacy

import (
	"bytes"
	"context"
	"fmt"
	"regexp"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

func rejectWorks() *agents.Probe {
	return &agents.Probe{
		ID: "reject-works", Title: "Refusing consent changes nothing",
		Decides:    "After a click on what refuses consent, and with the page loaded again, there is a tracking cookie or key in storage, or a request to a tracker, that was not there before the click.",
		Keeps:      "What was there before and after, and a picture with the button marked.",
		Advice:     "Load what tracks only on a yes; a no, and no answer, are the same.",
		References: []string{"ePrivacy 5(3)"}, Severity: agents.Medium, Needs: agents.NeedsBrowser, Skills: []string{"consent"},
		Check: agents.WholeIf(asksForConsent, func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			p := front(lab.Surface)
			if p == nil {
				return agents.Skip("the target's first page was not seen")
			}
			t, err := pages.Open(ctx, lab, p, browser.Setting{})
			if err != nil {
				return agents.Block("the page could not be looked at: %v", err)
			}
			defer t.Close()
			before, err := marks(ctx, lab, t)
			if err != nil {
				return agents.BlockOn(err)
			}
			button, err := browser.Inspect[*browser.Part](ctx, t, findReject)
			switch {
			case err != nil:
				return agents.BlockOn(err)
			case button == nil:
				return agents.Skip("no button that refuses consent was found on %s", pathOf(p.URL))
			}
			picture, _ := t.ShotOf(ctx, button.Selector) //nolint:errcheck // it is only for the eye
			if err := t.Click(ctx, button.Selector); err != nil {
				return agents.BlockOn(err)
			}
			if err := t.Settle(ctx); err != nil {
				return agents.BlockOn(err)
			}
			if err := t.Go(ctx, p.URL); err != nil {
				return agents.BlockOn(err)
			}
			after, err := marks(ctx, lab, t)
			if err != nil {
				return agents.BlockOn(err)
			}
			rows := [][]string{{"what", "name"}}
			for _, name := range sorted(after) {
				if _, was := before[name]; !was {
					rows = append(rows, []string{after[name], name})
				}
			}
			if len(rows) == 1 {
				return agents.Pass()
			}
			evidence := []agents.Evidence{agents.Table("New after the refusal", agents.ByBrowser, rows...)}
			if len(picture) > 0 {
				evidence = append(evidence, agents.Shot("The button that was clicked", picture))
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("After a click on %q there is something new that tracks: %s.", button.Label, rows[1][1]),
				Cause: "refused", Where: agents.Place{URL: p.URL, Element: button.Selector}, Evidence: evidence,
			})
		}),
	}
}

// findReject finds the button that refuses, by its words, near what speaks of cookies.
const findReject = `
const no = /^(reject|decline|refuse|deny|no,? thanks|disagree|only (the )?(necessary|essential|required)|(necessary|essential|required)( cookies)? only|continue without (accepting|agreeing)|ablehnen|alle ablehnen|nur (notwendige|erforderliche|essenzielle)|(tout )?refuser|continuer sans accepter|rechazar|solo (las )?necesarias|rifiuta|solo necessari|weigeren|alleen noodzakelijk|avvisa|afvis|odrzuć|odmítnout|拒绝|全部拒绝)/i;
const about = /cookie|consent|privac|track|datenschutz|einwillig|confidential|privacidad|隐私/i;
for (const e of flat(document.body)) {
  if (!control(e) || !seen(e) || disabled(e) || (e.localName === "a" && /^https?:/.test(e.getAttribute("href") || "")) || !no.test(labelOf(e).trim())) continue;
  if (nearest(e, (at) => at !== document.body && about.test((at.innerText || "").slice(0, 3000)))) return part(e);
}
return null;`

var consentWords = regexp.MustCompile(`(?i)cookie[-_ ]?(?:consent|banner|notice|bar|law|settings|preferences)|consent[-_ ]?(?:banner|manager|dialog)|onetrust|cookiebot|usercentrics|didomi|tarteaucitron|klaro|quantcast|we use cookies|this (?:site|website) uses cookies|verwenden cookies|utilisons des cookies|utilizamos cookies`)

// asksForConsent tells whether something on the site looks like a question for consent.
func asksForConsent(s *surface.Surface) bool {
	for _, p := range open(s) {
		if p.Answer != nil && consentWords.Match(p.Answer.Body) {
			return true
		}
	}
	for _, a := range s.Assets {
		if a.Kind == surface.Script && (consentWords.MatchString(a.URL) || a.Answer != nil && len(a.Answer.Body) < 1<<20 && bytes.Contains(bytes.ToLower(a.Answer.Body), []byte("cookie")) && consentWords.Match(a.Answer.Body)) {
			return true
		}
	}
	return false
}

// marks are what tracks in a tab now, by name: cookies, storage and requests to trackers.
func marks(ctx context.Context, lab *agents.Lab, t *browser.Tab) (map[string]string, error) {
	s, err := t.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	cookies, err := t.Cookies(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, row := range kept(cookies, s) {
		found[row[1]] = row[0]
	}
	for _, q := range strangers(lab.Surface.Target, t.Log()) {
		if site := siteOf(q.URL); trackers[site] {
			found[site] = "request"
		}
	}
	return found, nil
}
