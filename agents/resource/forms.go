package resource

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents/surface"
)

// drawn finds resources in forms: one that makes objects, and a page that lists them or pages of single ones.
func drawn(s *surface.Surface) []*Resource {
	var list []*Resource
	seen := map[string]bool{}
	for _, f := range s.Forms {
		path, ok := makes(f)
		if !ok || seen[path] {
			continue
		}
		if r := fromForm(s, f, path); r != nil {
			seen[path] = true
			list = append(list, r)
		}
	}
	return list
}

var (
	wordsMaking = regexp.MustCompile(`(?i)^(?:new|create|add|store|save|insert|post|neu|anlegen|nouveau|nuevo)$`)
	// wordsAway are forms that send what people cannot look at afterwards.
	wordsAway = regexp.MustCompile(`(?i)contact|kontakt|newsletter|subscri|feedback|checkout|payment|pay\b|cart|basket|vote|consent|cookie|language|locale|theme|support|login|signin|logout|password|settings?|profile|account|import|upload|preferences`)
	varies    = regexp.MustCompile(`\{(?:n|id|date)\}`)
)

// makes tells whether a form makes an object, and of which collection.
func makes(f *surface.Form) (path string, ok bool) {
	u, err := url.Parse(f.Action)
	if err != nil || f.Method != http.MethodPost || f.Purpose != surface.ForOther || varies.MatchString(surface.ShapeOf(f.Action)) {
		return "", false
	}
	free := slices.ContainsFunc(fieldsDrawn(f), func(field Field) bool { return field.Sort == Text && field.Free })
	if !free || editsOne(f) {
		return "", false
	}
	path = strings.TrimSuffix(u.Path, "/")
	if i := strings.LastIndexByte(path, '/'); i >= 0 && wordsMaking.MatchString(path[i+1:]) {
		path = path[:i]
	}
	if path == "" {
		path = "/"
	}
	return path, !wordsAway.MatchString(lastPart(path) + " " + f.Name)
}

// editsOne tells whether a form is filled in with what is there already: it changes it, and makes nothing.
func editsOne(f *surface.Form) bool {
	for _, field := range f.Fields {
		if (field.Type == "text" || field.Type == "textarea" || field.Type == "email") && strings.TrimSpace(field.Value) != "" {
			return true
		}
		if field.Type == "hidden" && strings.EqualFold(field.Name, "_method") {
			return true
		}
	}
	return false
}

// fromForm makes a resource of a form; nil when nothing shows what it makes.
func fromForm(s *surface.Surface, f *surface.Form, path string) *Resource {
	w := &forms{create: f, path: path}
	r := &Resource{Path: path, Fields: fieldsDrawn(f), Found: InForms, at: f.Page, way: w, can: map[Step]bool{Create: true}}
	if r.Title() == nil {
		return nil
	}
	of := func(address string) bool { // of a single object
		shape := surface.ShapeOf(address)
		u, err := url.Parse(address)
		return err == nil && varies.MatchString(shape) && strings.HasPrefix(u.Path, strings.TrimSuffix(path, "/")+"/")
	}
	for _, p := range s.Pages {
		u, err := url.Parse(p.URL)
		if err != nil {
			continue
		}
		if w.collection == "" && strings.TrimSuffix(u.Path, "/") == strings.TrimSuffix(path, "/") {
			w.collection = p.URL
		}
		if of(p.URL) {
			r.can[Read] = true
		}
	}
	if w.collection == "" && !wordsMaking.MatchString(lastPart(f.Page)) {
		w.collection = f.Page // what was made may be shown beside its form
	}
	for _, other := range s.Forms {
		if other.Method != http.MethodPost || !of(other.Action) && !strings.HasPrefix(other.Action, f.Action+"/") {
			continue
		}
		if other.Purpose == surface.ForDelete {
			r.can[Delete] = true
		} else if other.Field(r.Title().Name) != nil {
			r.can[Update] = true
		}
	}
	for _, l := range s.Links {
		if u, err := url.Parse(l.URL); err == nil && of(l.URL) && wordsDeleting.MatchString(u.Path) {
			r.can[Delete] = true // by a page that asks once more, which discovery leaves alone
		}
	}
	r.can[List] = w.collection != ""
	if w.collection == "" && !r.can[Read] {
		return nil
	}
	return r
}
