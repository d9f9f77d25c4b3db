package injection

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// aim is one input that a probe gives values to.
type aim struct {
	lab  *agents.Lab
	in   surface.Input // with what belongs to this session in it
	base *wire.Exchange

	form  *surface.Form // when it has a token of the session that goes along
	fresh bool          // the token changes with every page
}

// at makes an aim: the session's own token goes along, an account where nobody is let in, and what the target answers to
// a value that it is known to take is asked for. The outcome says why that is not possible.
func at(ctx context.Context, lab *agents.Lab, in *surface.Input) (*aim, *agents.Outcome) {
	a := &aim{lab: lab, in: *in}
	if f := formsOf(lab.Surface)[in.Form]; f != nil && in.Changes() && hasToken(f) {
		a.form = f
		if a.in.As == "" {
			a.in.As = "visitor of " + lab.Case // cookies, without being signed in
		}
		before := a.token(ctx)
		a.fresh = before != a.token(ctx)
	}
	a.base = a.send(ctx, in.Known)
	if a.in.As == "" && (a.base.Status == http.StatusUnauthorized || a.base.Status == http.StatusForbidden) {
		if account, ok := lab.Account(""); ok {
			a.in.As = account.Name
			a.base = a.send(ctx, in.Known)
		}
	}
	if o := unfit(ctx, a.base); o != nil {
		a.close()
		return nil, o
	}
	return a, nil
}

// close forgets the session of a visitor.
func (a *aim) close() {
	if strings.HasPrefix(a.in.As, "visitor of ") {
		a.lab.Client.Forget(a.in.As)
	}
}

// unfit says why an answer is none to compare with; nil when it is.
func unfit(ctx context.Context, x *wire.Exchange) *agents.Outcome {
	var o agents.Outcome
	switch {
	case ctx.Err() != nil:
		o = agents.Block("it took too long")
	case !x.Answered():
		o = agents.BlockOn(x.Fault)
	case x.Status == http.StatusTooManyRequests:
		o = agents.Block("the target limits how often it is asked")
	default:
		return nil
	}
	return &o
}

func hasToken(f *surface.Form) bool {
	for i := range f.Fields {
		if f.Fields[i].Type == "hidden" && (tokenName.MatchString(f.Fields[i].Name) || len(f.Fields[i].Value) >= 16) {
			return true
		}
	}
	return false
}

// token asks for the page of the form, takes over what is hidden in it, and returns that.
func (a *aim) token(ctx context.Context) string {
	page := a.lab.Send(ctx, wire.Request{URL: a.form.Page, As: a.in.As, Follow: true})
	f := discover.FormOn(page, a.form)
	if f == nil {
		return ""
	}
	others, hidden := url.Values{}, ""
	for name, values := range a.in.Others {
		others[name] = values
	}
	for i := range f.Fields {
		if field := &f.Fields[i]; field.Type == "hidden" && field.Name != a.in.Name && others.Has(field.Name) {
			others.Set(field.Name, field.Value)
			hidden += field.Value + "\n"
		}
	}
	a.in.Others = others
	return hidden
}

// send sends a value and follows to what the target shows then.
func (a *aim) send(ctx context.Context, value string) *wire.Exchange { return a.ask(ctx, value, true) }

// direct sends a value and takes the very answer.
func (a *aim) direct(ctx context.Context, value string) *wire.Exchange {
	return a.ask(ctx, value, false)
}

func (a *aim) ask(ctx context.Context, value string, follow bool) *wire.Exchange {
	if a.form != nil && a.fresh {
		a.token(ctx)
	}
	r, err := a.in.Request(value)
	if err != nil {
		return &wire.Exchange{Request: r, URL: a.in.URL, Fault: &wire.Fault{Kind: wire.Unsendable, Text: err.Error()}}
	}
	r.Follow = follow
	return a.lab.Send(ctx, r)
}

// place is where the input is.
func (a *aim) place() agents.Place {
	as := a.in.As
	if strings.HasPrefix(as, "visitor of ") {
		as = ""
	}
	return agents.Place{URL: a.in.URL, Method: a.in.Method, Parameter: a.in.Name, As: as}
}

// finding is one of this input.
func (a *aim) finding(text string, evidence ...agents.Evidence) agents.Finding {
	return agents.Finding{Text: text, Where: a.place(), Cause: cause(&a.in), Evidence: evidence}
}

// around is what stands around a word of a text.
func around(text, word string) string {
	const side = 160
	i := strings.Index(text, word)
	if i < 0 {
		return ""
	}
	return strings.ToValidUTF8(text[max(0, i-side):min(len(text), i+len(word)+side)], "")
}

// proved tries values one after the other until an answer has what only the target can have computed.
func (a *aim) proved(ctx context.Context, values []string, proof func(x *wire.Exchange, value string) string) (x *wire.Exchange, value, excerpt string, stop *agents.Outcome) {
	for _, value := range values {
		x := a.send(ctx, value)
		if ctx.Err() != nil || x.Status == http.StatusTooManyRequests {
			return nil, "", "", unfit(ctx, x)
		}
		if found := proof(x, value); found != "" {
			return x, value, found, nil
		}
	}
	return nil, "", "", nil
}
