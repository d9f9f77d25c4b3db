package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/llm"
)

// Bounds of the replies that are kept of a workspace.
const (
	repliesFor      = 7 * 24 * time.Hour
	maxReplyBytes   = 256 << 10
	maxRepliesBytes = 64 << 20
	maxReplies      = 20_000
)

// Replies keeps replies of language models for one workspace: a week, up to 64 MiB, the oldest go first. It never gives
// one workspace what another one was told.
func (s *Store) Replies(workspace string) llm.ReplyCache { return replies{s, workspace} }

type replies struct {
	s         *Store
	workspace string
}

func (r replies) Get(ctx context.Context, key string) (*llm.Reply, error) {
	text, err := one(ctx, r.s.library.reader(), "reply that is kept", scanText, "SELECT reply FROM model_replies WHERE workspace = $1 AND hash = $2 AND created > $3",
		r.workspace, key, r.s.clock().Add(-repliesFor).UnixMicro())
	if err != nil {
		return nil, err
	}
	reply := new(llm.Reply)
	return reply, json.Unmarshal([]byte(text), reply)
}

func (r replies) Put(ctx context.Context, key string, reply *llm.Reply) error {
	text, err := json.Marshal(reply)
	if err != nil || len(text) > maxReplyBytes || r.workspace == "" {
		return err
	}
	return r.s.library.tx(ctx, func(q querier) error {
		if _, err := q.exec(ctx, `INSERT INTO model_replies (workspace, hash, reply, bytes, created) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (workspace, hash) DO UPDATE SET reply = excluded.reply, bytes = excluded.bytes, created = excluded.created`,
			r.workspace, key, string(text), len(text), r.s.now()); err != nil {
			return err
		}
		return r.bound(ctx, q)
	})
}

// bound removes the oldest replies beyond the bounds.
func (r replies) bound(ctx context.Context, q querier) error {
	var n, bytes int64
	if err := q.row(ctx, "SELECT count(*), COALESCE(sum(bytes), 0) FROM model_replies WHERE workspace = $1", r.workspace).Scan(&n, &bytes); err != nil {
		return err
	}
	if n <= maxReplies && bytes <= maxRepliesBytes {
		return nil
	}
	// A tenth at once, so that this is not to be done with every reply.
	_, err := q.exec(ctx, `DELETE FROM model_replies WHERE workspace = $1 AND hash IN (
		SELECT hash FROM model_replies WHERE workspace = $1 ORDER BY created, hash LIMIT $2)`, r.workspace, max(1, n/10))
	return err
}

// ForgetReplies removes what is kept of language models in the scope's workspace, and says how many replies that were.
func (s *Store) ForgetReplies(ctx context.Context, scope auth.Scope) (int, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return 0, err
	}
	n, err := s.library.exec(ctx, "DELETE FROM model_replies WHERE workspace = $1", ws)
	return int(n), err
}

func (s *Store) tidyReplies(ctx context.Context) error {
	_, err := s.library.exec(ctx, "DELETE FROM model_replies WHERE created <= $1", s.clock().Add(-repliesFor).UnixMicro())
	_, err2 := s.library.exec(ctx, "DELETE FROM call_answers WHERE until <= $1", s.now())
	return errors.Join(err, err2)
}
