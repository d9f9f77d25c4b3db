package engine

import (
	"context"
	"errors"
)

// ErrLostLease is returned for a write by a process that no longer owns the run: it stops silently, because another
// process has taken over.
var ErrLostLease = errors.New("another process has taken over this run")

// Chunk is a piece of a run's journal: consecutive events, encoded, and what they change in the run's row. It is
// written in one transaction or not at all.
type Chunk struct {
	Workspace string
	Run       string
	Fence     int64
	First     int64  // seq of the first event
	Count     int    // number of events
	Events    []byte // the events as JSON lines
	// Update, when not nil, is the run's row after these events: Status, Error, ErrorNode, Started, Finished, Wake, Steps.
	Update *Run
}

// Journal keeps runs and their events. Writes from many runs are gathered into few transactions; a write that was
// acknowledged is on disk. The store implements it.
type Journal interface {
	// Accept makes a new run durable with its first chunk. When a run with the same workspace, workflow and
	// idempotency key exists, nothing is written and the error wraps fs.ErrExist and the existing run is returned.
	Accept(ctx context.Context, run *Run, chunk Chunk) (*Run, error)
	// Append hands a chunk over; done is called once, from another goroutine, when it is on disk or refused
	// (ErrLostLease). Chunks of one run are written in the order of the calls. It blocks while the queue is full.
	Append(chunk Chunk, done func(error))
	// Load returns a run and all chunks of its journal in order.
	Load(ctx context.Context, workspace, id string) (*Run, []Chunk, error)
	// Claim takes over, for owner, runs that must go on: those of owners without a heartbeat since the time dead,
	// waiting runs whose Wake has come, and those that nobody executes and that are to be cancelled, at most limit.
	// Each comes back with its Fence raised and Owner set.
	Claim(ctx context.Context, owner string, now, dead int64, limit int) ([]*Run, error)
	// Heartbeat says that owner lives.
	Heartbeat(ctx context.Context, owner string, now int64) error
	Interventions
	Questions
}

// Interventions reach runs from outside of the process that executes them. Whoever writes to a run's journal without
// executing it must have been given it by one of these, or by Claim: its Fence has been raised, so that nobody else's
// events can come in between.
type Interventions interface {
	// Cancel notes that a run is to be cancelled. When no process executes it, because it sleeps, asks a person, or its
	// owner is without a heartbeat since the time dead, it is given to owner, running, and mine says so. A run that has
	// ended is fs.ErrInvalid.
	Cancel(ctx context.Context, workspace, id, owner string, now, dead int64) (run *Run, mine bool, err error)
	// Asked returns the runs of owner that are to be cancelled and have not ended.
	Asked(ctx context.Context, owner string) ([]*Run, error)
	// Called returns the ids of the runs that a run called and that have not ended.
	Called(ctx context.Context, workspace, id string) ([]string, error)
	// Take gives a run that is in the status to owner; fs.ErrInvalid when it is in another.
	Take(ctx context.Context, workspace, id, owner string, status Status) (*Run, error)
}

// Source finds workflows and what their runs read. The store implements it.
type Source interface {
	// RunnableWorkflow returns a workflow of the workspace by id, or by name when no id matches; fs.ErrNotExist.
	// A revision above 0 asks for the drawing as it was then: it must have been kept with KeepRevision. Published asks
	// for the published one, and for the current one while nothing is published.
	RunnableWorkflow(ctx context.Context, workspace, ref string, revision int64) (*Stored, error)
	// KeepRevision keeps the drawing of a revision for as long as there are runs of it.
	KeepRevision(ctx context.Context, workspace, id string, revision int64) error
	// RunVariables returns the workspace's variables for $vars.
	RunVariables(ctx context.Context, workspace string) (map[string]any, error)
}
