package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

// Plan is a campaign that is run again and again.
type Plan struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Settings campaign.Settings `json:"settings"`
	After    After             `json:"after,omitzero"`
	Cron     string            `json:"cron"`
	Timezone string            `json:"timezone"`
	Active   bool              `json:"active"`
	Next     int64             `json:"next,omitempty"` // 0: never
	Last     int64             `json:"last,omitempty"`
	Error    string            `json:"error,omitempty"` // why it was not started when its time came last
	Created  int64             `json:"created"`
	Updated  int64             `json:"updated"`
	By       string            `json:"by"`
}

// Check tells whether a plan can be carried out, and finds when next; the error wraps fs.ErrInvalid.
func (p *Plan) Check(probes map[string]*agents.Probe, next NextTimes, now time.Time) error {
	c := Campaign{Name: p.Name, Settings: p.Settings, After: p.After}
	if err := c.Check(probes); err != nil {
		return err
	}
	p.Name, p.Next = c.Name, 0
	times, err := next(p.Cron, p.Timezone, now, 1)
	if err != nil {
		return err
	}
	if len(times) == 0 {
		return fmt.Errorf("%q never comes (%w)", p.Cron, fs.ErrInvalid)
	}
	if p.Active {
		p.Next = times[0].UnixMicro()
	}
	return nil
}

// NextTimes tells when a cron line fires next.
type NextTimes func(cron, timezone string, from time.Time, n int) ([]time.Time, error)

// DuePlan is a plan whose time has come.
type DuePlan struct {
	Plan
	Workspace string
}

// Plans are kept by a store.
type Plans interface {
	// DuePlans lists those of all workspaces whose time has come.
	DuePlans(ctx context.Context, now int64, limit int) ([]DuePlan, error)
	// StartPlan makes a campaign of a plan, if its time is still the one that it was found with: of several processes one
	// does it. A plan whose last campaign is still open is only moved on.
	StartPlan(ctx context.Context, p DuePlan, next int64) (started bool, err error)
	// MissPlan moves a plan on that cannot be started, and keeps why.
	MissPlan(ctx context.Context, p DuePlan, next int64, why string) error
}

// Clock starts plans when their time has come.
type Clock struct {
	Plans Plans
	Next  NextTimes
	Now   func() time.Time
	Log   *slog.Logger
	Wake  func() // the worker

	since map[string]time.Time // plans that could not be started, and since when
}

// Run looks at the plans until the context ends.
func (k *Clock) Run(ctx context.Context) {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		if err := k.Look(ctx); err != nil && ctx.Err() == nil {
			k.Log.WarnContext(ctx, "planned campaigns could not be started; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Look starts what is due. A plan that cannot be started does not keep others waiting.
func (k *Clock) Look(ctx context.Context) error {
	now := k.Now()
	due, err := k.Plans.DuePlans(ctx, now.UnixMicro(), 100)
	if err != nil {
		return err
	}
	for _, p := range due {
		next := int64(0) // a line that cannot be read any more never comes
		if times, err := k.Next(p.Cron, p.Timezone, now, 1); err == nil && len(times) > 0 {
			next = times[0].UnixMicro()
		}
		started, err := k.Plans.StartPlan(ctx, p, next)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			k.missed(ctx, p, next, err)
			continue
		case started && k.Wake != nil:
			k.Wake()
		}
		delete(k.since, p.ID)
	}
	return nil
}

// missed moves a plan on that could not be started. What may pass by itself is tried again for some minutes.
func (k *Clock) missed(ctx context.Context, p DuePlan, next int64, why error) {
	const patience = 10 * time.Minute
	k.Log.WarnContext(ctx, "a planned campaign could not be started", "workspace", p.Workspace, "plan", p.ID, "error", why)
	first, again := k.since[p.ID]
	if !again {
		first = k.Now()
		if k.since == nil {
			k.since = map[string]time.Time{}
		}
		k.since[p.ID] = first
	}
	if !errors.Is(why, fs.ErrInvalid) && k.Now().Sub(first) < patience {
		return
	}
	delete(k.since, p.ID)
	if err := k.Plans.MissPlan(ctx, p, next, reason(why)); err != nil {
		k.Log.WarnContext(ctx, "a planned campaign could not be moved on; it is tried again", "plan", p.ID, "error", err)
	}
}
