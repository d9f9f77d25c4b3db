package store

import (
	"bytes"
	"context"
	"database/sql"
	"slices"

	"github.com/atelier-studio/atelier/engine"
)

// batchWriter writes one batch within one transaction.
type batchWriter struct {
	q     querier
	again bool // an earlier try may have been committed without our knowing
}

func (b *batchWriter) write(ctx context.Context, batch []*write) error {
	if err := b.accept(ctx, batch); err != nil {
		return err
	}
	leases, err := b.leases(ctx, batch)
	if err != nil {
		return err
	}
	var chunks, updates [][]any
	updated := map[place]int{}
	for _, w := range batch {
		if w.err != nil {
			continue
		}
		c, l := w.chunk, leases[w.place()]
		if !l.allows(c) {
			if w.err = engine.ErrLostLease; b.again && b.written(ctx, c) {
				w.err = nil
			}
			continue
		}
		if c.Count > 0 {
			if b.again && b.written(ctx, c) {
				continue
			}
			chunks = append(chunks, []any{c.Workspace, c.Run, c.First, c.Count, c.Fence, c.Events})
		}
		if u := c.Update; u != nil {
			if l.ended = u.Status.Final(); w.run != nil && !b.again {
				continue // the row was inserted like this
			}
			row := []any{c.Workspace, c.Run, c.Fence, string(u.Status), u.Error, u.ErrorNode, u.Started, u.Finished, u.Wake, u.Steps}
			if i, ok := updated[w.place()]; ok {
				updates[i] = row
			} else {
				updated[w.place()] = len(updates)
				updates = append(updates, row)
			}
		}
	}
	if err := b.inRows(ctx, chunks, func(rows string) string {
		return "INSERT INTO journal (workspace, run, first, count, fence, events) VALUES " + rows
	}, nil); err != nil {
		return err
	}
	return b.inRows(ctx, updates, func(rows string) string {
		return "WITH v (workspace, id, fence, status, error, error_node, started, finished, wake, steps) AS (VALUES " + rows + `)
			UPDATE runs SET status = v.status, error = v.error, error_node = v.error_node, started = v.started, finished = v.finished, wake = v.wake, steps = v.steps
			FROM v WHERE runs.workspace = v.workspace AND runs.id = v.id AND runs.fence = v.fence`
	}, []string{"text", "text", "bigint", "text", "text", "text", "bigint", "bigint", "bigint", "bigint"})
}

// accept inserts the new runs. One whose idempotency key was used is left out and gets the run that used it.
func (b *batchWriter) accept(ctx context.Context, batch []*write) error {
	var rows, plain [][]any // those with a key may be there already; of plain ones the id is new, unless this is a second try
	var fresh []*write
	for _, w := range batch {
		if r := w.run; r != nil {
			key := sql.NullString{String: r.IdemKey, Valid: r.IdemKey != ""}
			row := []any{r.Workspace, r.ID, r.WorkflowID, r.WorkflowName, r.Revision, r.Trigger, r.Node, string(r.Status), r.Error, r.ErrorNode,
				r.Created, r.Started, r.Finished, r.Wake, r.Parent, r.RetryOf, r.By, key, r.Owner, r.Fence, r.Steps, []byte(r.Input)}
			if !key.Valid && !b.again && len(batch) > 1 { // a batch that fails is tried again one by one
				plain = append(plain, row)
				continue
			}
			rows = append(rows, row)
			fresh = append(fresh, w)
		}
	}
	if err := b.inRows(ctx, plain, func(values string) string {
		return "INSERT INTO runs (" + runInsertColumns + ") VALUES " + values
	}, nil); err != nil {
		return err
	}
	made := map[place]bool{}
	err := b.each(rows, func(part [][]any) error {
		list, err := collect(ctx, b.q, scanPlace, "INSERT INTO runs ("+runInsertColumns+") VALUES "+b.q.db.rowsOf(len(part), len(part[0]))+
			" ON CONFLICT DO NOTHING RETURNING workspace, id", slices.Concat(part...)...)
		for _, p := range list {
			made[p] = true
		}
		return err
	})
	if err != nil || len(made) == len(fresh) {
		return err
	}
	for _, w := range fresh {
		if !made[w.place()] {
			if err := b.acceptedBefore(ctx, w); err != nil {
				return err
			}
		} else {
			delete(made, w.place()) // the same id twice in one batch: the second is refused
		}
	}
	return nil
}

func (b *batchWriter) acceptedBefore(ctx context.Context, w *write) error {
	r := w.run
	list, err := collect(ctx, b.q, scanRun, "SELECT "+runColumns+" FROM runs WHERE workspace = $1 AND (id = $2 OR workflow = $3 AND idem_key = $4)",
		r.Workspace, r.ID, r.WorkflowID, r.IdemKey)
	if err != nil {
		return err
	}
	if len(list) == 1 && list[0].ID == r.ID && list[0].Owner == r.Owner && list[0].Created == r.Created && b.again {
		return nil // it was this very write
	}
	w.err = taken("there is a run with the id %q", r.ID)
	if i := slices.IndexFunc(list, func(old *engine.Run) bool { return r.IdemKey != "" && old.IdemKey == r.IdemKey }); i >= 0 {
		w.existing, w.err = list[i], taken("a run was started with this idempotency key before")
	}
	return nil
}

// leases reads who may write to the runs of the batch, and on Postgres keeps others from taking them over meanwhile.
func (b *batchWriter) leases(ctx context.Context, batch []*write) (map[place]*lease, error) {
	leases := make(map[place]*lease, len(batch))
	var rows [][]any
	for _, w := range batch {
		p := w.place()
		if _, known := leases[p]; known || w.err != nil {
			continue
		}
		if w.run != nil && !b.again {
			leases[p] = &lease{fence: w.run.Fence} // its first chunk may be its last
			continue
		}
		leases[p] = nil
		rows = append(rows, []any{p.workspace, p.run})
	}
	lock := ""
	if b.q.db.postgres {
		lock = " FOR UPDATE OF r"
	}
	return leases, b.each(rows, func(part [][]any) error {
		_, err := collect(ctx, b.q, func(row scanner) (struct{}, error) {
			var p place
			var l lease
			var status engine.Status
			err := row.Scan(&p.workspace, &p.run, &l.fence, &status)
			l.ended = status.Final()
			leases[p] = &l
			return struct{}{}, err
		}, "WITH v (workspace, id) AS (VALUES "+b.q.db.rowsOf(len(part), 2)+`)
			SELECT r.workspace, r.id, r.fence, r.status FROM v CROSS JOIN runs r WHERE r.workspace = v.workspace AND r.id = v.id
			ORDER BY r.workspace, r.id`+lock,
			slices.Concat(part...)...)
		return err
	})
}

// written tells whether this very chunk is in the journal.
func (b *batchWriter) written(ctx context.Context, c engine.Chunk) bool {
	var events []byte
	err := b.q.row(ctx, "SELECT events FROM journal WHERE workspace = $1 AND run = $2 AND first = $3 AND fence = $4", c.Workspace, c.Run, c.First, c.Fence).Scan(&events)
	return err == nil && bytes.Equal(events, c.Events)
}

// inRows runs a statement for many rows.
func (b *batchWriter) inRows(ctx context.Context, rows [][]any, text func(rows string) string, types []string) error {
	return b.each(rows, func(part [][]any) error {
		_, err := b.q.exec(ctx, text(b.q.db.rowsOf(len(part), len(part[0]), types...)), slices.Concat(part...)...)
		return err
	})
}

// each hands out the rows in parts whose length is a power of two, so that there are few different statements and each
// is prepared once.
func (b *batchWriter) each(rows [][]any, do func(part [][]any) error) error {
	for size := 128; size > 0; size /= 2 {
		for len(rows) >= size {
			if err := do(rows[:size]); err != nil {
				return err
			}
			rows = rows[size:]
		}
	}
	return nil
}
