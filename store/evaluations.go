package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/evaluate"
)

// maxEvaluations is how many evaluations of a collection are kept; of more the oldest go.
const maxEvaluations = 500

const evaluationColumns = "id, note, order_json, status, done, total, error, restarts, summary, fitting, created, ended, author"

func scanEvaluation(row scanner) (v evaluate.Evaluation, err error) {
	var t evaluationJSON
	if err := row.Scan(evaluationFields(&v, &t)...); err != nil {
		return v, err
	}
	return v, t.into(&v)
}

// evaluationJSON is what of an evaluation is kept as JSON.
type evaluationJSON struct{ order, summary, fitting string }

func evaluationFields(v *evaluate.Evaluation, t *evaluationJSON) []any {
	return []any{&v.ID, &v.Note, &t.order, &v.Status, &v.Done, &v.Total, &v.Error, &v.Restarts, &t.summary, &t.fitting, &v.Created, &v.Ended, &v.By}
}

func (t *evaluationJSON) into(v *evaluate.Evaluation) error {
	if t.fitting != "" {
		v.Fitting = new(evaluate.Fitting)
		if err := json.Unmarshal([]byte(t.fitting), v.Fitting); err != nil {
			return fmt.Errorf("read the evaluation %s: %w", v.ID, err)
		}
	}
	if err := json.Unmarshal([]byte(t.order), &v.Order); err != nil {
		return fmt.Errorf("read the evaluation %s: %w", v.ID, err)
	}
	return json.Unmarshal([]byte(t.summary), &v.Result)
}

// textsOf returns what of an evaluation is kept as JSON, and its cases.
func textsOf(v *evaluate.Evaluation) (t evaluationJSON, cases string, err error) {
	short := v.Result
	short.Cases = []evaluate.Case{}
	for _, part := range []struct {
		into *string
		from any
	}{{&t.order, v.Order}, {&t.summary, short}, {&t.fitting, v.Fitting}, {&cases, v.Result.Cases}} {
		data, err := json.Marshal(part.from)
		if err != nil {
			return t, "", err
		}
		*part.into = string(data)
	}
	if v.Fitting == nil {
		t.fitting = ""
	}
	if v.Result.Cases == nil {
		cases = "[]"
	}
	return t, cases, nil
}

// AddEvaluation keeps an evaluation. One that is still to be done (the status is empty) waits for a worker; of those a
// collection has one at a time (fs.ErrExist).
func (s *Store) AddEvaluation(ctx context.Context, scope auth.Scope, collection string, v evaluate.Evaluation) (*evaluate.Evaluation, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(v.Note) > maxCollectionNote {
		return nil, invalid("the note has more than %d characters", maxCollectionNote)
	}
	if set := v.Order.Settings; set != nil {
		if err := set.Check(); err != nil {
			return nil, err
		}
	}
	v.ID, v.Created, v.By = newID(), s.now(), scope.User()
	v.Status = cmp.Or(v.Status, evaluate.Queued)
	if !v.Status.Open() {
		v.Ended = v.Created
	}
	t, cases, err := textsOf(&v)
	if err != nil {
		return nil, err
	}
	err = s.library.tx(ctx, func(q querier) error {
		if err := needCollection(ctx, q, ws, collection); err != nil {
			return err
		}
		if v.Status.Open() {
			if err := noneOpen(ctx, q, ws, collection); err != nil {
				return err
			}
		}
		if _, err := q.exec(ctx, "INSERT INTO evaluations (workspace, collection, "+evaluationColumns+", cases) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
			ws, collection, v.ID, v.Note, t.order, string(v.Status), v.Done, v.Total, v.Error, v.Restarts, t.summary, t.fitting, v.Created, v.Ended, v.By, cases); err != nil {
			return err
		}
		_, err := q.exec(ctx, `DELETE FROM evaluations WHERE workspace = $1 AND collection = $2 AND id NOT IN (
			SELECT id FROM evaluations WHERE workspace = $1 AND collection = $2 ORDER BY created DESC, id DESC LIMIT $3)`, ws, collection, maxEvaluations)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &v, nil
}

func noneOpen(ctx context.Context, q querier, ws, collection string) error {
	if err := q.lockName(ctx, "evaluations "+ws+" "+collection); err != nil {
		return err
	}
	var n int
	err := q.row(ctx, "SELECT count(*) FROM evaluations WHERE workspace = $1 AND collection = $2 AND status IN ('queued', 'working')", ws, collection).Scan(&n)
	if err == nil && n > 0 {
		return taken("an evaluation of this collection is under way; wait for it or stop it first")
	}
	return err
}

// Evaluations lists the evaluations of a collection, the last first, without their cases.
func (s *Store) Evaluations(ctx context.Context, scope auth.Scope, collection string) ([]evaluate.Evaluation, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	if err := needCollection(ctx, s.library.reader(), ws, collection); err != nil {
		return nil, err
	}
	return collect(ctx, s.library.reader(), scanEvaluation,
		"SELECT "+evaluationColumns+" FROM evaluations WHERE workspace = $1 AND collection = $2 ORDER BY created DESC, id DESC", ws, collection)
}

// Evaluation returns an evaluation with its cases.
func (s *Store) Evaluation(ctx context.Context, scope auth.Scope, collection, id string) (*evaluate.Evaluation, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	v, err := one(ctx, s.library.reader(), fmt.Sprintf("evaluation %.80q in this collection", id), func(row scanner) (v evaluate.Evaluation, err error) {
		var t evaluationJSON
		var cases string
		if err := row.Scan(append(evaluationFields(&v, &t), &cases)...); err != nil {
			return v, err
		}
		if err := t.into(&v); err != nil {
			return v, err
		}
		return v, json.Unmarshal([]byte(cases), &v.Result.Cases)
	}, "SELECT "+evaluationColumns+", cases FROM evaluations WHERE workspace = $1 AND collection = $2 AND id = $3", ws, collection, id)
	return &v, err
}

// StopEvaluation ends an evaluation that is not done. Who works on it sees that with its next sign of life.
func (s *Store) StopEvaluation(ctx context.Context, scope auth.Scope, collection, id string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	n, err := s.library.exec(ctx, "UPDATE evaluations SET status = 'stopped', owner = '', ended = $4 WHERE workspace = $1 AND collection = $2 AND id = $3 AND status IN ('queued', 'working')",
		ws, collection, id, s.now())
	if err == nil && n == 0 {
		return absent("evaluation %.80q under way in this collection", id)
	}
	return err
}

// DeleteEvaluation removes an evaluation.
func (s *Store) DeleteEvaluation(ctx context.Context, scope auth.Scope, collection, id string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	n, err := s.library.exec(ctx, "DELETE FROM evaluations WHERE workspace = $1 AND collection = $2 AND id = $3", ws, collection, id)
	if err == nil && n == 0 {
		return absent("evaluation %.80q in this collection", id)
	}
	return err
}

// SetCalibration gives a collection a calibration of its own; nil: the one that comes with the program.
func (s *Store) SetCalibration(ctx context.Context, scope auth.Scope, collection string, c *rag.Calibration) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	text := ""
	if c != nil {
		if !c.Current() {
			return invalid("this calibration was fitted by an older version of the studio, whose searches measured other things: fit it anew")
		}
		data, err := json.Marshal(c)
		if err != nil {
			return err
		}
		text = string(data)
	}
	n, err := s.library.exec(ctx, "UPDATE collections SET calibration = $3, updated = CASE WHEN updated >= $4 THEN updated + 1 ELSE $4 END WHERE workspace = $1 AND id = $2", ws, collection, text, s.now())
	if err == nil && n == 0 {
		return absent("such collection in this workspace")
	}
	return err
}
