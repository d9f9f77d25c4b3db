package discover

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// SignIn fills a form to sign in as it stands on its page now, for the session as, and sends it. It returns what came
// back, and why that is no success; "" when somebody is signed in.
func SignIn(ctx context.Context, client *wire.Client, form *surface.Form, as, user, password string) (answer *wire.Exchange, why string) {
	page := client.Send(ctx, wire.Request{URL: form.Page, As: as, Follow: true})
	if !page.OK() {
		return page, "the page with the form to sign in does not answer"
	}
	fresh := *form
	if f := FormOn(page, form); f != nil { // with the token of this session
		fresh = *f
	}
	fresh.As = as
	values := fresh.Values()
	in := fresh.SignIn()
	values.Set(in.Name, user)
	values.Set(in.Password, password)
	r, err := fresh.Request(values)
	if err != nil {
		return page, err.Error()
	}
	before := cookiesOf(client, as)
	r.As, r.Follow = as, true
	answer = client.Send(ctx, r)
	switch {
	case !answer.Answered():
		return answer, answer.Fault.Text
	case answer.Status >= 400:
		return answer, fmt.Sprintf("the form to sign in answered %d", answer.Status)
	case cookiesOf(client, as) == before && bytes.Contains(answer.Body, []byte(`type="password"`)):
		return answer, "the form to sign in came again: name or password are not taken"
	}
	return answer, ""
}

// cookiesOf are an account's cookies with their values, as one text.
func cookiesOf(client *wire.Client, account string) string {
	var list []string
	for _, cookie := range client.Cookies(account, client.Scope().Target()) {
		list = append(list, (&http.Cookie{Name: cookie.Name, Value: cookie.Value}).String())
	}
	return strings.Join(list, "; ")
}
