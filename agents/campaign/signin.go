package campaign

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/door"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// signIn signs the accounts in: with the header that they bring, through the form that a short look at the target finds, as
// people do in the browser where scripts draw the form, or by the operation of its API that takes a name and a password. An
// account that does not get in is kept, with the reason.
func (c *campaign) signIn(ctx context.Context) {
	if len(c.Settings.Accounts) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, c.Budget.Time/signInShare)
	defer cancel()
	if s, err := discover.Surface(ctx, c.client, discover.Options{Pages: 30, Depth: 2, More: append(c.More, guesses(c.client.Scope())...), Seed: c.Seed}); err == nil {
		for _, f := range s.Forms {
			if f.Purpose == surface.ForSignIn && c.ways.form == nil {
				c.ways.form = f
			}
		}
		c.ways.doors = slices.DeleteFunc(door.SignIns(s), func(d *door.Door) bool { return !d.IsOperation() })
	}
	for i, login := range c.Settings.Accounts {
		a := agents.Account{Name: fmt.Sprintf("account %d", i+1), Role: login.Role, User: login.User, Password: login.Password}
		if name, value, ok := strings.Cut(login.Header, ":"); ok {
			c.client.Carry(a.Name, strings.TrimSpace(name), strings.TrimSpace(value))
			a.In = true
		} else {
			a.Why = c.letIn(ctx, &a)
			a.In = a.Why == ""
		}
		c.accounts = append(c.accounts, a)
	}
}

// guesses are where forms to sign in often are.
func guesses(scope *wire.Scope) []string {
	var list []string
	for _, path := range []string{"/login", "/signin", "/sign-in", "/users/sign_in", "/auth/login", "/account/login", "/admin"} {
		list = append(list, wire.Origin(scope.Target())+path)
	}
	return list
}

// fillIn sends the form for an account, and returns why it is not in; "" when it is.
func (c *campaign) fillIn(ctx context.Context, a *agents.Account, form *surface.Form) string {
	switch {
	case form == nil && ctx.Err() != nil:
		return "no form to sign in was found in the time for it: the target answers too slowly"
	case form == nil:
		return "no form to sign in was found"
	}
	_, why := discover.SignIn(ctx, c.client, form, a.Name, a.User, a.Password)
	return why
}

// signedIn are the names of the accounts that are in.
func (c *campaign) signedIn() []string {
	var list []string
	for _, a := range c.accounts {
		if a.In {
			list = append(list, a.Name)
		}
	}
	return list
}
