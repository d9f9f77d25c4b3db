package store

import (
	"context"
	"time"

	"github.com/atelier-studio/atelier/auth"
)

// minKeepDays is the shortest time that edits are kept: who was offline for so long can still bring theirs.
const minKeepDays = 7

// KeepRevisions returns for how many days the workspace keeps every revision; 0: for ever.
func (s *Store) KeepRevisions(ctx context.Context, scope auth.Scope) (days int, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return 0, err
	}
	return one(ctx, s.studio.reader(), "such workspace", func(row scanner) (n int, err error) { return n, row.Scan(&n) },
		"SELECT keep_revisions_days FROM workspaces WHERE id = $1", ws)
}

// SetKeepRevisions says for how many days the workspace keeps every revision; 0: for ever.
func (s *Store) SetKeepRevisions(ctx context.Context, scope auth.Scope, days int) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	if days != 0 && days < minKeepDays || days > 36_500 {
		return invalid("revisions are kept for at least %d days, or for ever (0)", minKeepDays)
	}
	return s.studio.mustTouch(ctx, "such workspace", "UPDATE workspaces SET keep_revisions_days = $2 WHERE id = $1", ws, days)
}

// PruneRevisions removes the edits that are older than their workspace keeps them, and says how many. The drawings as
// they are, and those of named and published versions, stay.
func (s *Store) PruneRevisions(ctx context.Context, now int64) (total int, err error) {
	type rule struct {
		ws   string
		days int
	}
	rules, err := collect(ctx, s.studio.reader(), func(row scanner) (r rule, err error) { return r, row.Scan(&r.ws, &r.days) },
		"SELECT id, keep_revisions_days FROM workspaces WHERE keep_revisions_days > 0")
	if err != nil {
		return 0, err
	}
	for _, r := range rules {
		n, err := s.pruneRevisions(ctx, r.ws, now-int64(r.days)*(24*time.Hour).Microseconds())
		if total += n; err != nil {
			return total, err
		}
	}
	if total > 0 {
		err = s.studio.shrink(ctx)
	}
	return total, err
}

// pruneRevisions removes the beginning of each workflow's history, without a gap, a few edits at a time.
func (s *Store) pruneRevisions(ctx context.Context, ws string, before int64) (total int, err error) {
	type end struct {
		workflow string
		number   int64
	}
	ends, err := collect(ctx, s.studio.reader(), func(row scanner) (e end, err error) { return e, row.Scan(&e.workflow, &e.number) },
		"SELECT workflow, max(number) FROM revisions WHERE workspace = $1 AND at < $2 GROUP BY workflow", ws, before)
	if err != nil {
		return 0, err
	}
	for _, e := range ends {
		for {
			n, err := s.studio.exec(ctx, `DELETE FROM revisions WHERE workspace = $1 AND workflow = $2 AND number IN (
				SELECT number FROM revisions WHERE workspace = $1 AND workflow = $2 AND number <= $3 ORDER BY number LIMIT 500)`, ws, e.workflow, e.number)
			if total += int(n); err != nil || n < 500 {
				if err != nil {
					return total, err
				}
				break
			}
		}
	}
	return total, nil
}
