package store

import (
	"context"
	"slices"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// Publish makes a revision what triggers and callers run, in one transaction: the addresses and schedules are replaced
// by those given, and the list of versions says who did it. fs.ErrExist names the workflow that has one of the paths.
func (s *Store) Publish(ctx context.Context, scope auth.Scope, id string, p engine.Publication) (v engine.Version, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return v, err
	}
	v = engine.Version{ID: newID(), Revision: p.Revision, Published: true, By: scope.User(), At: s.now()}
	if v.Note, err = versionText(p.Note, maxVersionNote); err != nil {
		return v, err
	}
	text, err := s.drawingAt(ctx, ws, id, p.Revision)
	if err != nil {
		return v, err
	}
	err = s.changeWorkflow(ctx, scope, id, "deleted = 0", func(q querier, ws string, sum engine.Summary) error {
		if sum.Archived {
			return invalid("an archived workflow has no triggers; take it out of the archive first")
		}
		known, err := collect(ctx, q, scanSchedule, "SELECT "+scheduleColumns+" FROM schedules WHERE workspace = $1 AND workflow = $2", ws, id)
		if err != nil {
			return err
		}
		if err := disarm(ctx, q, ws, id); err != nil {
			return err
		}
		if err := arm(ctx, q, ws, id, p, known); err != nil {
			return err
		}
		if err := putVersion(ctx, q, ws, id, v, text); err != nil {
			return err
		}
		_, err = q.exec(ctx, "UPDATE workflows SET active = $3, published = $4 WHERE workspace = $1 AND id = $2", ws, id, len(p.Hooks)+len(p.Schedules) > 0, v.Revision)
		return err
	})
	return v, err
}

// Unpublish takes a workflow's triggers away; callers run the drawing as it is.
func (s *Store) Unpublish(ctx context.Context, scope auth.Scope, id string) error {
	return s.changeWorkflow(ctx, scope, id, "deleted = 0", func(q querier, ws string, _ engine.Summary) error { return disarm(ctx, q, ws, id) })
}

// arm keeps addresses and schedules. A schedule that was there before goes on: a time that has come is not lost.
func arm(ctx context.Context, q querier, ws, id string, p engine.Publication, known []engine.Schedule) error {
	for _, h := range p.Hooks {
		h.Workspace, h.WorkflowID, h.Test = ws, id, 0
		if err := putHook(ctx, q, h); err != nil {
			return err
		}
	}
	for _, v := range p.Schedules {
		if i := slices.IndexFunc(known, func(k engine.Schedule) bool { return k.ID == v.ID && k.Cron == v.Cron && k.Timezone == v.Timezone }); i >= 0 {
			v.Next, v.Last = known[i].Next, known[i].Last
		}
		_, err := q.exec(ctx, "INSERT INTO schedules (workspace, workflow, id, node, cron, timezone, next, last) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			ws, id, v.ID, v.Node, v.Cron, v.Timezone, v.Next, v.Last)
		if isDuplicate(err) {
			return taken("two schedules of the workflow have the id %q", v.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// disarm removes a workflow's addresses and schedules; nothing of it is published any more.
func disarm(ctx context.Context, q querier, ws, id string) error {
	for _, text := range []string{
		"DELETE FROM hooks WHERE workspace = $1 AND workflow = $2 AND test = 0",
		"DELETE FROM schedules WHERE workspace = $1 AND workflow = $2",
	} {
		if _, err := q.exec(ctx, text, ws, id); err != nil {
			return err
		}
	}
	_, err := q.exec(ctx, "UPDATE workflows SET active = $3, published = 0 WHERE workspace = $1 AND id = $2", ws, id, false)
	return err
}
