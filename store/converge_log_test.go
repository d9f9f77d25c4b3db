package store_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/atelier-studio/atelier/engine"
	"pgregory.net/rapid"
)

// storeLog is a workflow of a real store.
type storeLog struct {
	t   *rapid.T
	ctx context.Context //nolint:containedctx // it lives as long as the history
	p   *place
	id  string
}

func newStoreLog(t *rapid.T, p *place, start *engine.Workflow) *storeLog {
	made, err := p.CreateWorkflow(t.Context(), p.alpha, "", "", start.Clone())
	if err != nil {
		t.Fatal(err)
	}
	return &storeLog{t, t.Context(), p, made.ID}
}

func (l *storeLog) edit(e engine.Edit) (engine.Revision, []engine.Revision, error) {
	return l.p.EditWorkflow(l.ctx, l.p.alpha, l.id, e)
}

func (l *storeLog) since(revision int64) []engine.Revision {
	revs, err := l.p.Revisions(l.ctx, l.p.alpha, l.id, revision, 1000)
	if err != nil {
		l.t.Fatal(err)
	}
	return revs
}

func (l *storeLog) head() (*engine.Workflow, int64) {
	stored, err := l.p.Workflow(l.ctx, l.p.alpha, l.id)
	if err != nil {
		l.t.Fatal(err)
	}
	return stored.Doc, stored.Revision
}

// rulesLog is what the store keeps of edits, without a database.
type rulesLog struct {
	doc  *engine.Workflow
	revs []engine.Revision
}

func (l *rulesLog) edit(e engine.Edit) (engine.Revision, []engine.Revision, error) {
	e.Ops = throughJSON(e.Ops)
	own := slices.IndexFunc(l.revs, func(r engine.Revision) bool { return r.Client == e.Client && r.Seq == e.Seq })
	if own < 0 {
		if slices.ContainsFunc(l.revs, func(r engine.Revision) bool { return r.Client == e.Client && r.Seq > e.Seq }) {
			return engine.Revision{}, nil, fmt.Errorf("a late copy: %w", engine.ErrConflict)
		}
		ops, inverse, err := engine.Merge(l.doc, l.since(e.Base), e)
		if err != nil {
			return engine.Revision{}, nil, err
		}
		own = len(l.revs)
		l.revs = append(l.revs, engine.Revision{Number: int64(own + 2), Ops: ops, Inverse: throughJSON(inverse), Client: e.Client, Seq: e.Seq})
	}
	missed := slices.DeleteFunc(l.since(e.Base), func(r engine.Revision) bool {
		return r.Client == e.Client || r.Number > l.revs[own].Number
	})
	return l.revs[own], missed, nil
}

func (l *rulesLog) since(revision int64) []engine.Revision {
	return slices.Clone(l.revs[min(max(revision-1, 0), int64(len(l.revs))):])
}

func (l *rulesLog) head() (*engine.Workflow, int64) { return l.doc.Clone(), int64(len(l.revs) + 1) }
