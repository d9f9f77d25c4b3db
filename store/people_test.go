package store_test

import (
	"errors"
	"io/fs"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// A form that is sent twice makes one workspace.
func TestWorkspaceIsMadeOnce(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		u, err := p.UserByEmail(t.Context(), "alpha@example.org")
		must(t, err)
		var made, refused atomic.Int32
		var wg sync.WaitGroup
		for _, id := range []string{"one", "two", "three"} {
			wg.Go(func() {
				switch err := p.CreateWorkspace(t.Context(), auth.Workspace{ID: id, Name: " Lamps ", Created: 2}, u); {
				case err == nil:
					made.Add(1)
				case errors.Is(err, fs.ErrExist):
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if made.Load() != 1 || refused.Load() != 2 {
			t.Errorf("%d made, %d refused", made.Load(), refused.Load())
		}
		other, err := p.UserByEmail(t.Context(), "beta@example.org")
		must(t, err)
		must(t, p.CreateWorkspace(t.Context(), auth.Workspace{ID: "four", Name: "Lamps", Created: 2}, other))
	})
}

func TestUsersAndSessions(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		want(t, p.CreateUser(ctx, auth.User{ID: "x", Email: "alpha@example.org"}), fs.ErrExist, "a taken address")
		u, err := p.UserByEmail(ctx, "alpha@example.org")
		must(t, err)
		u.Name = "Ann"
		must(t, p.UpdateUser(ctx, u))
		u.Email = "beta@example.org"
		want(t, p.UpdateUser(ctx, u), fs.ErrExist, "another's address")
		want(t, p.UpdateUser(ctx, auth.User{ID: "nobody", Email: "n"}), fs.ErrNotExist, "nobody")
		if u, err = p.UserByID(ctx, u.ID); err != nil || u.Name != "Ann" || u.Email != "alpha@example.org" {
			t.Errorf("user: %+v, %v", u, err)
		}

		s := auth.Session{ID: "s", Hash: "h1", UserID: u.ID, Workspace: "alpha", Created: 1, Seen: 1, Expires: 99, Agent: "Firefox", Address: "::1"}
		must(t, p.CreateSession(ctx, s))
		want(t, p.CreateSession(ctx, s), fs.ErrExist, "a session twice")
		want(t, p.CreateSession(ctx, auth.Session{Hash: "h", UserID: "nobody"}), fs.ErrNotExist, "a session of nobody")
		var won atomic.Int32
		var wg sync.WaitGroup
		for _, hash := range []string{"h2a", "h2b", "h2c"} {
			wg.Go(func() {
				if p.TouchSession(ctx, "h1", 7, hash) == nil {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d of three changed the token", won.Load())
		}
		got, err := p.Session(ctx, "h1") // by the token before
		if must(t, err); got.Previous != "h1" || got.Rotated != 7 || got.Seen != 7 || got.ID != "s" || got.Agent != "Firefox" {
			t.Errorf("session: %+v", got)
		}
		must(t, p.TouchSession(ctx, got.Hash, 8, ""))
		must(t, p.MoveSession(ctx, "h1", "beta"))
		_, err = p.Session(ctx, "")
		want(t, err, fs.ErrNotExist, "the empty token")
		must(t, p.CreateSession(ctx, auth.Session{Hash: "other", UserID: u.ID, Expires: 99}))
		list, err := p.Sessions(ctx, u.ID)
		if must(t, err); len(list) != 2 || list[0].Workspace != "beta" || list[0].Seen != 8 {
			t.Errorf("sessions: %+v", list)
		}
		if n, err := p.DeleteSessions(ctx, u.ID, got.Hash); err != nil || n != 1 {
			t.Errorf("deleted %d, %v", n, err)
		}
		must(t, p.DeleteSession(ctx, "h1"))
		want(t, p.DeleteSession(ctx, "h1"), fs.ErrNotExist, "signing out twice")
	})
}

func TestTokensAreTakenOnce(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		must(t, p.PutToken(t.Context(), auth.Token{Hash: "h", Purpose: "invite", Workspace: "alpha", Role: auth.Editor, Created: 1, Expires: 10}))
		_, err := p.TakeToken(t.Context(), "h", "setup", 1)
		want(t, err, fs.ErrNotExist, "another purpose")
		_, err = p.Token(t.Context(), "h", "invite", 10)
		want(t, err, fs.ErrNotExist, "an expired one")
		var won atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if tok, err := p.TakeToken(t.Context(), "h", "invite", 9); err == nil && tok.Role == auth.Editor {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("taken %d times", won.Load())
		}
	})
}

func TestAnOwnerStays(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		want(t, p.RemoveMember(ctx, p.alpha, "user-alpha"), fs.ErrInvalid, "removing the last owner")
		want(t, p.SetRole(ctx, p.alpha, "user-alpha", auth.Viewer), fs.ErrInvalid, "lowering the last owner")
		want(t, p.SetRole(ctx, p.alpha, "user-alpha", "admin"), fs.ErrInvalid, "a role that there is not")
		want(t, p.SetRole(ctx, p.alpha, "user-beta", auth.Viewer), fs.ErrNotExist, "a stranger's role")
		must(t, p.AddMember(ctx, "alpha", "user-beta", auth.Owner, 2))
		want(t, p.AddMember(ctx, "alpha", "user-beta", auth.Owner, 2), fs.ErrExist, "a member twice")
		want(t, p.AddMember(ctx, "nowhere", "user-beta", auth.Owner, 2), fs.ErrNotExist, "a workspace that there is not")
		// Both owners leave at once: one must stay.
		var left atomic.Int32
		var wg sync.WaitGroup
		for _, u := range []string{"user-alpha", "user-beta"} {
			wg.Go(func() {
				if p.RemoveMember(ctx, p.alpha, u) == nil {
					left.Add(1)
				}
			})
		}
		wg.Wait()
		members, err := p.Members(ctx, p.alpha)
		if must(t, err); left.Load() != 1 || len(members) != 1 || members[0].Role != auth.Owner {
			t.Errorf("%d left, there remain %+v", left.Load(), members)
		}
		must(t, p.RenameWorkspace(ctx, p.beta, " Second "))
		list, err := p.Memberships(ctx, "user-beta")
		if must(t, err); list[0].Workspace.Name != "Second" || list[0].User.Email != "beta@example.org" {
			t.Errorf("memberships: %+v", list)
		}
	})
}

func TestSecrets(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		c, err := p.PutCredential(ctx, p.alpha, engine.Credential{Name: "mail", Type: "smtp"}, map[string]string{"user": "u", "password": "p", "empty": ""})
		must(t, err)
		_, err = p.PutCredential(ctx, p.alpha, engine.Credential{Name: "mail", Type: "smtp"}, nil)
		want(t, err, fs.ErrExist, "a name twice")
		c.Name = "post"
		c, err = p.PutCredential(ctx, p.alpha, c, map[string]string{"password": "new"})
		if must(t, err); len(c.Fields) != 2 || c.Created == c.Updated {
			t.Errorf("changed: %+v", c)
		}
		typ, values, err := p.Secret(ctx, "alpha", "post")
		if must(t, err); typ != "smtp" || values["user"] != "u" || values["password"] != "new" || len(values) != 2 {
			t.Errorf("secret: %s %v", typ, values)
		}
		c.Type = "header"
		_, err = p.PutCredential(ctx, p.alpha, c, map[string]string{"value": "v"})
		must(t, err)
		if _, values, _ = p.Secret(ctx, "alpha", "post"); len(values) != 1 {
			t.Errorf("another type kept fields of the old one: %v", values)
		}
		list, err := p.Credentials(ctx, p.alpha)
		if must(t, err); len(list) != 1 || list[0].Name != "post" || list[0].Fields[0] != "value" || list[0].By != "user-alpha" {
			t.Errorf("list: %+v", list)
		}
		must(t, p.PutVariable(ctx, p.alpha, engine.Variable{Name: "region", Value: "eu"}))
		must(t, p.PutVariable(ctx, p.alpha, engine.Variable{Name: "region", Value: "us"}))
		want(t, p.PutVariable(ctx, p.alpha, engine.Variable{Name: "a b"}), fs.ErrInvalid, "a name with a blank")
		vars, err := p.RunVariables(ctx, "alpha")
		if must(t, err); len(vars) != 1 || vars["region"] != "us" {
			t.Errorf("variables: %v", vars)
		}
		must(t, p.PutSetting(ctx, "k", "1"))
		must(t, p.PutSetting(ctx, "k", "2"))
		if v, err := p.Setting(ctx, "k"); err != nil || v != "2" {
			t.Errorf("setting: %q, %v", v, err)
		}
		_, err = p.Setting(ctx, "none")
		want(t, err, fs.ErrNotExist, "a setting that was never put")
	})
}
