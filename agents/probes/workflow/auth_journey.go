package workflow

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func authJourney() *agents.Probe {
	return &agents.Probe{
		ID: "auth-journey", Title: "Nobody can register, sign in and sign out in turn",
		Decides:  "A new account is registered, signed in, looked at and signed out by the target's own forms: a step answers with an error, the new account cannot sign in although nothing was said of a confirmation, or its pages are still shown after it signed out.",
		Keeps:    "All requests and answers, in their order.",
		Advice:   "Follow the steps, and mend the first that does not lead on.",
		Needs:    agents.NeedsIntrusive,
		Severity: agents.High, Skills: []string{"user journeys"},
		Check: agents.WholeIf(func(s *surface.Surface) bool {
			return formFor(s, surface.ForRegister) != nil && formFor(s, surface.ForSignIn) != nil
		}, func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			v := &visitor{lab: lab, as: "visitor " + lab.Marker(0)}
			defer lab.Client.Forget(v.as)
			said, skip := v.journey(ctx)
			switch {
			case ctx.Err() != nil:
				return agents.BlockOn(ctx.Err())
			case skip != "":
				return agents.Skip("%s", skip)
			case said == "":
				return agents.Pass()
			}
			f := agents.Finding{Text: said + ".", Where: agents.Place{URL: formFor(lab.Surface, surface.ForRegister).Page}, Cause: "origin"}
			for i, x := range v.log {
				f.Evidence = append(f.Evidence, agents.Exchanged(fmt.Sprintf("step %d", i+1), x))
			}
			return agents.Fail(f)
		}),
	}
}

func formFor(s *surface.Surface, purpose surface.Purpose) *surface.Form {
	for _, f := range s.Forms {
		if f.Purpose == purpose && f.As == "" {
			return f
		}
	}
	return nil
}

var confirms = regexp.MustCompile(`(?i)confirm|verif|activat|approv|check your (?:mail|e-?mail|inbox)|bestätig|freischalt|postfach|correo|courriel|激活|验证|邮件`)

// journey goes the way; it says what is wrong, or why it could not be gone.
func (v *visitor) journey(ctx context.Context) (said, skip string) {
	register, signIn := formFor(v.lab.Surface, surface.ForRegister), formFor(v.lab.Surface, surface.ForSignIn)
	user, password := v.lab.Marker(1), "Correct-Horse-9-"+v.lab.Marker(2)
	values := url.Values{}
	for i := range register.Fields {
		f := &register.Fields[i]
		name := strings.ToLower(f.Name + " " + f.Label + " " + f.Autocomplete)
		switch {
		case f.Type == "password":
			values.Set(f.Name, password)
		case f.Type == "email" || strings.Contains(name, "mail"):
			values.Set(f.Name, user+"@example.org")
		case f.Type == "text" && (strings.Contains(name, "user") || strings.Contains(name, "name") || strings.Contains(name, "login") || strings.Contains(name, "nick")):
			values.Set(f.Name, user)
		case f.Type == "checkbox" && f.Required:
			values.Set(f.Name, "on")
			if f.Value != "" {
				values.Set(f.Name, f.Value)
			}
		case strings.Contains(name, "captcha"):
			return "", "the form to register asks for a captcha"
		}
	}
	x := v.send(ctx, register, values)
	if said, skip = step(x, "registering"); said != "" || skip != "" {
		return said, skip
	}
	if x.Status >= 400 || asksPassword(x) && strings.Contains(x.URL, pathOf(register.Page)) {
		return "", fmt.Sprintf("the form to register took no new account (it answered %d)", x.Status)
	}
	mail := confirms.Match(x.Body)
	in := signIn.SignIn()
	name := user
	if f := signIn.Field(in.Name); f != nil && (f.Type == "email" || strings.Contains(strings.ToLower(f.Name+f.Label), "mail")) {
		name = user + "@example.org"
	}
	if _, to, _ := wayOut(x); to == "" || asksPassword(x) { // registering did not sign in
		x = v.send(ctx, signIn, url.Values{in.Name: {name}, in.Password: {password}})
		if said, skip = step(x, "signing in"); said != "" || skip != "" {
			return said, skip
		}
		if x.Status >= 400 || asksPassword(x) {
			if mail {
				return "", "a new account has to be confirmed before it can sign in"
			}
			return fmt.Sprintf("An account that was just registered cannot sign in: the form answers %d and asks again", x.Status), ""
		}
	}
	me := v.get(ctx, x.URL)
	if said, skip = step(me, "looking at the account"); said != "" || skip != "" {
		return said, skip
	}
	if asksPassword(me) {
		return "After signing in, the next page asks to sign in again", ""
	}
	away := v.out(ctx, me)
	if away == nil {
		return "", "no form or link to sign out was found"
	}
	if said, skip = step(away, "signing out"); said != "" || skip != "" {
		return said, skip
	}
	after := v.get(ctx, me.URL)
	if _, to, _ := wayOut(after); after.OK() && to != "" && !asksPassword(after) {
		return "After signing out, the account is still signed in", ""
	}
	return "", ""
}

// step says what is wrong with an answer on the way.
func step(x *wire.Exchange, what string) (said, skip string) {
	switch {
	case x == nil:
		return "", "the form for " + what + " is not on its page any more"
	case !x.Answered():
		return "", what + " got no answer: " + x.Fault.Text
	case x.Status >= 500 || x.Status == 404 || x.Status == 405:
		return fmt.Sprintf("%s answers %d at %s", strings.ToUpper(what[:1])+what[1:], x.Status, pathOf(x.URL)), ""
	}
	return "", ""
}
