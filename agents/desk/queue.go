package desk

import (
	"context"
	"errors"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

// Task is a campaign that a worker holds.
type Task struct {
	Campaign
	Workspace string
	Owner     string
	Fence     int64
	Logins    []campaign.Login // with their passwords
	// Left is what the campaign leaves for the next one on its target; nil before it ends.
	Left *agents.Baseline
}

// Wish is what people want of a campaign that is under way.
type Wish struct {
	Pause, Stop bool
	// Personas are all that are to work in it, with those that joined.
	Personas []agents.Persona
}

// ErrTaken says that another worker holds the task, or that it is gone.
var ErrTaken = errors.New("another process works on this campaign")

// Queue is where campaigns wait and are kept. What belongs to a task is refused with ErrTaken once the task is not the
// worker's any more.
type Queue interface {
	// Claim takes the campaign that waits longest, or one whose worker gave no sign since dead; nil: there is none.
	Claim(ctx context.Context, owner string, dead int64) (*Task, error)
	// Beat says that the task is worked on and how far it is, and returns what is wished.
	Beat(ctx context.Context, t *Task, b Board) (Wish, error)
	// Look keeps what a persona looks at, in place of what it looked at before.
	Look(ctx context.Context, t *Task, persona string, png []byte) error
	// Cases are those that Keep kept.
	Cases(ctx context.Context, t *Task) (map[string]campaign.Case, error)
	Keep(ctx context.Context, t *Task, cases []campaign.Case) error
	// Baseline is what the last campaign on the same target left that was done before; nil: there is none.
	Baseline(ctx context.Context, t *Task) (*agents.Baseline, error)
	// Release gives a task back, to be gone on with: in one that is paused, once somebody lets it go on or stops it.
	Release(ctx context.Context, t *Task) error
	// Finish keeps what a campaign came to, and what it leaves; r is nil when nothing could be tested. Where something
	// happens after it, that is to be done until Told says so.
	Finish(ctx context.Context, t *Task, r *campaign.Result) error
	// Untold are campaigns that ended before a time, and after which something still has to happen.
	Untold(ctx context.Context, before int64) ([]*Task, error)
	Told(ctx context.Context, t *Task) error
}
