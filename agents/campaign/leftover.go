package campaign

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/claim"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Leftover is what an earlier start of a campaign wrote down, for one that was stopped before anybody went on with it;
// nil when it wrote nothing down. Nothing is sent. What the campaign had still to do is not known any more, so no
// requirement counts as met.
func Leftover(ctx context.Context, s Settings, p Parts) (*Result, error) {
	if p.Keep == nil {
		return nil, nil //nolint:nilnil // see above
	}
	kept, err := p.Keep.Cases(ctx)
	if err != nil {
		return nil, err
	}
	c := &campaign{Settings: s, Parts: p, result: &Result{Settings: s}}
	if book, ok := kept[bookCase]; ok && len(book.Facts) == 1 {
		known := new(claim.Book)
		if json.Unmarshal([]byte(book.Facts[0].Text), known) == nil {
			c.result.Claims = known
		}
		delete(kept, bookCase)
	}
	for _, id := range slices.Sorted(maps.Keys(kept)) {
		if x := kept[id]; x.State != Planned {
			c.leave(&x)
		}
	}
	if len(c.cases) == 0 {
		return nil, nil //nolint:nilnil // see above
	}
	slices.SortStableFunc(c.cases, func(a, b *Case) int { return cmp.Compare(c.placeOf(a), c.placeOf(b)) })
	r := c.result
	r.Ended, r.Cases, r.Surface = p.Now(), c.cases, &surface.Surface{Target: s.Target}
	r.Findings = agree(c.cases)
	c.tally()
	r.Gates = s.Require.Check(nil)
	r.Stopped = "the campaign was stopped before it went on, and what it had still to do is not counted"
	return r, nil
}

// leave takes a case as it was written down.
func (c *campaign) leave(x *Case) {
	probe := c.Probes[x.Probe]
	switch {
	case x.State == UnderWay:
		x.Outcome = agents.Skip(brokeOff)
	case x.State == Confirming:
		x.Outcome.Reason = "not confirmed: " + brokeOff
	case x.Outcome.Verdict == agents.Failed && !x.Settled && !onlyInfo(x.Outcome) && (probe == nil || !probe.Once && !probe.Last):
		x.Outcome.Reason = "not confirmed: the campaign was stopped"
	}
	x.State = Done
	c.cases = append(c.cases, x)
}

// placeOf is the place of a case's persona in the campaign.
func (c *campaign) placeOf(x *Case) int {
	return slices.IndexFunc(c.Personas, func(p agents.Persona) bool { return p.ID == x.Owner })
}
