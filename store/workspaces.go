package store

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/atelier-studio/atelier/auth"
)

const memberQuery = `SELECT w.id, w.name, w.created, w.viewers_comment, u.id, u.email, u.name, u.password_hash, u.created, m.role, m.since
	FROM members m JOIN workspaces w ON w.id = m.workspace JOIN users u ON u.id = m.user_id `

func scanMember(row scanner) (m auth.Member, err error) {
	return m, row.Scan(&m.Workspace.ID, &m.Workspace.Name, &m.Workspace.Created, &m.Workspace.ViewersComment, &m.User.ID, &m.User.Email, &m.User.Name,
		&m.User.PasswordHash, &m.User.Created, &m.Role, &m.Since)
}

// CreateWorkspace makes a workspace with its first owner, who must exist. The id becomes a folder's name: letters,
// digits, "-" and "_".
func (s *Store) CreateWorkspace(ctx context.Context, w auth.Workspace, owner auth.User) error {
	if !isPlainName(w.ID) {
		return invalid("a workspace's id has letters, digits, - and _, not %.40q", w.ID)
	}
	name, err := workspaceName(w.Name)
	if err != nil {
		return err
	}
	return s.studio.tx(ctx, func(q querier) error {
		if _, err := one(ctx, q, "such user", scanText, "SELECT id FROM users WHERE id = $1"+q.db.forUpdate(), owner.ID); err != nil {
			return err
		}
		// A form that is sent twice makes one workspace. The lock on the user lets the second see the first.
		switch _, err := one(ctx, q, "such workspace", scanText, "SELECT w.id FROM workspaces w JOIN members m ON m.workspace = w.id WHERE m.user_id = $1 AND m.role = $2 AND w.name = $3 LIMIT 1",
			owner.ID, string(auth.Owner), name); {
		case err == nil:
			return taken("you have a workspace of this name already: choose another name")
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		n, err := q.exec(ctx, "INSERT INTO workspaces (id, name, wrapped_key, created) VALUES ($1, $2, '', $3) ON CONFLICT DO NOTHING", w.ID, name, w.Created)
		if err != nil {
			return err
		}
		if n == 0 {
			return taken("there is a workspace with this id")
		}
		_, err = q.exec(ctx, "INSERT INTO members (workspace, user_id, role, since) VALUES ($1, $2, $3, $4)", w.ID, owner.ID, string(auth.Owner), w.Created)
		return err
	})
}

// FirstWorkspace returns the id of the oldest workspace: that of who set the studio up. Workspaces are never removed, so
// it stays the same. fs.ErrNotExist while there is none.
func (s *Store) FirstWorkspace(ctx context.Context) (string, error) {
	return one(ctx, s.studio.reader(), "workspace", scanText, "SELECT id FROM workspaces ORDER BY created, id LIMIT 1")
}

// RenameWorkspace gives the scope's workspace another name.
func (s *Store) RenameWorkspace(ctx context.Context, scope auth.Scope, name string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	if name, err = workspaceName(name); err != nil {
		return err
	}
	return s.studio.mustTouch(ctx, "such workspace", "UPDATE workspaces SET name = $2 WHERE id = $1", ws, name)
}

// LetViewersComment says whether viewers of the scope's workspace may comment.
func (s *Store) LetViewersComment(ctx context.Context, scope auth.Scope, may bool) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.studio.mustTouch(ctx, "such workspace", "UPDATE workspaces SET viewers_comment = $2 WHERE id = $1", ws, may)
}

func workspaceName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 200 {
		return "", invalid("a workspace's name has 1 to 200 bytes")
	}
	return name, nil
}

// Memberships lists where a user belongs, the oldest first.
func (s *Store) Memberships(ctx context.Context, user string) ([]auth.Member, error) {
	return collect(ctx, s.studio.reader(), scanMember, memberQuery+"WHERE m.user_id = $1 ORDER BY m.since, w.id LIMIT 1000", user)
}

// Membership finds a user's place in a workspace.
func (s *Store) Membership(ctx context.Context, user, workspace string) (auth.Member, error) {
	return one(ctx, s.studio.fixed(), "such member", scanMember, memberQuery+"WHERE m.workspace = $1 AND m.user_id = $2", workspace, user)
}
