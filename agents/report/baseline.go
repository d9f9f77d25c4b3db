package report

import (
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

// BaselineOf is what a campaign leaves for the next one on its target; nil where nothing was discovered. It is told
// without secrets. It is made of the result that Run returned, which alone still has what the browser saw.
func BaselineOf(r *campaign.Result) *agents.Baseline {
	if r.Surface == nil {
		return nil
	}
	b := campaign.BaselineOf(r)
	m := maskerOf(r)
	for i := range b.Findings {
		b.Findings[i] = m.finding(b.Findings[i])
	}
	b.Surface = m.ofSurface(b.Surface)
	seen, metrics := map[string]agents.Seen{}, map[string][]float64{}
	for key, page := range b.Seen {
		page.Title, page.Heads, page.Nav = m.secrets.Replace(page.Title), m.known(page.Heads), m.known(page.Nav)
		seen[m.address(key)] = page
	}
	for key, values := range b.Metrics {
		metrics[m.address(key)] = values
	}
	b.Seen, b.Metrics = seen, metrics
	return b
}

// known are texts without the secrets that are known. They are compared, and else stay as they are.
func (m *masker) known(texts []string) []string {
	list := slices.Clone(texts)
	for i := range list {
		list[i] = m.secrets.Replace(list[i])
	}
	return list
}
