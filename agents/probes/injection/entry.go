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
	before  url.Values      // what stood in a form that changes something that was there
	entered []string        // the markers
	shown   []string        // addresses that show one
	reader  string          // the account that what was entered is addressed to; "" when it is to nobody
	made    map[string]bool // addresses of pages that were not there before
}

func newEntry(lab *agents.Lab, f *surface.Form) *entry {
	e := &entry{lab: lab, form: f, as: f.As, made: map[string]bool{}}
	if e.as == "" {
		e.as = "visitor of " + lab.Case
	}
	return e
}

// enter sends the form with a value for each of its texts. When that is refused, it is sent again with values only where any
// text is likely to be taken.
func (e *entry) enter(ctx context.Context, value func(name string) string) *wire.Exchange {
	x := e.send(ctx, value, nil)
	if !e.refused(x) {
		return x
	}
	if sure := e.sure(); len(sure) > 0 && len(sure) < len(texts(e.form)) {
		return e.send(ctx, value, sure)
	}
	return x
}

// refused tells whether the target has not taken what was entered: it says so, or shows the form with it again.
func (e *entry) refused(x *wire.Exchange) bool {
	switch x.Status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity:
		return true
	case http.StatusOK:
		f := discover.FormOn(x, e.form)
		return e.before == nil && len(x.Hops) == 0 && f != nil && slices.ContainsFunc(texts(f), func(field *surface.Field) bool { return e.shows(field.Value) })
	}
	return false
}

var toWhom = regexp.MustCompile(`(?i)^to$|[_.\[-]to\]?$|recipient|receiver|addressee|user_?name|^user$|member|empf|destinat`)

// sure are values that are likely to be taken, of the texts that may be checked: what stands in them, what fits their kind,
// and, in a form to write to somebody, another account.
func (e *entry) sure() map[string]string {
	list := texts(e.form)
	letter := slices.ContainsFunc(list, func(field *surface.Field) bool { return field.Type == "textarea" })
	other := slices.IndexFunc(e.lab.Accounts, func(a agents.Account) bool { return a.In && a.User != "" && a.Name != e.form.As })
	values := map[string]string{}
	for _, field := range list {
		switch {
		case field.Type == "textarea":
		case field.Value != "" || field.Type == "url" || field.Type == "tel" || field.Pattern != "":
			values[field.Name] = field.Fitting()
		case letter && other >= 0 && toWhom.MatchString(field.Name):
			values[field.Name], e.reader = e.lab.Accounts[other].User, e.lab.Accounts[other].Name
		}
	}
	return values
}

// send sends the form as it stands on its page now, with a value for each of its texts but those of which one is sure.
func (e *entry) send(ctx context.Context, value func(name string) string, sure map[string]string) *wire.Exchange {
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
		if known, ok := sure[field.Name]; ok {
			if field.Value == "" {
				values.Set(field.Name, known)
			}
			continue
		}
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

// Bounds of where what was entered is looked for: pages that were known, as one account, and new ones that they link to.
const (
	maxPages = 40
	maxMade  = 10
)

// pages asks again for one page of every shape, as whoever entered it and as nobody, after the answer itself; as who it is
// addressed to as well; and for new pages that are linked there, such as that of the very message.
func (e *entry) pages(ctx context.Context, sent *wire.Exchange) []*wire.Exchange {
	list := []*wire.Exchange{sent}
	seen := map[string]bool{}
	most := maxPages
	add := func(address, as string) {
		if key := as + " " + address; !seen[key] && len(list) < most && ctx.Err() == nil {
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
	pages := e.lab.Surface.ByShape()
	for _, p := range pages {
		as := p.As
		if as == "" {
			as = e.form.As
		}
		add(p.URL, as)
	}
	if e.reader != "" {
		most = len(list) + maxPages
		for _, p := range pages {
			add(p.URL, e.reader)
		}
	}
	most = len(list) + maxMade
	for _, m := range e.madePages(list) {
		e.made[m.address] = true
		add(m.address, m.as)
	}
	return list
}

// madePage is a page that was not there when the target was discovered, and who was shown the link to it.
type madePage struct{ address, as string }

// madePages are the new pages that answers link to, of shapes that are known: first those whose link stands beside a marker.
func (e *entry) madePages(answers []*wire.Exchange) []madePage {
	known, shapes := map[string]bool{}, map[string]bool{}
	for _, p := range e.lab.Surface.Pages {
		known[p.URL], shapes[p.Shape] = true, true
	}
	for _, l := range e.lab.Surface.Links {
		known[l.URL] = true
	}
	var beside, others []madePage
	for _, x := range answers {
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader(x.Body))
		base, errBase := url.Parse(x.URL)
		if err != nil || errBase != nil || !isMarkup(x) {
			continue
		}
		doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
			to, err := base.Parse(a.AttrOr("href", ""))
			if err != nil {
				return
			}
			to.Fragment, to.RawFragment = "", ""
			address := to.String()
			if known[address] || !e.lab.Client.Scope().Allows(to) || !shapes[e.lab.Surface.ShapeOf(address)] {
				return
			}
			known[address] = true
			if m := (madePage{address, x.Request.As}); e.shows(a.Text()) || e.shows(a.Closest("li, tr, article").Text()) {
				beside = append(beside, m)
			} else {
				others = append(others, m)
			}
		})
	}
	return append(beside, others...)
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
