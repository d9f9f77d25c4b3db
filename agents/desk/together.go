package desk

import (
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

// Together is what several campaigns on one target came to, the newest first, as if they were one: what has the same print
// is one finding, of the highest severity and with all its places, and a case counts as made when one of them made it.
func Together(list ...*campaign.Result) *campaign.Result {
	all := &campaign.Result{}
	for _, r := range list {
		for i := range r.Findings {
			unite(all, &r.Findings[i])
		}
	}
	all.Cases = cases(list, func(have, x *campaign.Case) bool {
		return !executed(have) && executed(x) || len(have.Outcome.Findings) == 0 && len(x.Outcome.Findings) > 0
	})
	return all
}

// Known is what was known of a target after several campaigns, the newest first: of a finding that a later one looked at
// and did not see again, nothing is known any more.
func Known(list ...*campaign.Result) *campaign.Result {
	all := &campaign.Result{}
	for n, r := range list {
		later := cases(list[:n], lookedAt)
		for i := range r.Findings {
			f := &r.Findings[i]
			if of := CasesOf(r, f.ID); len(of) == 0 || !made(later, of) {
				unite(all, f)
			}
		}
	}
	all.Cases = cases(list, lookedAt)
	return all
}

// Unsure tells whether an earlier campaign does not say of each finding whether it is new: it did not look where the later
// one did.
func Unsure(now, before *campaign.Result) bool {
	was := prints(before)
	return slices.ContainsFunc(now.Findings, func(f campaign.Agreed) bool {
		return !was[f.ID] && !slices.ContainsFunc(CasesOf(now, f.ID), func(id string) bool { return made(before.Cases, []string{id}) })
	})
}

// unite puts a finding beside those that there are.
func unite(all *campaign.Result, f *campaign.Agreed) {
	i := slices.IndexFunc(all.Findings, func(have campaign.Agreed) bool { return have.ID == f.ID })
	if i < 0 {
		one := *f
		one.Places, one.By, one.Kinds = slices.Clone(f.Places), slices.Clone(f.By), slices.Clone(f.Kinds)
		all.Findings = append(all.Findings, one)
		return
	}
	have := &all.Findings[i]
	have.Severity, have.Confirmed = max(have.Severity, f.Severity), have.Confirmed || f.Confirmed
	have.Places, have.By, have.Kinds = joined(have.Places, f.Places), joined(have.By, f.By), joined(have.Kinds, f.Kinds)
}

func joined[T comparable](list, more []T) []T {
	for _, v := range more {
		if !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

// cases are those of several campaigns, each once: the first that is, unless another is better.
func cases(list []*campaign.Result, better func(have, x *campaign.Case) bool) []*campaign.Case {
	var all []*campaign.Case
	place := map[string]int{}
	for _, r := range list {
		for _, x := range r.Cases {
			i, seen := place[x.ID]
			switch {
			case !seen:
				place[x.ID] = len(all)
				all = append(all, x)
			case better(all[i], x):
				all[i] = x
			}
		}
	}
	return all
}

// lookedAt prefers a case that was made.
func lookedAt(have, x *campaign.Case) bool { return !executed(have) && executed(x) }

func executed(x *campaign.Case) bool {
	return x.Outcome.Verdict == agents.Passed || x.Outcome.Verdict == agents.Failed
}

// made tells whether all of these cases were.
func made(list []*campaign.Case, ids []string) bool {
	n := 0
	for _, x := range list {
		if executed(x) && slices.Contains(ids, x.ID) {
			n++
		}
	}
	return n == len(ids)
}
