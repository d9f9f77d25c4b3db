package store

import (
	"context"
	"encoding/json"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/auth"
)

const maxOwnPersonas = 200 // of one workspace

// OwnPersonas lists the personas that the workspace made, by id.
func (s *Store) OwnPersonas(ctx context.Context, scope auth.Scope) ([]agents.Persona, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return collect(ctx, s.library.reader(), func(row scanner) (p agents.Persona, err error) {
		var text string
		if err := row.Scan(&text); err != nil {
			return p, err
		}
		return p, json.Unmarshal([]byte(text), &p)
	}, "SELECT data FROM personas WHERE workspace = $1 ORDER BY id", ws)
}

// PutPersonas makes or changes personas of the workspace: all of them, or none.
func (s *Store) PutPersonas(ctx context.Context, scope auth.Scope, list ...agents.Persona) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	for i := range list {
		if err := list[i].Check(); err != nil {
			return err
		}
	}
	return s.library.tx(ctx, func(q querier) error {
		for _, p := range list {
			text, err := asJSON(p)
			if err != nil {
				return err
			}
			if _, err := q.exec(ctx, `INSERT INTO personas (workspace, id, data, created, updated, author) VALUES ($1, $2, $3, $4, $4, $5)
				ON CONFLICT (workspace, id) DO UPDATE SET data = excluded.data, updated = excluded.updated, author = excluded.author`, ws, p.ID, text[0], s.now(), scope.User()); err != nil {
				return err
			}
		}
		var n int
		if err := q.row(ctx, "SELECT count(*) FROM personas WHERE workspace = $1", ws).Scan(&n); err != nil {
			return err
		}
		if n > maxOwnPersonas {
			return invalid("a workspace has at most %d personas of its own", maxOwnPersonas)
		}
		return nil
	})
}

// DeletePersona removes a persona of the workspace; campaigns that it worked in keep it.
func (s *Store) DeletePersona(ctx context.Context, scope auth.Scope, id string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.library.mustTouch(ctx, "such persona of this workspace", "DELETE FROM personas WHERE workspace = $1 AND id = $2", ws, id)
}
