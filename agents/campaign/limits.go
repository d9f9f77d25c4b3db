package campaign

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/wire"
)

// used is what a persona has used of its limits: the time of its cases, one after the other, and the requests that they
// sent. What pages ask for in a browser is the campaign's alone.
type used struct {
	requests wire.Count
	mu       sync.Mutex
	time     time.Duration
}

// up tells whether nothing is left for another case.
func (u *used) up(p *agents.Persona) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return p.Limits.Time > 0 && u.time >= p.Limits.Time || p.Limits.Requests > 0 && u.requests.Sent() >= int64(p.Limits.Requests)
}

// within bounds a case to what is left; done counts what it took.
func (u *used) within(ctx context.Context, p *agents.Persona) (limited context.Context, done func()) {
	if p.Limits == (agents.Limits{}) {
		return ctx, func() {}
	}
	cancel := func() {}
	if p.Limits.Time > 0 {
		u.mu.Lock()
		left := p.Limits.Time - u.time
		u.mu.Unlock()
		ctx, cancel = context.WithTimeoutCause(ctx, left, fmt.Errorf("%s has used up its time", p.Name))
	}
	ctx = wire.Counted(ctx, &u.requests, p.Limits.Requests)
	begun := time.Now()
	return ctx, func() {
		cancel()
		u.mu.Lock()
		defer u.mu.Unlock()
		u.time += time.Since(begun)
	}
}

// spentBy is what a persona has used.
func (p *pool) spentBy(persona *agents.Persona) *used {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.used[persona.ID] == nil { // it is in no area that is tested, and helps all the same
		p.used[persona.ID] = &used{}
	}
	return p.used[persona.ID]
}

// persona is one that works in the campaign, also when it joined later.
func (c *campaign) persona(id string) *agents.Persona {
	for i := range c.Personas {
		if c.Personas[i].ID == id {
			return &c.Personas[i]
		}
	}
	if p := c.Control.joiner(id); p != nil {
		return p
	}
	return &agents.Persona{ID: id, Name: id}
}
