package functional

import (
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

func jsError() *agents.Probe {
	return &agents.Probe{
		ID: "js-error", Title: "Script error while a page loads",
		Decides:  "A script throws an error that nothing catches, or rejects a promise that nobody handles, while the page loads.",
		Keeps:    "The error with its stack.",
		Advice:   "Mend what throws at that line; what may fail, such as a request, needs a handler that tells people.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.High, Skills: []string{"errors"},
		Check: onVisit(func(_ context.Context, _ *agents.Lab, p *surface.Page, v *browser.Visit) agents.Outcome {
			list := browser.Uncaught(v.Log.Exceptions)
			if hosts := strangers(v, "Script", "XHR", "Fetch"); len(list) > 0 && len(hosts) > 0 {
				return withoutStrangers(hosts)
			}
			var findings []agents.Finding
			for _, x := range list {
				findings = append(findings, thrown(p, x, fmt.Sprintf("While %s loads", pathOf(p.URL))))
			}
			return agents.Fail(findings...)
		}),
	}
}

func thrown(p *surface.Page, x browser.Exception, when string) agents.Finding {
	first, _, _ := strings.Cut(x.Text, "\n")
	what := "a script throws"
	if x.Promise {
		what = "a promise is rejected that nobody handles"
	}
	place := fmt.Sprintf("%s:%d:%d", x.URL, x.Line, x.Column)
	return agents.Finding{
		Text:  fmt.Sprintf("%s, %s: %s", when, what, strings.TrimPrefix(first, "Uncaught ")),
		Where: agents.Place{URL: p.URL, As: p.As, Line: int(x.Line)}, Cause: x.Cause(),
		Evidence: []agents.Evidence{{Name: "error", Text: strings.TrimSpace(x.Text + "\n" + place + "\n" + x.Stack), Kind: agents.ByBrowser}},
	}
}
