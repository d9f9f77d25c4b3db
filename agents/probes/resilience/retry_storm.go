package resilience

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

const (
	stormTime = 10 * time.Second
	storm     = 10 // requests in that time
)

func retryStorm(long time.Duration) *agents.Probe {
	return &agents.Probe{
		ID: "retry-storm", Title: "Failing request that is repeated without a pause",
		Decides:  "A request of a page's scripts that is answered with 503 is sent more than ten times within ten seconds, and more than twice as often as when it succeeds.",
		Keeps:    "How often it was sent, failing and not.",
		Advice:   "Wait longer before each further try (with some chance in it), stop after a few, and heed Retry-After.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, Skills: []string{"faults", "recovery"}, Once: true,
		Check: agents.Each(asking, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			sound, err := lab.Visits.Visit(ctx, p.URL, p.As)
			if err != nil {
				return agents.BlockOn(err)
			}
			list := calls(sound)
			if len(list) == 0 {
				return agents.Pass()
			}
			failing := browser.Rule{Types: []string{"XHR", "Fetch"}, Status: http.StatusServiceUnavailable, Kind: "application/json", Body: `{"error":"unavailable"}`}
			counts, err := count(ctx, lab, p, long, failing)
			if err != nil {
				return agents.BlockOn(err)
			}
			var usual map[string]int
			var findings []agents.Finding
			for _, q := range list {
				key := q.Method + " " + surface.ShapeOf(q.URL)
				if counts[key] <= storm {
					continue
				}
				if usual == nil {
					if usual, err = count(ctx, lab, p, long); err != nil {
						return agents.BlockOn(err)
					}
				}
				if counts[key] <= 2*usual[key] {
					continue
				}
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("While %s %s fails, %s sends it %d times in %s.", q.Method, pathOf(q.URL), pathOf(p.URL), counts[key], long),
					Where: agents.Place{URL: p.URL, As: p.As}, Cause: key,
					Evidence: []agents.Evidence{agents.Table("requests", agents.ByBrowser, []string{"request", "while it fails", "while it succeeds"}, []string{key, fmt.Sprint(counts[key]), fmt.Sprint(usual[key])})},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}

// count says how often a page sends its requests in a while.
func count(ctx context.Context, lab *agents.Lab, p *surface.Page, long time.Duration, rules ...browser.Rule) (map[string]int, error) {
	tab, err := lab.Open(ctx, p.As, browser.Setting{Rules: rules})
	if err != nil {
		return nil, err
	}
	defer tab.Close()
	end := time.NewTimer(long)
	defer end.Stop()
	if err := tab.Go(ctx, p.URL); err != nil {
		return nil, err
	}
	select {
	case <-end.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	counts := map[string]int{}
	for _, q := range tab.Log().Requests {
		if (q.Type == "XHR" || q.Type == "Fetch") && q.Begun < long {
			counts[q.Method+" "+surface.ShapeOf(q.URL)]++
		}
	}
	return counts, nil
}
