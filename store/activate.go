package store

import (
	"context"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// SetActive switches a workflow's triggers on or off, in one transaction. Its addresses and schedules are replaced by
// those given; switched off it has none. fs.ErrExist names the workflow that has one of the paths.
func (s *Store) SetActive(ctx context.Context, scope auth.Scope, id string, active bool, hooks []engine.Hook, schedules []engine.Schedule) error {
	return s.changeWorkflow(ctx, scope, id, "deleted = 0", func(q querier, ws string, sum engine.Summary) error {
		if err := disarm(ctx, q, ws, id); err != nil || !active {
			return err
		}
		if sum.Archived {
			return invalid("an archived workflow has no triggers; take it out of the archive first")
		}
		for _, h := range hooks {
			h.Workspace, h.WorkflowID, h.Test = ws, id, 0
			if err := putHook(ctx, q, h); err != nil {
				return err
			}
		}
		for _, v := range schedules {
			_, err := q.exec(ctx, "INSERT INTO schedules (workspace, workflow, id, node, cron, timezone, next, last) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
				ws, id, v.ID, v.Node, v.Cron, v.Timezone, v.Next, v.Last)
			if isDuplicate(err) {
				return taken("two schedules of the workflow have the id %q", v.ID)
			}
			if err != nil {
				return err
			}
		}
		_, err := q.exec(ctx, "UPDATE workflows SET active = $3 WHERE workspace = $1 AND id = $2", ws, id, true)
		return err
	})
}

// disarm removes a workflow's addresses and schedules.
func disarm(ctx context.Context, q querier, ws, id string) error {
	for _, text := range []string{
		"DELETE FROM hooks WHERE workspace = $1 AND workflow = $2 AND test = 0",
		"DELETE FROM schedules WHERE workspace = $1 AND workflow = $2",
	} {
		if _, err := q.exec(ctx, text, ws, id); err != nil {
			return err
		}
	}
	_, err := q.exec(ctx, "UPDATE workflows SET active = $3 WHERE workspace = $1 AND id = $2", ws, id, false)
	return err
}
