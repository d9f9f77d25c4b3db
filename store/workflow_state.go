package store

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// MoveWorkflow puts a workflow into a folder ("" takes it out of all).
func (s *Store) MoveWorkflow(ctx context.Context, scope auth.Scope, id, folder string) error {
	folder, err := cleanFolder(folder)
	if err != nil {
		return err
	}
	return s.changeWorkflow(ctx, scope, id, "deleted = 0", func(q querier, ws string, sum engine.Summary) error {
		sum.Folder = folder
		_, err := q.exec(ctx, "UPDATE workflows SET folder = $3, search = $4, updated = $5 WHERE workspace = $1 AND id = $2", ws, id, folder, searchText(sum), s.now())
		return err
	})
}

// ArchiveWorkflow takes a workflow out of lists, or back into them. An archived one has no triggers.
func (s *Store) ArchiveWorkflow(ctx context.Context, scope auth.Scope, id string, archived bool) error {
	return s.changeWorkflow(ctx, scope, id, "deleted = 0", func(q querier, ws string, _ engine.Summary) error {
		if archived {
			if err := disarm(ctx, q, ws, id); err != nil {
				return err
			}
		}
		_, err := q.exec(ctx, "UPDATE workflows SET archived = $3, updated = $4 WHERE workspace = $1 AND id = $2", ws, id, archived, s.now())
		return err
	})
}

// DeleteWorkflow takes a workflow away, with its triggers. RestoreWorkflow brings it back until it is purged.
func (s *Store) DeleteWorkflow(ctx context.Context, scope auth.Scope, id string) error {
	return s.changeWorkflow(ctx, scope, id, "deleted = 0", func(q querier, ws string, _ engine.Summary) error {
		if err := disarm(ctx, q, ws, id); err != nil {
			return err
		}
		_, err := q.exec(ctx, "UPDATE workflows SET deleted = $3 WHERE workspace = $1 AND id = $2", ws, id, s.now())
		return err
	})
}

// RestoreWorkflow brings a deleted workflow back, with nothing published.
func (s *Store) RestoreWorkflow(ctx context.Context, scope auth.Scope, id string) error {
	return s.changeWorkflow(ctx, scope, id, "deleted <> 0", func(q querier, ws string, _ engine.Summary) error {
		_, err := q.exec(ctx, "UPDATE workflows SET deleted = 0, updated = $3 WHERE workspace = $1 AND id = $2", ws, id, s.now())
		return err
	})
}

// changeWorkflow runs change with the workflow's row locked.
func (s *Store) changeWorkflow(ctx context.Context, scope auth.Scope, id, condition string, change func(q querier, ws string, sum engine.Summary) error) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.studio.tx(ctx, func(q querier) error {
		sum, err := one(ctx, q, fmt.Sprintf("workflow %.80q in this workspace", id), scanSummary,
			"SELECT "+summaryColumns+" FROM workflows WHERE workspace = $1 AND id = $2 AND "+condition+q.db.forUpdate(), ws, id)
		if err != nil {
			return err
		}
		return change(q, ws, sum)
	})
}

// PurgeWorkflows removes for good what was deleted before a time, with its history and runs, and says how many
// workflows that were.
func (s *Store) PurgeWorkflows(ctx context.Context, before int64) (int, error) {
	type key struct{ ws, id string }
	list, err := collect(ctx, s.studio.reader(), func(row scanner) (k key, err error) {
		return k, row.Scan(&k.ws, &k.id)
	}, "SELECT workspace, id FROM workflows WHERE deleted <> 0 AND deleted < $1 LIMIT 10000", before)
	if err != nil {
		return 0, err
	}
	purged := 0
	for _, k := range list {
		// The runs first: interrupted here, the next purge finds the workflow again.
		if err := s.deleteAllRuns(ctx, k.ws, k.id); err != nil {
			return purged, err
		}
		n, err := s.studio.exec(ctx, "DELETE FROM workflows WHERE workspace = $1 AND id = $2 AND deleted <> 0 AND deleted < $3", k.ws, k.id, before)
		if err != nil {
			return purged, err
		}
		purged += int(n)
	}
	if purged > 0 {
		return purged, s.studio.shrink(ctx)
	}
	return 0, nil
}
