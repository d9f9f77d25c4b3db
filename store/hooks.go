package store

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

const hookColumns = "workspace, workflow, node, path, method, test"

func scanHook(row scanner) (h engine.Hook, err error) {
	return h, row.Scan(&h.Workspace, &h.WorkflowID, &h.Node, &h.Path, &h.Method, &h.Test)
}

// putHook keeps an address. A path belongs to one workflow, whatever the methods.
func putHook(ctx context.Context, q querier, h engine.Hook) error {
	h.Path = strings.Trim(h.Path, "/")
	if h.Path == "" || len(h.Path) > 200 || h.Method == "" || len(h.Method) > 20 {
		return invalid("a webhook needs a path of at most 200 bytes, and a method")
	}
	kind := "test = 0"
	if h.Test != 0 {
		kind = "test <> 0"
	}
	if err := q.lockName(ctx, "hook "+h.Path); err != nil {
		return err
	}
	other, err := one(ctx, q, "other", scanHook, "SELECT "+hookColumns+" FROM hooks WHERE path = $1 AND "+kind+" AND NOT (workspace = $2 AND workflow = $3) LIMIT 1",
		h.Path, h.Workspace, h.WorkflowID)
	if err == nil {
		return hookTaken(ctx, q, h, other)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, err = q.exec(ctx, "INSERT INTO hooks ("+hookColumns+") VALUES ($1, $2, $3, $4, $5, $6)", h.Workspace, h.WorkflowID, h.Node, h.Path, h.Method, h.Test)
	if isDuplicate(err) {
		return taken("two nodes of the workflow have the webhook %s %s", h.Method, h.Path)
	}
	return err
}

// hookTaken names the workflow that has the path, unless it is another workspace's.
func hookTaken(ctx context.Context, q querier, h, other engine.Hook) error {
	if h.Method == engine.ChatMethod {
		return taken("the chat address %q is used by another workflow; choose another path", strings.TrimPrefix(h.Path, engine.ChatPath("")))
	}
	if other.Workspace != h.Workspace {
		return taken("the webhook path %q is used in another workspace; choose another path", h.Path)
	}
	name, err := one(ctx, q, "such workflow", scanText, "SELECT name FROM workflows WHERE workspace = $1 AND id = $2", other.Workspace, other.WorkflowID)
	if err != nil {
		return err
	}
	return taken("the webhook path %q is used by the workflow %q; choose another path, or switch that workflow off", h.Path, name)
}

// TestHooks begins the paths of test addresses, as Hook takes them.
const TestHooks = "/hooks-test/"

// Hook finds a webhook address: of an active workflow, or, when the path begins with TestHooks, a test address that is
// open at the time now. One made for the method comes before one for all ("*").
func (s *Store) Hook(ctx context.Context, path, method string, now int64) (engine.Hook, error) {
	kind, args := "test = 0", []any{strings.Trim(path, "/"), method}
	if rest, ok := strings.CutPrefix(path, TestHooks); ok {
		kind, args = "test <> 0 AND test >= $3", []any{strings.Trim(rest, "/"), method, now}
	}
	read := func() (engine.Hook, error) { return s.readHook(ctx, kind, args) }
	if len(args) > 2 { // a test address ends by itself
		return read()
	}
	return remember(s.studio, hookKey{strings.Trim(path, "/"), method}, read)
}

type hookKey struct{ path, method string }

func (s *Store) readHook(ctx context.Context, kind string, args []any) (engine.Hook, error) {
	return one(ctx, s.studio.fixed(), "such webhook", scanHook,
		"SELECT "+hookColumns+" FROM hooks WHERE path = $1 AND (method = $2 OR method = '*') AND "+kind+" ORDER BY CASE method WHEN '*' THEN 1 ELSE 0 END LIMIT 1",
		args...)
}

// ListenHook opens a test address until h.Test; one of the same workflow and path is replaced, and so is anyone's that
// has expired.
func (s *Store) ListenHook(ctx context.Context, scope auth.Scope, h engine.Hook) error {
	if h.Test == 0 {
		return invalid("a test address needs an end")
	}
	return s.changeWorkflow(ctx, scope, h.WorkflowID, "deleted = 0", func(q querier, ws string, _ engine.Summary) error {
		h.Workspace = ws
		_, err := q.exec(ctx, "DELETE FROM hooks WHERE test <> 0 AND path = $1 AND (test < $2 OR (workspace = $3 AND workflow = $4))",
			strings.Trim(h.Path, "/"), s.now(), ws, h.WorkflowID)
		if err != nil {
			return err
		}
		return putHook(ctx, q, h)
	})
}

// Hooks lists a workflow's addresses, test addresses too.
func (s *Store) Hooks(ctx context.Context, scope auth.Scope, workflowID string) ([]engine.Hook, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	q := s.studio.reader()
	if err := needWorkflow(ctx, q, ws, workflowID, ""); err != nil {
		return nil, err
	}
	return collect(ctx, q, scanHook, "SELECT "+hookColumns+" FROM hooks WHERE workspace = $1 AND workflow = $2 ORDER BY path, method, test", ws, workflowID)
}

// OtherHooks lists the addresses of the workspace's other active workflows, with the names of the workflows.
func (s *Store) OtherHooks(ctx context.Context, scope auth.Scope, workflowID string) (hooks []engine.Hook, names []string, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, nil, err
	}
	scan := func(row scanner) (string, error) {
		var h engine.Hook
		var name string
		err := row.Scan(&h.Path, &h.Method, &h.WorkflowID, &name)
		hooks = append(hooks, h)
		return name, err
	}
	names, err = collect(ctx, s.studio.reader(), scan, `SELECT h.path, h.method, h.workflow, w.name FROM hooks h JOIN workflows w ON w.workspace = h.workspace AND w.id = h.workflow
WHERE h.workspace = $1 AND h.workflow <> $2 AND h.test = 0 ORDER BY h.path LIMIT 10000`, ws, workflowID)
	return hooks, names, err
}
