package campaign

import (
	"context"
	"maps"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Case is one probe on one item: what coverage counts.
type Case struct {
	ID      string         `json:"id"` // probe and key of the item
	Probe   string         `json:"probe"`
	Area    agents.Area    `json:"area"`
	Item    string         `json:"item"`    // its key
	Address string         `json:"address"` // where the item is
	Owner   string         `json:"owner"`   // the persona that plans it
	By      string         `json:"by,omitempty"`
	State   State          `json:"state"`
	Tries   int            `json:"tries"`
	Outcome agents.Outcome `json:"outcome"`
	// Confirmed tells that its findings were seen again; Settled, that it is not tried again, whether they were or not.
	Confirmed bool `json:"confirmed,omitempty"`
	Settled   bool `json:"settled,omitempty"`
	// Facts are what it told the others.
	Facts []agents.Fact `json:"facts,omitempty"`

	probe *agents.Probe
	item  surface.Item
	found []Agreed // by all others, for a probe that is made last
}

// changes tells whether making a case may change something: its probe is intrusive, or what it tries was claimed to.
func (x *Case) changes() bool {
	of, ok := x.item.(*surface.Claim)
	return x.probe.Needs.Has(agents.NeedsIntrusive) || ok && of.Changes
}

// State is how far a case is.
type State string

// The states. A case that was Under way when a campaign broke off is made again, unless it is intrusive: nobody knows what
// it had done already. Confirming is written down for intrusive ones alone, for the same reason.
const (
	Planned    State = "planned"
	UnderWay   State = "under way"
	Confirming State = "confirming"
	Done       State = "done"
)

// Keeper remembers the cases of a campaign.
type Keeper interface {
	// Cases are those that were kept before, by their ids.
	Cases(ctx context.Context) (map[string]Case, error)
	// Keep keeps a case as it is now, and returns once it is on disk.
	Keep(ctx context.Context, c Case) error
}

// works tells whether a persona is in an area that is tested.
func (c *campaign) works(p *agents.Persona) bool {
	return len(c.Areas) == 0 || slices.Contains(c.Areas, p.Area)
}

// plan makes the cases, in the order of personas, probes and items; a probe of two personas is planned for the first.
func (c *campaign) plan() {
	planned := map[string]bool{}
	for i := range c.Personas {
		p := &c.Personas[i]
		if !c.works(p) {
			continue
		}
		c.cases = append(c.cases, c.planFor(p, planned)...)
		for _, id := range p.Probes {
			planned[id] = true
		}
	}
}

// planFor makes the cases of a persona, without those of probes that are planned.
func (c *campaign) planFor(p *agents.Persona, planned map[string]bool) []*Case {
	var list []*Case
	for i, id := range p.Probes {
		if planned[id] || slices.Contains(p.Probes[:i], id) {
			continue
		}
		probe := c.Probes[id]
		for _, item := range probe.Check.Items(c.surface()) {
			x := &Case{
				ID: id + " " + item.Key(), Probe: id, Area: p.Area, Item: item.Key(), Address: item.Address(), Owner: p.ID, State: Planned, probe: probe, item: item,
			}
			if len(c.Only) == 0 || slices.Contains(c.Only, x.ID) {
				list = append(list, x)
			}
		}
	}
	return list
}

// resume takes over what an earlier start of this campaign had done.
func (c *campaign) resume(ctx context.Context) error {
	if c.Keep == nil {
		return nil
	}
	kept, err := c.Keep.Cases(ctx)
	if err != nil {
		return err
	}
	c.kept = kept
	c.takeOver(c.cases)
	return nil
}

func (c *campaign) takeOver(cases []*Case) {
	for _, x := range cases {
		was, ok := c.kept[x.ID]
		switch {
		case !ok || was.State == Planned:
		case was.State == Done, was.State == Confirming:
			x.State, x.By, x.Tries, x.Outcome, x.Facts, x.Confirmed, x.Settled = Done, was.By, was.Tries, was.Outcome, was.Facts, was.Confirmed, was.Settled
			if was.State == Confirming {
				x.Settled, x.Outcome.Reason = true, "not confirmed: "+brokeOff
			}
		case x.changes():
			x.State, x.By, x.Tries = Done, was.By, was.Tries
			x.Outcome = agents.Skip(brokeOff)
		}
	}
}

const brokeOff = "the campaign broke off in the middle of it, and it may have changed something"

// orphans are the cases that an earlier start of this campaign made on what this one does not find any more, such as a page
// that was deleted meanwhile: what was seen there was seen.
func (c *campaign) orphans() {
	planned := map[string]bool{}
	for _, x := range c.cases {
		planned[x.ID] = true
	}
	for _, id := range slices.Sorted(maps.Keys(c.kept)) {
		x := c.kept[id]
		if x.probe = c.Probes[x.Probe]; x.probe == nil || planned[id] || x.State != Done && x.State != Confirming {
			continue
		}
		if x.State = Done; !x.Settled && x.Outcome.Verdict == agents.Failed {
			x.Settled, x.Outcome.Reason = true, "not confirmed: the campaign broke off, and did not find its place again"
		}
		c.cases = append(c.cases, &x)
	}
}

// excuse says why a case cannot be tested at all; "" when it can.
func (c *campaign) excuse(probe *agents.Probe) string {
	needs := probe.Needs
	in := len(c.signedIn())
	switch {
	case needs.Has(agents.NeedsIntrusive) && !c.Intrusive:
		return "not allowed: intrusive"
	case needs.Has(agents.NeedsBrowser) && c.browser == nil:
		return "no browser: " + c.noBrowser
	case needs.Has(agents.NeedsAccount) && in == 0:
		return "no account to sign in with"
	case needs.Has(agents.NeedsSecond) && in < 2:
		return "no second account"
	case needs.Has(agents.NeedsModel) && c.Model == nil && c.Claims == nil:
		if c.NoModel != "" {
			return "no language model: " + c.NoModel
		}
		return "no language model"
	case needs.Has(agents.NeedsBaseline) && c.Baseline == nil:
		return "no earlier campaign on this target"
	}
	return ""
}
