package ops

import (
	"context"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func gracefulErrors() *agents.Probe {
	return &agents.Probe{
		ID: "graceful-errors", Title: "Errors without an id that people could report",
		Decides:  "An answer with an error names the request neither in its headers nor in its body.",
		Keeps:    "The head and the body of the answer.",
		Advice:   "Show the id of the request on error pages and in error answers, so that a report leads to the line in the log.",
		Severity: agents.Info, Needs: agents.NeedsHTTP, Skills: []string{"logs"},
		Check: agents.WholeIf(answered, errorsNamed),
	}
}

// inBody is an id as error answers name it.
var inBody = regexp.MustCompile(`(?i)(?:request|trace|correlation|error|incident|event|reference|support)[ _-]?(?:id|code|number|no)?["']?\s*[:=#]?\s*["'<>a-z]{0,12}[0-9a-f][0-9a-f-]{7,}`)

func errorsNamed(ctx context.Context, lab *agents.Lab) agents.Outcome {
	for _, x := range failures(ctx, lab) {
		if o, ok := stopped(x); !ok {
			return o
		}
		if x.Status < 400 || idOf(x.Header) != "" || inBody.Match(x.Body) {
			continue
		}
		return agents.Fail(agents.Finding{
			Cause: "errors", Where: agents.Place{URL: x.Request.URL, Method: x.Request.Method},
			Text: "The error says nothing that it could be found by in the logs.",
			Evidence: []agents.Evidence{
				agents.Excerpt("Headers", reading.Lines(x.Header, "X-Request-Id", "Traceparent", "Content-Type")), agents.Excerpt("Body", reading.Shorten(string(x.Body), 1000)),
			},
		})
	}
	return agents.Pass()
}

// failures are errors of the target: those of its own that the crawl met, or else what it says where there is nothing.
func failures(ctx context.Context, lab *agents.Lab) []*wire.Exchange {
	var list []*wire.Exchange
	for _, p := range lab.Surface.Pages {
		if p.Answer != nil && p.Answer.Status >= 500 && len(list) < 5 {
			list = append(list, p.Answer)
		}
	}
	if len(list) > 0 {
		return list
	}
	list = append(list, lab.Get(ctx, at(lab, "/"+lab.Marker(1))))
	if base := apiBase(lab.Surface); base != "" {
		list = append(list, lab.Get(ctx, base+lab.Marker(2)))
	}
	return list
}

// apiBase is the address below which the target answers in JSON, ending in a slash; "" when it does so nowhere.
func apiBase(s *surface.Surface) string {
	for _, o := range s.Operations {
		json := o.Described
		for _, x := range o.Seen {
			json = json || reading.IsJSON(x)
		}
		if !json {
			continue
		}
		path := pathOf(o.URL)
		fixed, _, _ := strings.Cut(o.Path, "{")
		if !strings.HasPrefix(path, fixed) {
			continue
		}
		if cut := strings.LastIndexByte(strings.TrimSuffix(fixed, "/"), '/'); cut > 0 { // not the root: pages are there too
			return o.URL[:strings.Index(o.URL, path)] + fixed[:cut+1]
		}
	}
	return ""
}
