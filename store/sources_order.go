package store

import (
	"context"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag/site"
)

// SourceOrder is what is to be done with an address.
type SourceOrder string

// The orders.
const (
	LookSource    SourceOrder = "look"   // again, now
	PauseSource   SourceOrder = "pause"  // what is under way, and looking by itself
	ResumeSource  SourceOrder = "resume" // goes on where it was
	ForgetGone    SourceOrder = "forget_gone"
	RestoreSource SourceOrder = "restore" // pages whose documents were deleted here: they are taken in again
)

// OrderSource gives an order for an address. It returns how many pages it concerned, for those orders that are about pages.
func (s *Store) OrderSource(ctx context.Context, scope auth.Scope, collection, id string, o SourceOrder) (n int, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return 0, err
	}
	err = s.library.tx(ctx, func(q querier) error {
		v, err := oneSource(ctx, q, ws, collection, id)
		if err != nil {
			return err
		}
		switch o {
		case LookSource, ResumeSource:
			if o == ResumeSource && v.Status != site.Paused || v.Status == site.Waiting || v.Status == site.Working {
				return nil
			}
			return s.setSource(ctx, q, &v, site.Waiting)
		case PauseSource:
			return s.setSource(ctx, q, &v, site.Paused)
		case ForgetGone:
			n, err = s.forgetGone(ctx, q, ws, collection, id)
			return err
		case RestoreSource:
			changed, err := q.exec(ctx, "UPDATE source_pages SET document = '' WHERE workspace = $1 AND collection = $2 AND source = $3 AND state = $4", ws, collection, id, string(site.Deleted))
			if n = int(changed); err != nil || n == 0 {
				return err
			}
			return s.setSource(ctx, q, &v, site.Waiting)
		}
		return invalid("there is no order %q; there are look, pause, resume, forget_gone and restore", o)
	})
	return n, err
}

func (s *Store) setSource(ctx context.Context, q querier, v *site.Source, to site.Status) error {
	_, err := q.exec(ctx, "UPDATE sources SET status = $4, error = '', owner = '', updated = $5 WHERE workspace = $1 AND collection = $2 AND id = $3", v.Workspace, v.Collection, v.ID, string(to), s.now())
	return err
}

// forgetGone removes pages that their site has no more, with their documents.
func (s *Store) forgetGone(ctx context.Context, q querier, ws, collection, id string) (int, error) {
	args := []any{ws, collection, id, string(site.Gone)}
	n, err := q.exec(ctx, `DELETE FROM documents WHERE workspace = $1 AND collection = $2 AND id IN
		(SELECT document FROM source_pages WHERE workspace = $1 AND collection = $2 AND source = $3 AND state = $4)`, args...)
	if err != nil {
		return 0, err
	}
	if _, err := q.exec(ctx, "DELETE FROM source_pages WHERE workspace = $1 AND collection = $2 AND source = $3 AND state = $4", args...); err != nil || n == 0 {
		return 0, err
	}
	return int(n), touch(ctx, q, ws, collection, s.now())
}

// DeleteSource removes an address from a collection. With documents, those that came from it go too, but for those that
// came from another address as well. It returns how many documents went.
func (s *Store) DeleteSource(ctx context.Context, scope auth.Scope, collection, id string, documents bool) (n int, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return 0, err
	}
	err = s.library.tx(ctx, func(q querier) error {
		if _, err := oneSource(ctx, q, ws, collection, id); err != nil {
			return err
		}
		if documents {
			gone, err := q.exec(ctx, `DELETE FROM documents WHERE workspace = $1 AND collection = $2
				AND id IN (SELECT document FROM source_pages WHERE workspace = $1 AND collection = $2 AND source = $3)
				AND id NOT IN (SELECT document FROM source_pages WHERE workspace = $1 AND collection = $2 AND source <> $3)`, ws, collection, id)
			if err != nil {
				return err
			}
			if n = int(gone); n > 0 {
				if err := touch(ctx, q, ws, collection, s.now()); err != nil {
					return err
				}
			}
		}
		_, err := q.exec(ctx, "DELETE FROM sources WHERE workspace = $1 AND collection = $2 AND id = $3", ws, collection, id)
		return err
	})
	return n, err
}
