package campaign

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/agents"
)

// Control steers a campaign that is under way and tells how far it is. Each campaign has one of its own; it may be used
// from anywhere at the same time, and before the campaign begins.
type Control struct {
	mu     sync.Mutex
	of     *campaign
	goOn   chan struct{} // closed when a pause is over; nil: there is none
	clock  *allowance
	stage  string
	done   int
	cases  int
	counts map[agents.Severity]int
	open   bool // cases are shared out, so personas may join
	joined []agents.Persona
}

// Snapshot is a campaign at a moment.
type Snapshot struct {
	Stage  string `json:"stage"` // "discovering", "testing", "confirming"; "" before and after
	Paused bool   `json:"paused"`
	Done   int    `json:"done"`
	Of     int    `json:"of"`
	// Found counts what was found so far, by the word of its severity; it is still to be confirmed.
	Found    map[string]int `json:"found,omitempty"`
	Busy     int            `json:"busy,omitempty"` // cases that are being made
	Requests int64          `json:"requests"`
	Used     time.Duration  `json:"used,omitempty"` // of the campaign's time, without pauses
	Members  []Member       `json:"members"`
}

// Pause lets what is under way end, and begins nothing more until Resume. The time of a pause is not counted.
func (k *Control) Pause() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.goOn == nil {
		k.goOn = make(chan struct{})
		k.clock.stop()
	}
}

// Resume ends a pause.
func (k *Control) Resume() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.goOn != nil {
		close(k.goOn)
		k.goOn = nil
		k.clock.start()
	}
}

// gate waits as long as the campaign is paused.
func (k *Control) gate(ctx context.Context) {
	for {
		k.mu.Lock()
		goOn := k.goOn
		k.mu.Unlock()
		if goOn == nil {
			return
		}
		select {
		case <-goOn:
		case <-ctx.Done():
			return
		}
	}
}

// Add lets one more persona work: it makes those of its probes that nobody makes yet, and helps with what waits. The error
// wraps fs.ErrInvalid when it cannot any more, or is there already.
func (k *Control) Add(persona agents.Persona) error {
	if err := persona.Check(); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of == nil || !k.open {
		return fmt.Errorf("a persona can join while cases are shared out, and this campaign is not so far yet or past it (%w)", fs.ErrInvalid)
	}
	for _, other := range slices.Concat(k.of.Personas, k.joined) {
		if other.ID == persona.ID {
			return fmt.Errorf("%s works in this campaign already (%w)", persona.Name, fs.ErrInvalid)
		}
	}
	for _, id := range persona.Probes {
		if k.of.Probes[id] == nil {
			return fmt.Errorf("persona %s makes the probe %q, which this studio does not have (%w)", persona.ID, id, fs.ErrInvalid)
		}
	}
	excused, ok := k.of.pool.join(k.of, &persona)
	if !ok {
		return fmt.Errorf("the cases are all shared out: %s can work in the next campaign (%w)", persona.Name, fs.ErrInvalid)
	}
	k.joined = append(k.joined, persona)
	k.cases, k.done = len(k.of.cases), k.done+excused
	return nil
}

// joiner is a persona that joined; nil when none of this id did.
func (k *Control) joiner(id string) *agents.Persona {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range k.joined {
		if k.joined[i].ID == id {
			p := k.joined[i]
			return &p
		}
	}
	return nil
}

// Snapshot tells how far the campaign is.
func (k *Control) Snapshot() Snapshot {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := Snapshot{Stage: k.stage, Paused: k.goOn != nil, Done: k.done, Of: k.cases, Members: []Member{}, Found: map[string]int{}}
	for severity, n := range k.counts {
		s.Found[severity.String()] = n
	}
	if k.of != nil {
		s.Requests, s.Busy = k.of.Spent.Requests+k.of.client.Budget().Sent(), int(k.of.busy.Load())
		s.Used = k.of.Spent.Time + k.of.Budget.Time - k.clock.remains()
		if k.of.pool != nil {
			s.Members = k.of.pool.snapshot()
		}
	}
	return s
}

// begin makes the control that of a campaign, and gives the context that ends with its time.
func (k *Control) begin(ctx context.Context, c *campaign) (context.Context, context.CancelFunc) {
	timed, cancel := context.WithCancelCause(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.of, k.counts = c, map[agents.Severity]int{}
	k.clock = &allowance{left: c.Budget.Time, over: func() { cancel(errTime) }}
	if k.goOn == nil {
		k.clock.start()
	}
	return timed, func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.clock.stop()
		cancel(nil)
	}
}

// hear keeps count of what happens, and says with what ends how far the campaign is.
func (k *Control) hear(e *Event) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch e.Kind {
	case Stage:
		if slices.Contains([]string{"discovering", "testing", "confirming", "exploring", "explaining"}, e.Text) {
			k.stage = e.Text
		}
	case Ended:
		k.done++
		e.Done, e.Of = k.done, k.cases
		for i := range e.Findings {
			k.counts[e.Findings[i].Severity]++
		}
	case Discovered, Looked, Began, Confirmed, Told:
	}
}

// planned says which cases there are.
func (k *Control) planned(cases []*Case) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.cases = len(cases)
	for _, x := range cases {
		if x.State == Done {
			k.done++
		}
	}
}

// recount says which cases there are now.
func (k *Control) recount(cases []*Case) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.cases, k.done = len(cases), 0
	for _, x := range cases {
		if x.State == Done {
			k.done++
		}
	}
}

// shares says whether cases are being shared out.
func (k *Control) shares(c *campaign, p *pool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if p != nil {
		c.pool = p
	}
	k.open = p != nil
}

// allowance is a time that can be stopped.
type allowance struct {
	left  time.Duration
	since time.Time
	timer *time.Timer
	over  func()
}

func (a *allowance) start() {
	if a != nil && a.timer == nil {
		a.since = time.Now()
		a.timer = time.AfterFunc(a.left, a.over)
	}
}

// remains is what is left of the time just now.
func (a *allowance) remains() time.Duration {
	if a.timer == nil {
		return a.left
	}
	return max(0, a.left-time.Since(a.since))
}

func (a *allowance) stop() {
	if a != nil && a.timer != nil {
		a.timer.Stop()
		a.timer = nil
		a.left = max(0, a.left-time.Since(a.since))
	}
}

// join lets a persona take cases, and says how many of its own cannot be made; not ok when there are none left to take.
func (p *pool) join(c *campaign, persona *agents.Persona) (excused int, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.active == 0 && len(p.waiting) == 0 {
		return 0, false
	}
	for _, x := range c.planFor(persona, p.probes) {
		c.cases = append(c.cases, x)
		switch excuse := c.excuse(x.probe); {
		case excuse != "":
			x.State, x.Outcome = Done, agents.Skip("%s", excuse)
			excused++
		case x.probe.Last, c.asks(x.probe): // later
		case x.probe.Needs.Has(agents.NeedsIntrusive):
			p.loud = append(p.loud, x)
		default:
			p.waiting = append(p.waiting, x)
		}
	}
	p.enter(persona)
	p.changed.Broadcast()
	return excused, true
}

// snapshot is what everybody does just now, in the order in which they came.
func (p *pool) snapshot() []Member {
	p.mu.Lock()
	defer p.mu.Unlock()
	queues := map[string]int{}
	for _, x := range slices.Concat(p.waiting, p.loud) {
		queues[x.Owner]++
	}
	list := make([]Member, 0, len(p.members))
	for _, m := range p.members {
		one := *m
		one.Queue, one.Success = queues[m.Persona], nil
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b Member) int { return cmp.Compare(a.place, b.place) })
	return list
}
