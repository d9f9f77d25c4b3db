package auth

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"time"
)

const (
	purposeInvite = "invite"
	inviteLife    = 7 * 24 * time.Hour
)

// Invitation is an open invitation as its guest sees it.
type Invitation struct {
	Token     Token
	Workspace Workspace
	Host      User // who invites
}

// Invite makes the token of an invitation link into the scope's workspace. An email that is not empty binds it to that
// address. The token is not kept and cannot be shown again.
func (s *Service) Invite(ctx context.Context, scope Scope, email string, role Role) (string, error) {
	if !scope.Allows(MemberManage) {
		return "", fmt.Errorf("only owners invite people: %w", fs.ErrPermission)
	}
	if !role.Known() {
		return "", Mistake{"role", "Choose owner, editor or viewer."}
	}
	if email != "" {
		var err error
		if email, err = cleanEmail(email); err != nil {
			return "", err
		}
	}
	token, now := newToken(), s.micros()
	return token, s.store.PutToken(ctx, Token{
		Hash: HashToken(token), Purpose: purposeInvite, Workspace: scope.Workspace(), Role: role, Email: email,
		By: scope.User(), Created: now, Expires: now + inviteLife.Microseconds(),
	})
}

// Invitations lists the open invitations of a workspace, newest first.
func (s *Service) Invitations(ctx context.Context, scope Scope) ([]Token, error) {
	all, err := s.store.Tokens(ctx, scope, purposeInvite)
	if err != nil {
		return nil, err
	}
	now, open := s.micros(), all[:0]
	for _, t := range all {
		if now < t.Expires {
			open = append(open, t)
		}
	}
	return open, nil
}

// Revoke ends an invitation, named by its hash.
func (s *Service) Revoke(ctx context.Context, scope Scope, hash string) error {
	if !scope.Allows(MemberManage) {
		return fmt.Errorf("only owners revoke invitations: %w", fs.ErrPermission)
	}
	return s.store.DeleteToken(ctx, scope, hash)
}

// Invitation finds what a link offers. It is only as good as its maker: when they may no longer invite, it is void.
func (s *Service) Invitation(ctx context.Context, token string) (Invitation, error) {
	t, err := s.store.Token(ctx, HashToken(token), purposeInvite, s.micros())
	if err != nil {
		return Invitation{}, noSuchLink(err)
	}
	host, err := s.store.Membership(ctx, t.By, t.Workspace)
	if err != nil {
		return Invitation{}, noSuchLink(err)
	}
	if !host.Role.Allows(MemberManage) {
		return Invitation{}, noSuchLink(fs.ErrNotExist)
	}
	return Invitation{Token: t, Workspace: host.Workspace, Host: host.User}, nil
}

// AcceptInvite makes an account for the guest, lets it into the workspace and signs it in.
func (s *Service) AcceptInvite(ctx context.Context, token string, p Person, from Client) (session string, err error) {
	inv, err := s.Invitation(ctx, token)
	if err != nil {
		return "", err
	}
	if inv.Token.Email != "" {
		p.Email = inv.Token.Email
	}
	user, err := s.newUser(ctx, p)
	if err != nil {
		return "", err
	}
	if _, err := s.store.UserByEmail(ctx, user.Email); err == nil {
		return "", Mistake{"email", "There is an account with this e-mail address already. Sign in, then open the link again."}
	} else if ignoreAbsent(err) != nil {
		return "", err
	}
	if _, err := s.store.TakeToken(ctx, HashToken(token), purposeInvite, s.micros()); err != nil {
		return "", noSuchLink(err)
	}
	if err := s.store.CreateUser(ctx, user); err != nil {
		return "", takenEmail(err)
	}
	if err := s.store.AddMember(ctx, inv.Workspace.ID, user.ID, inv.Token.Role, s.micros()); err != nil {
		return "", err
	}
	return s.open(ctx, user, inv.Workspace.ID, from)
}

// Join lets a signed-in person into an invitation's workspace and moves their session there.
func (s *Service) Join(ctx context.Context, token string, p Principal) (Invitation, error) {
	inv, err := s.Invitation(ctx, token)
	if err != nil {
		return inv, err
	}
	if inv.Token.Email != "" && inv.Token.Email != p.User.Email {
		return inv, fmt.Errorf("this invitation is for %s: sign in with that account: %w", inv.Token.Email, fs.ErrPermission)
	}
	if m, err := s.store.Membership(ctx, p.User.ID, inv.Workspace.ID); err == nil {
		return inv, fmt.Errorf("you belong to %s already, as %s: %w", inv.Workspace.Name, m.Role, fs.ErrExist)
	} else if ignoreAbsent(err) != nil {
		return inv, err
	}
	if _, err := s.store.TakeToken(ctx, HashToken(token), purposeInvite, s.micros()); err != nil {
		return inv, noSuchLink(err)
	}
	if err := s.store.AddMember(ctx, inv.Workspace.ID, p.User.ID, inv.Token.Role, s.micros()); err != nil {
		return inv, err
	}
	s.log.InfoContext(ctx, "joined a workspace", slog.String("user", p.User.ID), slog.String("workspace", inv.Workspace.ID))
	return inv, s.store.MoveSession(ctx, p.Session.Hash, inv.Workspace.ID)
}
