package store

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/engine"
)

// Cancel notes at the time now that a run is to be cancelled. While a living process executes it, that process ends it.
// A run that sleeps, asks a person, or whose owner gave no sign since the time dead is given to owner, running, and mine
// says so: the former owner's writes fail from now on. One that has ended is fs.ErrInvalid.
func (j *Journal) Cancel(ctx context.Context, workspace, id, owner string, now, dead int64) (run *engine.Run, mine bool, err error) {
	err = j.intervene(ctx, workspace, id, func(q querier, r *engine.Run) error {
		run = r
		if r.Cancel == 0 {
			r.Cancel = max(now, 1)
			if _, err := q.exec(ctx, "UPDATE runs SET cancel = $3 WHERE workspace = $1 AND id = $2", r.Workspace, r.ID, r.Cancel); err != nil {
				return err
			}
		}
		if mine = r.Status == engine.Waiting || r.Status == engine.Deciding; !mine {
			if r.Owner == owner {
				return nil
			}
			alive, err := collect(ctx, q, scanText, "SELECT owner FROM processes WHERE owner = $1 AND seen >= $2", r.Owner, dead)
			if mine = len(alive) == 0; err != nil || !mine {
				return err
			}
		}
		r.Fence, r.Owner, r.Status, r.Wake = r.Fence+1, owner, engine.Running, 0
		return takeOver(ctx, q, r)
	})
	return run, mine && err == nil, err
}

// Take gives a run to owner, as a person's decision needs it, when it is in the status. It keeps the status; whoever
// had it before cannot write any more. One in another status is fs.ErrInvalid.
func (j *Journal) Take(ctx context.Context, workspace, id, owner string, status engine.Status) (run *engine.Run, err error) {
	err = j.intervene(ctx, workspace, id, func(q querier, r *engine.Run) error {
		if run = r; r.Status != status {
			return invalid("the run is %s, no longer %s", r.Status, status)
		}
		r.Fence, r.Owner = r.Fence+1, owner
		return takeOver(ctx, q, r)
	})
	return run, err
}

// intervene changes a run that has not ended, in one transaction that nobody else's change of it comes into.
func (j *Journal) intervene(ctx context.Context, workspace, id string, change func(querier, *engine.Run) error) error {
	ws, err := workspaceID(workspace)
	if err != nil {
		return err
	}
	return j.store.runs.tx(ctx, func(q querier) error {
		run, err := one(ctx, q, fmt.Sprintf("run %.80q in this workspace", id), scanRunInput,
			"SELECT "+runColumns+", input FROM runs WHERE workspace = $1 AND id = $2"+q.db.forUpdate(), ws, id)
		if err != nil {
			return err
		}
		if run.Status.Final() {
			return invalid("the run has already ended: it %s", endedAs(run.Status))
		}
		return change(q, run)
	})
}

func endedAs(s engine.Status) string {
	if s == engine.Cancelled {
		return "was cancelled"
	}
	return string(s)
}

// Asked returns the runs of owner that are to be cancelled and have not ended.
func (j *Journal) Asked(ctx context.Context, owner string) ([]*engine.Run, error) {
	return collect(ctx, j.store.runs.reader(), scanRun, "SELECT "+runColumns+" FROM runs WHERE cancel > 0 AND "+unended+" AND owner = $1", owner)
}

// Called returns the ids of the runs that a run called and that have not ended.
func (j *Journal) Called(ctx context.Context, workspace, id string) ([]string, error) {
	ws, err := workspaceID(workspace)
	if err != nil {
		return nil, err
	}
	return collect(ctx, j.store.runs.reader(), scanText,
		"SELECT id FROM runs WHERE "+unended+" AND workspace = $1 AND parent = $2 AND parent <> '' AND origin = 'call'", ws, id)
}
