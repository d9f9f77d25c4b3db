// Package report writes what a campaign found in the forms that people and programs read: a page that needs nothing but
// itself, JSON that can be read back, JUnit's XML and SARIF.
//
// A report is passed on. Secrets in evidence are masked in all of its forms, what a target sent is text wherever it
// stands, and sizes are bounded.
package report

import (
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

// Report is a campaign's result with what is needed to tell of it.
type Report struct {
	Result *campaign.Result
	// Probes say their rules; of one that is not among them only the id is told.
	Probes map[string]*agents.Probe
	// Version is the studio's.
	Version string
	// FailOn is the least severity that fails the campaign; nil: low.
	FailOn *agents.Severity
}

// Conclusion is what a whole campaign comes to.
type Conclusion string

// The conclusions. A campaign that could not test has no verdict, and one that was not finished is never a pass.
const (
	Passed      Conclusion = "passed"
	Failed      Conclusion = "failed"
	NotFinished Conclusion = "not finished"
	NotTested   Conclusion = "not tested"
)

// least is the least severity that fails the campaign.
func (r Report) least() agents.Severity {
	if r.FailOn != nil {
		return *r.FailOn
	}
	return agents.Low
}

// fails tells whether a finding fails the campaign. What somebody marked as false does not.
func (r Report) fails(f *campaign.Agreed) bool { return f.Severity >= r.least() && f.Marked == "" }

// Faults counts the findings that fail the campaign.
func (r Report) Faults() int {
	n := 0
	for i := range r.Result.Findings {
		if r.fails(&r.Result.Findings[i]) {
			n++
		}
	}
	return n
}

// Conclude says what the result comes to.
func (r Report) Conclude() Conclusion {
	executed := 0
	for _, count := range r.Result.Counts {
		executed += count.Executed
	}
	switch {
	case executed == 0:
		return NotTested
	case r.Faults() > 0 || slices.ContainsFunc(r.Result.Gates, func(g agents.Gate) bool { return !g.Met }):
		return Failed
	case r.Result.Stopped != "":
		return NotFinished
	default:
		return Passed
	}
}

// title is that of a probe, or its id.
func (r *Report) title(id string) string {
	if probe := r.Probes[id]; probe != nil && probe.Title != "" {
		return probe.Title
	}
	return id
}
