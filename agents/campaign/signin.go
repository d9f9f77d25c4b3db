package campaign

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// signIn signs the accounts in: with the header that they bring, or through the form that a short look at the target
// finds. An account that does not get in is kept, with the reason.
func (c *campaign) signIn(ctx context.Context) {
	if len(c.Settings.Accounts) == 0 {
		return
	}
	var form *surface.Form
	if s, err := discover.Surface(ctx, c.client, discover.Options{Pages: 30, Depth: 2, More: append(c.More, guesses(c.client.Scope())...), Seed: c.Seed}); err == nil {
		for _, f := range s.Forms {
			if f.Purpose == surface.ForSignIn && form == nil {
				form = f
			}
		}
	}
	for i, login := range c.Settings.Accounts {
		a := agents.Account{Name: fmt.Sprintf("account %d", i+1), Role: login.Role, User: login.User, Password: login.Password}
		if name, value, ok := strings.Cut(login.Header, ":"); ok {
			c.client.Carry(a.Name, strings.TrimSpace(name), strings.TrimSpace(value))
			a.In = true
		} else {
			a.Why = c.fillIn(ctx, &a, form)
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
	if form == nil {
		return "no form to sign in was found"
	}
	page := c.client.Send(ctx, wire.Request{URL: form.Page, As: a.Name, Follow: true})
	if !page.OK() {
		return "the page with the form to sign in does not answer"
	}
	fresh := *form
	fresh.As = a.Name
	if f := discover.FormOn(page, form); f != nil { // with the token of this session
		fresh = *f
	}
	values := fresh.Values()
	in := fresh.SignIn()
	values.Set(in.Name, a.User)
	values.Set(in.Password, a.Password)
	r, err := fresh.Request(values)
	if err != nil {
		return err.Error()
	}
	before := c.cookieNames(a.Name)
	r.As, r.Follow = a.Name, true
	answer := c.client.Send(ctx, r)
	switch {
	case !answer.Answered():
		return answer.Fault.Text
	case answer.Status >= 400:
		return fmt.Sprintf("the form to sign in answered %d", answer.Status)
	case c.cookieNames(a.Name) == before && bytes.Contains(answer.Body, []byte(`type="password"`)):
		return "the form to sign in came again: name or password are not taken"
	}
	return ""
}

// cookieNames are an account's cookies with their values, as one text.
func (c *campaign) cookieNames(account string) string {
	var list []string
	for _, cookie := range c.client.Cookies(account, c.client.Scope().Target()) {
		list = append(list, (&http.Cookie{Name: cookie.Name, Value: cookie.Value}).String())
	}
	return strings.Join(list, "; ")
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
