package campaign

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/firefox"
)

// Times of one case.
const (
	caseTime    = 60 * time.Second
	browserTime = 2 * time.Minute
	maxTries    = 2
)

// pool hands cases to personas.
type pool struct {
	mu      sync.Mutex
	changed *sync.Cond
	waiting []*Case
	loud    []*Case // the intrusive ones, for later
	active  int
	members map[string]*Member
	used    map[string]*used // by persona
	probes  map[string]bool  // that somebody makes
	work    func(*agents.Persona)
	working sync.WaitGroup
}

// Member is a persona at work.
type Member struct {
	Persona string `json:"persona"`
	// Case is what it does now; "" when it waits.
	Case  string `json:"case,omitempty"`
	Probe string `json:"probe,omitempty"`
	At    string `json:"at,omitempty"` // the address
	// Last is the probe that it made last, Verdict what came of it.
	Last    string         `json:"last,omitempty"`
	Verdict agents.Verdict `json:"verdict,omitempty"`
	Done    int            `json:"done"`
	Found   int            `json:"found"` // failed cases, before they are confirmed
	// Queue are the cases planned for it that nobody has taken yet.
	Queue int `json:"queue"`
	// Success is the exponential mean of its cases that were executed, by kind of probe.
	Success map[string]float64 `json:"success,omitempty"`

	place int // in the order of the campaign
}

// work executes the cases: those that change nothing side by side, then the intrusive ones one after the other.
func (c *campaign) work(ctx context.Context) {
	var quiet, loud []*Case
	for _, x := range c.cases {
		switch excuse := c.excuse(x.probe); {
		case x.State == Done:
		case excuse != "":
			c.finish(ctx, x, agents.Skip("%s", excuse))
		case x.probe.Last, x.probe.Needs.Has(agents.NeedsModel):
		case x.probe.Needs.Has(agents.NeedsIntrusive):
			loud = append(loud, x)
		default:
			quiet = append(quiet, x)
		}
	}
	for _, x := range c.share(ctx, quiet, loud) {
		c.Control.gate(ctx)
		c.pool.begin(x.Owner, x)
		c.execute(ctx, c.pool, c.persona(x.Owner), x)
		c.pool.end(x.Owner, x)
	}
}

// last executes the cases that read what all others found.
func (c *campaign) last(ctx context.Context) {
	found := agree(c.cases)
	for _, x := range c.cases {
		if !x.probe.Last || x.State == Done {
			continue
		}
		x.found = found
		c.alone(ctx, x)
	}
}

// alone executes a case while no other is under way.
func (c *campaign) alone(ctx context.Context, x *Case) {
	for x.State != Done {
		c.Control.gate(ctx)
		c.pool.begin(x.Owner, x)
		c.execute(ctx, c.pool, c.persona(x.Owner), x)
		c.pool.end(x.Owner, x)
	}
}

// share lets personas take cases until none is left; so many of them work at once. It returns the intrusive ones, with
// those of personas that joined.
func (c *campaign) share(ctx context.Context, cases, loud []*Case) []*Case {
	p := &pool{waiting: slices.Clone(cases), loud: loud, members: map[string]*Member{}, used: map[string]*used{}, probes: map[string]bool{}}
	p.changed = sync.NewCond(&p.mu)
	slots := make(chan struct{}, c.Budget.Active)
	p.work = func(persona *agents.Persona) {
		for x := p.take(persona); x != nil; x = p.take(persona) {
			slots <- struct{}{}
			c.Control.gate(ctx)
			c.execute(ctx, p, persona, x)
			<-slots
			p.give(persona, x)
			if reason := c.ended(ctx); reason != "" {
				for _, x := range p.drain() {
					c.finish(ctx, x, agents.Skip("%s", reason))
				}
			}
		}
	}
	p.mu.Lock()
	for i := range c.Personas {
		if persona := &c.Personas[i]; c.works(persona) {
			p.enter(persona)
		}
	}
	p.mu.Unlock()
	c.Control.shares(c, p)
	p.working.Wait()
	c.Control.shares(c, nil)
	for _, x := range p.drain() { // nobody was left who may
		c.finish(ctx, x, agents.Skip("those who could make it have used up what they are limited to"))
	}
	return p.loud
}

// drain takes all cases that wait.
func (p *pool) drain() []*Case {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.waiting
	p.waiting = nil
	return list
}

// enter lets a persona begin. The lock is held.
func (p *pool) enter(persona *agents.Persona) {
	p.used[persona.ID] = &used{}
	p.members[persona.ID] = &Member{Persona: persona.ID, Success: map[string]float64{}, place: len(p.members)}
	for _, id := range persona.Probes {
		p.probes[id] = true
	}
	p.working.Go(func() { p.work(persona) })
}

// begin notes what a persona does now; end what came of it.
func (p *pool) begin(persona string, x *Case) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.loud = slices.DeleteFunc(slices.Clone(p.loud), func(y *Case) bool { return y == x })
	if m := p.members[persona]; m != nil {
		m.Case, m.Probe, m.At = x.ID, x.Probe, x.Address
	}
}

func (p *pool) end(persona string, x *Case) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m := p.members[persona]; m != nil {
		m.ended(x)
	}
}

func (m *Member) ended(x *Case) {
	m.Case, m.Probe, m.At = "", "", ""
	m.Last, m.Verdict = x.Probe, x.Outcome.Verdict
	m.Done++
	if x.Outcome.Verdict == agents.Failed {
		m.Found++
	}
}

// take chooses the case that a persona is best at: its own first, then those that its skills help with. It waits while
// others work, since one of their cases may come back; nil when all are done.
func (p *pool) take(persona *agents.Persona) *Case {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		if p.used[persona.ID].up(persona) {
			return nil
		}
		best, at := 0.0, -1
		for i, x := range p.waiting {
			if fit := p.fit(persona, x); fit > best {
				best, at = fit, i
			}
		}
		if at >= 0 {
			x := p.waiting[at]
			p.waiting = slices.Delete(p.waiting, at, at+1)
			p.active++
			m := p.members[persona.ID]
			m.Case, m.Probe, m.At = x.ID, x.Probe, x.Address
			return x
		}
		if p.active == 0 {
			return nil
		}
		p.changed.Wait()
	}
}

// fit is how well a persona suits a case: 0 not at all. Who failed with it before does not get it again as long as
// somebody else could.
func (p *pool) fit(persona *agents.Persona, x *Case) float64 {
	skill := 0.0
	switch {
	case persona.ID == x.Owner:
		skill = 1
	case slices.Contains(persona.Probes, x.Probe):
		skill = 0.9
	default:
		for _, s := range x.probe.Skills {
			if slices.Contains(persona.Skills, s) {
				skill = 0.5
			}
		}
		if x.Tries > 0 && skill == 0 {
			skill = 0.1 // whoever is free tries what another failed with
		}
	}
	if x.By == persona.ID {
		skill *= 0.05
	}
	success, known := p.members[persona.ID].Success[groupOf(x.probe)]
	if !known {
		success = 0.5
	}
	return skill * (0.5 + success)
}

func groupOf(probe *agents.Probe) string {
	switch {
	case probe.Needs.Has(agents.NeedsIntrusive):
		return "intrusive"
	case probe.Needs.Has(agents.NeedsBrowser):
		return "browser"
	case probe.Needs.Has(agents.NeedsHTTP):
		return "http"
	default:
		return "reading"
	}
}

// give takes a case back: done, or to be tried by another.
func (p *pool) give(persona *agents.Persona, x *Case) {
	p.mu.Lock()
	defer p.mu.Unlock()
	member := p.members[persona.ID]
	member.ended(x)
	const memory = 0.8
	group := groupOf(x.probe)
	success, known := member.Success[group]
	if !known {
		success = 0.5
	}
	executed := 0.0
	if x.Outcome.Verdict == agents.Passed || x.Outcome.Verdict == agents.Failed {
		executed = 1
	}
	member.Success[group] = memory*success + (1-memory)*executed
	p.active--
	if x.State != Done {
		p.waiting = append(p.waiting, x)
	}
	if x.State != Done || p.active == 0 { // else nobody who waits has anything new to do
		p.changed.Broadcast()
	}
}

// execute makes a case. One that was blocked is tried once more, by another persona.
func (c *campaign) execute(ctx context.Context, p *pool, persona *agents.Persona, x *Case) {
	if reason := c.ended(ctx); reason != "" {
		c.finish(ctx, x, agents.Skip("%s", reason))
		return
	}
	spent := p.spentBy(persona)
	if spent.up(persona) {
		c.finish(ctx, x, agents.Skip("%s has used up what it is limited to", persona.Name))
		return
	}
	x.State, x.By = UnderWay, persona.ID
	x.Tries++
	if x.changes() { // of the others nobody needs to know that they had begun
		if err := c.keep(ctx, x); err != nil {
			c.finish(ctx, x, agents.Block("it could not be written down: %v", err))
			return
		}
	}
	c.say(Event{Kind: Began, Persona: persona.ID, Case: x.ID, Probe: x.Probe, Text: x.Address})
	limited, done := spent.within(ctx, persona)
	outcome := c.try(limited, x, c.visits)
	short := limited.Err() != nil || spent.requests.Refused()
	if done(); short && outcome.Verdict == agents.Passed && ctx.Err() == nil {
		outcome = agents.Block("%s has used up what it is limited to", persona.Name) // what was cut short is no pass
	}
	if outcome.Verdict == agents.Blocked && ctx.Err() != nil {
		outcome = agents.Skip("%s", c.ended(ctx))
	}
	if outcome.Verdict == agents.Blocked && x.Tries < maxTries && !x.changes() {
		x.State, x.Outcome = Planned, outcome
		return
	}
	c.finish(ctx, x, outcome)
}

// ended says why nothing more is tested; "" as long as it is.
func (c *campaign) ended(ctx context.Context) string {
	switch {
	case errors.Is(context.Cause(ctx), errTime):
		return "the campaign's time was over"
	case ctx.Err() != nil:
		return "the campaign was stopped"
	case !c.client.Budget().Left():
		return "the campaign's requests were used up"
	}
	return ""
}

// try makes a case once, with pages as they were looked at.
func (c *campaign) try(ctx context.Context, x *Case, looked *visits) (outcome agents.Outcome) {
	c.busy.Add(1)
	defer c.busy.Add(-1)
	limit := caseTime
	if x.probe.Needs.Has(agents.NeedsBrowser) {
		limit = browserTime
	}
	limit = max(limit, x.probe.Time)
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			outcome = agents.Block("the probe broke: %v\n%s", p, debug.Stack())
		}
	}()
	outcome = x.probe.Check.Run(timed, c.lab(x, looked), x.item)
	if timed.Err() != nil && ctx.Err() == nil && outcome.Verdict != agents.Failed {
		return agents.Block("it took longer than %s", limit)
	}
	for i := range outcome.Findings {
		c.fill(&outcome.Findings[i], x)
	}
	return outcome
}

// fill gives a finding what its probe says of all.
func (c *campaign) fill(f *agents.Finding, x *Case) {
	f.Probe = x.Probe
	if f.Title == "" {
		f.Title = x.probe.Title
	}
	if f.Advice == "" {
		f.Advice = x.probe.Advice
	}
	if f.References == nil {
		f.References = x.probe.References
	}
	if f.Where.URL == "" {
		f.Where.URL = x.Address
	}
	if origin := c.surface().Elsewhere(f.Where.URL); origin != "" && !strings.HasPrefix(f.Cause, origin) {
		f.Cause = origin + " " + f.Root() // the same fault of another application is another
	}
	if f.Severity == agents.Info {
		f.Severity = x.probe.Severity
	}
	if f.Vector == "" && f.Severity == x.probe.Severity { // one that is worse or milder than usual is another
		f.Vector = x.probe.Vector
	}
}

// lab makes what a probe works with in a case.
func (c *campaign) lab(x *Case, looked *visits) *agents.Lab {
	seed := c.Seed
	for _, b := range []byte(x.ID) {
		seed = (seed ^ uint64(b)) * 1099511628211 // FNV-1a
	}
	l := &agents.Lab{
		Surface: c.surface(), Client: c.client, Browser: c.browser, Visits: &seen{looked, x}, Accounts: c.accounts, Baseline: c.Baseline, Now: c.Now, Case: x.ID,
		Random: rand.New(rand.NewPCG(seed, 2)), //nolint:gosec // reproducible on purpose
		Also:   func(probe string) bool { return c.made[probe] },
		Facts:  func(kind string) []agents.Fact { return c.heard(x, kind) },
		Tell:   func(f agents.Fact) { c.tell(x, f) },
	}
	l.Restart, l.Journeys, l.Book = c.Restart, c.Journeys, &c.book
	for i := range x.found {
		l.Found = append(l.Found, x.found[i].Finding)
	}
	scope := c.client.Scope()
	if c.FirefoxPath != "" && c.proxy != nil && !(scope.Hidden() && scope.Narrow()) { // with TLS, nothing would keep it to some paths
		l.Firefox = func(context.Context) (*firefox.Browser, error) {
			return c.firefox.start(c.life, c.FirefoxPath, c.proxy.Address())
		}
	}
	if c.listener != nil {
		l.Listener = c.listener
	}
	if looked != c.visits {
		l.Tell = func(f agents.Fact) { // the rest was told the first time
			if f.Kind == agents.FactLeft {
				c.tell(x, f)
			}
		}
	}
	return l
}

func (c *campaign) finish(ctx context.Context, x *Case, outcome agents.Outcome) {
	x.State, x.Outcome = Done, outcome
	if ctx.Err() == nil || outcome.Verdict != agents.NotTested { // else whoever goes on with the campaign makes it
		c.note(ctx, x)
	}
	c.say(Event{Kind: Ended, Persona: x.By, Case: x.ID, Probe: x.Probe, Verdict: outcome.Verdict, Text: outcome.Reason, Findings: outcome.Findings})
}

// keep writes a case down, also when the campaign is being stopped: what was done is not to be done again.
func (c *campaign) keep(ctx context.Context, x *Case) error {
	if c.Keep == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return c.Keep.Keep(ctx, *x)
}
