package resource

import (
	"math/rand/v2"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// described finds resources in the target's description: a path with POST, and one part deeper a path with GET, PUT,
// PATCH or DELETE. One whose objects are made at a path of their own (/users/register) counts as well, when their item's
// path has a way to delete or read it.
func described(s *surface.Surface) []*Resource {
	if s.Spec == nil {
		return nil
	}
	doc, err := openapi.Read(s.Spec.Data, s.Spec.URL)
	if err != nil {
		return nil
	}
	byPath := map[string]map[string]openapi.Op{}
	for _, op := range doc.Operations() {
		if byPath[op.Path] == nil {
			byPath[op.Path] = map[string]openapi.Op{}
		}
		byPath[op.Path][op.Method] = op
	}
	var list []*Resource
	for _, path := range sortedKeys(byPath) {
		create, ok := byPath[path]["POST"]
		if !ok || strings.Contains(path, "{") {
			continue
		}
		for _, item := range sortedKeys(byPath) {
			parameter, ok := isItem(item, path)
			if !ok {
				continue
			}
			if r := fromSpec(doc, create, byPath[path], byPath[item], parameter); r != nil {
				list = append(list, r)
			}
			break
		}
	}
	return list
}

func fromSpec(doc *openapi.API, create openapi.Op, collection, item map[string]openapi.Op, parameter string) *Resource {
	_, schema := create.Takes()
	if schema == nil {
		return nil
	}
	origin := doc.Base.Scheme + "://" + doc.Base.Host
	w := &api{origin: origin, parameter: parameter, calls: map[Step]*call{}}
	add := func(step Step, op openapi.Op) {
		c := &call{method: op.Method, path: doc.Base.Path + op.Path, request: requestOf(doc, op, step == List), whole: op.Method == "PUT"}
		if _, takes := op.Takes(); takes != nil {
			known := map[string]bool{}
			for _, f := range fieldsOf(takes) {
				known[f.Name] = true
			}
			c.knows = func(field string) bool { return known[field] }
		}
		w.calls[step] = c
	}
	add(Create, create)
	for _, x := range []struct {
		step    Step
		from    map[string]openapi.Op
		methods []string
	}{{Read, item, []string{"GET"}}, {Update, item, []string{"PUT", "PATCH"}}, {Delete, item, []string{"DELETE"}}, {List, collection, []string{"GET"}}} {
		for _, method := range x.methods {
			if op, ok := x.from[method]; ok && w.calls[x.step] == nil {
				add(x.step, op)
			}
		}
	}
	if w.calls[Read] == nil && w.calls[Delete] == nil {
		return nil
	}
	r := &Resource{Path: doc.Base.Path + create.Path, Fields: fieldsOf(schema), Found: InDescription, at: origin + doc.Base.Path + create.Path, way: w, can: map[Step]bool{}}
	for step := range w.calls {
		r.can[step] = true
	}
	return r
}

// requestOf makes the request of an operation, the same each time. A list is asked for as many entries as it may give, so
// that what was just made is among them.
func requestOf(doc *openapi.API, op openapi.Op, long bool) func() (wire.Request, map[string]any, error) {
	return func() (wire.Request, map[string]any, error) {
		c, err := doc.Case(op, rand.New(rand.NewPCG(1, 7))) //nolint:gosec // reproducible on purpose
		if err != nil {
			return wire.Request{}, nil, err
		}
		for _, p := range op.Parameters {
			if long && p.Value != nil && p.Value.In == "query" && limitName.MatchString(p.Value.Name) {
				c = c.With(openapi.Slot{In: "query", Name: p.Value.Name}, longest(p.Value.Schema))
			}
		}
		r, err := doc.Send(c)
		body, _ := c.Body.(map[string]any) //nolint:errcheck // one that is no object has no fields
		return r, body, err
	}
}

var limitName = regexp.MustCompile(`(?i)^(?:limit|per_?page|page_?size|size|_limit)$`)

// longest is the largest page that a list may give, of 100 entries at most.
func longest(schema *openapi3.SchemaRef) int {
	const most = 100
	if schema != nil && schema.Value != nil && schema.Value.Max != nil {
		return int(min(*schema.Value.Max, most))
	}
	return most
}
