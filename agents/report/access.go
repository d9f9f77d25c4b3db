package report

import (
	"context"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

// rolesSentence tells how much of the table of roles is as it says.
func (p *page) rolesSentence(ctx context.Context, rows [][]campaign.Tried) string {
	all, tested, wrong := 0, 0, 0
	for _, row := range rows {
		for _, t := range row {
			if !t.Said {
				continue
			}
			all++
			switch t.Verdict {
			case agents.Passed:
				tested++
			case agents.Failed:
				tested++
				wrong++
			}
		}
	}
	return tr(ctx, "The table has {all} expectations; {tested} were tested, {wrong} differ.", "all", all, "tested", tested, "wrong", wrong)
}

// tells whether a finding stands on the page with its evidence.
func (p *page) tells(id string) bool {
	return slices.ContainsFunc(p.detailed(), func(f campaign.Agreed) bool { return f.ID == id })
}

// triedClass is the colour of a cell of the table of roles.
func triedClass(t campaign.Tried) string {
	switch t.Verdict {
	case agents.Passed:
		return "ok"
	case agents.Failed:
		return "bad"
	default:
		return "not"
	}
}

// triedSign says the same without a colour.
func triedSign(t campaign.Tried) string {
	switch t.Verdict {
	case agents.Passed:
		return "✓"
	case agents.Failed:
		return "✗"
	default:
		return "?"
	}
}
