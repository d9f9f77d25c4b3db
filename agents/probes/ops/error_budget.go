package ops

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

// What is left of a budget of errors.
const (
	mostErrors = 0.005 // of all answers
	someErrors = 3     // answers: fewer are single faults, which other probes name
)

func errorBudget() *agents.Probe {
	return &agents.Probe{
		ID: "error-budget", Title: "Too many requests end in server errors",
		Decides:  "Of all addresses that were asked to find the target's surface, at least three and more than 0.5 % answered with a status of 500 or above.",
		Keeps:    "How many addresses answered what, and those with errors.",
		Advice:   "Look for what these errors have in common, and alert on their share.",
		Severity: agents.Medium, References: []string{"SRE: error budgets"}, Skills: []string{"logs", "health"},
		Check: agents.WholeIf(answered, withinBudget),
	}
}

func withinBudget(_ context.Context, lab *agents.Lab) agents.Outcome {
	statuses := asked(lab.Surface)
	byStatus := map[int]int{}
	var wrong []string
	for _, address := range slices.Sorted(maps.Keys(statuses)) {
		status := statuses[address]
		byStatus[status]++
		if status >= 500 {
			wrong = append(wrong, address)
		}
	}
	share := float64(len(wrong)) / float64(max(1, len(statuses)))
	if len(wrong) < someErrors || share <= mostErrors {
		return agents.Pass()
	}
	rows := [][]string{{"status", "addresses"}}
	for _, status := range slices.Sorted(maps.Keys(byStatus)) {
		rows = append(rows, []string{strconv.Itoa(status), strconv.Itoa(byStatus[status])})
	}
	list := [][]string{{"address", "status"}}
	for _, address := range wrong[:min(len(wrong), 20)] {
		list = append(list, []string{address, strconv.Itoa(statuses[address])})
	}
	return agents.Fail(agents.Finding{
		Cause: "errors", Text: fmt.Sprintf("%d of %d addresses, %.1f %%, answered with a server error.", len(wrong), len(statuses), 100*share),
		Evidence: []agents.Evidence{agents.Table("Answers", agents.ByHTTP, rows...), agents.Table("Errors", agents.ByHTTP, list...)},
	})
}

// asked are the addresses that discovery asked, with what they answered.
func asked(s *surface.Surface) map[string]int {
	statuses := map[string]int{}
	for _, l := range s.Links {
		if l.Inside && l.Status > 0 {
			statuses[l.URL] = l.Status
		}
	}
	for _, p := range s.Pages {
		if p.Answer != nil && p.Answer.Answered() {
			statuses[p.URL] = p.Answer.Status
		}
	}
	for _, a := range s.Assets {
		if a.Answer != nil && a.Answer.Answered() {
			statuses[a.URL] = a.Answer.Status
		}
	}
	for _, o := range s.Operations {
		for _, x := range o.Seen {
			statuses[o.Method+" "+x.URL] = x.Status
		}
	}
	return statuses
}
