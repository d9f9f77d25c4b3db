package store

import (
	"context"
	"slices"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// Heartbeat says that owner lives.
func (j *Journal) Heartbeat(ctx context.Context, owner string, now int64) error {
	if owner == "" {
		return invalid("a process needs a name")
	}
	_, err := j.store.runs.exec(ctx, heartbeat, owner, now)
	return err
}

const heartbeat = `INSERT INTO processes (owner, seen) VALUES ($1, $2)
	ON CONFLICT (owner) DO UPDATE SET seen = CASE WHEN excluded.seen > processes.seen THEN excluded.seen ELSE processes.seen END`

// Claim takes over, for owner, runs that must go on, the oldest first: those whose owner gave no sign since the time
// dead, waiting ones whose Wake has come, and those that nobody executes and that are to be cancelled. They come back running, with Owner set, Wake 0 and a Fence that makes
// every write of the former owner fail. Runs of several workspaces may come. It counts as a heartbeat.
func (j *Journal) Claim(ctx context.Context, owner string, now, dead int64, limit int) (claimed []*engine.Run, err error) {
	if owner == "" {
		return nil, invalid("a process needs a name")
	}
	limit = max(1, min(limit, 1000))
	err = j.store.runs.tx(ctx, func(q querier) error {
		claimed = nil
		if _, err := q.exec(ctx, heartbeat, owner, now); err != nil {
			return err
		}
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
			{"status IN ('waiting', 'deciding') AND cancel > 0", nil},
		} {
			list, err := collect(ctx, q, scanRunInput, "SELECT "+runColumns+", input FROM runs WHERE "+unended+" AND "+due.condition+" ORDER BY created, id LIMIT $1"+lock,
				append([]any{limit - len(claimed)}, due.args...)...)
			if err != nil {
				return err
			}
			if list, err = stillDue(ctx, q, list, owner, dead); err != nil {
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

// stillDue leaves out what another replica took over between the look and the lock: Postgres judges a changed row by
// its own columns again, but not by what other tables hold for them.
func stillDue(ctx context.Context, q querier, list []*engine.Run, owner string, dead int64) ([]*engine.Run, error) {
	if !q.db.postgres || len(list) == 0 {
		return list, nil
	}
	alive, err := collect(ctx, q, scanText, "SELECT owner FROM processes WHERE seen >= $1", dead)
	return slices.DeleteFunc(list, func(r *engine.Run) bool {
		return r.Status != engine.Waiting && r.Status != engine.Deciding && (r.Owner == owner || slices.Contains(alive, r.Owner))
	}), err
}

// unended is the condition of the index runs_open, word for word, without which SQLite does not use it.
const unended = "status IN ('queued', 'running', 'waiting', 'deciding')"

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
