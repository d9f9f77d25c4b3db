package store

import (
	"context"
	"time"

	"github.com/atelier-studio/atelier/auth"
)

// pruneBatch is how many runs one transaction removes, so that the journal never waits long for one.
const pruneBatch = 100

// ended is the condition of runs that will never change again.
const ended = "status IN ('succeeded', 'failed', 'cancelled')"

// DeleteRuns removes a workflow's ended runs that were created before a time, of all workflows when workflow is "",
// and says how many.
func (s *Store) DeleteRuns(ctx context.Context, scope auth.Scope, workflow string, before int64) (int, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return 0, err
	}
	condition, args := "created < $2 AND "+ended, []any{ws, before}
	if workflow != "" {
		condition, args = condition+" AND workflow = $3", append(args, workflow)
	}
	n, err := s.deleteRunsWhere(ctx, condition, args...)
	if err != nil || n == 0 {
		return n, err
	}
	return n, s.runs.shrink(ctx)
}

// deleteAllRuns removes everything of a workflow that is purged, whatever its state.
func (s *Store) deleteAllRuns(ctx context.Context, ws, workflow string) error {
	if _, err := s.deleteRunsWhere(ctx, "workflow = $2", ws, workflow); err != nil {
		return err
	}
	_, err := s.runs.exec(ctx, "DELETE FROM snapshots WHERE workspace = $1 AND workflow = $2", ws, workflow)
	return err
}

// deleteRunsWhere removes runs of the workspace $1 with their journal, in small transactions.
func (s *Store) deleteRunsWhere(ctx context.Context, condition string, args ...any) (total int, err error) {
	for {
		var n int
		err := s.runs.tx(ctx, func(q querier) error {
			ids, err := collect(ctx, q, scanText, "SELECT id FROM runs WHERE workspace = $1 AND "+condition+" ORDER BY created, id LIMIT 100", args...)
			if err != nil {
				return err
			}
			n = len(ids)
			return deleteRunsByID(ctx, q, args[0].(string), ids)
		})
		total += n
		if err != nil || n < pruneBatch {
			return total, err
		}
	}
}

func deleteRunsByID(ctx context.Context, q querier, ws string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	for _, text := range []string{"DELETE FROM journal WHERE workspace = $1 AND run", "DELETE FROM answers WHERE workspace = $1 AND run", "DELETE FROM runs WHERE workspace = $1 AND id"} {
		args := []any{ws}
		list := ""
		for i, id := range ids {
			args = append(args, id)
			if i > 0 {
				list += ","
			}
			list += placeholder(i + 2)
		}
		if _, err := q.exec(ctx, text+" IN ("+list+")", args...); err != nil {
			return err
		}
	}
	return nil
}

// PruneRuns removes ended runs older than their workflow keeps them, or older than keepDays where the workflow does
// not say (0: for ever), then drawings and files that nothing needs any more. It says how many runs that were.
func (s *Store) PruneRuns(ctx context.Context, now int64, keepDays int) (int, error) {
	before := func(days int) int64 { return now - int64(days)*(24*time.Hour).Microseconds() }
	workspaces, err := collect(ctx, s.studio.reader(), scanText, "SELECT id FROM workspaces ORDER BY id")
	if err != nil {
		return 0, err
	}
	total := 0
	for _, ws := range workspaces {
		own, err := s.ownRetention(ctx, ws)
		if err != nil {
			return total, err
		}
		for workflow, days := range own {
			n, err := s.deleteRunsWhere(ctx, "created < $2 AND workflow = $3 AND "+ended, ws, before(days), workflow)
			if total += n; err != nil {
				return total, err
			}
		}
		if keepDays > 0 {
			n, err := s.pruneOthers(ctx, ws, before(keepDays), own)
			if total += n; err != nil {
				return total, err
			}
			if err := s.pruneFiles(ctx, ws, before(2*keepDays)); err != nil {
				return total, err
			}
		}
	}
	_, err = s.runs.exec(ctx, `DELETE FROM snapshots WHERE kept < $1
		AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.workspace = snapshots.workspace AND r.workflow = snapshots.workflow AND r.revision = snapshots.revision)`,
		now-snapshotRest.Microseconds())
	if err != nil || total == 0 {
		return total, err
	}
	return total, s.runs.shrink(ctx)
}

// ownRetention returns the days that workflows keep their runs, of those which say it themselves.
func (s *Store) ownRetention(ctx context.Context, ws string) (map[string]int, error) {
	own := map[string]int{}
	_, err := collect(ctx, s.studio.reader(), func(row scanner) (struct{}, error) {
		var id string
		var days int
		err := row.Scan(&id, &days)
		own[id] = days
		return struct{}{}, err
	}, "SELECT id, keep_days FROM workflows WHERE workspace = $1 AND keep_days > 0", ws)
	return own, err
}

// pruneOthers removes old runs of workflows without a rule of their own, page by page past those that have one.
func (s *Store) pruneOthers(ctx context.Context, ws string, before int64, own map[string]int) (total int, err error) {
	type row struct {
		id, workflow string
		created      int64
	}
	var last row
	for {
		page, err := collect(ctx, s.runs.reader(), func(r scanner) (v row, err error) {
			return v, r.Scan(&v.id, &v.workflow, &v.created)
		}, "SELECT id, workflow, created FROM runs WHERE workspace = $1 AND created < $2 AND (created, id) > ($3, $4) AND "+ended+" ORDER BY created, id LIMIT 100",
			ws, before, last.created, last.id)
		if err != nil || len(page) == 0 {
			return total, err
		}
		last = page[len(page)-1]
		var ids []string
		for _, r := range page {
			if own[r.workflow] == 0 {
				ids = append(ids, r.id)
			}
		}
		if err := s.runs.tx(ctx, func(q querier) error { return deleteRunsByID(ctx, q, ws, ids) }); err != nil {
			return total, err
		}
		total += len(ids)
	}
}
