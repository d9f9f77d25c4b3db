package desk

import (
	"slices"

	"github.com/atelier-studio/atelier/agents/campaign"
)

// Change is what became of a finding since an earlier campaign.
type Change string

// The changes. What was not looked at again is never called fixed.
const (
	New       Change = "new"
	Fixed     Change = "fixed"
	Still     Change = "still there"
	NotLooked Change = "not re-tested"
)

// Changes are all changes, in the order in which people want to see them.
var Changes = []Change{New, Still, NotLooked, Fixed}

// Compared is a finding of one of two campaigns, or of both.
type Compared struct {
	Change  Change          `json:"change"`
	Finding campaign.Agreed `json:"finding"`
}

// Compare tells what became of the findings of an earlier campaign in a later one on the same target: the worst first,
// those of the later one before those that only the earlier one has.
func Compare(now, before *campaign.Result) []Compared {
	var list []Compared
	was, is := prints(before), prints(now)
	for _, f := range now.Findings {
		change := New
		if was[f.ID] {
			change = Still
		}
		list = append(list, Compared{change, f})
	}
	executed := executedOf(now)
	for _, f := range before.Findings {
		if is[f.ID] {
			continue
		}
		list = append(list, Compared{gone(executed, before, f.ID), f})
	}
	slices.SortStableFunc(list, func(a, b Compared) int {
		return slices.Index(Changes, a.Change) - slices.Index(Changes, b.Change)
	})
	return list
}

// ChangeOf tells what became of one finding of an earlier campaign in a later one on the same target.
func ChangeOf(now, before *campaign.Result, mark string) Change {
	if prints(now)[mark] {
		return Still
	}
	return gone(executedOf(now), before, mark)
}

// gone is what became of a finding that was not made again: it is fixed where all cases that made it were made.
func gone(executed map[string]bool, before *campaign.Result, mark string) Change {
	if cases := CasesOf(before, mark); len(cases) > 0 && !slices.ContainsFunc(cases, func(id string) bool { return !executed[id] }) {
		return Fixed
	}
	return NotLooked
}

// executedOf are the ids of the cases that came to something.
func executedOf(r *campaign.Result) map[string]bool {
	ids := map[string]bool{}
	for _, x := range r.Cases {
		if executed(x) {
			ids[x.ID] = true
		}
	}
	return ids
}

func prints(r *campaign.Result) map[string]bool {
	set := map[string]bool{}
	for i := range r.Findings {
		set[r.Findings[i].ID] = true
	}
	return set
}

// CasesOf are the ids of the cases that made a finding.
func CasesOf(r *campaign.Result, mark string) []string {
	var list []string
	for _, x := range r.Cases {
		for i := range x.Outcome.Findings {
			if x.Outcome.Findings[i].Print() == mark {
				list = append(list, x.ID)
				break
			}
		}
	}
	return list
}
