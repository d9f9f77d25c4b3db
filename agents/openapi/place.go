package openapi

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Variant is a case that differs from a plain one in one place.
type Variant struct {
	*Case
	// At is the place, for people: query limit, body /price.
	At string
	// Keyword is that of the schema which the value keeps to or breaks: required, maximum, …
	Keyword string
	// Words say what is different: "101, where at most 100 are allowed".
	Words string
}

// place is somewhere in a case where a value stands.
type place struct {
	slot     Slot     // of a parameter
	path     []string // in the body, where slot is none
	schema   *openapi3.Schema
	required bool
}

func (p *place) inBody() bool { return p.slot == Slot{} }

func (p *place) String() string {
	if p.inBody() {
		return "body /" + strings.Join(p.path, "/")
	}
	return p.slot.In + " " + p.slot.Name
}

// put is the case with a value in the place.
func (p *place) put(c *Case, v any) *Case {
	if p.inBody() {
		return c.WithBody(putAt(c.Body, p.path, v, false))
	}
	return c.With(p.slot, v)
}

// drop is the case without the place.
func (p *place) drop(c *Case) *Case {
	if p.inBody() {
		return c.WithBody(putAt(c.Body, p.path, nil, true))
	}
	return c.Without(p.slot)
}

// has tells whether the case has a value in the place.
func (p *place) has(c *Case) bool {
	if !p.inBody() {
		_, ok := c.Given[p.slot]
		return ok
	}
	v := c.Body
	for _, name := range p.path {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[name]
			if !ok {
				return false
			}
			v = next
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(at) {
				return false
			}
			v = at[i]
		default:
			return false
		}
	}
	return true
}

// putAt is a value with another one, or none, somewhere inside; what lies around is copied.
func putAt(v any, path []string, to any, drop bool) any {
	if len(path) == 0 {
		return to
	}
	switch at := v.(type) {
	case map[string]any:
		at = maps.Clone(at)
		if at == nil {
			at = map[string]any{}
		}
		if drop && len(path) == 1 {
			delete(at, path[0])
		} else {
			at[path[0]] = putAt(at[path[0]], path[1:], to, drop)
		}
		return at
	case []any:
		i, err := strconv.Atoi(path[0])
		if err != nil || i >= len(at) {
			return v
		}
		at = slices.Clone(at)
		if drop && len(path) == 1 {
			return slices.Delete(at, i, i+1)
		}
		at[i] = putAt(at[i], path[1:], to, drop)
		return at
	}
	return v
}

// Bounds of what is varied.
const (
	maxPlaces = 60
	maxNested = 3
)

// places are where a case has or may have values, parameters first.
func places(c *Case) []place {
	var list []place
	for _, p := range c.Op.Parameters {
		if p.Value != nil && p.Value.Schema != nil && p.Value.Schema.Value != nil {
			list = append(list, place{slot: slotOf(p.Value), schema: p.Value.Schema.Value, required: p.Value.Required || p.Value.In == openapi3.ParameterInPath})
		}
	}
	if _, schema := c.Op.Takes(); schema != nil && c.Media != "" && schema.Value != nil {
		list = append(list, place{path: []string{}, schema: schema.Value, required: c.Op.RequestBody.Value.Required})
		list = append(list, below(c.Body, schema, nil)...)
	}
	return list[:min(len(list), maxPlaces)]
}

func below(v any, ref *openapi3.SchemaRef, path []string) []place {
	if ref == nil || ref.Value == nil || len(path) >= maxNested {
		return nil
	}
	var list []place
	at := func(name string) []string { return append(slices.Clone(path), name) }
	switch v := v.(type) {
	case map[string]any:
		for _, s := range append([]*openapi3.SchemaRef{ref}, ref.Value.AllOf...) {
			if s.Value == nil {
				continue
			}
			for _, name := range slices.Sorted(maps.Keys(s.Value.Properties)) {
				p := s.Value.Properties[name]
				if p.Value == nil || p.Value.ReadOnly || len(list) >= maxPlaces {
					continue
				}
				list = append(list, place{path: at(name), schema: p.Value, required: slices.Contains(s.Value.Required, name)})
				if inner, there := v[name]; there {
					list = append(list, below(inner, p, at(name))...)
				}
			}
		}
	case []any:
		if len(v) > 0 && ref.Value.Items != nil && ref.Value.Items.Value != nil {
			list = append(list, place{path: at("0"), schema: ref.Value.Items.Value, required: true})
			list = append(list, below(v[0], ref.Value.Items, at("0"))...)
		}
	}
	return list
}

// plainOf is a value as JSON has it, so that what came from an example or a description in YAML is checked like an answer.
func plainOf(v any) any {
	data, err := json.Marshal(v)
	if err != nil {
		return v
	}
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	var plain any
	if decoder.Decode(&plain) != nil {
		return v
	}
	return plain
}
