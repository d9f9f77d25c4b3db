package ops

import (
	"context"
	"net/http"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func requestID() *agents.Probe {
	return &agents.Probe{
		ID: "request-id", Title: "Answers without an id that they can be found by in the logs",
		Decides:  "No answer of the crawl carries X-Request-ID, traceparent or another header that names the request.",
		Keeps:    "The headers of an answer.",
		Advice:   "Give every request an id, log it with everything that happens for the request, and send it back as X-Request-ID.",
		Severity: agents.Info, References: []string{"W3C Trace Context"}, Skills: []string{"logs"},
		Check: agents.WholeIf(answered, named),
	}
}

// tracing are headers that name a request.
var tracing = []string{
	"X-Request-Id", "Request-Id", "X-Correlation-Id", "Correlation-Id", "Traceparent", "X-Trace-Id", "Trace-Id", "X-B3-Traceid", "X-Amzn-Trace-Id", "X-Amzn-Requestid",
	"X-Amz-Cf-Id", "Cf-Ray", "X-Cloud-Trace-Context", "X-Ms-Request-Id", "X-Vercel-Id", "Fly-Request-Id", "X-Github-Request-Id",
}

func answered(s *surface.Surface) bool {
	for _, p := range s.Pages {
		if p.Answer != nil {
			return true
		}
	}
	return false
}

// idOf is the id that an answer's headers name; "" when there is none.
func idOf(h http.Header) string {
	for _, name := range tracing {
		if id := strings.TrimSpace(h.Get(name)); id != "" {
			return id
		}
	}
	if timing := h.Get("Server-Timing"); strings.Contains(timing, "traceparent") {
		return timing
	}
	return ""
}

func named(_ context.Context, lab *agents.Lab) agents.Outcome {
	var first *wire.Exchange
	for _, p := range lab.Surface.Pages {
		if p.Answer == nil {
			continue
		}
		if idOf(p.Answer.Header) != "" {
			return agents.Pass()
		}
		if first == nil {
			first = p.Answer
		}
	}
	for _, o := range lab.Surface.Operations {
		for _, x := range o.Seen {
			if idOf(x.Header) != "" {
				return agents.Pass()
			}
		}
	}
	return agents.Fail(agents.Finding{
		Cause: "request id", Where: agents.Place{URL: first.URL},
		Text:     "Somebody who reports a fault has nothing to name the request by, and whoever looks for it in the logs has to guess.",
		Evidence: []agents.Evidence{agents.Excerpt("Headers", reading.Lines(first.Header, "X-Request-Id", "Traceparent", "Date", "Server"))},
	})
}
