package store

import (
	"context"
	"regexp"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,99}$`)

const maxVariableBytes = 64 << 10

// PutVariable makes or changes a variable of the workspace.
func (s *Store) PutVariable(ctx context.Context, scope auth.Scope, v engine.Variable) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	if !variableName.MatchString(v.Name) {
		return invalid("a variable's name has letters, digits and _, and begins with a letter or _: %.100q does not", v.Name)
	}
	if len(v.Value) > maxVariableBytes {
		return invalid("a variable holds at most %d KiB", maxVariableBytes>>10)
	}
	return s.studio.tx(ctx, func(q querier) error {
		if _, err := one(ctx, q, "such workspace", scanText, "SELECT id FROM workspaces WHERE id = $1", ws); err != nil {
			return err
		}
		_, err := q.exec(ctx, `INSERT INTO variables (workspace, name, value, updated, author) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (workspace, name) DO UPDATE SET value = excluded.value, updated = excluded.updated, author = excluded.author`,
			ws, v.Name, v.Value, s.now(), scope.User())
		return err
	})
}

// Variables lists the workspace's variables by name.
func (s *Store) Variables(ctx context.Context, scope auth.Scope) ([]engine.Variable, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return s.variables(ctx, ws)
}

type variablesKey struct{ workspace string }

func (s *Store) variables(ctx context.Context, ws string) ([]engine.Variable, error) {
	return remember(s.studio, variablesKey{ws}, func() ([]engine.Variable, error) {
		return collect(ctx, s.studio.fixed(), func(row scanner) (v engine.Variable, err error) {
			return v, row.Scan(&v.Name, &v.Value, &v.Updated, &v.By)
		}, "SELECT name, value, updated, author FROM variables WHERE workspace = $1 ORDER BY name LIMIT 10000", ws)
	})
}

// DeleteVariable removes a variable.
func (s *Store) DeleteVariable(ctx context.Context, scope auth.Scope, name string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.studio.mustTouch(ctx, "such variable in this workspace", "DELETE FROM variables WHERE workspace = $1 AND name = $2", ws, name)
}

// RunVariables returns the workspace's variables for $vars.
func (s *Store) RunVariables(ctx context.Context, workspace string) (map[string]any, error) {
	ws, err := workspaceID(workspace)
	if err != nil {
		return nil, err
	}
	list, err := s.variables(ctx, ws)
	if err != nil {
		return nil, err
	}
	vars := make(map[string]any, len(list))
	for _, v := range list {
		vars[v.Name] = v.Value
	}
	return vars, nil
}
