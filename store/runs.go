package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// runGiven are the columns that a run begins with; the others come to it later.
const runGiven = "workspace, id, workflow, workflow_name, revision, origin, node, status, error, error_node, created, started, finished, " +
	"wake, parent, retry_of, author, idem_key, owner, fence, steps"

const runColumns = runGiven + ", cancel"

func scanRun(row scanner) (*engine.Run, error) { return scanRunAnd(row) }

func scanRunInput(row scanner) (*engine.Run, error) {
	var input []byte
	r, err := scanRunAnd(row, &input)
	if len(input) > 0 {
		r.Input = input
	}
	return r, err
}

func scanRunAnd(row scanner, more ...any) (*engine.Run, error) {
	r := new(engine.Run)
	var key sql.NullString
	err := row.Scan(append([]any{&r.Workspace, &r.ID, &r.WorkflowID, &r.WorkflowName, &r.Revision, &r.Trigger, &r.Node, &r.Status, &r.Error, &r.ErrorNode,
		&r.Created, &r.Started, &r.Finished, &r.Wake, &r.Parent, &r.RetryOf, &r.By, &key, &r.Owner, &r.Fence, &r.Steps, &r.Cancel}, more...)...)
	r.IdemKey = key.String
	return r, err
}

func scanPlace(row scanner) (p place, err error) { return p, row.Scan(&p.workspace, &p.run) }

// Runs lists runs, the newest first, without what they began with. next asks for the page after.
func (s *Store) Runs(ctx context.Context, scope auth.Scope, f engine.RunFilter) (list []*engine.Run, next string, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, "", err
	}
	var w where
	w.add("workspace = ?", ws)
	if f.WorkflowID != "" {
		w.add("workflow = ?", f.WorkflowID)
	}
	if len(f.Status) > 0 {
		args := make([]any, min(len(f.Status), 20))
		for i := range args {
			args[i] = string(f.Status[i])
		}
		w.add("status IN ("+marks(len(args))+")", args...)
	}
	if f.Trigger != "" {
		w.add("origin = ?", f.Trigger)
	}
	for _, word := range searchWords(f.Query) {
		w.add("(lower(workflow_name) LIKE ? ESCAPE '!' OR lower(error) LIKE ? ESCAPE '!')", like(word), like(word))
	}
	if f.Cursor != "" {
		at, id, err := parseCursor(f.Cursor)
		if err != nil {
			return nil, "", err
		}
		w.add("(created, id) < (?, ?)", at, id)
	}
	limit := pageSize(f.Limit)
	w.args = append(w.args, limit+1)
	list, err = collect(ctx, s.runs.reader(), scanRun, "SELECT "+runColumns+" FROM runs WHERE "+w.text.String()+
		" ORDER BY created DESC, id DESC LIMIT "+placeholder(len(w.args)), w.args...)
	if err == nil && len(list) > limit {
		list = list[:limit]
		next = cursor(list[limit-1].Created, list[limit-1].ID)
	}
	return list, next, err
}

// Run returns one run, with what it began with.
func (s *Store) Run(ctx context.Context, scope auth.Scope, id string) (*engine.Run, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return one(ctx, s.runs.reader(), fmt.Sprintf("run %.80q in this workspace", id), scanRunInput,
		"SELECT "+runColumns+", input FROM runs WHERE workspace = $1 AND id = $2", ws, id)
}

// LastRun returns a workflow's newest run; fs.ErrNotExist when it has none.
func (s *Store) LastRun(ctx context.Context, scope auth.Scope, workflowID string) (*engine.Run, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return one(ctx, s.runs.reader(), "run of this workflow", scanRunInput,
		"SELECT "+runColumns+", input FROM runs WHERE workspace = $1 AND workflow = $2 ORDER BY created DESC, id DESC LIMIT 1", ws, workflowID)
}

const runInsertColumns = runGiven + ", input"
