package store

import (
	"context"

	"github.com/atelier-studio/atelier/auth"
)

// Members lists who belongs to the scope's workspace, the oldest first.
func (s *Store) Members(ctx context.Context, scope auth.Scope) ([]auth.Member, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return collect(ctx, s.studio.reader(), scanMember, memberQuery+"WHERE m.workspace = $1 ORDER BY m.since, u.id LIMIT 10000", ws)
}

// AddMember gives a user a place in a workspace; fs.ErrExist when the user has one.
func (s *Store) AddMember(ctx context.Context, workspace, user string, role auth.Role, at int64) error {
	if err := checkRole(role); err != nil {
		return err
	}
	return s.studio.tx(ctx, func(q querier) error {
		if _, err := one(ctx, q, "such workspace or user", scanText,
			"SELECT w.id FROM workspaces w, users u WHERE w.id = $1 AND u.id = $2", workspace, user); err != nil {
			return err
		}
		n, err := q.exec(ctx, "INSERT INTO members (workspace, user_id, role, since) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
			workspace, user, string(role), at)
		if err == nil && n == 0 {
			return taken("this user is a member already")
		}
		return err
	})
}

// SetRole changes a member's role; fs.ErrInvalid when the workspace would be left without an owner.
func (s *Store) SetRole(ctx context.Context, scope auth.Scope, user string, role auth.Role) error {
	if err := checkRole(role); err != nil {
		return err
	}
	return s.changeMember(ctx, scope, user, role != auth.Owner, func(q querier, ws string) error {
		_, err := q.exec(ctx, "UPDATE members SET role = $3 WHERE workspace = $1 AND user_id = $2", ws, user, string(role))
		return err
	})
}

// RemoveMember takes a member's place away; fs.ErrInvalid when the workspace would be left without an owner.
func (s *Store) RemoveMember(ctx context.Context, scope auth.Scope, user string) error {
	return s.changeMember(ctx, scope, user, true, func(q querier, ws string) error {
		if _, err := q.exec(ctx, "DELETE FROM members WHERE workspace = $1 AND user_id = $2", ws, user); err != nil {
			return err
		}
		if _, err := q.exec(ctx, "DELETE FROM keys WHERE workspace = $1 AND user_id = $2", ws, user); err != nil {
			return err
		}
		_, err := q.exec(ctx, "UPDATE sessions SET workspace = '' WHERE user_id = $2 AND workspace = $1", ws, user)
		return err
	})
}

// changeMember runs change with the workspace locked, so that two owners cannot both leave at once.
func (s *Store) changeMember(ctx context.Context, scope auth.Scope, user string, lessRights bool, change func(q querier, ws string) error) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.studio.tx(ctx, func(q querier) error {
		if _, err := one(ctx, q, "such workspace", scanText, "SELECT id FROM workspaces WHERE id = $1"+q.db.forUpdate(), ws); err != nil {
			return err
		}
		role, err := one(ctx, q, "such member", scanText, "SELECT role FROM members WHERE workspace = $1 AND user_id = $2", ws, user)
		if err != nil {
			return err
		}
		if lessRights && role == string(auth.Owner) {
			var others int
			err := q.row(ctx, "SELECT count(*) FROM members WHERE workspace = $1 AND role = $2 AND user_id <> $3", ws, string(auth.Owner), user).Scan(&others)
			if err != nil {
				return err
			}
			if others == 0 {
				return invalid("this is the workspace's last owner; make somebody else an owner first")
			}
		}
		return change(q, ws)
	})
}

func checkRole(role auth.Role) error {
	if role != auth.Owner && role != auth.Editor && role != auth.Viewer {
		return invalid("there is no role %.40q", role)
	}
	return nil
}
