package report

import (
	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

// BaselineOf is what a campaign leaves for the next one on its target; nil where nothing was discovered. What it found is
// told without secrets. It is made of the result that Run returned, which alone still has what the browser saw.
func BaselineOf(r *campaign.Result) *agents.Baseline {
	if r.Surface == nil {
		return nil
	}
	b := campaign.BaselineOf(r)
	m := maskerOf(r)
	for i := range b.Findings {
		b.Findings[i] = m.finding(b.Findings[i])
	}
	return b
}
