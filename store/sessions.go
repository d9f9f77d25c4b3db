package store

import (
	"context"

	"github.com/atelier-studio/atelier/auth"
)

const sessionColumns = "hash, id, previous, rotated, user_id, workspace, created, seen, expires, agent, address"

func scanSession(row scanner) (v auth.Session, err error) {
	return v, row.Scan(&v.Hash, &v.ID, &v.Previous, &v.Rotated, &v.UserID, &v.Workspace, &v.Created, &v.Seen, &v.Expires, &v.Agent, &v.Address)
}

// CreateSession keeps a new session; fs.ErrExist when there is one with this hash, fs.ErrNotExist when there is no
// such user.
func (s *Store) CreateSession(ctx context.Context, v auth.Session) error {
	return s.studio.tx(ctx, func(q querier) error {
		if _, err := one(ctx, q, "such user", scanText, "SELECT id FROM users WHERE id = $1", v.UserID); err != nil {
			return err
		}
		n, err := q.exec(ctx, "INSERT INTO sessions ("+sessionColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
			v.Hash, v.ID, v.Previous, v.Rotated, v.UserID, v.Workspace, v.Created, v.Seen, v.Expires, v.Agent, v.Address)
		if err == nil && n == 0 {
			return taken("there is a session with this token")
		}
		return err
	})
}

// sessionByHash finds by the token in force or the one before; an empty hash finds nothing.
const sessionByHash = "(hash = $1 OR previous = $1) AND $1 <> ''"

// Session finds a session whose Hash or Previous is hash. Whether it has expired is not looked at.
func (s *Store) Session(ctx context.Context, hash string) (auth.Session, error) {
	return one(ctx, s.studio.fixed(), "such session", scanSession, "SELECT "+sessionColumns+" FROM sessions WHERE "+sessionByHash, hash)
}

// TouchSession sets when the session whose Hash is hash was seen. A newHash that is not empty changes the token: of
// two at once only one does it, the other gets fs.ErrNotExist.
func (s *Store) TouchSession(ctx context.Context, hash string, seen int64, newHash string) error {
	text, args := "UPDATE sessions SET seen = $2 WHERE hash = $1", []any{hash, seen}
	if newHash != "" {
		text = "UPDATE sessions SET seen = $2, previous = hash, hash = $3, rotated = $2 WHERE hash = $1"
		args = append(args, newHash)
	}
	return s.studio.mustTouch(ctx, "such session", text, args...)
}

// DeleteSession removes the session whose Hash or Previous is hash.
func (s *Store) DeleteSession(ctx context.Context, hash string) error {
	return s.studio.mustTouch(ctx, "such session", "DELETE FROM sessions WHERE "+sessionByHash, hash)
}

// DeleteSessions removes a user's sessions but the one whose Hash is except ("" keeps none), and says how many.
func (s *Store) DeleteSessions(ctx context.Context, user, except string) (int, error) {
	n, err := s.studio.exec(ctx, "DELETE FROM sessions WHERE user_id = $1 AND hash <> $2", user, except)
	return int(n), err
}

// Sessions lists a user's sessions, the last seen first.
func (s *Store) Sessions(ctx context.Context, user string) ([]auth.Session, error) {
	return collect(ctx, s.studio.reader(), scanSession, "SELECT "+sessionColumns+" FROM sessions WHERE user_id = $1 ORDER BY seen DESC, hash LIMIT 1000", user)
}

// MoveSession changes the workspace of the session whose Hash or Previous is hash.
func (s *Store) MoveSession(ctx context.Context, hash, workspace string) error {
	return s.studio.mustTouch(ctx, "such session", "UPDATE sessions SET workspace = $2 WHERE "+sessionByHash, hash, workspace)
}

// mustTouch runs one statement that must find its row.
func (d *db) mustTouch(ctx context.Context, what, text string, args ...any) error {
	n, err := d.exec(ctx, text, args...)
	if err == nil && n == 0 {
		return absent("%s", what)
	}
	return err
}
