package store

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/atelier-studio/atelier/auth"
)

// Bounds of answers that are kept for calls with a key.
const (
	answersFor = 24 * time.Hour
	// MaxAnswer is how many bytes of an answer are kept.
	MaxAnswer  = 1 << 20
	maxAnswers = 1000 // of a workspace; of more the oldest go
)

// Answer is what a call with a key was answered.
type Answer struct {
	// Claim is not empty when this call is the first: it is to be made, and EndAnswer called with what came.
	Claim  string
	Status int // 0: another call with the key is under way
	Type   string
	Body   []byte
	// Other tells that the key was used for another request.
	Other bool
}

// BeginAnswer looks for the answer to a call that carries a key, and claims the key for who is first, on all servers
// together. Hash is of the key and its sender, request of what is asked. A claim of a server that died is free after
// within.
func (s *Store) BeginAnswer(ctx context.Context, scope auth.Scope, hash, request string, within time.Duration) (a Answer, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return a, err
	}
	now := s.clock()
	err = s.library.tx(ctx, func(q querier) error {
		a = Answer{Claim: newID()}
		if _, err := q.exec(ctx, "DELETE FROM call_answers WHERE workspace = $1 AND hash = $2 AND until <= $3", ws, hash, now.UnixMicro()); err != nil {
			return err
		}
		n, err := q.exec(ctx, `INSERT INTO call_answers (workspace, hash, request, claim, status, type, body, until) VALUES ($1, $2, $3, $4, 0, '', $5, $6) ON CONFLICT DO NOTHING`,
			ws, hash, request, a.Claim, []byte{}, now.Add(within).UnixMicro())
		if err != nil || n == 1 {
			return err
		}
		a.Claim = ""
		var asked string
		_, err = one(ctx, q, "answer to this call", func(row scanner) (Answer, error) { return a, row.Scan(&asked, &a.Status, &a.Type, &a.Body) },
			"SELECT request, status, type, body FROM call_answers WHERE workspace = $1 AND hash = $2", ws, hash)
		if errors.Is(err, fs.ErrNotExist) { // the other call failed in this moment: a next try is the first
			return nil
		}
		a.Other = asked != request
		return err
	})
	return a, err
}

// EndAnswer keeps what came of a call for a day, or with the status 0 frees its key, so that it can be made again.
func (s *Store) EndAnswer(ctx context.Context, scope auth.Scope, hash string, a Answer) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	if a.Status == 0 || len(a.Body) > MaxAnswer {
		_, err := s.library.exec(ctx, "DELETE FROM call_answers WHERE workspace = $1 AND hash = $2 AND claim = $3", ws, hash, a.Claim)
		return err
	}
	return s.library.tx(ctx, func(q querier) error {
		if _, err := q.exec(ctx, "UPDATE call_answers SET status = $1, type = $2, body = $3, until = $4 WHERE workspace = $5 AND hash = $6 AND claim = $7",
			a.Status, a.Type, a.Body, s.clock().Add(answersFor).UnixMicro(), ws, hash, a.Claim); err != nil {
			return err
		}
		_, err := q.exec(ctx, `DELETE FROM call_answers WHERE workspace = $1 AND status <> 0 AND hash NOT IN (
			SELECT hash FROM call_answers WHERE workspace = $1 ORDER BY until DESC, hash LIMIT $2)`, ws, maxAnswers)
		return err
	})
}
