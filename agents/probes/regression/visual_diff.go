package regression

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

const (
	visible = 0.005 // share of the pixels
	movable = 0.3   // of them that differ by themselves, above which a page cannot be compared
)

func visualDiff() *agents.Probe {
	return &agents.Probe{
		ID: "visual-diff", Title: "Page that looks different than before",
		Decides:  "More than 0.5 % of a page's pixels differ from the campaign before, without what differs between two pictures of now.",
		Keeps:    "The picture before, the picture now, and where they differ.",
		Advice:   "Look whether the change was meant. Where it was, the next campaign compares with how the page looks now.",
		Needs:    agents.NeedsBrowser | agents.NeedsBaseline,
		Severity: agents.Medium, Skills: []string{"change"},
		Check: agents.Each(drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			was, ok := lab.Baseline.Seen[p.Key()]
			switch {
			case !ok:
				return agents.Skip("the campaign before did not see this page")
			case len(was.Picture) == 0:
				return agents.Skip("the campaign before kept no picture of this page")
			}
			var now [2]*browser.Visit
			for i := range now {
				tab, err := lab.Open(ctx, p.As, browser.Setting{})
				if err != nil {
					return agents.BlockOn(err)
				}
				v := &browser.Visit{URL: p.URL}
				err = tab.Go(ctx, p.URL)
				if err == nil {
					v.Picture, err = tab.Screenshot(ctx, nil)
				}
				tab.Close()
				if err != nil {
					return agents.BlockOn(err)
				}
				now[i] = v
			}
			if share, _, err := compare(now[0].Picture, now[1].Picture, now[1].Picture); err != nil {
				return agents.BlockOn(err)
			} else if share > movable {
				return agents.Skip("the page looks different each time that it is opened")
			}
			share, where, err := compare(was.Picture, now[0].Picture, now[1].Picture)
			if err != nil {
				return agents.Skip("the pictures cannot be compared: %v", err)
			}
			if share <= visible {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("%s looks different than in the campaign before: %.1f %% of what is seen of it.", pathOf(p.URL), share*100),
				Where: agents.Place{URL: p.URL, As: p.As}, Cause: p.Shape,
				Evidence: []agents.Evidence{agents.Shot("before", was.Picture), agents.Shot("now", now[0].Picture), agents.Shot("where they differ", where)},
			})
		}),
	}
}
