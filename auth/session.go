package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"
)

const (
	// SessionIdle and SessionLife end a session that is not used, and any session.
	SessionIdle = 8 * time.Hour
	SessionLife = 30 * 24 * time.Hour

	rotateAfter   = 10 * time.Minute // a token that leaked is soon worthless
	previousGrace = 30 * time.Second // requests that were under way with the token before
	touchEvery    = time.Minute      // Seen is no more exact than this
)

// SignIn checks a password and opens a session. Every failure is ErrWrongPassword, TooMany, or ErrBusy.
func (s *Service) SignIn(ctx context.Context, email, password string, from Client) (token string, err error) {
	address, err := cleanEmail(email)
	if err != nil || len(password) > 4*MaxPassword {
		return "", ErrWrongPassword
	}
	if err := s.throttle.begin(address, from.Address); err != nil {
		s.log.WarnContext(ctx, "sign-in refused: too many failures", slog.String("address", from.Address))
		return "", err
	}
	user, err := s.store.UserByEmail(ctx, address)
	unknown := errors.Is(err, fs.ErrNotExist)
	if err != nil && !unknown {
		return "", err
	}
	hash := user.PasswordHash
	if unknown || hash == "" {
		hash = s.hasher.dummy
	}
	ok, stale, err := s.hasher.verify(ctx, hash, password)
	if err != nil {
		return "", err
	}
	if !ok || unknown {
		s.log.WarnContext(ctx, "sign-in failed", slog.String("address", from.Address), slog.String("user", user.ID))
		return "", ErrWrongPassword
	}
	s.throttle.ok(address, from.Address)
	if stale {
		if user.PasswordHash, err = s.hasher.hash(ctx, password); err != nil {
			return "", err
		}
		if err := s.store.UpdateUser(ctx, user); err != nil {
			return "", err
		}
	}
	return s.open(ctx, user, "", from)
}

// open makes a session in the given workspace, or the user's oldest.
func (s *Service) open(ctx context.Context, user User, workspace string, from Client) (string, error) {
	if workspace == "" {
		members, err := s.store.Memberships(ctx, user.ID)
		if err != nil {
			return "", err
		}
		if len(members) > 0 {
			workspace = members[0].Workspace.ID
		}
	}
	token, now := newToken(), s.micros()
	err := s.store.CreateSession(ctx, Session{
		ID: rand.Text(), Hash: HashToken(token), Rotated: now, UserID: user.ID, Workspace: workspace, Created: now, Seen: now,
		Expires: now + SessionLife.Microseconds(), Agent: clip(from.Agent, 300), Address: clip(from.Address, 64),
	})
	if err != nil {
		return "", err
	}
	s.log.InfoContext(ctx, "signed in", slog.String("user", user.ID), slog.String("address", from.Address))
	return token, nil
}

func clip(s string, n int) string { return s[:min(n, len(s))] }

// Authenticate finds who holds a token. A newToken that is not empty replaces it: the browser must be given it. The
// error is ErrSignedOut for a token that is worth nothing; any other error means that it could not be told, and no.
func (s *Service) Authenticate(ctx context.Context, token string) (p Principal, newToken string, err error) {
	if token == "" || len(token) > maxToken {
		return p, "", ErrSignedOut
	}
	session, err := s.live(ctx, HashToken(token))
	if err != nil {
		return p, "", err
	}
	p.User, err = s.store.UserByID(ctx, session.UserID)
	if err != nil {
		return p, "", signedOut(err)
	}
	p.Session = session
	if p.Member, err = s.member(ctx, &p.Session); err != nil {
		return Principal{}, "", err
	}
	newToken, err = s.touch(ctx, &p.Session, HashToken(token))
	if err != nil {
		return Principal{}, "", err
	}
	return p, newToken, nil
}

// live finds a session by a token's hash and tells whether it still counts.
func (s *Service) live(ctx context.Context, hash string) (Session, error) {
	session, err := s.store.Session(ctx, hash)
	if err != nil {
		return session, signedOut(err)
	}
	now := s.micros()
	if now >= session.Expires || now-session.Seen >= SessionIdle.Microseconds() {
		if err := s.store.DeleteSession(ctx, session.Hash); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return session, err
		}
		return session, ErrSignedOut
	}
	if hash != session.Hash {
		// The token before the last change: good for a moment, and for as long as the new one was never used, because
		// then the answer that carried it was lost.
		unseen := session.Seen == session.Rotated
		if !unseen && now-session.Rotated > previousGrace.Microseconds() {
			return session, ErrSignedOut
		}
	}
	return session, nil
}

// member returns the user's place in the session's workspace. Someone who was removed from it moves to another.
func (s *Service) member(ctx context.Context, session *Session) (Member, error) {
	if session.Workspace != "" {
		m, err := s.store.Membership(ctx, session.UserID, session.Workspace)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return m, err
		}
	}
	all, err := s.store.Memberships(ctx, session.UserID)
	if err != nil || len(all) == 0 {
		return Member{}, err
	}
	session.Workspace = all[0].Workspace.ID
	return all[0], s.store.MoveSession(ctx, session.Hash, session.Workspace)
}

// touch notes that the session is used and changes its token when that is due.
func (s *Service) touch(ctx context.Context, session *Session, presented string) (string, error) {
	now := s.micros()
	due := now-session.Rotated >= rotateAfter.Microseconds()
	current := presented == session.Hash
	if !due {
		first := current && session.Seen == session.Rotated && session.Previous != ""
		if !current || !first && now-session.Seen < touchEvery.Microseconds() {
			return "", nil
		}
		// Later than Rotated even within the same microsecond: it says that the new token has arrived.
		err := s.store.TouchSession(ctx, session.Hash, max(now, session.Rotated+1), "")
		return "", ignoreAbsent(err)
	}
	token := newToken()
	err := s.store.TouchSession(ctx, session.Hash, now, HashToken(token))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil // another request has changed it just now; the presented token is still good for a moment
	}
	if err != nil {
		return "", err
	}
	session.Previous, session.Hash, session.Rotated, session.Seen = session.Hash, HashToken(token), now, now
	return token, nil
}

// SignOut ends the session of a token. A token without a session is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return ignoreAbsent(s.store.DeleteSession(ctx, HashToken(token)))
}

// SignOutEverywhere ends all the user's sessions but this one, and says how many.
func (s *Service) SignOutEverywhere(ctx context.Context, p Principal) (int, error) {
	return s.store.DeleteSessions(ctx, p.User.ID, p.Session.Hash)
}

// Sessions lists the user's sessions that have not ended, the last seen first.
func (s *Service) Sessions(ctx context.Context, p Principal) ([]Session, error) {
	all, err := s.store.Sessions(ctx, p.User.ID)
	if err != nil {
		return nil, err
	}
	now, alive := s.micros(), all[:0]
	for _, v := range all {
		if now < v.Expires && now-v.Seen < SessionIdle.Microseconds() {
			alive = append(alive, v)
		}
	}
	return alive, nil
}

// EndSession ends one of the user's own sessions, named by its ID.
func (s *Service) EndSession(ctx context.Context, p Principal, id string) error {
	all, err := s.store.Sessions(ctx, p.User.ID)
	if err != nil {
		return err
	}
	for _, v := range all {
		if v.ID == id {
			return ignoreAbsent(s.store.DeleteSession(ctx, v.Hash))
		}
	}
	return fmt.Errorf("this session has ended already: %w", fs.ErrNotExist)
}

func signedOut(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrSignedOut
	}
	return err
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
