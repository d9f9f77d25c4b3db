package store

import (
	"context"

	"github.com/atelier-studio/atelier/auth"
)

// readUpTo marks threads as seen by a person up to their newest comment.
const readUpTo = `INSERT INTO comment_reads (workspace, user_id, workflow, thread, at)
	SELECT c.workspace, CAST($2 AS text), c.workflow, c.thread, max(c.created) FROM comments c WHERE c.workspace = $1`

const readLater = ` GROUP BY c.workspace, c.workflow, c.thread
	ON CONFLICT (workspace, user_id, workflow, thread) DO UPDATE SET at = excluded.at`

// ReadThread marks what was said in a thread as seen by the scope's user; with thread "" in all threads of the workflow.
func (s *Store) ReadThread(ctx context.Context, scope auth.Scope, workflow, thread string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.studio.tx(ctx, func(q querier) error {
		if err := needWorkflow(ctx, q, ws, workflow, ""); err != nil || scope.User() == "" {
			return err // the studio itself reads nothing
		}
		if thread == "" {
			_, err := q.exec(ctx, readUpTo+" AND c.workflow = $3"+readLater, ws, scope.User(), workflow)
			return err
		}
		if _, err := readThread(ctx, q, ws, workflow, scope.User(), thread); err != nil {
			return err
		}
		_, err := q.exec(ctx, readUpTo+" AND c.workflow = $3 AND c.thread = $4"+readLater, ws, scope.User(), workflow, thread)
		return err
	})
}

// ReadMentions marks all threads in which somebody called the scope's user as seen.
func (s *Store) ReadMentions(ctx context.Context, scope auth.Scope) error {
	ws, err := workspaceOf(scope)
	if err != nil || scope.User() == "" {
		return err
	}
	_, err = s.studio.exec(ctx, readUpTo+` AND EXISTS (SELECT 1 FROM comment_mentions n WHERE n.workspace = c.workspace AND n.user_id = $2
		AND n.workflow = c.workflow AND n.thread = c.thread)`+readLater, ws, scope.User())
	return err
}
