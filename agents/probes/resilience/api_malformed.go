package resilience

import (
	"net/http"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
)

func apiMalformed() *agents.Probe {
	return &agents.Probe{
		ID: "api-malformed", Title: "Page that cannot bear an answer it cannot read",
		Decides:  "The first JSON that a page's scripts ask for is cut off in the middle: the page throws an error that nothing catches, goes blank, stays busy for ever, or loses most of what it shows without a word.",
		Keeps:    "The error, and pictures of the page without and with the fault.",
		Advice:   "Catch the error of reading an answer where the request is made, and treat it as a request that failed.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, Skills: []string{"faults", "recovery"},
		Check: broken("is answered with JSON that breaks off", func(q browser.Request) bool { return strings.Contains(q.MIME, "json") }, func(browser.Request) browser.Rule {
			return browser.Rule{Status: http.StatusOK, Kind: "application/json", Body: `{"items":[{"id":1,"name":"brok`}
		}),
	}
}
