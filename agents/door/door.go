// Package door is how people get into a target: the forms and the operations that take a name and a password, to sign in
// or to open an account. What is tried at a door is tried in a session that nobody else uses.
package door

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Door is a form or an operation that takes a name and a password: to sign in, to open an account, or to get a password
// back. It is an item of coverage.
type Door struct {
	form *surface.Form
	// Of an operation: the input of the password, and the field of the name.
	input *surface.Input
	name  string
}

// Of is the door that a form is.
func Of(f *surface.Form) *Door { return &Door{form: f} }

// Key implements surface.Item.
func (d *Door) Key() string {
	if d.form != nil {
		return d.form.Key()
	}
	return "sign-in " + d.input.Method + " " + surface.ShapeOf(d.input.URL)
}

// Address implements surface.Item.
func (d *Door) Address() string {
	if d.form != nil {
		return d.form.Page
	}
	return d.input.URL
}

// Action is where what is entered goes to.
func (d *Door) Action() string {
	if d.form != nil {
		return d.form.Action
	}
	return d.input.URL
}

// Place is where the door is, and which field of it.
func (d *Door) Place(field string) agents.Place {
	method := http.MethodPost
	if d.form != nil {
		method = d.form.Method
	}
	return agents.Place{URL: d.Address(), Method: method, Parameter: field}
}

// Cause names what has to be mended.
func (d *Door) Cause(what string) string { return what + " " + surface.ShapeOf(d.Action()) }

var (
	passwordName = regexp.MustCompile(`(?i)(?:^|\.|_)(?:pass(?:word|wd|wort)?|pwd|contrase|mot_?de_?passe|senha)`)
	personName   = regexp.MustCompile(`(?i)(?:^|\.|_)(?:e?-?mail|user(?:_?name)?|login|name|account|benutzer|identifier)$`)
	entersPath   = regexp.MustCompile(`(?i)/(?:log-?in|sign-?in|auth(?:enticate)?|sessions?|tokens?)(?:/(?:login|token|password))?/?$`)
	opensPath    = regexp.MustCompile(`(?i)/(?:register|registration|sign-?up|accounts?|users?(?:/register)?|join)/?$`)
)

// SignIns are the doors by which people sign in.
func SignIns(s *surface.Surface) []*Door { return doors(s, surface.ForSignIn, entersPath) }

// Registrations are those by which they open an account.
func Registrations(s *surface.Surface) []*Door { return doors(s, surface.ForRegister, opensPath) }

// doors are the forms of a purpose, one for each address that they go to, and the operations whose path says so. What a
// script sends by an operation is not sent as a form as well.
func doors(s *surface.Surface, purpose surface.Purpose, path *regexp.Regexp) []*Door {
	var list []*Door
	seen := map[string]bool{}
	for _, in := range s.Inputs {
		if in.In != surface.InBody || in.Form != "" || in.Encoding != "application/json" || in.Method != http.MethodPost || !passwordName.MatchString(in.Name) {
			continue
		}
		u, err := url.Parse(in.URL)
		if err != nil || !path.MatchString(u.Path) || seen[u.Path] {
			continue
		}
		if name := personIn(in); name != "" {
			seen[u.Path] = true
			list = append(list, &Door{input: in, name: name})
		}
	}
	api := len(list) > 0
	for _, f := range s.Forms {
		if f.Purpose != purpose || f.As != "" || seen[f.Action] || f.Drawn && api || !f.Changes() {
			continue
		}
		seen[f.Action] = true
		list = append(list, &Door{form: f})
	}
	return list
}

// personIn is the field of the name beside a password; "" when there is none.
func personIn(in *surface.Input) string {
	var names []string
	for name := range in.Others {
		if personName.MatchString(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names { // of several, the one that is an address is what most sign in with
		if strings.Contains(strings.ToLower(name), "mail") {
			return name
		}
	}
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// IsOperation tells whether the door is an operation of an API, and no form.
func (d *Door) IsOperation() bool { return d.form == nil }

// WantsMail tells whether the name has to be an e-mail address.
func (d *Door) WantsMail() bool {
	if d.form == nil {
		return strings.Contains(strings.ToLower(d.name), "mail")
	}
	field := d.form.Field(d.form.SignIn().Name)
	return field != nil && (field.Type == "email" || strings.Contains(strings.ToLower(field.Name), "mail"))
}

// Somebody is a name that nobody has, in the form that the door takes.
func (d *Door) Somebody(lab *agents.Lab, n int) string {
	name := lab.Marker(n)
	if d.WantsMail() {
		name += "@example.org"
	}
	return name
}

// Knock enters a name and a password in a session of its own, and follows to what is shown then.
func (d *Door) Knock(ctx context.Context, lab *agents.Lab, as, name, password string) *wire.Exchange {
	return d.KnockWith(ctx, lab, as, name, password, nil)
}

// KnockWith is Knock with fields more than the door has.
func (d *Door) KnockWith(ctx context.Context, lab *agents.Lab, as, name, password string, more url.Values) *wire.Exchange {
	r, err := d.request(ctx, lab, as, name, password, more)
	if err != nil {
		return &wire.Exchange{Request: r, URL: d.Action(), Fault: &wire.Fault{Kind: wire.Unsendable, Text: err.Error()}}
	}
	r.As, r.Follow = as, true
	return lab.Send(ctx, r)
}

func (d *Door) request(ctx context.Context, lab *agents.Lab, as, name, password string, more url.Values) (wire.Request, error) {
	if d.form == nil {
		in := *d.input
		in.Others = url.Values{}
		for other, values := range d.input.Others {
			in.Others[other] = values
			if passwordName.MatchString(other) {
				in.Others[other] = []string{password} // once more
			} else if strings.Contains(strings.ToLower(other), "mail") && other != d.name {
				in.Others[other] = []string{name + "@example.org"}
			}
		}
		in.Others.Set(d.name, name)
		maps.Copy(in.Others, more)
		return in.Request(password)
	}
	form := *d.form
	page := lab.Send(ctx, wire.Request{URL: d.form.Page, As: as, Follow: true})
	if f := discover.FormOn(page, d.form); f != nil { // with the token of this session
		form = *f
	}
	values := form.Values()
	in := form.SignIn()
	for i := range form.Fields {
		switch field := &form.Fields[i]; {
		case field.Type == "password":
			values.Set(field.Name, password)
		case field.Name == in.Name:
			values.Set(field.Name, name)
		case field.Type == "email":
			values.Set(field.Name, strings.TrimSuffix(name, "@example.org")+"@example.org")
		case field.Type == "checkbox" && field.Value != "" && d.form.Purpose == surface.ForRegister: // terms have to be agreed to
			values.Set(field.Name, field.Value)
		}
	}
	maps.Copy(values, more)
	return form.Request(values)
}

// Session is a name for a session that nobody else uses. The caller forgets it.
func Session(lab *agents.Lab, what string) string { return what + " of " + lab.Case }

// Once knocks in a session that is forgotten at once, after as many attempts as before.
func (d *Door) Once(ctx context.Context, lab *agents.Lab, name, password string) (x *wire.Exchange, cookies []*http.Cookie) {
	as := Session(lab, "visitor")
	defer lab.Client.Forget(as)
	x = d.Knock(ctx, lab, as, name, password)
	if u, err := url.Parse(d.Action()); err == nil {
		cookies = lab.Client.Cookies(as, u)
	}
	return x, cookies
}

var (
	passwordInput = regexp.MustCompile(`(?i)type\s*=\s*["']?password`)
	tokenKey      = regexp.MustCompile(`(?i)^(?:access_?token|token|id_?token|jwt|auth_?token|session_?(?:id|token)|bearer)$`)
)

// IsIn tells whether an answer is that to somebody who was let in, by what a wrong attempt was answered: a token where
// there was none, or another page without a field for a password.
func IsIn(x, wrong *wire.Exchange, sent ...string) bool {
	if !x.OK() || !wrong.Answered() {
		return false
	}
	if TokenIn(x) != "" {
		return TokenIn(wrong) == ""
	}
	if isJSON(x) {
		return wrong.Status >= 400 && x.Status < 300
	}
	return !passwordInput.Match(x.Body) && (passwordInput.Match(wrong.Body) || wrong.Status >= 400) && similar.Of(x, wrong, sent...) < 0.9
}

func isJSON(x *wire.Exchange) bool {
	return strings.Contains(x.Header.Get("Content-Type"), "json") || json.Valid(x.Body) && len(x.Body) > 0
}

// TokenIn is the token that an answer in JSON gives; "" when it gives none.
func TokenIn(x *wire.Exchange) string {
	var v any
	if len(x.Body) == 0 || json.Unmarshal(x.Body, &v) != nil {
		return ""
	}
	return tokenOf(v, 0)
}

func tokenOf(v any, depth int) string {
	const deepest, shortest = 4, 12
	object, ok := v.(map[string]any)
	if !ok || depth > deepest {
		return ""
	}
	var names []string
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if text, ok := object[name].(string); ok && tokenKey.MatchString(name) && len(text) >= shortest {
			return text
		}
	}
	for _, name := range names {
		if token := tokenOf(object[name], depth+1); token != "" {
			return token
		}
	}
	return ""
}

// Unfit says why an answer tells nothing; nil when it does.
func Unfit(ctx context.Context, x *wire.Exchange) *agents.Outcome {
	var o agents.Outcome
	switch {
	case ctx.Err() != nil:
		o = agents.Block("it took too long")
	case !x.Answered():
		o = agents.BlockOn(x.Fault)
	case x.Status == http.StatusTooManyRequests:
		o = agents.Block("the target limits how often somebody may try")
	case x.Status == http.StatusNotFound || x.Status == http.StatusMethodNotAllowed:
		o = agents.Block("what takes names and passwords answers %d", x.Status)
	default:
		return nil
	}
	return &o
}
