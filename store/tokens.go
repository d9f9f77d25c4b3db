package store

import (
	"context"

	"github.com/atelier-studio/atelier/auth"
)

const tokenColumns = "hash, purpose, workspace, role, email, author, created, expires"

func scanToken(row scanner) (t auth.Token, err error) {
	return t, row.Scan(&t.Hash, &t.Purpose, &t.Workspace, &t.Role, &t.Email, &t.By, &t.Created, &t.Expires)
}

// PutToken keeps a one-time permission.
func (s *Store) PutToken(ctx context.Context, t auth.Token) error {
	if t.Hash == "" || t.Purpose == "" {
		return invalid("a token needs a hash and a purpose")
	}
	n, err := s.studio.exec(ctx, "INSERT INTO tokens ("+tokenColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
		t.Hash, t.Purpose, t.Workspace, string(t.Role), t.Email, t.By, t.Created, t.Expires)
	if err == nil && n == 0 {
		return taken("there is such a token")
	}
	return err
}

// Token finds a token that has not expired; the purpose must match.
func (s *Store) Token(ctx context.Context, hash, purpose string, now int64) (auth.Token, error) {
	return one(ctx, s.studio.reader(), "such permission, or it was used or has expired", scanToken,
		"SELECT "+tokenColumns+" FROM tokens WHERE hash = $1 AND purpose = $2 AND expires > $3", hash, purpose, now)
}

// TakeToken finds and removes it, so that of two at once only one gets it.
func (s *Store) TakeToken(ctx context.Context, hash, purpose string, now int64) (t auth.Token, err error) {
	err = s.studio.tx(ctx, func(q querier) (err error) {
		t, err = one(ctx, q, "such permission, or it was used or has expired", scanToken,
			"DELETE FROM tokens WHERE hash = $1 AND purpose = $2 AND expires > $3 RETURNING "+tokenColumns, hash, purpose, now)
		return err
	})
	return t, err
}

// Tokens lists the tokens of the scope's workspace, newest first, expired ones too.
func (s *Store) Tokens(ctx context.Context, scope auth.Scope, purpose string) ([]auth.Token, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return collect(ctx, s.studio.reader(), scanToken,
		"SELECT "+tokenColumns+" FROM tokens WHERE workspace = $1 AND purpose = $2 ORDER BY created DESC, hash LIMIT 1000", ws, purpose)
}

// DeleteToken takes a permission of the scope's workspace back.
func (s *Store) DeleteToken(ctx context.Context, scope auth.Scope, hash string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.studio.mustTouch(ctx, "such permission", "DELETE FROM tokens WHERE workspace = $1 AND hash = $2", ws, hash)
}
