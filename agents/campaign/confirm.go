package campaign

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
)

// confirm makes every case of some that failed once more, one after the other and with pages looked at anew; a finding counts when
// it was seen in two of three tries. What is only to know is taken as it is.
//
// All second tries share one look at a page, and all third ones another: what probes make out of a look, such as a walk with
// the keyboard, is made again as often.
func (c *campaign) confirm(ctx context.Context, cases []*Case) {
	again, oncemore := c.lookAnew(), c.lookAnew()
	for _, x := range cases {
		if x.Outcome.Verdict != agents.Failed || onlyInfo(x.Outcome) || x.probe.Once {
			continue
		}
		if reason := c.ended(ctx); reason != "" {
			x.Outcome.Reason = "not confirmed: " + reason
			continue
		}
		c.Control.gate(ctx)
		seen := map[string]int{}
		first := x.Outcome.Findings
		count(seen, first)
		second := c.try(ctx, x, again)
		count(seen, second.Findings)
		if unsure(seen, 2) {
			third := c.try(ctx, x, oncemore)
			count(seen, third.Findings)
			first = append(first, third.Findings...)
		}
		kept := slices.DeleteFunc(append(first, second.Findings...), func(f agents.Finding) bool { return seen[f.Print()] < 2 })
		kept = unique(kept)
		if len(kept) == 0 {
			x.Outcome = agents.Block("seen once in three tries: not stable enough to be called a fault")
		} else {
			x.Outcome = agents.Outcome{Verdict: agents.Failed, Findings: kept, Saw: x.Outcome.Saw}
		}
		if err := c.keep(ctx, x); err != nil {
			c.say(Event{Kind: Stage, Text: fmt.Sprintf("a case could not be written down: %v", err)})
		}
		c.say(Event{Kind: Confirmed, Case: x.ID, Probe: x.Probe, Verdict: x.Outcome.Verdict})
	}
}

func onlyInfo(o agents.Outcome) bool {
	return !slices.ContainsFunc(o.Findings, func(f agents.Finding) bool { return f.Severity > agents.Info })
}

func count(seen map[string]int, findings []agents.Finding) {
	once := map[string]bool{}
	for i := range findings {
		if mark := findings[i].Print(); !once[mark] {
			once[mark] = true
			seen[mark]++
		}
	}
}

func unsure(seen map[string]int, tries int) bool {
	for _, n := range seen {
		if n < tries {
			return true
		}
	}
	return false
}

func unique(findings []agents.Finding) []agents.Finding {
	seen := map[string]bool{}
	return slices.DeleteFunc(findings, func(f agents.Finding) bool {
		mark := f.Print()
		if seen[mark] {
			return true
		}
		seen[mark] = true
		return false
	})
}

// agree makes one finding of all with one cause: its places together, the highest severity, all kinds of evidence.
func agree(cases []*Case) []Agreed {
	byPrint := map[string]*Agreed{}
	var order []string
	for _, x := range cases {
		for _, f := range x.Outcome.Findings {
			mark := f.Print()
			a := byPrint[mark]
			if a == nil {
				a = &Agreed{Finding: f, ID: mark, Area: x.Area}
				byPrint[mark] = a
				order = append(order, mark)
			}
			a.Severity = max(a.Severity, f.Severity)
			if !slices.Contains(a.Places, f.Where) && len(a.Places) < maxPlaces {
				a.Places = append(a.Places, f.Where)
			}
			if !slices.Contains(a.By, x.By) {
				a.By = append(a.By, x.By)
			}
			for _, e := range f.Evidence {
				if !slices.Contains(a.Kinds, e.Kind) {
					a.Kinds = append(a.Kinds, e.Kind)
				}
			}
			a.Confirmed = a.Confirmed || x.Outcome.Reason == ""
		}
	}
	list := make([]Agreed, 0, len(order))
	for _, mark := range order {
		list = append(list, *byPrint[mark])
	}
	slices.SortStableFunc(list, func(a, b Agreed) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), strings.Compare(a.Probe, b.Probe), strings.Compare(a.Where.URL, b.Where.URL), strings.Compare(a.ID, b.ID))
	})
	return list
}

const maxPlaces = 100
