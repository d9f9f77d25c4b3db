package workflow

import (
	"context"
	"fmt"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/journey"
	"github.com/atelier-studio/atelier/agents/surface"
)

func declaredJourneys() *agents.Probe {
	return &agents.Probe{
		ID: "declared-journeys", Title: "Declared journey that does not come to its end",
		Decides:  "A step of a journey that people declared cannot be made, or what it expects is not so.",
		Keeps:    "The steps as far as they came, with a picture after each.",
		Advice:   "Look at the step that failed: either the application has a fault there, or the journey is no longer how it is gone.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.High, Skills: []string{"user journeys"}, Time: 5 * time.Minute,
		Check: agents.Each(func(s *surface.Surface) []*surface.Journey { return s.Journeys }, func(ctx context.Context, lab *agents.Lab, item *surface.Journey) agents.Outcome {
			j, ok := declared(lab, item.Name)
			if !ok {
				return agents.Block("the journey %q is not in this campaign any more", item.Name)
			}
			as := ""
			if j.As != "" {
				account, ok := lab.Account(j.As)
				if !ok {
					return agents.Skip("no account with the role %q is signed in", j.As)
				}
				as = account.Name
			}
			tab, err := lab.Open(ctx, as, browser.Setting{Agree: true, Timeout: 5 * time.Minute})
			if err != nil {
				return agents.BlockOn(err)
			}
			defer tab.Close()
			steps, err := journey.Run(ctx, tab, lab.Client.Scope().Target(), j)
			if err != nil {
				return agents.BlockOn(err)
			}
			last := steps[len(steps)-1]
			if last.Fault == "" {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("The journey %q ends at step %d of %d (%s): %s.", j.Name, len(steps), len(j.Steps), last.Step, last.Fault),
				Where: agents.Place{URL: last.URL, As: as}, Cause: j.Name, Evidence: agents.Steps(steps, maxPictures),
			})
		}),
	}
}

func declared(lab *agents.Lab, name string) (journey.Journey, bool) {
	for _, j := range lab.Journeys {
		if j.Name == name {
			return j, true
		}
	}
	return journey.Journey{}, false
}

// maxPictures bounds the pictures of one journey: the last ones tell most.
const maxPictures = 12
