package store

import (
	"context"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// rowsAtOnce is how many comments one statement writes.
const rowsAtOnce = 100

// ImportThreads adds threads from a file to a workflow, all or none. Who spoke stays a name, whoever bears it here, and
// nobody is called by what is old. Everything is checked before the database is held, and written many rows at once: the
// most that a file may hold takes others well under a second.
func (s *Store) ImportThreads(ctx context.Context, scope auth.Scope, workflow string, threads []engine.Thread) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	rows, err := importedRows(ws, workflow, threads)
	if err != nil {
		return err
	}
	return s.studio.tx(ctx, func(q querier) error {
		if err := needWorkflow(ctx, q, ws, workflow, q.db.forUpdate()); err != nil {
			return err
		}
		for _, t := range threads {
			if err := insertThread(ctx, q, ws, workflow, t, ""); err != nil {
				return err
			}
		}
		for part := range slices.Chunk(rows, rowsAtOnce) {
			_, err := q.exec(ctx, "INSERT INTO comments ("+commentColumns+") VALUES "+q.db.rowsOf(len(part), len(part[0])), slices.Concat(part...)...)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// importedRows checks threads, gives them ids and returns the rows of their comments.
func importedRows(ws, workflow string, threads []engine.Thread) (rows [][]any, err error) {
	size := 0
	for i := range threads {
		t := &threads[i]
		if err := checkPlace(t.Place); err != nil {
			return nil, err
		}
		t.ID = newID()
		for _, c := range t.Comments {
			if c.Text, err = commentText(c.Text); err != nil {
				return nil, err
			}
			size += len(c.Text)
			rows = append(rows, []any{ws, workflow, t.ID, newID(), "", c.Name, c.Text, strings.ToLower(c.Text), "", c.Created, c.Edited})
		}
	}
	if len(rows) > engine.MaxFileComments {
		return nil, invalid("there are %d comments, and at most %d come in at once: leave some of the threads out", len(rows), engine.MaxFileComments)
	}
	if size > engine.MaxFileBytes {
		return nil, invalid("the comments have %d MiB, and at most %d come in at once: leave some of the threads out", size>>20, engine.MaxFileBytes>>20)
	}
	return rows, nil
}
