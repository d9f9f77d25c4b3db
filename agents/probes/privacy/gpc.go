package privacy

import (
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

func gpc() *agents.Probe {
	return &agents.Probe{
		ID: "dnt-gpc", Title: "Global Privacy Control is not heeded",
		Decides:    "A browser that sends Sec-GPC: 1, and says so to scripts, meets the same trackers as one that does not.",
		Keeps:      "The trackers with the signal and without.",
		Advice:     "Take the signal as a refusal: it is one by law in some places, and meant as one everywhere.",
		References: []string{"GPC"}, Severity: agents.Info, Needs: agents.NeedsBrowser, Skills: []string{"consent", "trackers"},
		Check: agents.WholeIf(func(s *surface.Surface) bool { return front(s) != nil }, func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			p := front(lab.Surface)
			without, err := seenWith(ctx, lab, p, browser.Setting{ReadOnly: true})
			if err != nil {
				return agents.BlockOn(err)
			}
			if len(without) == 0 {
				return agents.Pass()
			}
			with, err := seenWith(ctx, lab, p, browser.Setting{ReadOnly: true, Header: map[string]string{"Sec-GPC": "1"}, Before: `Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true, configurable: true });`})
			if err != nil {
				return agents.BlockOn(err)
			}
			for name := range without {
				if with[name] == "" {
					return agents.Pass()
				}
			}
			return agents.Fail(agents.Finding{
				Text: fmt.Sprintf("With Sec-GPC: 1, %s has the same trackers as without: %s.", pathOf(p.URL), strings.Join(sorted(without), ", ")), Cause: "gpc", Where: agents.Place{URL: p.URL},
				Evidence: []agents.Evidence{agents.Table("Trackers", agents.ByBrowser, []string{"without the signal", "with it"}, []string{strings.Join(sorted(without), ", "), strings.Join(sorted(with), ", ")})},
			})
		}),
	}
}

// seenWith are what tracks on a page that is opened with a setting.
func seenWith(ctx context.Context, lab *agents.Lab, p *surface.Page, s browser.Setting) (map[string]string, error) {
	t, err := lab.Open(ctx, "", s)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	if err := t.Go(ctx, p.URL); err != nil {
		return nil, err
	}
	return marks(ctx, lab, t)
}
