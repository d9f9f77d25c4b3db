package campaign

import (
	"sync"

	"github.com/atelier-studio/atelier/agents"
)

// maxFacts bounds what a case tells the others.
const maxFacts = 20

// facts is what the probes of a campaign tell each other.
//
// What a probe hears must not depend on how many personas are active: the ones that change nothing work side by side and
// hear nothing of each other, and the intrusive ones, which come after them, hear all that those told, in the order of the
// plan.
type facts struct {
	mu sync.Mutex
}

// tell writes a fact down with the case that found it.
func (c *campaign) tell(x *Case, f agents.Fact) {
	f.From = x.Probe
	c.facts.mu.Lock()
	if len(x.Facts) >= maxFacts {
		c.facts.mu.Unlock()
		return
	}
	x.Facts = append(x.Facts, f)
	c.facts.mu.Unlock()
	c.say(Event{Kind: Told, Persona: x.By, Probe: x.Probe, Case: x.ID, Text: f.Kind + ": " + f.Text})
}

// heard are the facts of a kind that a case is told.
func (c *campaign) heard(x *Case, kind string) []agents.Fact {
	if !x.probe.Needs.Has(agents.NeedsIntrusive) {
		return nil
	}
	c.facts.mu.Lock()
	defer c.facts.mu.Unlock()
	var list []agents.Fact
	said := map[agents.Fact]bool{}
	for _, y := range c.cases {
		if y.probe.Needs.Has(agents.NeedsIntrusive) {
			continue
		}
		for _, f := range y.Facts {
			if f.Kind == kind && !said[f] {
				said[f] = true
				list = append(list, f)
			}
		}
	}
	return list
}
