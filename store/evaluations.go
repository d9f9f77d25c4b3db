package store

import (
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag/evaluate"
)

// maxEvaluations is how many runs of a collection are kept; of more the oldest go.
const maxEvaluations = 500

// Evaluation is a run over the judged questions of a collection, as it is kept.
type Evaluation struct {
	ID      string          `json:"id"`
	Note    string          `json:"note,omitempty"`
	Result  evaluate.Result `json:"result"` // without its cases where several are listed
	Created int64           `json:"created"`
	By      string          `json:"by"`
}

func scanEvaluation(row scanner) (v Evaluation, err error) {
	var summary string
	if err := row.Scan(&v.ID, &v.Note, &summary, &v.Created, &v.By); err != nil {
		return v, err
	}
	return v, json.Unmarshal([]byte(summary), &v.Result)
}

// AddEvaluation keeps a run.
func (s *Store) AddEvaluation(ctx context.Context, scope auth.Scope, collection, note string, r *evaluate.Result) (*Evaluation, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(note) > maxCollectionNote {
		return nil, invalid("the note has more than %d characters", maxCollectionNote)
	}
	cases, err := json.Marshal(r.Cases)
	if err != nil {
		return nil, err
	}
	short := *r
	short.Cases = []evaluate.Case{}
	summary, err := json.Marshal(short)
	if err != nil {
		return nil, err
	}
	v := &Evaluation{ID: newID(), Note: note, Result: *r, Created: s.now(), By: scope.User()}
	err = s.library.tx(ctx, func(q querier) error {
		if err := needCollection(ctx, q, ws, collection); err != nil {
			return err
		}
		if _, err := q.exec(ctx, "INSERT INTO evaluations (workspace, collection, id, note, summary, cases, created, author) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			ws, collection, v.ID, v.Note, string(summary), string(cases), v.Created, v.By); err != nil {
			return err
		}
		_, err := q.exec(ctx, `DELETE FROM evaluations WHERE workspace = $1 AND collection = $2 AND id NOT IN (
			SELECT id FROM evaluations WHERE workspace = $1 AND collection = $2 ORDER BY created DESC, id DESC LIMIT $3)`, ws, collection, maxEvaluations)
		return err
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// Evaluations lists the runs of a collection, the last first, without their cases.
func (s *Store) Evaluations(ctx context.Context, scope auth.Scope, collection string) ([]Evaluation, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	if err := needCollection(ctx, s.library.reader(), ws, collection); err != nil {
		return nil, err
	}
	return collect(ctx, s.library.reader(), scanEvaluation,
		"SELECT id, note, summary, created, author FROM evaluations WHERE workspace = $1 AND collection = $2 ORDER BY created DESC, id DESC", ws, collection)
}

// Evaluation returns a run with its cases.
func (s *Store) Evaluation(ctx context.Context, scope auth.Scope, collection, id string) (*Evaluation, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	what := fmt.Sprintf("evaluation %.80q in this collection", id)
	v, err := one(ctx, s.library.reader(), what, scanEvaluation,
		"SELECT id, note, summary, created, author FROM evaluations WHERE workspace = $1 AND collection = $2 AND id = $3", ws, collection, id)
	if err != nil {
		return nil, err
	}
	cases, err := one(ctx, s.library.reader(), what, scanText, "SELECT cases FROM evaluations WHERE workspace = $1 AND collection = $2 AND id = $3", ws, collection, id)
	if err != nil {
		return nil, err
	}
	return &v, json.Unmarshal([]byte(cases), &v.Result.Cases)
}
