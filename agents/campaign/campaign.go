// Package campaign runs personas on a target: it authorises, discovers, plans, lets the pool work under its budgets,
// confirms what was found, and counts what was really tested.
//
// What is found does not depend on how many personas are active: the plan is made first, in a fixed order; cases that
// change nothing run side by side, those that may change something one after the other at the end; and what fails is
// tried again before it counts.
package campaign

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/access"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/callback"
	"github.com/atelier-studio/atelier/agents/claim"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/explore"
	"github.com/atelier-studio/atelier/agents/journey"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Settings are what a campaign is asked to do.
type Settings struct {
	Target  string   `json:"target"`
	Origins []string `json:"origins,omitempty"` // more that belong to the target
	Below   string   `json:"below,omitempty"`
	Without []string `json:"without,omitempty"` // paths that are left alone
	More    []string `json:"more,omitempty"`    // addresses to begin with
	// Personas work; Areas bounds them to some, empty: all.
	Personas []agents.Persona    `json:"personas"`
	Areas    []agents.Area       `json:"areas,omitempty"`
	Accounts []Login             `json:"accounts,omitempty"`
	Require  agents.Requirements `json:"require,omitempty"`
	// Journeys are gone in a browser, as people declared them.
	Journeys []journey.Journey `json:"journeys,omitempty"`
	// Access says which role may do what; every cell of it is tried.
	Access access.Table `json:"access,omitzero"`
	// ModelName names the language model that explores too; whoever runs the campaign opens it. Empty: none.
	ModelName string `json:"model,omitempty"`
	// Specification says what the application should do, in a person's words; a language model reads it.
	Specification string `json:"specification,omitempty"`
	// Claims are tried in place of asking a language model, as when findings are tested again.
	Claims *claim.Book `json:"claims,omitempty"`
	// Intrusive allows what may change or break something.
	Intrusive bool   `json:"intrusive"`
	Seed      uint64 `json:"seed"`
	Budget    Budget `json:"budget"`
	// Only are the ids of the cases that are made, as when findings are tested again; empty: all.
	Only []string `json:"only,omitempty"`
}

// Login is an account to sign in with.
type Login struct {
	Role     string `json:"role"`
	User     string `json:"user"`
	Password string `json:"-"`
	// Header is sent instead of signing in, such as "Authorization: Bearer …".
	Header string `json:"-"`
}

// Budget bounds a campaign. Zero values are the defaults.
type Budget struct {
	Active    int           `json:"active"`     // personas at once; 27
	Tabs      int           `json:"tabs"`       // browser tabs at once; as many as the machine carries
	Requests  int           `json:"requests"`   // in all; 50,000
	PerSecond float64       `json:"per_second"` // 50
	Time      time.Duration `json:"time"`       // 30 minutes
	Pages     int           `json:"pages"`      // 200
	// Questions and Tokens are what a language model may be asked in all: 60, and 400,000.
	Questions int `json:"questions,omitempty"`
	Tokens    int `json:"tokens,omitempty"`
}

func (b Budget) withDefaults(browserPath string) Budget {
	if b.Active <= 0 {
		b.Active = 27
	}
	if b.Tabs <= 0 {
		b.Tabs = browser.Carried(browserPath)
	}
	if b.Requests <= 0 {
		b.Requests = 50_000
	}
	if b.PerSecond <= 0 {
		b.PerSecond = 50
	}
	if b.Time <= 0 {
		b.Time = 30 * time.Minute
	}
	if b.Pages <= 0 {
		b.Pages = 200
	}
	return b
}

// NoBrowser as the path of the browser tells a campaign to do without one.
const NoBrowser = "none"

// Parts are what a campaign works with.
type Parts struct {
	Probes map[string]*agents.Probe
	// BrowserPath is from browser.Find. Empty or NoBrowser: probes that need a browser are not tested.
	BrowserPath string
	// FirefoxPath is from firefox.Find; empty: what compares with it is not tested.
	FirefoxPath string
	// Secret makes the tokens that targets serve; Listed are hosts that an administrator allows.
	Secret []byte
	Listed []string
	// Keep remembers cases, so that a campaign goes on after a crash; nil keeps nothing.
	Keep Keeper
	// Baseline is the campaign before; may be nil.
	Baseline *agents.Baseline
	// Spent is what earlier starts of this campaign have used of its budget.
	Spent Spent
	// Control steers the campaign; may be nil.
	Control *Control
	// Restart restarts the target, where the person who runs it gave a command for that; may be nil.
	Restart func(context.Context) error
	// Model is a language model that explores when everything else is done; nil: there is none, and NoModel may say why.
	Model   explore.Model
	NoModel string
	// Explorers are the probes that try what it claims.
	Explorers []*agents.Probe
	// Each hears what happens, one after the other; may be nil.
	Each  func(Event)
	Agent string // User-Agent
	Now   func() time.Time
}

// Spent is a part of a budget that is used.
type Spent struct {
	Requests int64         `json:"requests"`
	Time     time.Duration `json:"used,omitempty"` // without pauses
}

// without is the budget that is left after what was spent. What is used up is not nothing, which would be no bound.
func (b Budget) without(spent Spent) Budget {
	b.Requests = max(1, b.Requests-int(spent.Requests))
	b.Time = max(time.Second, b.Time-spent.Time)
	return b
}

// Errors of a campaign that could not test.
var (
	ErrNoProbes = errors.New("no persona with a probe is chosen")
	ErrStopped  = errors.New("the campaign was stopped")
)

// Run runs a campaign to its end. The error says why nothing could be tested; what was tested until then is in the
// result, which is nil when there is nothing.
func Run(ctx context.Context, s Settings, p Parts) (*Result, error) {
	asked := s
	asked.Budget = s.Budget.withDefaults(p.BrowserPath)
	s.Budget = asked.Budget.without(p.Spent)
	c, err := begin(s, p)
	if err != nil {
		return nil, err
	}
	defer c.close()
	c.result.Settings = asked
	timed, cancel := c.Control.begin(ctx, c)
	defer cancel()
	c.life = timed
	how, err := wire.Authorise(timed, c.client, p.Secret, p.Listed)
	if err != nil {
		return nil, err
	}
	c.result.Authorised = how
	if err := c.listen(timed); err != nil {
		return nil, err
	}
	c.say(Event{Kind: Stage, Text: "discovering"})
	if err := c.startBrowser(timed); err != nil {
		c.noBrowser = err.Error()
	}
	c.signIn(timed)
	looking, looked := context.WithTimeout(timed, s.Budget.Time/discoveryShare)
	c.result.Surface, err = discover.Surface(looking, c.client, discover.Options{
		Pages: s.Budget.Pages, More: s.More, Accounts: c.signedIn(), Browser: c.browser, Seed: s.Seed,
		Each: func(at discover.Progress) {
			c.say(Event{Kind: Discovered, Text: at.At, Done: at.Pages, Of: at.Pages + at.Found})
		},
	})
	looked()
	c.cut = errors.Is(err, context.DeadlineExceeded)
	if errors.Is(err, discover.ErrNoAnswer) || c.result.Surface == nil {
		if timed.Err() != nil {
			err = context.Cause(timed)
		}
		return nil, err
	}
	c.result.Surface.Journeys, c.result.Surface.Permissions = c.declared(), c.permissions()
	c.plan()
	if err := c.resume(timed); err != nil {
		return nil, err
	}
	c.Control.planned(c.cases)
	c.Control.gate(timed)
	c.say(Event{Kind: Stage, Text: "testing", Of: len(c.cases)})
	c.gated = c.gates(timed)
	attended, leave := context.WithCancel(timed)
	var attending sync.WaitGroup
	attending.Go(func() { c.attend(attended) })
	c.work(timed)
	c.say(Event{Kind: Stage, Text: "confirming"})
	c.stay(timed)
	c.confirm(timed, c.cases)
	leave()
	attending.Wait()
	c.stay(timed)
	c.explore(timed)
	c.orphans()
	c.last(timed)
	c.conclude(ctx, timed)
	c.explain(timed)
	if ctx.Err() != nil {
		return c.result, ErrStopped
	}
	return c.result, nil
}

var errTime = errors.New("the campaign's time is over")

// A target that hangs must not use up the time before anything is tested: these shares of it are for signing in and for
// discovery, at most.
const (
	signInShare    = 8
	discoveryShare = 3
)

// campaign is one under way.
type campaign struct {
	Settings
	Parts
	client    *wire.Client
	proxy     *wire.Proxy
	browser   *browser.Browser
	noBrowser string
	tokens    []string // that accounts got in the browser or of an operation
	entrance  string   // the address at which the browser found a field for a password
	ways      entrances
	staying   sync.Mutex // held while accounts are signed in again
	gated     map[string]*gate
	firefox   fox
	life      context.Context // of the whole campaign
	visits    *visits
	listener  *callback.Listener // nil when the target cannot reach this machine
	accounts  []agents.Account
	cases     []*Case
	made      map[string]bool // the probes that its personas make from the beginning
	pool      *pool
	facts     facts
	kept      map[string]Case // by an earlier start of this campaign
	book      claim.Book
	explorer  *explore.Explorer // nil without a language model
	result    *Result
	cut       bool // the time for discovery was over before everything was looked at
	saying    sync.Mutex
	busy      atomic.Int64 // cases that are being made
}

// declared are the journeys as items of the surface.
func (c *campaign) declared() []*surface.Journey {
	var list []*surface.Journey
	for _, j := range c.Journeys {
		start := c.result.Surface.Target
		if u, err := c.client.Scope().Target().Parse(j.Steps[0].Go); err == nil {
			start = u.String()
		}
		list = append(list, &surface.Journey{Name: j.Name, Start: start})
	}
	return list
}

func begin(s Settings, p Parts) (*campaign, error) {
	if err := journey.Check(s.Journeys); err != nil {
		return nil, err
	}
	if err := s.Access.Check(); err != nil {
		return nil, err
	}
	scope, err := wire.NewScope(s.Target, s.Origins, s.Below, s.Without)
	if err != nil {
		return nil, err
	}
	if s.Claims != nil {
		if err := s.Claims.Check(scope); err != nil {
			return nil, err
		}
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Each == nil {
		p.Each = func(Event) {}
	}
	if p.Control == nil {
		p.Control = &Control{}
	}
	c := &campaign{Settings: s, Parts: p, result: &Result{Settings: s, Begun: p.Now()}}
	c.client = wire.NewClient(scope, wire.NewBudget(s.Budget.Requests, s.Budget.PerSecond), p.Agent, p.Now)
	c.visits = c.lookAnew()
	c.made = map[string]bool{}
	for i := range s.Personas {
		if err := s.Personas[i].Check(); err != nil {
			return nil, err
		}
		if !c.works(&s.Personas[i]) {
			continue
		}
		for _, id := range s.Personas[i].Probes {
			if p.Probes[id] == nil {
				return nil, fmt.Errorf("persona %s makes the probe %q, which this studio does not have", s.Personas[i].ID, id)
			}
			c.made[id] = true
		}
	}
	if len(c.made) == 0 {
		return nil, ErrNoProbes
	}
	return c, nil
}

// startBrowser starts the browser behind the proxy.
func (c *campaign) startBrowser(ctx context.Context) error {
	switch c.BrowserPath {
	case NoBrowser:
		return errors.New("the campaign was to do without one")
	case "":
		return browser.ErrNone
	}
	proxy, err := wire.NewProxy(c.client.Scope(), c.client.Budget())
	if err != nil {
		return err
	}
	c.proxy = proxy
	o := browser.Options{Path: c.BrowserPath, Proxy: proxy.Address(), Tabs: c.Budget.Tabs, Inside: func(address string) bool {
		u, err := url.Parse(address)
		return err == nil && c.client.Scope().Allows(u)
	}}
	if c.client.Scope().Hidden() {
		o.Admit = proxy.Admit
	}
	c.browser, err = browser.Start(ctx, o)
	return err
}

// listen begins to hear calls of the target: only one on this machine can reach it, and only what is intrusive makes it
// call.
func (c *campaign) listen(ctx context.Context) (err error) {
	if c.Intrusive && wire.IsLoopback(c.client.Scope().Target().Hostname()) {
		c.listener, err = callback.Listen(ctx)
	}
	return err
}

func (c *campaign) close() {
	if c.listener != nil {
		_ = c.listener.Close() //nolint:errcheck // nothing follows from it
	}
	if c.browser != nil {
		c.browser.Close()
	}
	c.firefox.close()
	if c.proxy != nil {
		_ = c.proxy.Close() //nolint:errcheck // nothing follows from it
	}
	c.client.Close()
}

func (c *campaign) say(e Event) {
	c.saying.Lock()
	defer c.saying.Unlock()
	e.At = c.Now()
	c.Control.hear(&e)
	c.Each(e)
}

func (c *campaign) surface() *surface.Surface { return c.result.Surface }
