package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

const scheduleColumns = "id, workspace, workflow, node, cron, timezone, next, last"

func scanSchedule(row scanner) (v engine.Schedule, err error) {
	return v, row.Scan(&v.ID, &v.Workspace, &v.WorkflowID, &v.Node, &v.Cron, &v.Timezone, &v.Next, &v.Last)
}

// DueSchedules lists schedules of all workspaces whose time has come, the longest due first. One with a Next of 0
// never comes.
func (s *Store) DueSchedules(ctx context.Context, now int64, limit int) ([]engine.Schedule, error) {
	return collect(ctx, s.studio.reader(), scanSchedule,
		"SELECT "+scheduleColumns+" FROM schedules WHERE next > 0 AND next <= $1 ORDER BY next, id LIMIT $2", now, pageSize(limit))
}

// AdvanceSchedule sets Next and Last if Next still is was, and returns the revision that is published at that moment. Of
// several replicas only one gets it and fires; 0 is for all others, and when the workflow has been taken back meanwhile.
func (s *Store) AdvanceSchedule(ctx context.Context, v engine.Schedule, was int64) (revision int64, err error) {
	err = s.studio.tx(ctx, func(q querier) error {
		revision = 0
		n, err := q.exec(ctx, "UPDATE schedules SET next = $5, last = $6 WHERE workspace = $1 AND workflow = $2 AND id = $3 AND next = $4",
			v.Workspace, v.WorkflowID, v.ID, was, v.Next, v.Last)
		if err != nil || n != 1 {
			return err
		}
		// Who takes the workflow back deletes this row, and so waits for us or has left nothing to advance.
		err = q.row(ctx, "SELECT published FROM workflows WHERE workspace = $1 AND id = $2 AND active", v.Workspace, v.WorkflowID).Scan(&revision)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return revision, err
}

// Schedules lists a workflow's schedules.
func (s *Store) Schedules(ctx context.Context, scope auth.Scope, workflowID string) ([]engine.Schedule, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	q := s.studio.reader()
	if err := needWorkflow(ctx, q, ws, workflowID, ""); err != nil {
		return nil, err
	}
	return collect(ctx, q, scanSchedule, "SELECT "+scheduleColumns+" FROM schedules WHERE workspace = $1 AND workflow = $2 ORDER BY id", ws, workflowID)
}
