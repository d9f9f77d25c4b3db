package store

import (
	"context"
	"time"

	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/auth"
)

const maxShares = 50 // of one campaign

// AddShare makes a link whose token has this hash.
func (s *Store) AddShare(ctx context.Context, scope auth.Scope, id, hash string, life time.Duration) (v desk.Share, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return v, err
	}
	if life < time.Minute || life > 366*24*time.Hour {
		return v, invalid("a link lives from a minute to a year")
	}
	v = desk.Share{ID: newID(), Created: s.now(), By: scope.User()}
	v.Expires = v.Created + life.Microseconds()
	err = s.library.tx(ctx, func(q querier) error {
		if _, err := one(ctx, q, "such campaign with a result", scanText, "SELECT campaign FROM campaign_results WHERE workspace = $1 AND campaign = $2", ws, id); err != nil {
			return err
		}
		var n int
		if err := q.row(ctx, "SELECT count(*) FROM campaign_shares WHERE workspace = $1 AND campaign = $2 AND expires > $3", ws, id, v.Created).Scan(&n); err != nil {
			return err
		}
		if n >= maxShares {
			return invalid("the report has %d links, the most there can be; revoke one first", maxShares)
		}
		_, err := q.exec(ctx, "INSERT INTO campaign_shares (workspace, campaign, id, hash, created, expires, author) VALUES ($1, $2, $3, $4, $5, $6, $7)", ws, id, v.ID, hash, v.Created, v.Expires, v.By)
		return err
	})
	return v, err
}

// Shares lists the links to a report that still hold, the newest first.
func (s *Store) Shares(ctx context.Context, scope auth.Scope, id string) ([]desk.Share, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return collect(ctx, s.library.reader(), func(row scanner) (v desk.Share, err error) {
		return v, row.Scan(&v.ID, &v.Created, &v.Expires, &v.By)
	}, "SELECT id, created, expires, author FROM campaign_shares WHERE workspace = $1 AND campaign = $2 AND expires > $3 ORDER BY created DESC, id", ws, id, s.now())
}

// DeleteShare revokes a link.
func (s *Store) DeleteShare(ctx context.Context, scope auth.Scope, id, share string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.library.mustTouch(ctx, "such link to this report", "DELETE FROM campaign_shares WHERE workspace = $1 AND campaign = $2 AND id = $3", ws, id, share)
}

// Shared finds what a link leads to by the hash of its token; one that has expired leads nowhere.
func (s *Store) Shared(ctx context.Context, hash string) (workspace, id string, err error) {
	found, err := one(ctx, s.library.reader(), "such link; it may have expired or been revoked", func(row scanner) (v [2]string, err error) { return v, row.Scan(&v[0], &v[1]) },
		"SELECT workspace, campaign FROM campaign_shares WHERE hash = $1 AND expires > $2", hash, s.now())
	return found[0], found[1], err
}
