package auth

import (
	"context"
	"log/slog"
)

// Rename changes how a person is called.
func (s *Service) Rename(ctx context.Context, p Principal, name string) error {
	name, err := CleanName(name)
	if err != nil {
		return err
	}
	user := p.User
	user.Name = name
	return s.store.UpdateUser(ctx, user)
}

// ChangePassword sets a new password when the current one is given, ends all other sessions and changes this one's
// token, which the browser must be given.
func (s *Service) ChangePassword(ctx context.Context, p Principal, current, password string, from Client) (token string, err error) {
	// Someone at an open screen must not be able to guess faster here than at the door.
	if err := s.throttle.begin(p.User.Email, from.Address); err != nil {
		return "", err
	}
	ok, _, err := s.hasher.verify(ctx, p.User.PasswordHash, clip(current, 4*MaxPassword))
	if err != nil {
		return "", err
	}
	if !ok {
		return "", Mistake{"current", "This is not your current password."}
	}
	s.throttle.ok(p.User.Email, from.Address)
	if err := CheckPassword(password, p.User.Email, p.User.Name); err != nil {
		return "", err
	}
	if current == password {
		return "", Mistake{"password", "This is the password that you have. Choose another one."}
	}
	user := p.User
	if user.PasswordHash, err = s.hasher.hash(ctx, password); err != nil {
		return "", err
	}
	if err := s.store.UpdateUser(ctx, user); err != nil {
		return "", err
	}
	s.log.InfoContext(ctx, "password changed", slog.String("user", user.ID), slog.String("address", from.Address))
	// A fresh session and the end of all others, rather than a new token for this one: whoever holds any earlier
	// token, the previous one too, is out.
	token, err = s.open(ctx, user, p.Session.Workspace, from)
	if err != nil {
		return "", err
	}
	_, err = s.store.DeleteSessions(ctx, user.ID, HashToken(token))
	return token, err
}

// ResetPassword sets a password from the command line and ends the user's sessions.
func (s *Service) ResetPassword(ctx context.Context, email, password string) error {
	user, err := s.store.UserByEmail(ctx, email)
	if err != nil {
		return err
	}
	if err := CheckPassword(password, user.Email, user.Name); err != nil {
		return err
	}
	if user.PasswordHash, err = s.hasher.hash(ctx, password); err != nil {
		return err
	}
	if err := s.store.UpdateUser(ctx, user); err != nil {
		return err
	}
	_, err = s.store.DeleteSessions(ctx, user.ID, "")
	return err
}
