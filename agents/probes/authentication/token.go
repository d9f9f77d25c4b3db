package authentication

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/door"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// token is a JSON Web Token that the target gave out, and how it is sent back.
type token struct {
	text    string
	cookie  string         // the name of the cookie that carries it; "": the Authorization header does
	others  []*http.Cookie // of the same session
	account agents.Account
	header  map[string]any
	claims  map[string]any
	from    *wire.Exchange // nil for a cookie
}

var tokenShape = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]*`)

// readToken takes a token apart; nil when it is none.
func readToken(text string) *token {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil
	}
	t := &token{text: text}
	for i, into := range []*map[string]any{&t.header, &t.claims} {
		data, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil || json.Unmarshal(data, into) != nil {
			return nil
		}
	}
	if _, ok := t.header["alg"].(string); !ok {
		return nil
	}
	return t
}

// tokens are those that accounts were given: in cookies, in the headers that scripts send, and in the answer to signing in.
// Nothing is sent for the first two.
func tokens(ctx context.Context, lab *agents.Lab, ask bool) []*token {
	var list []*token
	seen := map[string]bool{}
	add := func(text string, account agents.Account, cookie string, from *wire.Exchange) *token {
		t := readToken(text)
		if t == nil || seen[text] {
			return nil
		}
		seen[text] = true
		t.account, t.cookie, t.from = account, cookie, from
		list = append(list, t)
		return t
	}
	target := lab.Client.Scope().Target()
	for _, a := range lab.Accounts {
		cookies := lab.Client.Cookies(a.Name, target)
		for _, c := range cookies {
			value, err := url.QueryUnescape(c.Value)
			if err != nil {
				value = c.Value
			}
			if t := add(strings.Trim(value, `"`), a, c.Name, nil); t != nil {
				t.others = cookies
			}
		}
	}
	for _, a := range lab.Accounts {
		if bearer, ok := strings.CutPrefix(lab.Client.Carried(a.Name).Get("Authorization"), "Bearer "); ok {
			add(bearer, a, "", nil)
		}
	}
	for _, o := range lab.Surface.Operations {
		for _, x := range o.Seen {
			if bearer, ok := strings.CutPrefix(x.Request.Header.Get("Authorization"), "Bearer "); ok {
				add(bearer, agents.Account{}, "", x)
			}
			add(tokenShape.FindString(string(x.Body)), agents.Account{}, "", x)
		}
	}
	if len(list) > 0 || !ask {
		return list
	}
	for _, d := range door.SignIns(lab.Surface) {
		for _, a := range lab.Accounts {
			if a.Password == "" {
				continue
			}
			x, _ := d.Once(ctx, lab, a.User, a.Password)
			add(tokenShape.FindString(string(x.Body)), a, "", x)
		}
	}
	return list
}

// send asks for an address with another token in place of this one; "" is none.
func (t *token) send(ctx context.Context, lab *agents.Lab, address, text string) *wire.Exchange {
	r := wire.Request{URL: address, Header: http.Header{}}
	if t.cookie == "" {
		if text != "" {
			r.Header.Set("Authorization", "Bearer "+text)
		}
		return lab.Send(ctx, r)
	}
	var cookies []string
	for _, c := range t.others {
		value := c.Value
		if c.Name == t.cookie {
			if text == "" {
				continue
			}
			value = text
		}
		cookies = append(cookies, c.Name+"="+value)
	}
	if len(cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(cookies, "; "))
	}
	return lab.Send(ctx, r)
}

// guarded finds an address that the token opens and nobody else does; what it answered with the token and without.
func (t *token) guarded(ctx context.Context, lab *agents.Lab) (address string, with, without *wire.Exchange) {
	const most = 8
	for i, address := range closed(lab.Surface) {
		if i == most || ctx.Err() != nil {
			break
		}
		with, without := t.send(ctx, lab, address, t.text), t.send(ctx, lab, address, "")
		if opens(with, without) {
			return address, with, without
		}
	}
	return "", nil, nil
}

// opens tells whether what somebody is answered is more than what nobody is.
func opens(with, without *wire.Exchange) bool {
	return with.Answered() && with.Status < 300 && (without.Status >= 300 || similar.Of(with, without) < 0.9)
}

// closed are addresses that most likely not everybody can read: what only accounts saw, and what the description secures.
func closed(s *surface.Surface) []string {
	var list []string
	for _, o := range s.Operations {
		if o.Method == http.MethodGet && (o.As != "" || o.Secured) {
			list = append(list, o.URL)
		}
	}
	for _, p := range s.ByShape() {
		if p.As != "" && p.Answer.OK() {
			list = append(list, p.URL)
		}
	}
	for _, o := range s.Operations { // a script may have sent a header that discovery does not know of
		if o.Method == http.MethodGet && o.As == "" && !o.Secured {
			list = append(list, o.URL)
		}
	}
	return list
}

// signsIn tells whether people sign in at a target at all.
func signsIn(s *surface.Surface) bool { return s.SignIn != nil || len(door.SignIns(s)) > 0 }

// untold is the outcome where no token is known.
func untold(lab *agents.Lab) agents.Outcome {
	if len(lab.Accounts) == 0 {
		return agents.Skip("no account, so that no token was given out")
	}
	return agents.Pass() // its sessions are no tokens of this sort
}
