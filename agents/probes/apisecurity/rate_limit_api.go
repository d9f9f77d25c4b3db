package apisecurity

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func rateLimitAPI() *agents.Probe {
	return &agents.Probe{
		ID: "rate-limit-api", Title: "API without a limit of requests", Severity: agents.Low, Needs: agents.NeedsIntrusive, References: []string{"CWE-770", "API4"},
		Decides: "Forty requests at once are all answered, none with 429, and no answer has a header that tells of a limit.",
		Keeps:   "The statuses and how often each came.",
		Advice:  "Limit requests by account and address, answer 429 with Retry-After above it, and tell the limit in RateLimit headers.",
		Check:   agents.WholeIf(func(s *surface.Surface) bool { return len(readers(s)) > 0 }, unlimited),
	}
}

func unlimited(ctx context.Context, lab *agents.Lab) agents.Outcome {
	const burst = 40
	o := readers(lab.Surface)[0]
	answers := make([]*wire.Exchange, burst)
	var wait sync.WaitGroup
	for i := range answers {
		wait.Go(func() { answers[i] = lab.Rush(ctx, wire.Request{URL: asked(o).Request.URL, As: o.As}) })
	}
	wait.Wait()
	counts := map[int]int{}
	for _, x := range answers {
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		counts[x.Status]++
		if x.Status == http.StatusTooManyRequests || x.Status == http.StatusServiceUnavailable || tellsLimit(x.Header) {
			return agents.Pass()
		}
	}
	rows := [][]string{{"status", "answers"}}
	for status := range 600 {
		if counts[status] > 0 {
			rows = append(rows, []string{strconv.Itoa(status), strconv.Itoa(counts[status])})
		}
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("%d requests to %s at once were all answered, and nothing tells of a limit: whoever wants to may ask as often as they like.", burst, o.Path),
		Where: agents.Place{URL: o.URL, Method: o.Method, As: o.As}, Cause: "origin",
		Evidence: []agents.Evidence{agents.Table("statuses", agents.ByHTTP, rows...), agents.Exchanged("last answer", answers[burst-1])},
	})
}

// tellsLimit tells whether headers say how much may be asked.
func tellsLimit(h http.Header) bool {
	for name := range h {
		if low := strings.ToLower(name); strings.Contains(low, "ratelimit") || strings.Contains(low, "rate-limit") || low == "retry-after" {
			return true
		}
	}
	return false
}
