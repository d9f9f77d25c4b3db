package store

import (
	"context"
	"fmt"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// Heartbeat says that owner lives.
func (j *Journal) Heartbeat(ctx context.Context, owner string, now int64) error {
	if owner == "" {
		return invalid("a process needs a name")
	}
	_, err := j.store.runs.exec(ctx, "INSERT INTO processes (owner, seen) VALUES ($1, $2) ON CONFLICT (owner) DO UPDATE SET seen = excluded.seen", owner, now)
	return err
}

// Claim takes over, for owner, runs that must go on, the oldest first: those whose owner gave no sign since the time
// dead, and waiting ones whose Wake has come. They come back running, with Owner set, Wake 0 and a Fence that makes
// every write of the former owner fail. Runs of several workspaces may come.
func (j *Journal) Claim(ctx context.Context, owner string, now, dead int64, limit int) (claimed []*engine.Run, err error) {
	if owner == "" {
		return nil, invalid("a process needs a name")
	}
	limit = max(1, min(limit, 1000))
	err = j.store.runs.tx(ctx, func(q querier) error {
		claimed = nil
		lock := ""
		if q.db.postgres {
			lock = " FOR UPDATE SKIP LOCKED" // another replica's claim takes those
		}
		for _, due := range []struct {
			condition string
			args      []any
		}{
			{"status IN ('queued', 'running') AND owner <> $2 AND NOT EXISTS (SELECT 1 FROM processes p WHERE p.owner = runs.owner AND p.seen >= $3)", []any{owner, dead}},
			{"status = 'waiting' AND wake > 0 AND wake <= $2", []any{now}},
		} {
			list, err := collect(ctx, q, scanRunInput, "SELECT "+runColumns+", input FROM runs WHERE "+due.condition+" ORDER BY created, id LIMIT $1"+lock,
				append([]any{limit - len(claimed)}, due.args...)...)
			if err != nil {
				return err
			}
			claimed = append(claimed, list...)
			if len(claimed) == limit {
				break
			}
		}
		for _, r := range claimed {
			r.Fence, r.Owner, r.Status, r.Wake = r.Fence+1, owner, engine.Running, 0
			if err := takeOver(ctx, q, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// Take takes one run over for owner, whoever has it, as a cancellation or a person's decision needs it: the former
// owner's writes fail from now on. The run keeps its status. One that has ended is fs.ErrInvalid.
func (j *Journal) Take(ctx context.Context, workspace, id, owner string) (run *engine.Run, err error) {
	ws, err := workspaceID(workspace)
	if err != nil {
		return nil, err
	}
	err = j.store.runs.tx(ctx, func(q querier) error {
		run, err = one(ctx, q, fmt.Sprintf("run %.80q in this workspace", id), scanRunInput,
			"SELECT "+runColumns+", input FROM runs WHERE workspace = $1 AND id = $2"+q.db.forUpdate(), ws, id)
		if err != nil {
			return err
		}
		if run.Status.Final() {
			return invalid("the run has ended: it %s", run.Status)
		}
		run.Fence, run.Owner = run.Fence+1, owner
		return takeOver(ctx, q, run)
	})
	return run, err
}

func takeOver(ctx context.Context, q querier, r *engine.Run) error {
	_, err := q.exec(ctx, "UPDATE runs SET owner = $3, fence = $4, status = $5, wake = $6 WHERE workspace = $1 AND id = $2",
		r.Workspace, r.ID, r.Owner, r.Fence, string(r.Status), r.Wake)
	return err
}

// forgetProcesses removes the rows of processes that have been dead for a day.
func (s *Store) forgetProcesses(ctx context.Context) error {
	_, err := s.runs.exec(ctx, "DELETE FROM processes WHERE seen < $1", s.now()-(24*time.Hour).Microseconds())
	return err
}
