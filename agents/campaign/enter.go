package campaign

import (
	"cmp"
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/door"
)

// entry are the fields of a page at which people sign in, by their selectors.
type entry struct{ Name, Password, Button string }

// findEntry finds them: the one field for a password that is seen, the field for a name before it, and the button of their
// form. A page with two passwords is one to register at, or to change it.
const findEntry = `
	const secret = flat(document.body).filter((e) => e.matches("input[type=password]") && seen(e));
	if (secret.length !== 1) return null;
	const all = flat(document.body), at = all.indexOf(secret[0]);
	const name = all.slice(0, at).filter((e) => e.matches("input:not([type]), input[type=text], input[type=email], input[type=tel]") && seen(e) && !disabled(e)).pop();
	if (!name) return null;
	const box = nearest(secret[0], (e) => e.localName === "form") || document.body;
	const words = /sign.?in|log.?in|continue|submit|anmelden|einloggen|connexion|connecter|iniciar|entrar|acceder|登录|登入/i;
	const buttons = flat(box).filter((e) => e.matches("button:not([type=reset]), input[type=submit], input[type=image], [role=button]") && seen(e) && !disabled(e));
	const button = buttons.find((e) => words.test(labelOf(e)) && all.indexOf(e) > at) || buttons.find((e) => /submit|image/.test(e.getAttribute("type") || (e.localName === "button" ? "submit" : "")) && all.indexOf(e) > at);
	return { Name: selectorOf(name), Password: selectorOf(secret[0]), Button: button ? selectorOf(button) : "" };`

// enter signs an account in in the browser, as people do, and takes what it got there along.
func (c *campaign) enter(ctx context.Context, a *agents.Account) bool {
	if c.browser == nil || a.Password == "" {
		return false
	}
	tab, err := c.browser.Open(ctx, browser.Setting{Timeout: time.Minute})
	if err != nil {
		return false
	}
	defer tab.Close()
	places := []string{c.entrance}
	if c.entrance == "" {
		places = append([]string{c.Target}, guesses(c.client.Scope())...)
	}
	var found *entry
	for _, place := range places {
		if tab.Go(ctx, place) != nil {
			continue
		}
		if found, err = browser.Inspect[*entry](ctx, tab, findEntry); err == nil && found != nil {
			c.entrance = place
			break
		}
	}
	if found == nil {
		return false
	}
	before, _, _, err := tab.Held(ctx)
	if err != nil || tab.Fill(ctx, found.Name, a.User) != nil || tab.Fill(ctx, found.Password, a.Password) != nil {
		return false
	}
	if found.Button == "" || tab.Click(ctx, found.Button) != nil {
		if tab.Press(ctx, browser.Enter, false) != nil { // the field for the password has the focus
			return false
		}
	}
	if tab.Settle(ctx) != nil {
		return false
	}
	if again, err := browser.Inspect[*entry](ctx, tab, findEntry); err != nil || again != nil {
		return false
	}
	cookies, stored, authorization, err := tab.Held(ctx)
	if err != nil || len(cookies)+len(stored.Local)+len(stored.Session) == 0 && authorization == "" {
		return false
	}
	if tab.Go(ctx, c.entrance) != nil { // who is in is not asked again, as one is who did not get past a second question
		return false
	}
	if again, err := browser.Inspect[*entry](ctx, tab, findEntry); err != nil || again != nil && len(cookies) <= len(before) && authorization == "" {
		return false
	}
	c.client.Receive(a.Name, c.client.Scope().Target(), cookies)
	c.client.Store(a.Name, stored)
	for _, cookie := range cookies {
		if looksSecret(cookie.Name, cookie.Value) {
			c.tokens = append(c.tokens, cookie.Value)
		}
	}
	for _, items := range []map[string]string{stored.Local, stored.Session} {
		for name, value := range items {
			if authorization == "" && plainToken.MatchString(value) && tokenName.MatchString(name) {
				authorization = "Bearer " + value
			}
			if looksSecret(name, value) {
				c.tokens = append(c.tokens, value)
			}
		}
	}
	c.bear(a, authorization)
	return true
}

// knock signs an account in by an operation that takes a name and a password.
func (c *campaign) knock(ctx context.Context, a *agents.Account, doors []*door.Door) bool {
	for _, d := range doors {
		before := len(c.client.Cookies(a.Name, c.client.Scope().Target()))
		x := d.Knock(ctx, &agents.Lab{Client: c.client, Case: "sign-in"}, a.Name, a.User, a.Password)
		token := door.TokenIn(x)
		if x.OK() && token != "" {
			c.bear(a, "Bearer "+token)
			return true
		}
		if x.OK() && x.Status < http.StatusMultipleChoices && len(c.client.Cookies(a.Name, c.client.Scope().Target())) > before {
			return true
		}
	}
	return false
}

// bear lets an account send an Authorization from now on; "" is none.
func (c *campaign) bear(a *agents.Account, authorization string) {
	if authorization == "" {
		return
	}
	c.client.Carry(a.Name, "Authorization", authorization)
	_, credentials, _ := strings.Cut(authorization, " ")
	c.tokens = append(c.tokens, cmp.Or(credentials, authorization))
	slices.Sort(c.tokens)
}

var (
	tokenName  = regexp.MustCompile(`(?i)token|jwt|bearer`)
	secretName = regexp.MustCompile(`(?i)sess|sid|auth|secret`)
	plainToken = regexp.MustCompile(`^[A-Za-z0-9._~+/=-]{12,}$`)
)

// looksSecret tells whether a value that is kept for an account is what it is known by.
func looksSecret(name, value string) bool {
	return len(value) >= 12 && (tokenName.MatchString(name) || secretName.MatchString(name))
}
