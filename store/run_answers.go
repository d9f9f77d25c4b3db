package store

import (
	"context"

	"github.com/atelier-studio/atelier/engine"
)

// Answer keeps a person's answer to a question of a run. A run that sleeps is due at the answer's time; one that is under
// way looks for answers itself. A question that was answered before is fs.ErrExist, a run that has ended fs.ErrInvalid.
func (j *Journal) Answer(ctx context.Context, workspace, run string, a engine.Answer) error {
	return j.intervene(ctx, workspace, run, func(q querier, r *engine.Run) error {
		n, err := q.exec(ctx, `INSERT INTO answers (workspace, run, question, choice, word, author, at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			r.Workspace, r.ID, a.Question, a.Choice, a.Text, a.By, a.At)
		if err != nil {
			return err
		}
		if n == 0 {
			return taken("the question was answered before")
		}
		return rouse(ctx, q, r.Workspace, r.ID, a.At)
	})
}

// Answers returns what people answered in a run, the oldest first.
func (j *Journal) Answers(ctx context.Context, workspace, run string) ([]engine.Answer, error) {
	ws, err := workspaceID(workspace)
	if err != nil {
		return nil, err
	}
	return collect(ctx, j.store.runs.reader(), func(row scanner) (a engine.Answer, err error) {
		return a, row.Scan(&a.Question, &a.Choice, &a.Text, &a.By, &a.At)
	}, "SELECT question, choice, word, author, at FROM answers WHERE workspace = $1 AND run = $2 ORDER BY at, question", ws, run)
}

// Rouse makes a run that sleeps due at a time.
func (j *Journal) Rouse(ctx context.Context, workspace, run string, at int64) error {
	ws, err := workspaceID(workspace)
	if err != nil {
		return err
	}
	return j.store.runs.tx(ctx, func(q querier) error { return rouse(ctx, q, ws, run, at) })
}

func rouse(ctx context.Context, q querier, ws, run string, at int64) error {
	_, err := q.exec(ctx, "UPDATE runs SET wake = $3 WHERE workspace = $1 AND id = $2 AND status = 'waiting' AND wake > $3", ws, run, at)
	return err
}
