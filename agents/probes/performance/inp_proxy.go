package performance

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

// When a page should show that it has understood.
const (
	latestAnswer = 200.0 // milliseconds
	mostClicks   = 8
)

func inpProxy() *agents.Probe {
	return &agents.Probe{
		ID: "inp-proxy", Title: "Control that is slow to react",
		Decides:  "Of the controls that may be touched without changing anything, one takes more than 200 ms from the click to the next frame, and the page computes for most of that time.",
		Keeps:    "The events with their times, and the processor time of the click.",
		Advice:   "Show first that the click was understood, and do the work after the next frame, in pieces or in a worker.",
		Severity: agents.Medium, References: []string{"Core Web Vitals: INP"}, Needs: agents.NeedsBrowser, Skills: []string{"web vitals"},
		Check: agents.Each(drawn, reacts),
	}
}

func reacts(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return agents.BlockOn(err)
	}
	controls := v.Snapshot.Harmless()
	if len(controls) == 0 {
		return agents.Pass()
	}
	tab, err := lab.Open(ctx, p.As, browser.Setting{Measure: true, ReadOnly: true})
	if err != nil {
		return agents.BlockOn(err)
	}
	defer tab.Close()
	if err := tab.Go(ctx, p.URL); err != nil {
		return agents.BlockOn(err)
	}
	var findings []agents.Finding
	for _, e := range controls[:min(len(controls), mostClicks)] {
		f, err := touch(ctx, tab, e)
		if err != nil {
			if ctx.Err() != nil {
				return agents.BlockOn(err)
			}
			continue // it is not there any more, or something lies over it now
		}
		if f != nil {
			findings = append(findings, *f)
		}
		if here, err := tab.Location(ctx); err != nil || here != v.Final {
			if err := tab.Go(ctx, p.URL); err != nil {
				return agents.BlockOn(err)
			}
		}
	}
	return agents.Fail(findings...)
}

// touch clicks a control, and says when it was slow to react.
func touch(ctx context.Context, tab *browser.Tab, e browser.Element) (*agents.Finding, error) {
	before, err := tab.Measured(ctx)
	if err != nil {
		return nil, err
	}
	if err := tab.Click(ctx, e.Selector); err != nil {
		return nil, err
	}
	wait := strconv.FormatInt(int64(settle/time.Millisecond), 10)
	if _, err := browser.Eval[bool](ctx, tab, "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(true), "+wait+")))"); err != nil {
		return nil, err
	}
	after, err := tab.Measured(ctx)
	if err != nil {
		return nil, err
	}
	worked := after.Worked - before.Worked
	rows, slowest := [][]string{{"event", "target", "until the next frame"}}, 0.0
	for _, event := range after.Events[min(len(before.Events), len(after.Events)):] {
		switch event.Name {
		case "click", "pointerdown", "pointerup", "mousedown", "mouseup":
			slowest = max(slowest, event.MS)
			rows = append(rows, []string{event.Name, event.Target, fmt.Sprintf("%.0f ms", event.MS)})
		}
	}
	if slowest <= latestAnswer || worked < latestAnswer*3/4 {
		return nil, nil //nolint:nilnil // it is quick, or it was this machine that was not
	}
	return &agents.Finding{
		Where: agents.Place{Element: e.Selector}, Text: fmt.Sprintf("After a click on “%s”, nothing could be seen for %.0f ms.", e.Label, slowest),
		Evidence: []agents.Evidence{agents.Table("Events", agents.ByTiming, rows...), agents.Table("Work", agents.ByTiming, []string{"processor time"}, []string{fmt.Sprintf("%.0f ms", worked)}), agents.Excerpt("Element", e.HTML)},
	}, nil
}
