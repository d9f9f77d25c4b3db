package auth

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

const (
	purposeSetup = "setup"
	setupPlace   = "setup" // stands for a workspace, before there is one
	setupLife    = 24 * time.Hour
)

// NeedsSetup tells whether nobody has an account yet.
func (s *Service) NeedsSetup(ctx context.Context) (bool, error) {
	n, err := s.store.CountUsers(ctx)
	return n == 0, err
}

// SetupToken makes the token of a new set-up link and forgets earlier ones. It is "" once somebody has an account.
func (s *Service) SetupToken(ctx context.Context) (string, error) {
	if needed, err := s.NeedsSetup(ctx); err != nil || !needed {
		return "", err
	}
	studio := System(setupPlace)
	old, err := s.store.Tokens(ctx, studio, purposeSetup)
	if err != nil {
		return "", err
	}
	for _, t := range old {
		if err := s.store.DeleteToken(ctx, studio, t.Hash); err != nil {
			return "", err
		}
	}
	token, now := newToken(), s.micros()
	return token, s.store.PutToken(ctx, Token{
		Hash: HashToken(token), Purpose: purposeSetup, Workspace: setupPlace, Role: Owner, Created: now, Expires: now + setupLife.Microseconds(),
	})
}

// CheckSetup returns nil for a set-up token that is good.
func (s *Service) CheckSetup(ctx context.Context, token string) error {
	needed, err := s.NeedsSetup(ctx)
	if err != nil {
		return err
	}
	if !needed {
		return fmt.Errorf("this studio is set up already: sign in instead: %w", fs.ErrNotExist)
	}
	_, err = s.store.Token(ctx, HashToken(token), purposeSetup, s.micros())
	return noSuchLink(err)
}

// SetUp makes the first account, with a workspace, and signs it in. Mistakes leave the link good.
func (s *Service) SetUp(ctx context.Context, token string, p Person, from Client) (session string, err error) {
	if err := s.CheckSetup(ctx, token); err != nil {
		return "", err
	}
	user, err := s.newUser(ctx, p)
	if err != nil {
		return "", err
	}
	if _, err := s.store.TakeToken(ctx, HashToken(token), purposeSetup, s.micros()); err != nil {
		return "", noSuchLink(err)
	}
	if err := s.create(ctx, user); err != nil {
		return "", err
	}
	return s.open(ctx, user, "", from)
}

func noSuchLink(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("this link is not valid, was used already or has expired: %w", fs.ErrNotExist)
	}
	return err
}
