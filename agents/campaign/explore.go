package campaign

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/claim"
	"github.com/atelier-studio/atelier/agents/explore"
	"github.com/atelier-studio/atelier/agents/surface"
)

// bookCase is under what a campaign keeps the claims of its language model, so that it does not ask again after a crash.
const bookCase = "claims"

// explore lets a language model explore, when all that needs none is confirmed: what it does cannot disturb that. What it
// claims is planned, made and confirmed as everything else is.
func (c *campaign) explore(ctx context.Context) {
	if c.Model == nil && c.Settings.Claims == nil {
		return
	}
	c.say(Event{Kind: Stage, Text: "exploring"})
	if c.Model != nil {
		c.explorer = c.newExplorer()
	}
	c.book = c.claims(ctx)
	c.result.Claims = &c.book
	c.cases = slices.DeleteFunc(c.cases, func(x *Case) bool { return c.asks(x.probe) && x.State != Done }) // they are planned anew
	planned := c.planClaims()
	c.takeOver(planned)
	c.cases = append(c.cases, planned...)
	c.Control.recount(c.cases)
	for _, x := range planned {
		if excuse := c.excuse(x.probe); excuse != "" && x.State != Done {
			c.finish(ctx, x, agents.Skip("%s", excuse))
		}
		c.alone(ctx, x)
	}
	c.confirm(ctx, planned)
}

// asks tells whether a probe is made after a language model explored.
func (c *campaign) asks(probe *agents.Probe) bool {
	return probe.Needs.Has(agents.NeedsModel) && !probe.Last
}

// claims are those that are known, or else those that the model makes now.
func (c *campaign) claims(ctx context.Context) claim.Book {
	switch {
	case c.Settings.Claims != nil:
		return c.within(*c.Settings.Claims)
	case len(c.Only) > 0:
		return claim.Book{}
	}
	if was, ok := c.kept[bookCase]; ok && len(was.Facts) == 1 {
		var book claim.Book
		if json.Unmarshal([]byte(was.Facts[0].Text), &book) == nil && book.Check(c.client.Scope()) == nil {
			return c.within(book)
		}
	}
	if c.ended(ctx) != "" {
		return claim.Book{}
	}
	book, err := c.explorer.Run(ctx, slices.DeleteFunc(slices.Clone(c.Personas), func(p agents.Persona) bool { return !c.works(&p) }))
	if err != nil || c.Keep == nil {
		return book
	}
	if text, err := json.Marshal(book); err == nil {
		x := &Case{ID: bookCase, State: Done, Facts: []agents.Fact{{Kind: bookCase, Text: string(text)}}}
		if err := c.keep(ctx, x); err != nil {
			c.say(Event{Kind: Stage, Text: "the claims could not be written down: " + err.Error()})
		}
	}
	return book
}

// within takes from claims the leave to change something where the campaign does not give it.
func (c *campaign) within(book claim.Book) claim.Book {
	book.Claims, book.Rules, book.Samples = slices.Clone(book.Claims), slices.Clone(book.Rules), slices.Clone(book.Samples)
	if c.Intrusive {
		return book
	}
	for i := range book.Claims {
		book.Claims[i].Changes = false
	}
	for i := range book.Rules {
		book.Rules[i].Changes = false
	}
	book.Samples = slices.DeleteFunc(book.Samples, func(s claim.Sample) bool { return !s.Safe() })
	return book
}

func (c *campaign) newExplorer() *explore.Explorer {
	e := &explore.Explorer{
		Model: c.Model, Limits: explore.Limits{Questions: c.Budget.Questions, Tokens: c.Budget.Tokens}, Scope: c.client.Scope(), Surface: c.surface(), Text: c.Specification,
		Changes: c.Intrusive, Walkers: c.Budget.Tabs, Send: c.client.Send,
		Open: func(ctx context.Context, as string, s browser.Setting) (*browser.Tab, error) {
			c.Control.gate(ctx)
			lab := agents.Lab{Surface: c.surface(), Client: c.client, Browser: c.browser}
			return lab.Open(ctx, as, s)
		},
		Say: func(persona, at string, picture []byte) {
			c.say(Event{Kind: Looked, Persona: persona, Text: at, Picture: picture})
		},
	}
	for _, a := range c.accounts {
		if a.In {
			e.Accounts = append(e.Accounts, a.Name)
		}
	}
	for _, f := range agree(c.cases) {
		e.Found = append(e.Found, f.Finding)
	}
	return e
}

// planClaims makes items of the claims, and cases of those, for whoever claimed them.
func (c *campaign) planClaims() []*Case {
	s := *c.result.Surface
	s.Claims = nil
	target := c.client.Scope().Target()
	for i := range c.book.Claims {
		x := &c.book.Claims[i]
		s.Claims = append(s.Claims, &surface.Claim{Name: x.Name(), Sort: surface.ClaimedFault, Start: claim.Start(target, x.Steps), Persona: x.Persona, Changes: x.Changes})
	}
	for i := range c.book.Samples {
		x := &c.book.Samples[i]
		if at, err := target.Parse(x.Path); err == nil {
			s.Claims = append(s.Claims, &surface.Claim{Name: x.Name(), Sort: surface.ClaimedRequest, Start: at.String(), Changes: !x.Safe()})
		}
	}
	for i := range c.book.Rules {
		x := &c.book.Rules[i]
		s.Claims = append(s.Claims, &surface.Claim{Name: x.Name(), Sort: surface.ClaimedRule, Start: claim.Start(target, x.Steps), Persona: x.Persona, Changes: x.Changes})
	}
	c.result.Surface = &s
	var list []*Case
	for _, probe := range slices.Concat(c.modelProbes(), c.Explorers) {
		for _, item := range probe.Check.Items(&s) {
			owner := c.ownerOf(probe, item)
			if owner == nil || slices.ContainsFunc(c.cases, func(x *Case) bool { return x.Probe == probe.ID && x.Item == item.Key() }) {
				continue
			}
			x := &Case{
				ID: probe.ID + " " + item.Key(), Probe: probe.ID, Area: owner.Area, Item: item.Key(), Address: item.Address(), Owner: owner.ID, State: Planned, probe: probe, item: item,
			}
			if len(c.Only) == 0 || slices.Contains(c.Only, x.ID) {
				list = append(list, x)
			}
		}
	}
	return list
}

// modelProbes are those of the personas that are made after a language model explored.
func (c *campaign) modelProbes() []*agents.Probe {
	var list []*agents.Probe
	for i := range c.Personas {
		p := &c.Personas[i]
		for _, id := range p.Probes {
			if probe := c.Probes[id]; c.works(p) && probe != nil && c.asks(probe) && !slices.Contains(list, probe) {
				list = append(list, probe)
			}
		}
	}
	return list
}

// ownerOf is who claimed something, or else whoever is best at it.
func (c *campaign) ownerOf(probe *agents.Probe, item surface.Item) *agents.Persona {
	by := ""
	if x, ok := item.(*surface.Claim); ok {
		by = x.Persona
	}
	var best *agents.Persona
	fits := -1
	for i := range c.Personas {
		p := &c.Personas[i]
		fit := 0
		if slices.Contains(p.Probes, probe.ID) {
			fit = len(probe.Skills) + 1
		}
		for _, skill := range probe.Skills {
			if slices.Contains(p.Skills, skill) {
				fit++
			}
		}
		switch {
		case !c.works(p):
		case p.ID == by:
			return p
		case fit > fits:
			best, fits = p, fit
		}
	}
	return best
}

// explain has the model put in other words what was found, when everything is counted: it changes nothing any more.
func (c *campaign) explain(ctx context.Context) {
	if c.explorer == nil {
		return
	}
	r := c.result
	defer func() {
		use := c.explorer.Use()
		r.Model = &use
	}()
	if len(c.Only) > 0 || c.ended(ctx) != "" {
		return
	}
	var list []explore.Told
	for i := range r.Findings {
		if r.Findings[i].Severity > agents.Info {
			list = append(list, explore.Told{ID: r.Findings[i].ID, Finding: r.Findings[i].Finding})
		}
	}
	if len(list) == 0 {
		return
	}
	c.say(Event{Kind: Stage, Text: "explaining"})
	told := c.explorer.Explain(ctx, list)
	for i := range r.Findings {
		if text := told[r.Findings[i].ID]; text != "" {
			r.Findings[i].Explained = &Explanation{Text: text, By: c.Model.Name()}
		}
	}
	r.Ended = c.Now()
}
