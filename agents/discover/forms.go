package discover

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Bounds of forms: of a page, and of the whole target.
const (
	maxForms    = 100
	maxFields   = 200
	maxAllForms = 3000
)

// forms reads the forms of a document.
func forms(page *surface.Page, base *url.URL, doc *goquery.Document) []*surface.Form {
	var list []*surface.Form
	all := doc.Find("form")
	if all.Length() == 0 {
		return nil
	}
	known := referencesOf(doc)
	all.EachWithBreak(func(_ int, e *goquery.Selection) bool {
		list = append(list, readForm(page, base, known, e))
		return len(list) < maxForms
	})
	return list
}

// references are what elements of a document say of others by their ids, gathered once.
type references struct {
	labels map[string]string       // of fields, the first of each
	fields map[string][]*html.Node // of forms, that stand elsewhere
	around map[*html.Node]string   // the words of labels around fields
}

func referencesOf(doc *goquery.Document) *references {
	r := &references{labels: map[string]string{}, fields: map[string][]*html.Node{}, around: map[*html.Node]string{}}
	doc.Find("label[for]").Each(func(_ int, e *goquery.Selection) {
		if id := e.AttrOr("for", ""); r.labels[id] == "" && len(r.labels) < maxForms*maxFields {
			if _, known := r.labels[id]; !known {
				r.labels[id] = text(e)
			}
		}
	})
	doc.Find("[form]").Each(func(_ int, e *goquery.Selection) {
		id := e.AttrOr("form", "")
		r.fields[id] = append(r.fields[id], e.Nodes...)
	})
	return r
}

// wordsAround are those of the label that a field stands in.
func (r *references) wordsAround(e *goquery.Selection) string {
	label := e.Closest("label")
	if label.Length() == 0 {
		return ""
	}
	words, known := r.around[label.Nodes[0]]
	if !known {
		words = text(label)
		r.around[label.Nodes[0]] = words
	}
	return words
}

func readForm(page *surface.Page, base *url.URL, known *references, e *goquery.Selection) *surface.Form {
	f := &surface.Form{
		Page: page.URL, Name: e.AttrOr("id", e.AttrOr("name", "")), Method: http.MethodGet, As: page.As, Origin: page.Origin,
		Encoding: strings.ToLower(e.AttrOr("enctype", "application/x-www-form-urlencoded")), HTML: shorten(outer(e), 4000),
	}
	if strings.EqualFold(e.AttrOr("method", ""), "post") {
		f.Method = http.MethodPost
	}
	f.Action = resolve(base, e.AttrOr("action", page.URL))
	if f.Action == "" {
		f.Action = page.URL
	}
	fields := e.Find("input, select, textarea, button")
	if id := e.AttrOr("id", ""); id != "" { // fields elsewhere that say which form is theirs
		fields = fields.AddNodes(known.fields[id]...)
	}
	fields.EachWithBreak(func(_ int, s *goquery.Selection) bool {
		readField(f, known, s)
		return len(f.Fields) < maxFields
	})
	f.Purpose = purposeOf(f)
	return f
}

// readField adds a field to its form, or what its button says.
func readField(f *surface.Form, labels *references, s *goquery.Selection) {
	name := s.AttrOr("name", "")
	kind := strings.ToLower(s.AttrOr("type", ""))
	node := goquery.NodeName(s)
	switch {
	case node == "button" && (kind == "" || kind == "submit"), node == "input" && (kind == "submit" || kind == "image"):
		words := text(s)
		if words == "" {
			words = s.AttrOr("value", s.AttrOr("alt", ""))
		}
		if f.Submit == "" {
			f.Submit = words
		}
		if name != "" {
			f.Buttons = append(f.Buttons, name)
		}
		return
	case node == "button", kind == "button", kind == "reset", name == "":
		return
	}
	if _, disabled := s.Attr("disabled"); disabled {
		return
	}
	_, required := s.Attr("required")
	_, readOnly := s.Attr("readonly")
	field := surface.Field{
		Name: name, Type: kind, Value: s.AttrOr("value", ""), Label: labels.labelOf(s), Required: required || s.AttrOr("aria-required", "") == "true", ReadOnly: readOnly,
		Min: s.AttrOr("min", ""), Max: s.AttrOr("max", ""), Step: s.AttrOr("step", ""), Pattern: s.AttrOr("pattern", ""), Accept: s.AttrOr("accept", ""), Autocomplete: s.AttrOr("autocomplete", ""),
		MinLength: atoi(s.AttrOr("minlength", "")), MaxLength: atoi(s.AttrOr("maxlength", "")),
	}
	switch node {
	case "textarea":
		field.Type, field.Value = "textarea", s.Text()
	case "select":
		field.Type, field.Value = "select", ""
		s.Find("option").Each(func(i int, o *goquery.Selection) {
			value := o.AttrOr("value", text(o))
			if _, chosen := o.Attr("selected"); chosen || i == 0 {
				field.Value = value
			}
			if value != "" && len(field.Options) < 100 {
				field.Options = append(field.Options, value)
			}
		})
	default:
		if field.Type == "" {
			field.Type = "text"
		}
	}
	if field.Type == "file" && f.Method == http.MethodPost {
		f.Purpose = surface.ForUpload
	}
	if (field.Type == "radio" || field.Type == "checkbox") && f.Field(name) != nil {
		known := f.Field(name)
		known.Options = append(known.Options, field.Value)
		return
	}
	if field.Type == "checkbox" && field.Value == "" {
		field.Value = "on"
	}
	f.Fields = append(f.Fields, field)
}

func (r *references) labelOf(s *goquery.Selection) string {
	if label := s.AttrOr("aria-label", ""); label != "" {
		return label
	}
	if id := s.AttrOr("id", ""); id != "" && r.labels[id] != "" {
		return r.labels[id]
	}
	if words := r.wordsAround(s); words != "" {
		return words
	}
	return s.AttrOr("placeholder", s.AttrOr("title", ""))
}

func outer(e *goquery.Selection) string {
	s, err := goquery.OuterHtml(e)
	if err != nil {
		return ""
	}
	return s
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Words that tell what a form is for, in the languages that forms of this world have most.
var (
	wordsRegister = regexp.MustCompile(`(?i)regist|sign[\s_-]?up|create[\s_-]*(?:an?[\s_-]*)?account|join|konto[\s_-]*anlegen|inscri|s'inscrire|cadastr|注册`)
	wordsReset    = regexp.MustCompile(`(?i)forgot|reset|recover|vergessen|oubli|olvid|找回|忘记`)
	wordsSearch   = regexp.MustCompile(`(?i)search|such|recherch|busca|搜索|^q$|query`)
	wordsDelete   = regexp.MustCompile(`(?i)delete|remove|destroy|löschen|supprim|elimin|删除`)
	wordsSignOut  = regexp.MustCompile(`(?i)log[\s_-]?out|sign[\s_-]?out|abmelden|déconnexion|cerrar[\s_-]sesi|退出`)
)

// mostToRegister is how many fields people fill in to register, at most.
const mostToRegister = 12

// purposeOf guesses what a form is for.
func purposeOf(f *surface.Form) surface.Purpose {
	passwords, visible, names := 0, 0, ""
	current, chosen := false, false // passwords that there are, and that are to be
	for _, field := range f.Fields {
		if field.Type == "password" {
			passwords++
		}
		if field.Type != "hidden" {
			visible++
		}
		current = current || field.Autocomplete == "current-password"
		chosen = chosen || field.Autocomplete == "new-password"
		if field.Type != "hidden" {
			names += " " + field.Name
		}
	}
	words := strings.Join([]string{f.Submit, f.Name, pathOf(f.Action)}, " ")
	switch {
	case wordsSignOut.MatchString(words):
		return surface.ForSignOut
	case passwords >= 2 && current: // the old one, and a new one
		return surface.ForOther
	case passwords > 0 && chosen && visible > mostToRegister: // settings, and the passwords of others among them
		return surface.ForOther
	case passwords >= 2 || passwords == 1 && wordsRegister.MatchString(words):
		return surface.ForRegister
	case passwords == 1 && wordsReset.MatchString(words):
		return surface.ForReset
	case passwords == 1:
		return surface.ForSignIn
	case wordsReset.MatchString(words) && strings.Contains(strings.ToLower(names), "mail"):
		return surface.ForReset
	case f.Purpose == surface.ForUpload:
		return surface.ForUpload
	case f.Method == http.MethodPost && wordsDelete.MatchString(words):
		return surface.ForDelete
	case f.Method == http.MethodGet && (wordsSearch.MatchString(words) || wordsSearch.MatchString(strings.TrimSpace(names))):
		return surface.ForSearch
	default:
		return surface.ForOther
	}
}

// sent tells, of a form's own tag, that the browser sends it, and no script instead.
var sent = regexp.MustCompile(`(?i)^<form[^>]*\s(?:method|action)\s*=`)

// form keeps a form, its inputs, and the address that it goes to when that changes nothing.
func (d *discovery) form(page *surface.Page, f *surface.Form) {
	action, err := url.Parse(f.Action)
	if err != nil {
		action = &url.URL{}
	}
	switch {
	case len(f.Action) > maxAddress:
		d.leaveOut(action, tooLong)
		return
	case len(d.s.Forms) >= maxAllForms:
		d.leaveOut(action, "the campaign looks at 3,000 forms at most")
		return
	}
	d.s.Forms = append(d.s.Forms, f)
	if err != nil || !d.client.Scope().Allows(action) {
		return // a form that leads away is something to know
	}
	if f.Drawn && f.Method == http.MethodGet && !sent.MatchString(f.HTML) {
		return // scripts send what is typed there, as they see fit
	}
	values := f.Values()
	in, address, others := surface.InBody, f.Action, values // all fields share them; a value of its own takes the place of a field's
	if f.Method == http.MethodGet {
		in, others = surface.InQuery, nil
		if r, err := f.Request(values); err == nil {
			address = r.URL
			d.add(address, page.As, surface.ByForm, page.URL, page.Depth+1)
		} else {
			in = ""
		}
	}
	along := sizeOf(others)
	for _, field := range f.Fields {
		if field.Type == "file" || in == "" {
			continue
		}
		d.input(&surface.Input{
			Method: f.Method, URL: address, In: in, Name: field.Name, Known: field.Fitting(), Others: others, Encoding: f.Encoding,
			Page: page.URL, As: page.As, Form: f.Key(), Type: field.Type,
		}, along)
	}
	if f.Purpose == surface.ForSignIn && d.s.SignIn == nil {
		d.s.SignIn = f.SignIn()
	}
}

// FormOn finds a form again on a newer answer of its page, with the values that stand in it now; nil when it is not there.
func FormOn(x *wire.Exchange, known *surface.Form) *surface.Form {
	for _, f := range FormsOn(x) {
		if f.Method == known.Method && f.Action == known.Action && fieldNames(f) == fieldNames(known) {
			return f
		}
	}
	return nil
}

// FormsOn are the forms of an answer.
func FormsOn(x *wire.Exchange) []*surface.Form {
	base, err := url.Parse(x.URL)
	if err != nil {
		return nil
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(x.Body))
	if err != nil {
		return nil
	}
	list := forms(&surface.Page{URL: x.URL, As: x.Request.As}, base, doc)
	for i, f := range list {
		f.Index = i
	}
	return list
}
