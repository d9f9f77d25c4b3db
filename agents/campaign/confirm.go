package campaign

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/atelier-studio/atelier/agents"
)

// confirm makes every case of some that failed once more, with pages looked at anew; a finding counts when it was seen in two
// of three tries. What is only to know is taken as it is, and so is what is made once or last.
//
// What changes nothing is tried side by side, as it was the first time; what measures how fast the target is, and what may
// change something, one after the other and while nothing else asks. All second tries share one look at a page, and all
// third ones another: what probes make out of a look, such as a walk with the keyboard, is made again as often.
func (c *campaign) confirm(ctx context.Context, cases []*Case) {
	again, oncemore := c.newTry(), c.newTry()
	slots := make(chan struct{}, c.Budget.Active)
	var working sync.WaitGroup
	var alone []*Case
	for _, x := range cases {
		switch {
		case x.Outcome.Verdict != agents.Failed || x.Settled || onlyInfo(x.Outcome) || x.probe.Once || x.probe.Last:
		case x.Area == agents.Performance, x.probe.Timed, x.changes():
			alone = append(alone, x)
		default:
			slots <- struct{}{}
			working.Go(func() {
				defer func() { <-slots }()
				c.settle(ctx, x, again, oncemore)
			})
		}
	}
	working.Wait()
	again, oncemore = c.newTry(), c.newTry() // what was looked at meanwhile took longer
	for _, x := range alone {
		c.settle(ctx, x, again, oncemore)
	}
}

// settle confirms a case, or not.
func (c *campaign) settle(ctx context.Context, x *Case, again, oncemore *try) {
	c.Control.gate(ctx)
	if reason := c.ended(ctx); reason != "" {
		x.Outcome.Reason = "not confirmed: " + reason
		return
	}
	if x.changes() {
		x.State = Confirming
		c.note(ctx, x)
		x.State = Done
	}
	outcome, whole := c.tryAgain(ctx, x, again, oncemore)
	if reason := c.ended(ctx); reason != "" && !whole {
		x.Outcome.Reason = "not confirmed: " + reason // whoever goes on with the campaign tries it again
		return
	}
	x.Outcome, x.Settled, x.Confirmed = outcome, true, whole && outcome.Verdict == agents.Failed
	c.note(ctx, x)
	c.say(Event{Kind: Confirmed, Case: x.ID, Probe: x.Probe, Verdict: x.Outcome.Verdict, Findings: x.Outcome.Findings})
}

// tryAgain makes a failed case a second time, and a third where the two differ. It is whole when a try came to an end, one
// way or the other: a finding that could not be tried again stays, and says so.
func (c *campaign) tryAgain(ctx context.Context, x *Case, again, oncemore *try) (outcome agents.Outcome, whole bool) {
	seen := map[string]int{}
	found := slices.Clone(x.Outcome.Findings)
	count(seen, found)
	unable := ""
	for _, at := range []*try{again, oncemore} {
		if whole && !unsure(seen, 2) {
			break
		}
		if c.ended(ctx) != "" {
			return x.Outcome, false
		}
		anew, fault := c.anew(ctx, x, at.asked)
		if fault != nil {
			unable = fault.Text
			continue
		}
		got := c.try(ctx, anew, at.visits)
		if got.Verdict != agents.Passed && got.Verdict != agents.Failed {
			unable = got.Reason
			continue
		}
		whole = true
		count(seen, got.Findings)
		found = append(found, got.Findings...)
	}
	if !whole {
		x.Outcome.Reason = "not confirmed: " + unable
		return x.Outcome, false
	}
	found = unique(slices.DeleteFunc(found, func(f agents.Finding) bool { return seen[f.Print()] < 2 }))
	if len(found) == 0 {
		return agents.Block("seen once in three tries: not stable enough to be called a fault"), true
	}
	return agents.Outcome{Verdict: agents.Failed, Findings: found, Saw: x.Outcome.Saw}, true
}

// note writes a case down, and says so when it cannot.
func (c *campaign) note(ctx context.Context, x *Case) {
	if err := c.keep(ctx, x); err != nil {
		c.say(Event{Kind: Stage, Text: fmt.Sprintf("a case could not be written down: %v", err)})
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
			a.Confirmed = a.Confirmed || x.Confirmed
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
