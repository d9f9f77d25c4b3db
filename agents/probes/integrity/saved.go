package integrity

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

var (
	// delicate are fields that may want another value confirmed, checked or unique: those are left as they are.
	delicate = regexp.MustCompile(`(?i)mail|user|login|pass|token|csrf|code|zip|post|url|link|site|iban|card|vat|tax|currenc|lang|locale|zone|slug|key|domain|date|birth`)
	ofPhones = regexp.MustCompile(`(?i)phone|mobile|tel\b`)
	named    = regexp.MustCompile(`\{(?:n|id|date)\}`)
)

// settings are forms that show what is kept, such as a profile, with at least two texts that can be changed. Those with an id
// in their address are left out: what they show may be somebody else's.
func settings(s *surface.Surface) []*surface.Form {
	var list []*surface.Form
	for _, f := range s.Forms {
		if f.Method == http.MethodPost && f.Purpose == surface.ForOther && !named.MatchString(surface.ShapeOf(f.Page)+surface.ShapeOf(f.Action)) && len(changes(f)) > 1 {
			list = append(list, f)
		}
	}
	return list
}

// changes are other values for the texts of a form; none when nothing stands in it yet.
func changes(f *surface.Form) map[string]string {
	list, filled := map[string]string{}, false
	for _, field := range f.Fields {
		name := field.Name + " " + field.Label + " " + field.Autocomplete
		switch {
		case field.Type == "password" || field.Type == "file":
			return nil
		case field.Name == "" || field.ReadOnly || field.Pattern != "" || field.MaxLength > 0 && field.MaxLength < len(field.Value)+20:
		case field.Type == "tel" || field.Type == "text" && ofPhones.MatchString(name):
			list[field.Name] = "+15550123"
			if field.Value == list[field.Name] {
				list[field.Name] = "+15550124"
			}
		case (field.Type == "text" || field.Type == "textarea") && !delicate.MatchString(name):
			filled = filled || strings.TrimSpace(field.Value) != ""
			list[field.Name] = strings.TrimSpace(field.Value + " Test")
		}
	}
	if !filled {
		return nil
	}
	return list
}

// isSaved changes several fields of a form at once. Those that were taken show that the form was; the others were lost.
func isSaved(ctx context.Context, lab *agents.Lab, f *surface.Form) agents.Outcome {
	page := lab.Send(ctx, wire.Request{URL: f.Page, As: f.As, Follow: true})
	form := discover.FormOn(page, f)
	if form == nil {
		return agents.Skip("the form is not on its page any more")
	}
	was, give := standing(page, form), changes(form)
	names := make([]string, 0, len(give))
	now := url.Values{}
	for name, list := range was {
		now[name] = list
	}
	for name, v := range give {
		names = append(names, name)
		now.Set(name, v)
	}
	slices.Sort(names)
	sent, err := form.Request(now)
	if err != nil {
		return agents.Skip("the form cannot be sent: %v", err)
	}
	sent.Follow = true
	answer := lab.Send(ctx, sent)
	read := lab.Send(context.WithoutCancel(ctx), wire.Request{URL: f.Page, As: f.As, Follow: true})
	after := discover.FormOn(read, f)
	if after == nil {
		return agents.Skip("the form is not on its page any more")
	}
	back := standing(read, after) // with a token that is good now
	for name := range give {
		back[name] = was[name]
	}
	if r, err := after.Request(back); err == nil {
		lab.Send(context.WithoutCancel(ctx), r)
	}
	taken := false
	var findings []agents.Finding
	for _, name := range names {
		got, old := after.Field(name), form.Field(name)
		if got == nil || old == nil {
			continue
		}
		taken = taken || got.Value == give[name]
		if got.Value == old.Value {
			findings = append(findings, agents.Finding{
				Text:  fmt.Sprintf("The form of %s was sent with changes and took others; %q stays as it was, and nothing says so.", shortPath(f.Page), name),
				Where: agents.Place{URL: f.Page, Method: f.Method, Parameter: name, Element: "form", As: f.As}, Cause: "kept " + surface.ShapeOf(f.Action) + " " + name,
				Evidence: []agents.Evidence{agents.Table("what was sent and read", agents.ByHTTP, []string{"field", "before", "sent", "read"}, []string{name, old.Value, give[name], got.Value}), agents.Exchanged("sent", answer), agents.Exchanged("read again", read)},
			})
		}
	}
	if !taken || !answer.OK() {
		return agents.Skip("the form does not take other values: it answers %d", answer.Status)
	}
	return agents.Fail(findings...)
}

func shortPath(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.EscapedPath()
	}
	return address
}

// standing are the values of a form with the boxes that are ticked in it.
func standing(page *wire.Exchange, f *surface.Form) url.Values {
	values := f.Values()
	for _, field := range f.Fields {
		if field.Type != "hidden" && field.Type != "select" && field.Type != "radio" && field.Type != "checkbox" && values.Has(field.Name) {
			values.Set(field.Name, field.Value) // and nothing where nothing stands
		}
		if field.Type == "checkbox" {
			values.Del(field.Name)
		}
	}
	if doc := reading.HTML(page); doc != nil {
		form := doc.Find("form").FilterFunction(func(_ int, e *goquery.Selection) bool {
			u := doc.Resolve(e.AttrOr("action", page.URL))
			return u != nil && u.String() == f.Action && strings.EqualFold(e.AttrOr("method", http.MethodGet), f.Method)
		})
		for _, box := range form.Find("input[type=checkbox][checked], input[type=radio][checked]").EachIter() {
			if name := box.AttrOr("name", ""); name != "" {
				values.Set(name, box.AttrOr("value", "on"))
			}
		}
		for _, chosen := range form.Find("select[name] option[selected]").EachIter() {
			if name := chosen.Closest("select").AttrOr("name", ""); name != "" {
				values.Set(name, chosen.AttrOr("value", strings.TrimSpace(chosen.Text())))
			}
		}
	}
	return values
}
