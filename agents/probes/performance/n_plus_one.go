package performance

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

// mostAlike is how many calls that differ in a value only one page load may make.
const mostAlike = 6

func nPlusOne() *agents.Probe {
	return &agents.Probe{
		ID: "n-plus-one", Title: "One call of the API for every item of a list",
		Decides:  "While the page loads, its scripts make more than six calls of the API that are the same but for one value.",
		Keeps:    "The calls.",
		Advice:   "Let the API give all that the list shows in one answer.",
		Severity: agents.Medium, Needs: agents.NeedsBrowser, Skills: []string{"latency"},
		Check: agents.Each(drawn, asksOnce),
	}
}

func asksOnce(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return agents.BlockOn(err)
	}
	groups := map[string][]string{}
	var order []string
	for _, q := range v.Log.Requests {
		if !isCall(q) {
			continue
		}
		for _, key := range alike(q) {
			if groups[key] == nil {
				order = append(order, key)
			}
			groups[key] = append(groups[key], q.Method+" "+q.URL)
		}
	}
	var findings []agents.Finding
	told := map[string]bool{}
	for _, key := range order {
		calls := groups[key]
		if len(calls) <= mostAlike || told[calls[0]] {
			continue
		}
		for _, call := range calls {
			told[call] = true
		}
		rows := [][]string{{"call"}}
		for _, call := range calls[:min(len(calls), 30)] {
			rows = append(rows, []string{call})
		}
		findings = append(findings, agents.Finding{
			Cause: key, Text: fmt.Sprintf("Loading the page makes %d calls such as %s.", len(calls), calls[0]), Evidence: []agents.Evidence{agents.Table("Calls", agents.ByBrowser, rows...)},
		})
	}
	return agents.Fail(findings...)
}

// isCall tells whether a request asks the target's API for data, and not ahead of time.
func isCall(q browser.Request) bool {
	if q.Blocked || q.Type != "XHR" && q.Type != "Fetch" || q.Status == 0 {
		return false
	}
	for name, value := range q.Header {
		name = strings.ToLower(name)
		if strings.Contains(name, "prefetch") || (name == "purpose" || name == "sec-purpose") && strings.Contains(value, "prefetch") {
			return false
		}
	}
	return strings.Contains(q.MIME, "json") || strings.Contains(q.MIME, "xml") || q.MIME == "text/plain"
}

var values = regexp.MustCompile(`"(?:[^"\\]|\\.)*"(\s*:)?|-?\d+(?:\.\d+)?`)

// alike are the keys under which calls that differ in one value fall together: in what its address or its body says, or
// in any one part of its path.
func alike(q browser.Request) []string {
	u, err := url.Parse(q.URL)
	if err != nil {
		return nil
	}
	body := values.ReplaceAllStringFunc(q.Body[:min(len(q.Body), 2000)], func(word string) string {
		if strings.HasSuffix(word, ":") || strings.Contains(word, "query ") || strings.Contains(word, "mutation ") || strings.Contains(word, "{") {
			return word // a name, or what is asked
		}
		return "?"
	})
	var names []string
	for name := range u.Query() {
		names = append(names, name)
	}
	slices.Sort(names)
	rest := "?" + strings.Join(names, "&") + " " + body
	keys := []string{q.Method + " " + surface.ShapeOf(q.URL) + " " + body}
	parts := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for i := 1; i < len(parts) && i < 12; i++ { // what comes first in a path is no value
		varied := slices.Clone(parts)
		varied[i] = "{…}"
		keys = append(keys, q.Method+" /"+strings.Join(varied, "/")+rest)
	}
	return keys
}
