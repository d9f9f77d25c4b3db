package forms

import (
	"context"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// desk is where a form is filled in and sent, again and again. What it makes is taken away when it is closed.
type desk struct {
	lab     *agents.Lab
	form    *surface.Form
	session *resource.Session // nil when it makes nothing that could be found again
	title   string            // of what it makes
	sent    int
	good    *wire.Exchange // the answer to fitting values
}

// sit fills a form in as it wants to be, to know what the target answers then. The desk is nil when the outcome says why
// nothing can be told. The caller closes the desk.
func sit(ctx context.Context, lab *agents.Lab, f *surface.Form) (*desk, agents.Outcome) {
	d := &desk{lab: lab, form: f}
	if r := resource.OfForm(lab.Surface, f); r != nil && r.Title() != nil {
		d.session, d.title = resource.Open(lab, r), r.Title().Name
		d.session.As = f.As
	}
	x, why := d.send(ctx, nil)
	switch {
	case x == nil:
		return nil, agents.Skip("%s", why)
	case !x.Answered():
		return nil, agents.BlockOn(x.Fault)
	case x.Status >= 400 || len(x.Hops) == 0 && d.again(x) && says(x):
		d.close(ctx)
		return nil, agents.Skip("values that should fit are not taken: it answers %d", x.Status)
	}
	d.good = x
	return d, agents.Pass()
}

// send fills in the form, freshly asked for, with fitting values and with what change makes of them.
func (d *desk) send(ctx context.Context, change func(url.Values), files ...surface.File) (x *wire.Exchange, why string) {
	page := d.lab.Send(ctx, wire.Request{URL: d.form.Page, As: d.who(), Follow: true})
	if !page.Answered() {
		return page, ""
	}
	fresh := discover.FormOn(page, d.form)
	if fresh == nil {
		return nil, "the form is not on its page any more"
	}
	values := d.fitting(fresh)
	if change != nil {
		change(values)
	}
	r, err := fresh.Request(values, files...)
	if err != nil {
		return nil, "the form cannot be sent: " + err.Error()
	}
	r.As, r.Follow = d.who(), true
	x = d.lab.Send(ctx, r)
	if d.session != nil && x.OK() {
		sent := map[string]any{}
		for name := range values {
			sent[name] = values.Get(name)
		}
		d.session.Adopt(ctx, x, sent)
	}
	return x, ""
}

// fitting are values that the form should take, new ones each time.
func (d *desk) fitting(f *surface.Form) url.Values {
	values := f.Values()
	mark := d.lab.Marker(100 + d.sent)
	d.sent++
	for _, field := range f.Fields {
		switch {
		case written(field) && field.Value == "" && lets(field.Pattern, mark) && (field.MaxLength == 0 || field.MaxLength >= len(mark)) && strings.HasPrefix(field.Fitting(), "Test"):
			values.Set(field.Name, mark)
			for len(values.Get(field.Name)) < field.MinLength {
				values.Set(field.Name, values.Get(field.Name)+mark)
			}
		case field.Type == "email" && field.Value == "":
			values.Set(field.Name, mark+"@example.org")
		}
	}
	return values
}

// lets tells whether a pattern of a field lets a text through.
func lets(pattern, text string) bool {
	matches, err := regexp.MatchString("^(?:"+pattern+")$", text)
	return pattern == "" || err == nil && matches
}

func (d *desk) close(ctx context.Context) {
	if d.session != nil {
		d.session.Close(ctx)
	}
	if who := d.who(); who != d.form.As {
		d.lab.Client.Forget(who)
	}
}

// who fills the form in: the one who saw it. Nobody is somebody with cookies of this case only, since a form's token hangs
// on them; and so is whoever registers, so that no account of the campaign becomes another one.
func (d *desk) who() string {
	if d.form.As == "" || d.form.Purpose == surface.ForRegister {
		return "visitor of " + d.lab.Case
	}
	return d.form.As
}

// again tells whether the form came again.
func (d *desk) again(x *wire.Exchange) bool { return discover.FormOn(x, d.form) != nil }

var wordsWrong = regexp.MustCompile(`(?i)\b(?:invalid|required|error|must (?:be|have|not|contain)|please (?:enter|fill|choose|provide|correct|check)|not valid|too (?:long|short|large|small|many|big)|cannot be|can't be|at least|at most|ungültig|fehler|bitte|erforderlich|pflichtfeld|obligatoire|invalide|erreur|obligatorio|inválid)`)

// says tells whether an answer says that something is wrong with what was typed.
func says(x *wire.Exchange) bool {
	doc := reading.HTML(x)
	if doc == nil {
		return wordsWrong.Match(x.Body[:min(len(x.Body), 4096)])
	}
	if doc.Find(`[aria-invalid="true"], [role=alert], .error, .errors, .field-error, .invalid-feedback, .errorlist, .is-invalid, .alert-danger, .fault`).Length() > 0 {
		return true
	}
	return wordsWrong.MatchString(doc.Text())
}

// takes tells whether an answer is that of a target which has taken what was sent, like the answer to fitting values: no
// error, the way that those lead, and nothing that says what is wrong.
func (d *desk) takes(x *wire.Exchange) bool {
	if !x.OK() || len(d.good.Hops) > 0 && len(x.Hops) == 0 {
		return false
	}
	if len(d.good.Hops) > 0 {
		if surface.ShapeOf(d.good.URL) != surface.ShapeOf(x.URL) {
			return false
		}
		return !d.again(x) || d.again(d.good) && (says(d.good) || !says(x))
	}
	if says(x) && !says(d.good) || d.again(x) && !d.again(d.good) {
		return false
	}
	return similar.Of(d.good, x) >= 0.8
}

// shown finds how a text with a mark in it stands on the page that came, or where the form's objects are shown; "" when it
// stands nowhere.
func (d *desk) shown(ctx context.Context, x *wire.Exchange, mark string) string {
	pages := []*wire.Exchange{x}
	if d.session != nil {
		if l := d.session.List(ctx); l != nil {
			pages = append(pages, l)
		}
	}
	for _, page := range pages {
		doc := reading.HTML(page)
		if doc == nil {
			continue
		}
		text := doc.Text()
		if i := strings.Index(text, mark); i >= 0 {
			begin := max(0, i-200)
			return norm.NFC.String(strings.ToValidUTF8(text[begin:min(len(text), i+len(mark)+200)], ""))
		}
	}
	return ""
}

// finding is one about the form.
func (d *desk) finding(x *wire.Exchange, parameter, text string, evidence ...agents.Evidence) agents.Finding {
	return agents.Finding{
		Text: text, Where: agents.Place{URL: d.form.Page, Method: d.form.Method, Parameter: parameter, Element: "form", As: d.form.As}, Cause: surface.ShapeOf(d.form.Action) + names(d.form),
		Evidence: append(evidence, agents.Exchanged("taken", x), agents.Exchanged("answer to fitting values", d.good)),
	}
}

// stored tells whether what the form makes has a text in it, on the page of the newest of it.
func (d *desk) stored(ctx context.Context, text string) bool {
	if d.session == nil || d.session.Newest() == nil {
		return false
	}
	x := d.session.Read(ctx, d.session.Newest())
	return x.OK() && strings.Contains(string(x.Body), text)
}

// whole tells whether a long text is not known to have been cut: where it is shown, it is shown to its end.
func (d *desk) whole(ctx context.Context, x *wire.Exchange, text string) bool {
	part := text[:len(text)/2]
	pages := []*wire.Exchange{x}
	if d.session != nil && d.session.Newest() != nil {
		pages = append(pages, d.session.Read(ctx, d.session.Newest()))
	}
	for _, page := range pages {
		if body := string(page.Body); strings.Contains(body, part) {
			return strings.Contains(body, text)
		}
	}
	return true
}
