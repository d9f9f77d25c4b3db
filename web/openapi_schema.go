package web

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// schemas makes JSON schemas of Go types. Structs with a name are described once, under components.
type schemas struct {
	named map[string]any
	taken map[string]string // component -> Go type
}

func (s *schemas) of(t reflect.Type) map[string]any {
	switch {
	case t == typeOf[json.RawMessage]() || t.Kind() == reflect.Interface:
		return map[string]any{}
	case t == typeOf[[]byte]():
		return map[string]any{"type": "string", "contentEncoding": "base64"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float32, reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem())}
	case reflect.Array:
		return map[string]any{"type": "array", "items": s.of(t.Elem()), "minItems": t.Len(), "maxItems": t.Len()}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		return s.component(t)
	default:
		return map[string]any{"type": "integer"}
	}
}

func (s *schemas) component(t reflect.Type) map[string]any {
	name := s.name(t)
	ref := map[string]any{"$ref": "#/components/schemas/" + name}
	if _, done := s.named[name]; done {
		return ref
	}
	s.named[name] = map[string]any{} // a type may hold itself
	s.named[name] = s.object(t)
	return ref
}

// name finds a name for a type that no other type has.
func (s *schemas) name(t reflect.Type) string {
	base := strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
	for i := 1; ; i++ {
		name := base
		if i > 1 {
			name += strconv.Itoa(i)
		}
		if owner, taken := s.taken[name]; !taken || owner == t.String() {
			s.taken[name] = t.String()
			return name
		}
	}
}

func (s *schemas) object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for f := range jsonFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		schema := s.of(f.Type)
		if text := f.Tag.Get("doc"); text != "" {
			schema = withText(schema, text)
		}
		properties[name] = schema
		if !strings.Contains(options, "omit") {
			required = append(required, name)
		}
	}
	o := map[string]any{"type": "object", "properties": properties}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

// withText adds a description; beside a $ref it stands on its own (OpenAPI 3.1 allows that).
func withText(schema map[string]any, text string) map[string]any {
	out := map[string]any{"description": text}
	for k, v := range schema {
		out[k] = v
	}
	return out
}

// jsonFields yields the fields that appear in JSON, those of embedded structs too.
func jsonFields(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) { walkFields(t, yield) }
}

func walkFields(t reflect.Type, yield func(reflect.StructField) bool) bool {
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		switch {
		case f.Anonymous && name == "" && inner.Kind() == reflect.Struct:
			if !walkFields(inner, yield) {
				return false
			}
		case f.IsExported() && name != "" && name != "-":
			if !yield(f) {
				return false
			}
		}
	}
	return true
}

// parameters describes the fields that come from path, query and headers.
func (s *schemas) parameters(path string, t reflect.Type) []any {
	var list []any
	steps := strings.Split(path, "/")
	for f := range t.Fields() {
		for _, in := range []string{"path", "query", "header"} {
			name := f.Tag.Get(in)
			if name == "" || name == "Accept" { // the answer's types tell that
				continue
			}
			if in == "path" && !slices.Contains(steps, ":"+name) { // rows can share what they take: a new conversation has no id yet
				continue
			}
			p := map[string]any{"name": name, "in": in, "schema": s.of(f.Type)}
			if in == "path" {
				p["required"] = true
			}
			if f.Type.Kind() == reflect.Slice {
				p["style"], p["explode"] = "form", false
			}
			if text := f.Tag.Get("doc"); text != "" {
				p["description"] = text
			}
			list = append(list, p)
		}
	}
	return list
}

// body describes the JSON body, or returns nil when there is none.
func (s *schemas) body(t reflect.Type) map[string]any {
	for range jsonFields(t) {
		return s.component(t)
	}
	return nil
}
