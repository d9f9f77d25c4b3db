package store

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/auth"
)

const maxReason = 2000

// MarkFinding remembers that a finding is false, and why.
func (s *Store) MarkFinding(ctx context.Context, scope auth.Scope, id, mark, reason string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if reason == "" || utf8.RuneCountInString(reason) > maxReason {
		return invalid("say in at most %d characters why the finding is false", maxReason)
	}
	target, err := s.targetOf(ctx, ws, id, mark)
	if err != nil {
		return err
	}
	_, err = s.library.exec(ctx, `INSERT INTO campaign_marks (workspace, target, print, reason, author, created) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (workspace, target, print) DO UPDATE SET reason = excluded.reason, author = excluded.author, created = excluded.created`,
		ws, target, mark, reason, scope.User(), s.now())
	return err
}

// UnmarkFinding takes that back.
func (s *Store) UnmarkFinding(ctx context.Context, scope auth.Scope, id, mark string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	target, err := s.targetOf(ctx, ws, id, mark)
	if err != nil {
		return err
	}
	return s.library.mustTouch(ctx, "mark on this finding", "DELETE FROM campaign_marks WHERE workspace = $1 AND target = $2 AND print = $3", ws, target, mark)
}

// targetOf is the target of a campaign that has the finding.
func (s *Store) targetOf(ctx context.Context, ws, id, mark string) (string, error) {
	return one(ctx, s.library.reader(), "such finding of this campaign", scanText, `SELECT c.target FROM campaigns c JOIN campaign_findings f ON f.workspace = c.workspace AND f.campaign = c.id
		WHERE c.workspace = $1 AND c.id = $2 AND f.print = $3`, ws, id, mark)
}
