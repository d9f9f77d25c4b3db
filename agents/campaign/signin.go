package campaign

import (
	"context"
	"fmt"
	"net/http"
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
		c.ways.closed, c.ways.api = secured(s)
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

// secured is an operation that reads and that the description secures, and the beginning of the paths of all that it
// secures; "" where there is none, or where they have no part of the site to themselves.
func secured(s *surface.Surface) (address, below string) {
	for _, o := range s.Operations {
		if !o.Described || !o.Secured || o.Origin != "" {
			continue
		}
		dir := o.Path[:strings.LastIndex(o.Path, "/")+1]
		if below == "" {
			below = dir
		}
		for !strings.HasPrefix(dir, below) {
			below = below[:strings.LastIndex(strings.TrimSuffix(below, "/"), "/")+1]
		}
		if address == "" && discover.Reads(o) && !strings.Contains(o.Path, "{") {
			address = o.URL
		}
	}
	if address == "" || below == "/" || strings.Contains(below, "{") {
		return "", ""
	}
	return address, below
}

// unlock gets an account that is in by a cookie the token that the API beside the pages wants, where it does.
func (c *campaign) unlock(ctx context.Context, a *agents.Account) {
	if c.ways.closed == "" || a.Password == "" {
		return
	}
	if x := c.client.Send(ctx, wire.Request{URL: c.ways.closed, As: a.Name}); x.Status != http.StatusUnauthorized && x.Status != http.StatusForbidden {
		return
	}
	for _, d := range c.ways.doors {
		as := "token of " + a.Name
		token := door.TokenIn(d.Knock(ctx, &agents.Lab{Client: c.client, Case: "sign-in"}, as, a.User, a.Password))
		c.client.Forget(as)
		if token == "" {
			continue
		}
		if x := c.client.Send(ctx, wire.Request{URL: c.ways.closed, Header: http.Header{"Authorization": {"Bearer " + token}}}); x.OK() {
			c.client.CarryBelow(a.Name, c.ways.api, "Authorization", "Bearer "+token)
			c.tokens = append(c.tokens, token)
			return
		}
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
