package resilience

import (
	"net/http"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
)

func apiError() *agents.Probe {
	return &agents.Probe{
		ID: "api-500", Title: "Page that cannot bear an error of its server",
		Decides:  "The first request of a page's scripts is answered with 500: the page throws an error that nothing catches, goes blank, stays busy for ever, or loses most of what it shows without a word.",
		Keeps:    "The error, and pictures of the page without and with the fault.",
		Advice:   "Look at the status before the answer is used, and tell people what could not be loaded and how to try again.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Medium, Skills: []string{"faults", "recovery"},
		Check: broken("is answered with 500", func(browser.Request) bool { return true }, func(browser.Request) browser.Rule {
			return browser.Rule{Status: http.StatusInternalServerError, Kind: "application/json", Body: `{"error":"internal server error"}`}
		}),
	}
}
