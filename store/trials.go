package store

import (
	"context"
	"encoding/json"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag/evaluate"
)

// Trials returns the evaluations as their worker sees them.
func (s *Store) Trials() *Trials { return &Trials{s} }

// Trials is the store as the worker of evaluations sees it. Its workspaces come from tasks.
type Trials struct{ store *Store }

var _ evaluate.Queue = (*Trials)(nil)

// Claim is in evaluate.Queue. Of several processes on Postgres each takes another evaluation.
func (l *Trials) Claim(ctx context.Context, owner string, dead int64) (t *evaluate.Task, err error) {
	s := l.store
	err = s.library.tx(ctx, func(q querier) error {
		t = nil
		lock := ""
		if q.db.postgres {
			lock = " FOR UPDATE SKIP LOCKED"
		}
		due, err := collect(ctx, q, func(row scanner) (v evaluate.Task, err error) {
			var j evaluationJSON
			var cases string
			if err := row.Scan(append(evaluationFields(&v.Evaluation, &j), &cases, &v.Workspace, &v.Collection, &v.Fence)...); err != nil {
				return v, err
			}
			if err := j.into(&v.Evaluation); err != nil {
				return v, err
			}
			return v, json.Unmarshal([]byte(cases), &v.Result.Cases)
		}, "SELECT "+evaluationColumns+", cases, workspace, collection, fence FROM evaluations WHERE status = 'queued' OR status = 'working' AND beat < $1 ORDER BY created, id LIMIT 1"+lock, dead)
		if err != nil || len(due) == 0 {
			return err
		}
		v := &due[0]
		if v.Fence > 0 { // somebody had begun with it
			v.Restarts++
		}
		v.Owner, v.Status = owner, evaluate.Working
		v.Fence++
		_, err = q.exec(ctx, "UPDATE evaluations SET status = $4, owner = $5, fence = $6, beat = $7, restarts = $8 WHERE workspace = $1 AND collection = $2 AND id = $3",
			v.Workspace, v.Collection, v.ID, string(v.Status), owner, v.Fence, s.now(), v.Restarts)
		t = v
		return err
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

func trialHolder(t *evaluate.Task) []any {
	return []any{t.Workspace, t.Collection, t.ID, t.Owner, t.Fence}
}

func mustHoldTrial(n int64, err error) error {
	if err == nil && n == 0 {
		return evaluate.ErrTaken
	}
	return err
}

// Beat is in evaluate.Queue.
func (l *Trials) Beat(ctx context.Context, t *evaluate.Task, done, total int, cases []evaluate.Case) error {
	args := append(trialHolder(t), done, total, l.store.now())
	set := ""
	if cases != nil {
		data, err := json.Marshal(cases)
		if err != nil {
			return err
		}
		set, args = ", cases = $9", append(args, string(data))
	}
	return mustHoldTrial(l.store.library.exec(ctx, "UPDATE evaluations SET done = $6, total = $7, beat = $8"+set+held, args...))
}

// Release is in evaluate.Queue.
func (l *Trials) Release(ctx context.Context, t *evaluate.Task) error {
	_, err := l.store.library.exec(ctx, "UPDATE evaluations SET status = 'queued', owner = ''"+held, trialHolder(t)...)
	return err
}

// Finish is in evaluate.Queue.
func (l *Trials) Finish(ctx context.Context, t *evaluate.Task) error {
	j, cases, err := textsOf(&t.Evaluation)
	if err != nil {
		return err
	}
	t.Ended = l.store.now()
	return mustHoldTrial(l.store.library.exec(ctx, "UPDATE evaluations SET status = $6, error = $7, summary = $8, cases = $9, fitting = $10, done = $11, total = $12, ended = $13, owner = ''"+held,
		append(trialHolder(t), string(t.Status), t.Error, j.summary, cases, j.fitting, t.Done, t.Total, t.Ended)...))
}

// Questions is in evaluate.Queue.
func (l *Trials) Questions(ctx context.Context, t *evaluate.Task) ([]evaluate.Question, evaluate.Places, error) {
	scope := auth.System(t.Workspace)
	list, err := l.store.Questions(ctx, scope, t.Collection)
	return list, l.store.JudgedPlaces(scope, t.Collection), err
}
