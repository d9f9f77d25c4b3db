package resource

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// forms is the way through a site's forms.
type forms struct {
	create     *surface.Form
	path       string
	collection string // the page that lists; "" when there is none
}

func (w *forms) make(ctx context.Context, s *Session, give map[string]any) (*Object, error) {
	r, sent, err := w.ask(ctx, s, give)
	if err != nil {
		return nil, err
	}
	x := s.send(ctx, r)
	if o := w.take(ctx, s, x, sent); o != nil {
		return o, nil
	}
	return nil, &refused{status: x.Status, x: x}
}

func (w *forms) ask(ctx context.Context, s *Session, give map[string]any) (wire.Request, map[string]any, error) {
	if mark, ok := give[s.Resource.Title().Name].(string); !ok || mark == "" {
		return wire.Request{}, nil, &refused{} // nobody would know it again
	}
	page := s.send(ctx, wire.Request{URL: w.create.Page, Follow: true})
	form := discover.FormOn(page, w.create)
	if !page.OK() || form == nil {
		return wire.Request{}, nil, &refused{status: page.Status, x: page}
	}
	r, sent, err := filled(form, give)
	return r, sent, err
}

// filled is a form sent with fields, and all that it carries.
func filled(form *surface.Form, give map[string]any) (wire.Request, map[string]any, error) {
	values := form.Values()
	for name, v := range give {
		values.Set(name, Words(v))
	}
	sent := map[string]any{}
	for name := range values {
		sent[name] = values.Get(name)
	}
	r, err := form.Request(values)
	r.Follow = true
	return r, sent, err
}

// take finds what a form made by the title that was sent: on the page that came, or in the collection.
func (w *forms) take(ctx context.Context, s *Session, x *wire.Exchange, sent map[string]any) *Object {
	mark := Words(sent[s.Resource.Title().Name])
	if !x.OK() || mark == "" {
		return nil
	}
	o := &Object{Sent: sent, Made: x}
	if id := idOf(x.URL); id != "" && len(x.Hops) > 0 {
		o.ID, o.URL = id, x.URL
		return o
	}
	pages := []*wire.Exchange{x}
	if w.collection != "" {
		pages = append(pages, s.send(ctx, wire.Request{URL: w.collection, Follow: true}))
	}
	for i, page := range pages {
		if i == 0 && discover.FormOn(page, w.create) != nil && page.URL != w.collection {
			continue // the form came again, with what was typed
		}
		row := rowOf(page, mark)
		if row == nil {
			continue
		}
		w.read(page, row, o)
		if o.URL == "" {
			o.URL = page.URL
		}
		return o
	}
	return nil
}

// read takes an object's id and address from the part of a page that shows it.
func (w *forms) read(page *wire.Exchange, row *goquery.Selection, o *Object) {
	doc := reading.HTML(page)
	leads := func(suits func(path string) bool) {
		row.Find("a[href]").EachWithBreak(func(_ int, a *goquery.Selection) bool {
			if u := doc.Resolve(a.AttrOr("href", "")); o.URL == "" && u != nil && idOf(u.String()) != "" && suits(u.Path) {
				o.ID, o.URL = idOf(u.String()), u.String()
			}
			return o.URL == ""
		})
	}
	leads(func(path string) bool { return !wordsDoing.MatchString(path) })
	leads(wordsEditing.MatchString) // lists for those who look after things may lead to nothing else
	row.Find("form").Each(func(_ int, f *goquery.Selection) {
		if o.ID != "" {
			return
		}
		if u := doc.Resolve(f.AttrOr("action", "")); u != nil {
			o.ID = idOf(u.String())
		}
		if o.ID == "" {
			f.Find("input[type=hidden]").Each(func(_ int, field *goquery.Selection) {
				if strings.HasSuffix(strings.ToLower(field.AttrOr("name", "")), "id") {
					o.ID = field.AttrOr("value", "")
				}
			})
		}
	})
}

var wordsEditing = regexp.MustCompile(`(?i)(?:^|/)(?:edit|bearbeiten|update)(?:/|$)`)

var (
	wordsDeleting = regexp.MustCompile(`(?i)(?:^|/)(?:delete|remove|destroy)(?:/|$)`)
	wordsDoing    = regexp.MustCompile(wordsEditing.String() + "|" + wordsDeleting.String())
)

// idOf is the part of an address that names one object; "" when it has none.
func idOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	parts := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if varies.MatchString(surface.ShapeOf("/" + parts[i])) {
			return parts[i]
		}
	}
	for _, name := range []string{"id", "ID"} {
		if id := u.Query().Get(name); id != "" {
			return id
		}
	}
	return ""
}

// rowOf is the smallest part of a page that shows a text together with something to click; nil when it is not shown.
func rowOf(x *wire.Exchange, text string) *goquery.Selection {
	doc := reading.HTML(x)
	if doc == nil || !x.OK() {
		return nil
	}
	holds := func(e *goquery.Selection) bool {
		return strings.Contains(strings.Join(strings.Fields(e.Text()), " "), strings.Join(strings.Fields(text), " "))
	}
	var found *goquery.Selection
	doc.Find("body *").Each(func(_ int, e *goquery.Selection) {
		if name := goquery.NodeName(e); name != "script" && name != "style" && name != "textarea" && holds(e) {
			found = e // the last that holds it is the deepest
		}
	})
	if found == nil {
		return nil
	}
	const highest = 4
	row := found
	for i := 0; i < highest && row.Length() > 0 && !slices.Contains([]string{"body", "main", "ul", "table", "tbody"}, goquery.NodeName(row)); i++ {
		if goquery.NodeName(row) == "a" || row.Find("a[href], form").Length() > 0 {
			if goquery.NodeName(row) == "a" {
				row = row.Parent()
				continue
			}
			return row
		}
		row = row.Parent()
	}
	if row.Find("a[href], form").Length() > 0 && goquery.NodeName(row) != "body" {
		return row
	}
	return found
}

func (w *forms) step(ctx context.Context, s *Session, step Step, o *Object, give map[string]any) *wire.Exchange {
	if step == Read {
		return s.send(ctx, wire.Request{URL: o.URL, Follow: true})
	}
	r, ok := w.fill(ctx, s, step, o, give)
	if !ok {
		return nil
	}
	return s.send(ctx, r)
}

func (w *forms) change(ctx context.Context, s *Session, o *Object, give map[string]any) (wire.Request, bool) {
	return w.fill(ctx, s, Update, o, give)
}

func (w *forms) fill(ctx context.Context, s *Session, step Step, o *Object, give map[string]any) (wire.Request, bool) {
	form := w.formOf(ctx, s, step, o)
	if form == nil {
		return wire.Request{}, false
	}
	r, _, err := filled(form, give)
	return r, err == nil
}

// formOf finds the form that changes or deletes an object: on its own page, on one that it leads to (such as one that asks
// once more), or in the collection.
func (w *forms) formOf(ctx context.Context, s *Session, step Step, o *Object) *surface.Form {
	asked := map[string]bool{}
	queue := []string{o.URL}
	if w.collection != "" {
		queue = append(queue, w.collection)
	}
	const most = 5
	for len(queue) > 0 && len(asked) < most && ctx.Err() == nil {
		address := queue[0]
		queue = queue[1:]
		if address == "" || asked[address] {
			continue
		}
		asked[address] = true
		page := s.send(ctx, wire.Request{URL: address, Follow: true})
		if !page.OK() {
			continue
		}
		for _, f := range discover.FormsOn(page) {
			if w.suits(s, f, page, step, o) {
				return f
			}
		}
		if doc := reading.HTML(page); doc != nil && o.ID != "" {
			doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
				u := doc.Resolve(a.AttrOr("href", ""))
				if u != nil && idOf(u.String()) == o.ID && wordsDoing.MatchString(u.Path) && (wordsEditing.MatchString(u.Path) || step == Delete) {
					queue = append(queue, u.String())
				}
			})
		}
	}
	return nil
}

func (w *forms) suits(s *Session, f *surface.Form, page *wire.Exchange, step Step, o *Object) bool {
	if f.Method != http.MethodPost || f.Action == w.create.Action && step == Delete && !hides(f, o.ID) {
		return false
	}
	mine := o.ID != "" && (idOf(f.Action) == o.ID || idOf(f.Action) == "" && (hides(f, o.ID) || page.URL == o.URL && idOf(o.URL) == o.ID))
	if !mine {
		return false
	}
	if step == Delete {
		return f.Purpose == surface.ForDelete
	}
	title := s.Resource.Title().Name
	field := f.Field(title)
	return field != nil && f.Purpose != surface.ForDelete && field.Value == Words(o.Sent[title])
}

// hides tells whether a form names an object in a hidden field.
func hides(f *surface.Form, id string) bool {
	return slices.ContainsFunc(f.Fields, func(field surface.Field) bool {
		return field.Type == "hidden" && field.Value == id && strings.HasSuffix(strings.ToLower(field.Name), "id")
	})
}

func (w *forms) list(ctx context.Context, s *Session) *wire.Exchange {
	if w.collection == "" {
		return nil
	}
	return s.send(ctx, wire.Request{URL: w.collection, Follow: true})
}

// value is what a field holds where a form shows it, and else the value that was sent, where it is shown.
func (w *forms) value(x *wire.Exchange, o *Object, field string) (any, bool) {
	for _, f := range discover.FormsOn(x) {
		if shown := f.Field(field); shown != nil && shown.Value != "" && (idOf(f.Action) == o.ID || idOf(x.URL) == o.ID && o.ID != "") {
			return shown.Value, true
		}
	}
	if doc := reading.HTML(x); doc != nil {
		sent := Words(o.Sent[field])
		if sent != "" && strings.Contains(doc.Find("body").Text(), sent) {
			return sent, true
		}
	}
	return nil, false
}
