package resilience

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

const (
	monkeyEvents = 200
	maxShrunk    = 3 // errors that are looked into
)

func monkey(length int) *agents.Probe {
	return &agents.Probe{
		ID: "monkey", Title: "Script error under random hands",
		Decides:  "Two hundred random events (clicks, keys, text, links; nothing that sends, deletes or signs out) make a script throw an error that nothing catches, and a shortened repetition of them does so again.",
		Keeps:    "The seed's events that are enough to see it, and the error with its stack.",
		Advice:   "Repeat the events, and mend what throws: people do such things in some order, too.",
		Needs:    agents.NeedsBrowser | agents.NeedsIntrusive,
		Severity: agents.Medium, Skills: []string{"interactions", "recovery"}, Time: 5 * time.Minute, Once: true,
		Check: agents.Each(starts, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			m := &ape{lab: lab, as: p.As}
			events, errors, err := m.play(ctx, p.URL, length)
			if err != nil {
				return agents.BlockOn(err)
			}
			var findings []agents.Finding
			for i, e := range errors {
				if i == maxShrunk {
					break
				}
				few, again, err := m.shrink(ctx, events[:e.after+1], e.exception.Cause())
				if err != nil {
					return agents.BlockOn(err)
				}
				if again == nil || len(few) == 1 && few[0].kind == click && lab.Also != nil && lab.Also("js-error-interaction") {
					continue // not to be seen again, or another probe's to say
				}
				first, _, _ := strings.Cut(again.Text, "\n")
				rows := [][]string{{"on", "what", "where", "text"}}
				for _, event := range few {
					rows = append(rows, []string{event.page, string(event.kind), event.selector, event.text})
				}
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("After %d events on %s, a script throws: %s", len(few), pathOf(few[0].page), first),
					Where: agents.Place{URL: few[0].page, Element: few[len(few)-1].selector, As: p.As}, Cause: again.Cause(),
					Evidence: []agents.Evidence{agents.Table("events", agents.ByBrowser, rows...), {Name: "error", Text: strings.TrimSpace(again.Text + "\n" + again.Stack), Kind: agents.ByBrowser}},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}

// starts are where random hands begin: the target's address as nobody, and the first page of an account.
func starts(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, as := range []bool{false, true} {
		for _, p := range s.Pages {
			if (p.As != "") == as && (as || p.URL == s.Target || p.Depth == 0) {
				list = append(list, p)
				break
			}
		}
	}
	return list
}

// thrown is an error and the event after which it came.
type thrown struct {
	exception browser.Exception
	after     int
}

// play makes random events, and returns them with the errors that they brought.
func (m *ape) play(ctx context.Context, start string, length int) ([]event, []thrown, error) {
	tab, err := m.open(ctx, start)
	if err != nil {
		return nil, nil, err
	}
	defer tab.Close()
	var (
		events []event
		errors []thrown
		seen   = map[string]bool{}
	)
	for len(events) < length {
		here, err := tab.Location(ctx)
		if err != nil {
			return nil, nil, err
		}
		if !m.inside(here) {
			if err := tab.Go(ctx, start); err != nil {
				return nil, nil, err
			}
			here = start
		}
		s, err := tab.Snapshot(ctx)
		if err != nil {
			return nil, nil, err
		}
		e := m.choose(&s, here)
		before := tab.Log()
		if err := m.do(ctx, tab, e); err != nil {
			return nil, nil, err
		}
		events = append(events, e)
		for _, x := range m.news(ctx, tab, before) {
			if key := x.Cause(); !seen[key] {
				seen[key] = true
				errors = append(errors, thrown{x, len(events) - 1})
			}
		}
	}
	return events, errors, nil
}

// news are the errors since a log was taken, without those that follow from what was held back, and those that the page
// throws by itself.
func (m *ape) news(ctx context.Context, tab *browser.Tab, before browser.Log) []browser.Exception {
	now := tab.Log()
	for _, q := range now.Requests[len(before.Requests):] {
		if q.Held || q.Blocked {
			return nil
		}
	}
	list := browser.Uncaught(now.Exceptions[len(before.Exceptions):])
	if len(list) == 0 {
		return nil
	}
	here, err := tab.Location(ctx)
	if err != nil {
		return nil
	}
	v, err := m.lab.Visits.Visit(ctx, here, m.as)
	if err != nil {
		return nil
	}
	usual := map[string]bool{}
	for _, x := range v.Log.Exceptions {
		usual[x.Cause()] = true
	}
	var kept []browser.Exception
	for _, x := range list {
		if !usual[x.Cause()] {
			kept = append(kept, x)
		}
	}
	return kept
}
