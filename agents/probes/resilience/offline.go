package resilience

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

// maxOffline bounds the controls that are tried without a network.
const maxOffline = 4

func offline() *agents.Probe {
	return &agents.Probe{
		ID: "offline", Title: "Page that says nothing when the network is gone",
		Decides:  "The network is taken away from a page after it was loaded: it goes blank, or a control that asks the server for something throws an error that nothing catches, or changes nothing at all.",
		Keeps:    "Pictures of the page with and without the network.",
		Advice:   "Catch requests that fail, keep what is there, and tell people that they are offline.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, Skills: []string{"faults", "recovery"},
		Check: agents.Each(asking, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			sound, err := lab.Visits.Visit(ctx, p.URL, p.As)
			if err != nil {
				return agents.BlockOn(err)
			}
			tab, err := lab.Open(ctx, p.As, browser.Setting{ReadOnly: true, Worker: true}) // it may know what to do then
			if err != nil {
				return agents.BlockOn(err)
			}
			defer tab.Close()
			said, evidence, err := cutOff(ctx, tab, p, sound)
			if err != nil {
				return agents.BlockOn(err)
			}
			if said == "" {
				return agents.Pass()
			}
			picture, err := tab.Screenshot(ctx, nil)
			if err != nil {
				return agents.BlockOn(err)
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("When the network is gone, %s %s.", pathOf(p.URL), said),
				Where: agents.Place{URL: p.URL, As: p.As}, Cause: p.Shape,
				Evidence: append(evidence, agents.Shot("with the network", sound.Picture), agents.Shot("without it", picture)),
			})
		}),
	}
}

// cutOff takes the network away and uses the page; it says what is wrong then.
func cutOff(ctx context.Context, tab *browser.Tab, p *surface.Page, sound *browser.Visit) (string, []agents.Evidence, error) {
	if err := tab.Go(ctx, p.URL); err != nil {
		return "", nil, err
	}
	if err := tab.Offline(ctx, true); err != nil {
		return "", nil, err
	}
	if err := tab.Settle(ctx); err != nil {
		return "", nil, err
	}
	controls := sound.Snapshot.Harmless()
	for _, e := range append([]browser.Element{{}}, controls[:min(len(controls), maxOffline)]...) {
		before, err := tab.Snapshot(ctx)
		if err != nil {
			return "", nil, err
		}
		log := tab.Log()
		if e.Selector != "" {
			if err := tab.Click(ctx, e.Selector); err != nil {
				continue // it is not there any more
			}
			if err := tab.Settle(ctx); err != nil {
				return "", nil, err
			}
		}
		after, err := tab.Snapshot(ctx)
		if err != nil {
			return "", nil, err
		}
		now := tab.Log()
		said, evidence := judge(&browser.Visit{Snapshot: before, Log: sound.Log}, &browser.Visit{Snapshot: after, Log: browser.Log{Exceptions: now.Exceptions}})
		failed := len(now.Requests) > len(log.Requests)
		if e.Selector != "" && !failed {
			continue // what it did needs no network
		}
		if said == "" && e.Selector != "" && before.Text == after.Text && len(now.Dialogs) == len(log.Dialogs) {
			said = fmt.Sprintf("does nothing at all when %q is clicked, and says nothing", e.Label)
		}
		if said != "" {
			return said, evidence, nil
		}
	}
	return "", nil, nil
}
