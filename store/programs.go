package store

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/atelier-studio/atelier/auth"
)

const keyColumns = "k.id, k.hash, k.hint, k.name, k.user_id, k.workspace, k.scopes, k.created, k.expires, k.used"

func keyFields(k *auth.Key, scopes *string) []any {
	return []any{&k.ID, &k.Hash, &k.Hint, &k.Name, &k.UserID, &k.Workspace, scopes, &k.Created, &k.Expires, &k.Used}
}

// CreateKey keeps a program's new key.
func (s *Store) CreateKey(ctx context.Context, k auth.Key) error {
	if k.ID == "" || k.Hash == "" || k.UserID == "" || k.Workspace == "" || len(k.Scopes) == 0 {
		return invalid("a key needs an id, a hash, a person, a workspace and scopes")
	}
	scopes, err := json.Marshal(k.Scopes)
	if err != nil {
		return err
	}
	return s.studio.tx(ctx, func(q querier) error {
		if _, err := one(ctx, q, "such member", scanText, "SELECT user_id FROM members WHERE workspace = $1 AND user_id = $2", k.Workspace, k.UserID); err != nil {
			return err
		}
		n, err := q.exec(ctx, `INSERT INTO keys (id, hash, hint, name, user_id, workspace, scopes, created, expires, used)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
			k.ID, k.Hash, k.Hint, k.Name, k.UserID, k.Workspace, string(scopes), k.Created, k.Expires, k.Used)
		if err == nil && n == 0 {
			return taken("there is such a key")
		}
		return err
	})
}

// KeyHolder finds a key by its hash, with the present place of its person in its workspace. Whether it has expired is
// not looked at.
func (s *Store) KeyHolder(ctx context.Context, hash string) (auth.Key, auth.Member, error) {
	type held struct {
		key    auth.Key
		member auth.Member
	}
	read := func(row scanner) (h held, err error) {
		var scopes string
		m := &h.member
		if err := row.Scan(append(keyFields(&h.key, &scopes), &m.Workspace.ID, &m.Workspace.Name, &m.Workspace.Created, &m.Workspace.ViewersComment,
			&m.User.ID, &m.User.Email, &m.User.Name, &m.User.PasswordHash, &m.User.Created, &m.Role, &m.Since)...); err != nil {
			return h, err
		}
		return h, json.Unmarshal([]byte(scopes), &h.key.Scopes)
	}
	type hashed struct{ hash string }
	h, err := remember(s.studio, hashed{hash}, func() (held, error) {
		return one(ctx, s.studio.fixed(), "such key", read, "SELECT "+keyColumns+`, w.id, w.name, w.created, w.viewers_comment, u.id, u.email, u.name, u.password_hash, u.created, m.role, m.since
		FROM keys k JOIN members m ON m.workspace = k.workspace AND m.user_id = k.user_id
		JOIN workspaces w ON w.id = k.workspace JOIN users u ON u.id = k.user_id WHERE k.hash = $1`, hash)
	})
	h.key.Scopes = slices.Clone(h.key.Scopes)
	return h.key, h.member, err
}

// TouchKey sets when a key was used.
func (s *Store) TouchKey(ctx context.Context, id string, used int64) error {
	return s.studio.mustTouch(ctx, "such key", "UPDATE keys SET used = $2 WHERE id = $1", id, used)
}

// Keys lists the keys of the scope's person for the scope's workspace, the newest first.
func (s *Store) Keys(ctx context.Context, scope auth.Scope) ([]auth.Key, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return collect(ctx, s.studio.reader(), func(row scanner) (k auth.Key, err error) {
		var scopes string
		if err := row.Scan(keyFields(&k, &scopes)...); err != nil {
			return k, err
		}
		return k, json.Unmarshal([]byte(scopes), &k.Scopes)
	}, "SELECT "+keyColumns+" FROM keys k WHERE k.workspace = $1 AND k.user_id = $2 ORDER BY k.created DESC, k.id LIMIT 1000", ws, scope.User())
}

// DeleteKey ends a key of the scope's person.
func (s *Store) DeleteKey(ctx context.Context, scope auth.Scope, id string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.studio.mustTouch(ctx, "such key", "DELETE FROM keys WHERE workspace = $1 AND user_id = $2 AND id = $3", ws, scope.User(), id)
}
