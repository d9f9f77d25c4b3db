package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// maxToldOps is how long operations may be for a list to say in words what they did.
const maxToldOps = 64 << 10

// History lists a workflow's edits before a revision (0: all), the newest first; limit 0 is 100, at most 500.
func (s *Store) History(ctx context.Context, scope auth.Scope, id string, before int64, limit int) ([]engine.HistoryEntry, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	if before <= 0 {
		before = 1 << 62
	}
	if limit <= 0 {
		limit = 100
	}
	q := s.studio.reader()
	if err := needWorkflow(ctx, q, ws, id, ""); err != nil {
		return nil, err
	}
	return collect(ctx, q, scanEntry, `SELECT number, author, at, CASE WHEN length(ops) > $4 THEN substr(ops, 1, 40) ELSE ops END,
		CASE WHEN length(inverse) > $4 THEN '' ELSE inverse END FROM revisions WHERE workspace = $1 AND workflow = $2 AND number < $3 ORDER BY number DESC LIMIT $5`,
		ws, id, before, maxToldOps, min(limit, 500))
}

// scanEntry reads an edit and sums it up. Of one that is too long only its first operation is known.
func scanEntry(row scanner) (e engine.HistoryEntry, err error) {
	var ops, inverse string
	if err := row.Scan(&e.Revision, &e.By, &e.At, &ops, &inverse); err != nil {
		return e, err
	}
	var did, back []engine.Op
	if err := json.Unmarshal([]byte(ops), &did); err != nil {
		e.Changes = []engine.Change{{Op: "many", N: 1}}
		if strings.HasPrefix(ops, `[{"op":"workflow.replace"`) {
			e.Changes[0].Op = "workflow.replace"
		}
		return e, nil
	}
	if inverse != "" {
		if err := json.Unmarshal([]byte(inverse), &back); err != nil {
			return e, fmt.Errorf("read revision %d: %w", e.Revision, err)
		}
	}
	e.Changes = engine.Summarize(did, back)
	return e, nil
}

// WorkflowAt returns a workflow as it was drawn at a revision; 0 is the current one. Updated and By tell of that
// revision, where its edit is still known.
func (s *Store) WorkflowAt(ctx context.Context, scope auth.Scope, id string, revision int64) (*engine.Stored, error) {
	v, err := s.Workflow(ctx, scope, id)
	if err != nil || revision == 0 || v.Revision == revision {
		return v, err
	}
	text, err := s.drawingAt(ctx, scope.Workspace(), id, revision)
	if err != nil {
		return nil, err
	}
	if v.Doc, err = engine.Parse([]byte(text)); err != nil {
		return nil, fmt.Errorf("read revision %d of the workflow %s: %w", revision, id, err)
	}
	v.Revision, v.Name, v.Nodes, v.By, v.Updated = revision, v.Doc.Name, len(v.Doc.Nodes), "", v.Created
	found, err := collect(ctx, s.studio.reader(), func(row scanner) (e engine.HistoryEntry, err error) {
		return e, row.Scan(&e.By, &e.At)
	}, "SELECT author, at FROM revisions WHERE workspace = $1 AND workflow = $2 AND number = $3", scope.Workspace(), id, revision)
	if err != nil {
		return nil, err
	}
	for _, e := range found {
		v.By, v.Updated = e.By, e.At
	}
	return v, nil
}

// NamesOf returns what users are called, of those among the ids that there are.
func (s *Store) NamesOf(ctx context.Context, ids []string) (map[string]string, error) {
	names := map[string]string{}
	for len(ids) > 0 {
		page := ids[:min(len(ids), 200)]
		ids = ids[len(page):]
		marks := make([]string, len(page))
		args := make([]any, len(page))
		for i, id := range page {
			marks[i], args[i] = placeholder(i+1), id
		}
		_, err := collect(ctx, s.studio.reader(), func(row scanner) (struct{}, error) {
			var id, name string
			err := row.Scan(&id, &name)
			names[id] = name
			return struct{}{}, err
		}, "SELECT id, name FROM users WHERE id IN ("+strings.Join(marks, ", ")+")", args...)
		if err != nil {
			return nil, err
		}
	}
	return names, nil
}
