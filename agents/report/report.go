// Package report writes what a campaign found in the forms that people and programs read: a page that needs nothing but
// itself, JSON that can be read back, JUnit's XML and SARIF.
//
// A report is passed on. Secrets in evidence are masked in all of its forms, what a target sent is text wherever it
// stands, and sizes are bounded.
package report

import (
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

// Conclude says what a result comes to.
func Conclude(r *campaign.Result) Conclusion {
	executed := 0
	for _, count := range r.Counts {
		executed += count.Executed
	}
	switch {
	case executed == 0:
		return NotTested
	case r.OK():
		return Passed
	case r.Stopped != "" && r.Worst() == agents.Info:
		return NotFinished
	default:
		return Failed
	}
}

// title is that of a probe, or its id.
func (r *Report) title(id string) string {
	if probe := r.Probes[id]; probe != nil && probe.Title != "" {
		return probe.Title
	}
	return id
}
