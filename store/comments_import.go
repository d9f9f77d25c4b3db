package store

import (
	"context"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// ImportThreads adds threads from a file to a workflow, all or none. Who spoke stays a name, whoever bears it here, and
// nobody is called by what is old.
func (s *Store) ImportThreads(ctx context.Context, scope auth.Scope, workflow string, threads []engine.Thread) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	for _, t := range threads {
		if err := checkPlace(t.Place); err != nil {
			return err
		}
	}
	return s.studio.tx(ctx, func(q querier) error {
		if err := needWorkflow(ctx, q, ws, workflow, q.db.forUpdate()); err != nil {
			return err
		}
		for _, t := range threads {
			t.ID = newID()
			if err := insertThread(ctx, q, ws, workflow, t, ""); err != nil {
				return err
			}
			for _, c := range t.Comments {
				text, err := commentText(c.Text)
				if err != nil {
					return err
				}
				c = engine.Comment{ID: newID(), Name: c.Name, Text: text, Created: c.Created, Edited: c.Edited}
				if err := insertComment(ctx, q, ws, workflow, t.ID, c); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
