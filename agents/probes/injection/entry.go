package injection

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// entry enters values into a form, looks where they come out, and takes them away again.
type entry struct {
	lab     *agents.Lab
	form    *surface.Form
	as      string
	before  url.Values // what stood in a form that changes something that was there
	entered []string   // the markers
	shown   []string   // addresses that show one
}

func newEntry(lab *agents.Lab, f *surface.Form) *entry {
	e := &entry{lab: lab, form: f, as: f.As}
	if e.as == "" {
		e.as = "visitor of " + lab.Case
	}
	return e
}

// enter sends the form with a value for each of its texts.
func (e *entry) enter(ctx context.Context, value func(name string) string) *wire.Exchange {
	fresh := *e.form
	page := e.lab.Send(ctx, wire.Request{URL: e.form.Page, As: e.as, Follow: true})
	if f := discover.FormOn(page, e.form); f != nil {
		fresh = *f
	}
	fresh.As = e.as
	values := fresh.Values()
	if e.before == nil && filled(&fresh) {
		e.before = fresh.Values()
	}
	for _, field := range texts(&fresh) {
		v := value(field.Name)
		e.entered = append(e.entered, strings.TrimSuffix(v, tag))
		values.Set(field.Name, v)
	}
	for i := range fresh.Fields {
		if field := &fresh.Fields[i]; field.Type == "email" && field.Value == "" { // one that is there already is often refused
			values.Set(field.Name, e.lab.Marker(60+len(e.entered))+"@example.org")
		}
	}
	r, err := fresh.Request(values)
	if err != nil {
		return &wire.Exchange{Request: r, Fault: &wire.Fault{Kind: wire.Unsendable, Text: err.Error()}}
	}
	r.Follow = true
	return e.lab.Send(ctx, r)
}

// filled tells whether the texts of a form have values already: it changes what is there.
func filled(f *surface.Form) bool {
	for _, field := range texts(f) {
		if field.Value != "" {
			return true
		}
	}
	return false
}

const maxPages = 40

// pages asks again for one page of every shape, as whoever entered it and as nobody, after the answer itself.
func (e *entry) pages(ctx context.Context, sent *wire.Exchange) []*wire.Exchange {
	list := []*wire.Exchange{sent}
	seen := map[string]bool{}
	add := func(address, as string) {
		if key := as + " " + address; !seen[key] && len(list) < maxPages && ctx.Err() == nil {
			seen[key] = true
			x := e.lab.Send(ctx, wire.Request{URL: address, As: as, Follow: true})
			if e.shows(string(x.Body)) {
				e.shown = append(e.shown, address)
			}
			list = append(list, x)
		}
	}
	if sent.URL != sent.Request.URL {
		add(sent.URL, e.form.As)
	}
	add(e.form.Page, e.form.As)
	for _, p := range e.lab.Surface.ByShape() {
		as := p.As
		if as == "" {
			as = e.form.As
		}
		add(p.URL, as)
	}
	return list
}

// keeps tells whether a page shows a canary also to who has not entered it just now: an answer to the form itself may
// merely show what it was sent.
func (e *entry) keeps(ctx context.Context, page *wire.Exchange, canary string) bool {
	x := e.lab.Send(ctx, wire.Request{URL: page.URL, As: e.form.As, Follow: true})
	return isMarkup(x) && strings.Contains(string(x.Body), canary)
}

// close takes away what was entered, where the target lets it: what was changed is given its values back, and what a page
// offers to delete beside a marker is deleted.
func (e *entry) close(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	if e.before != nil {
		before := e.before
		e.before = nil
		page := e.lab.Send(ctx, wire.Request{URL: e.form.Page, As: e.as, Follow: true})
		if f := discover.FormOn(page, e.form); f != nil {
			f.As = e.as
			values := f.Values()
			for _, field := range texts(f) {
				values.Set(field.Name, before.Get(field.Name))
			}
			if r, err := f.Request(values); err == nil {
				e.lab.Send(ctx, r)
			}
		}
	} else if len(e.entered) > 0 {
		e.remove(ctx)
	}
	if e.form.As == "" {
		e.lab.Client.Forget(e.as)
	}
}

// shows tells whether a text has one of the markers in it.
func (e *entry) shows(text string) bool {
	return slices.ContainsFunc(e.entered, func(marker string) bool { return marker != "" && strings.Contains(text, marker) })
}

// remove sends the forms to delete that stand beside a marker.
func (e *entry) remove(ctx context.Context) {
	const mostPages, most = 5, 10
	removed := 0
	for _, address := range e.shown[:min(len(e.shown), mostPages)] {
		for removed < most {
			x := e.lab.Send(ctx, wire.Request{URL: address, As: e.as, Follow: true})
			r, ok := e.deletion(x)
			if !ok {
				break
			}
			e.lab.Send(ctx, r)
			removed++
		}
	}
}

var deletes = regexp.MustCompile(`(?i)delete|remove|destroy|löschen|supprim|elimin|删除`)

// deletion is the request of the form to delete whose own row shows a marker.
func (e *entry) deletion(x *wire.Exchange) (wire.Request, bool) {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(x.Body))
	if err != nil {
		return wire.Request{}, false
	}
	base, err := url.Parse(x.URL)
	if err != nil {
		return wire.Request{}, false
	}
	var found *goquery.Selection
	doc.Find("li, tr, article").EachWithBreak(func(_ int, row *goquery.Selection) bool {
		form := row.Find("form")
		if form.Length() == 0 || row.Find("li, tr, article").Length() > 0 {
			return true
		}
		if e.shows(row.Text()) && strings.EqualFold(form.AttrOr("method", ""), http.MethodPost) {
			found = form.First()
			return false
		}
		return true
	})
	if found == nil {
		return wire.Request{}, false
	}
	action, err := base.Parse(found.AttrOr("action", ""))
	if err != nil || !deletes.MatchString(action.Path+" "+found.Text()) {
		return wire.Request{}, false
	}
	values := url.Values{}
	found.Find("input[name]").Each(func(_ int, i *goquery.Selection) { values.Set(i.AttrOr("name", ""), i.AttrOr("value", "")) })
	form := surface.Form{Method: http.MethodPost, Action: action.String(), Page: x.URL, As: e.as}
	r, err := form.Request(values)
	return r, err == nil
}
