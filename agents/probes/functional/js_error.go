package functional

import (
	"context"
	"fmt"
	"regexp"
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
			list := uncaught(v.Log.Exceptions)
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

// harmlessErrors are thrown by browsers, or by what is taken back on purpose.
var harmlessErrors = regexp.MustCompile(`^(?:Uncaught )?(?:\(in promise\) )?(?:ResizeObserver loop|AbortError|Script error\.?$|NotAllowedError|NotSupportedError: (?:The element has no supported sources|Failed to load))`)

// uncaught are those exceptions that are faults, each once.
func uncaught(list []browser.Exception) []browser.Exception {
	var kept []browser.Exception
	seen := map[string]bool{}
	for _, x := range list {
		if key := causeOf(x); !harmlessErrors.MatchString(x.Text) && !seen[key] && !strings.HasPrefix(x.URL, "chrome-extension:") {
			seen[key] = true
			kept = append(kept, x)
		}
	}
	return kept
}

// varying is what differs in the words of an error from time to time.
var varying = regexp.MustCompile(`https?://\S+|\d+|'[^']*'|"[^"]*"`)

// causeOf is where an error is thrown: its words and its script. Lines move with every change of a page, so they are none of it.
func causeOf(x browser.Exception) string {
	first, _, _ := strings.Cut(x.Text, "\n")
	return varying.ReplaceAllString(first, "#") + " in " + surface.ShapeOf(x.URL)
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
		Where: agents.Place{URL: p.URL, As: p.As, Line: int(x.Line)}, Cause: causeOf(x),
		Evidence: []agents.Evidence{{Name: "error", Text: strings.TrimSpace(x.Text + "\n" + place + "\n" + x.Stack), Kind: agents.ByBrowser}},
	}
}
