// Package resource finds the sorts of objects that a target keeps, with the ways to make, read, change, delete and list
// them: from a description of its API, from what scripts were seen asking, and from its forms. Probes that look at more
// than one request make an object of their own with it, and take it away again.
package resource

import (
	"cmp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents/surface"
)

// Resource is a sort of object, such as products.
type Resource struct {
	// Path is that of its collection: /api/products.
	Path string
	// Fields are those that can be given when one is made.
	Fields []Field
	// Found tells where it was found.
	Found Found

	at  string // an address, for people
	can map[Step]bool
	way way
}

// Found is where a resource was found.
type Found string

// The places where resources are found.
const (
	InDescription Found = "description" // of an API
	InTraffic     Found = "traffic"     // requests that scripts made
	InForms       Found = "forms"
)

// Step is something that can be done with a resource.
type Step string

// The steps.
const (
	Create Step = "create"
	Read   Step = "read"
	Update Step = "update"
	Delete Step = "delete"
	List   Step = "list"
)

// Key implements surface.Item.
func (r *Resource) Key() string { return "resource " + r.Path }

// Address implements surface.Item.
func (r *Resource) Address() string { return r.at }

// Can tells whether there is a way for all steps. Objects of forms show some of their ways only when one is there: what
// is found so counts as well, and a step answers nil when there is none in the end.
func (r *Resource) Can(steps ...Step) bool {
	return !slices.ContainsFunc(steps, func(s Step) bool { return !r.can[s] })
}

// API tells whether it is reached by an API and not by forms.
func (r *Resource) API() bool { return r.Found != InForms }

// All finds the resources of a surface, in the order of their paths. One that can be reached by an API and by forms under
// one path is found once.
func All(s *surface.Surface) []*Resource {
	var list []*Resource
	seen := map[string]bool{}
	for _, find := range []func(*surface.Surface) []*Resource{described, seenOnly, drawn} {
		for _, r := range find(s) {
			if !seen[r.Path] && len(list) < maxResources {
				seen[r.Path] = true
				list = append(list, r)
			}
		}
	}
	slices.SortFunc(list, func(a, b *Resource) int { return cmp.Compare(a.Path, b.Path) })
	return list
}

// maxResources bounds what is made of a surface.
const maxResources = 40

// With picks the resources that can be made and taken through steps.
func With(steps ...Step) func(*surface.Surface) []*Resource {
	return func(s *surface.Surface) []*Resource {
		return slices.DeleteFunc(All(s), func(r *Resource) bool { return !r.Can(Create) || !r.Can(steps...) })
	}
}

// Of finds the resource whose step an operation is; nil when it is none's.
func Of(s *surface.Surface, method, path string) (*Resource, Step) {
	for _, r := range All(s) {
		w, ok := r.way.(*api)
		if !ok {
			continue
		}
		for _, step := range []Step{Create, Read, Update, Delete, List} {
			if call := w.calls[step]; call != nil && call.method == method && call.path == path {
				return r, step
			}
		}
	}
	return nil, ""
}

// OfForm finds the resource whose objects a form makes; nil when it makes none.
func OfForm(s *surface.Surface, f *surface.Form) *Resource {
	for _, r := range All(s) {
		if w, ok := r.way.(*forms); ok && w.create.Action == f.Action {
			return r
		}
	}
	return nil
}

// isItem tells whether a path is that of one object in a collection, and which part names the object: /api/products/{id}.
func isItem(path, collection string) (parameter string, ok bool) {
	rest, found := strings.CutPrefix(path, strings.TrimSuffix(collection, "/")+"/")
	if !found || strings.Contains(rest, "/") || !strings.HasPrefix(rest, "{") || !strings.HasSuffix(rest, "}") {
		return "", false
	}
	return strings.Trim(rest, "{}"), true
}
