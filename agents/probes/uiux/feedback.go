package uiux

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/surface"
)

const (
	patience  = 400 * time.Millisecond // after which people want to be told that something happens
	longest   = 3 * time.Second        // that a request is waited for
	mostClick = 6
)

func feedback() *agents.Probe {
	return &agents.Probe{
		ID: "feedback", Title: "Click that nothing happens after for a while",
		Decides: "Controls that change nothing are clicked on. It fails when a click starts a request that takes more than 400 ms, and nothing on the page changes until its answer comes.",
		Keeps:   "The control, and when what happened.",
		Advice:  "Say at once that something is under way: disable the button, set aria-busy, show a spinner.",
		Needs:   agents.NeedsBrowser, Severity: agents.Low, References: []string{"Nielsen 1"}, Skills: []string{"usability heuristics"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			v, problem := pages.Visit(ctx, lab, p)
			if problem != nil {
				return *problem
			}
			var controls []browser.Element
			for _, e := range v.Snapshot.Harmless() {
				if len(controls) < mostClick && (e.Tag == "button" || e.Role == "button" || e.Tag == "input" && e.Type == "button") {
					controls = append(controls, e)
				}
			}
			if len(controls) == 0 {
				return agents.Pass()
			}
			t, err := pages.Open(ctx, lab, p, browser.Setting{})
			if err != nil {
				return agents.BlockOn(err)
			}
			defer t.Close()
			var findings []agents.Finding
			for i := range controls {
				silence, err := listen(ctx, t, &controls[i])
				if err != nil {
					return agents.BlockOn(err)
				}
				if silence != nil {
					findings = append(findings, silence.finding(&controls[i]))
				}
				if at, err := t.Location(ctx); err != nil || at != v.Final {
					if err := t.Go(ctx, p.URL); err != nil {
						return agents.BlockOn(err)
					}
				}
			}
			return agents.Fail(findings...)
		}),
	}
}

// silence is a request that nothing was shown of while it was under way.
type silence struct {
	request browser.Request
	took    time.Duration
}

func (s *silence) finding(e *browser.Element) agents.Finding {
	return agents.Finding{
		Text:  fmt.Sprintf("After a click on %q a request is under way for more than %d ms, and nothing on the page changes.", e.Label, patience.Milliseconds()),
		Cause: "silent " + e.Tag + " " + e.ID + " " + e.Label, Where: agents.Place{Element: e.Selector},
		Evidence: []agents.Evidence{agents.Table("What happened", agents.ByTiming, []string{"When", "What"}, []string{"0 ms", "click on " + e.Selector}, []string{"then", s.request.Method + " " + s.request.URL},
			[]string{fmt.Sprintf("after %d ms", s.took.Round(10*time.Millisecond).Milliseconds()), "its answer; until then nothing changed"}), agents.Excerpt("Element", e.HTML)},
	}
}

// listen clicks on a control and waits for what it starts; nil when it starts nothing, nothing slow, or something is shown.
func listen(ctx context.Context, t *browser.Tab, e *browser.Element) (*silence, error) {
	before := len(t.Log().Requests)
	if _, err := browser.Inspect[bool](ctx, t, `
		const state = { changes: 0 };
		state.observer = new MutationObserver((list) => { state.changes += list.length; });
		state.observer.observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true });
		Object.defineProperty(window, "__atelierBusy", { value: state, configurable: true, enumerable: false });
		return true;`); err != nil {
		return nil, err
	}
	if err := t.Click(ctx, e.Selector); err != nil {
		return nil, ctx.Err() // it has gone: nothing to say
	}
	asked := -1
	end := time.NewTimer(longest)
	defer end.Stop()
	tick := time.NewTicker(40 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		list := t.Log().Requests
		if asked < 0 {
			asked = slices.IndexFunc(list[min(before, len(list)):], func(q browser.Request) bool { return (q.Type == "Fetch" || q.Type == "XHR") && !q.Held && !q.Blocked })
			if asked >= 0 {
				asked += before
			}
		}
		const soon = 10 // ticks in which a click starts what it starts
		switch {
		case asked < 0 && n > soon:
			return nil, nil
		case asked >= 0:
			q := list[asked]
			if q.Ended > 0 {
				return nil, nil // before anything could be said of it
			}
			// The page is asked while the request is under way: what changes with its answer is no sign that it is under way.
			changes, err := browser.Inspect[int](ctx, t, "return window.__atelierBusy ? window.__atelierBusy.changes : 1;")
			if err != nil || changes > 0 {
				return nil, ctx.Err()
			}
			if n*40 > int(patience.Milliseconds())+100 {
				return wait(ctx, t, asked, end.C)
			}
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-end.C:
			return nil, nil
		case <-tick.C:
		}
	}
}

// wait waits for the end of a request that was silent until now, and takes it for one when it took longer than people wait.
func wait(ctx context.Context, t *browser.Tab, asked int, end <-chan time.Time) (*silence, error) {
	tick := time.NewTicker(40 * time.Millisecond)
	defer tick.Stop()
	for {
		q := t.Log().Requests[asked]
		if q.Ended > 0 {
			if took := q.Ended - q.Begun; took > patience {
				return &silence{request: q, took: took}, nil
			}
			return nil, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-end:
			return &silence{request: q, took: longest}, nil
		case <-tick.C:
		}
	}
}
