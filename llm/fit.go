package llm

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"unicode/utf8"
)

// fitting is one value held against one schema.
type fitting struct {
	root     map[string]any
	steps    int
	patterns map[string]*regexp.Regexp
}

// fit holds a value against a schema. When the steps are used up it fails.
func (f *fitting) fit(schema, v any, at string, depth int) error {
	if f.steps--; f.steps <= 0 || depth > 4*maxSchemaDepth {
		f.steps = 0
		return fmt.Errorf("%s takes too much work to check", place(at))
	}
	s, ok := schema.(map[string]any)
	if !ok {
		if schema == false {
			return fmt.Errorf("%s must not be there", place(at))
		}
		return nil
	}
	if ref, ok := s["$ref"].(string); ok {
		to, _ := refer(f.root, ref)
		if err := f.fit(to, v, at, depth+1); err != nil {
			return err
		}
	}
	if err := fitType(s, v, at); err != nil {
		return err
	}
	if c, ok := s["const"]; ok && !same(c, v) {
		return fmt.Errorf("%s is not the one value that is allowed", place(at))
	}
	if list, ok := s["enum"].([]any); ok && !slices.ContainsFunc(list, func(c any) bool { return same(c, v) }) {
		return fmt.Errorf("%s is none of the %d values that are allowed", place(at), len(list))
	}
	if err := f.combined(s, v, at, depth); err != nil {
		return err
	}
	switch v := v.(type) {
	case map[string]any:
		return f.object(s, v, at, depth)
	case []any:
		return f.list(s, v, at, depth)
	case string:
		return f.text(s, v, at)
	case json.Number:
		return fitNumber(s, v, at)
	}
	return nil
}

func place(at string) string {
	if at == "" {
		return "the answer"
	}
	return at[1:]
}

func fitType(s map[string]any, v any, at string) error {
	var types []any
	switch t := s["type"].(type) {
	case string:
		types = []any{t}
	case []any:
		types = t
	default:
		return nil
	}
	if v == nil && s["nullable"] == true {
		return nil
	}
	is := "null"
	switch v := v.(type) {
	case bool:
		is = "boolean"
	case string:
		is = "string"
	case []any:
		is = "array"
	case map[string]any:
		is = "object"
	case json.Number:
		is = "number"
		if n, err := v.Float64(); err == nil && n == math.Trunc(n) && slices.Contains(types, any("integer")) {
			is = "integer"
		}
	}
	if slices.Contains(types, any(is)) {
		return nil
	}
	return fmt.Errorf("%s is of the type %s, not %v", place(at), is, types)
}

// combined holds a value against the schemas that are joined to one.
func (f *fitting) combined(s map[string]any, v any, at string, depth int) error {
	all, _ := s["allOf"].([]any)
	for _, sub := range all {
		if err := f.fit(sub, v, at, depth+1); err != nil {
			return err
		}
	}
	for _, word := range []string{"anyOf", "oneOf"} {
		list, ok := s[word].([]any)
		if !ok {
			continue
		}
		fits, first := 0, error(nil)
		for _, sub := range list {
			err := f.fit(sub, v, at, depth+1)
			if err == nil {
				fits++
			} else if first == nil {
				first = err
			}
			if err == nil && word == "anyOf" {
				break
			}
		}
		if fits == 0 {
			return fmt.Errorf("%s fits none of %d forms; of the first: %w", place(at), len(list), first)
		}
		if word == "oneOf" && fits > 1 {
			return fmt.Errorf("%s fits %d forms where one is wanted", place(at), fits)
		}
	}
	if sub, ok := s["not"]; ok && f.fit(sub, v, at, depth+1) == nil {
		return fmt.Errorf("%s has a form that is not allowed", place(at))
	}
	return nil
}

func (f *fitting) object(s, v map[string]any, at string, depth int) error {
	required, _ := s["required"].([]any)
	for _, name := range required {
		if n, ok := name.(string); ok {
			if _, there := v[n]; !there {
				return fmt.Errorf("%s lacks %q", place(at), n)
			}
		}
	}
	if err := fitCount(s, "Properties", len(v), at); err != nil {
		return err
	}
	properties, _ := s["properties"].(map[string]any)
	others, limited := s["additionalProperties"]
	for _, name := range slices.Sorted(maps.Keys(v)) {
		sub, ok := properties[name]
		if !ok && !limited {
			continue
		}
		if !ok {
			sub = others
		}
		if err := f.fit(sub, v[name], at+"."+name, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (f *fitting) list(s map[string]any, v []any, at string, depth int) error {
	if err := fitCount(s, "Items", len(v), at); err != nil {
		return err
	}
	if s["uniqueItems"] == true {
		for i := range v {
			if f.steps -= i; f.steps > 0 && slices.ContainsFunc(v[:i], func(w any) bool { return same(v[i], w) }) {
				return fmt.Errorf("%s has item %d twice", place(at), i+1)
			}
		}
	}
	first, _ := s["prefixItems"].([]any)
	for i := range v {
		sub, ok := s["items"]
		if i < len(first) {
			sub, ok = first[i], true
		}
		if !ok {
			continue
		}
		if err := f.fit(sub, v[i], fmt.Sprintf("%s.%d", at, i), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (f *fitting) text(s map[string]any, v, at string) error {
	if err := fitCount(s, "Length", utf8.RuneCountInString(v), at); err != nil {
		return err
	}
	pattern, ok := s["pattern"].(string)
	if !ok {
		return nil
	}
	p := f.patterns[pattern]
	if p == nil {
		var err error
		if p, err = regexp.Compile(pattern); err != nil {
			return fmt.Errorf("%s has a rule that cannot be read", place(at))
		}
		f.patterns[pattern] = p
	}
	if !p.MatchString(v) {
		return fmt.Errorf("%s does not match the pattern %.100q", place(at), pattern)
	}
	return nil
}

// fitCount holds a count against minWhat and maxWhat.
func fitCount(s map[string]any, what string, n int, at string) error {
	if least, ok := number(s["min"+what]); ok && float64(n) < least {
		return fmt.Errorf("%s has %d, at least %v are wanted", place(at), n, least)
	}
	if most, ok := number(s["max"+what]); ok && float64(n) > most {
		return fmt.Errorf("%s has %d, %v are the most", place(at), n, most)
	}
	return nil
}

func fitNumber(s map[string]any, v json.Number, at string) error {
	n, err := v.Float64()
	if err != nil {
		return fmt.Errorf("%s is a number out of range", place(at))
	}
	for word, out := range map[string]func(bound float64) bool{
		"minimum":          func(b float64) bool { return n < b },
		"maximum":          func(b float64) bool { return n > b },
		"exclusiveMinimum": func(b float64) bool { return n <= b },
		"exclusiveMaximum": func(b float64) bool { return n >= b },
		"multipleOf": func(b float64) bool {
			times := n / b
			return b > 0 && math.Abs(times-math.Round(times)) > 1e-9*math.Max(1, math.Abs(times))
		},
	} {
		if bound, ok := number(s[word]); ok && out(bound) {
			return fmt.Errorf("%s breaks the rule %s %v", place(at), word, bound)
		}
	}
	return nil
}

func number(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	x, err := n.Float64()
	return x, err == nil
}

// same compares two JSON values; 1 and 1.0 are the same.
func same(a, b any) bool {
	x, ok := number(a)
	y, also := number(b)
	if ok && also {
		return x == y
	}
	return reflect.DeepEqual(a, b)
}
