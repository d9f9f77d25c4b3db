package openapi

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Violating are cases that break the description in one place each: a wrong type, something required that is missing, a
// value outside of its list or bounds, one of another pattern or format, a property that there must not be. That they do is
// checked against the schema.
func (a *API) Violating(plain *Case) []Variant {
	const most = 80
	var list []Variant
	for _, p := range places(plain) {
		for _, w := range a.wrong(&p) {
			list = append(list, Variant{p.put(plain, w.value), p.String(), w.keyword, w.words})
		}
		if p.required && p.slot.In != openapi3.ParameterInPath && p.has(plain) && (len(p.path) > 0 && isName(p.path[len(p.path)-1]) || !p.inBody()) {
			list = append(list, Variant{p.drop(plain), p.String(), "required", "left out, though it is required"})
		}
	}
	return list[:min(len(list), most)]
}

// isName tells the name of a property from a number in a list.
func isName(part string) bool { return part != "0" }

type wrongValue struct {
	value          any
	keyword, words string
}

// wrong are values that break the schema of a place.
func (a *API) wrong(p *place) []wrongValue {
	var list []wrongValue
	s := p.schema
	add := func(keyword string, v any, words string, args ...any) {
		if keyword == "format" || len(a.Fits(s, v)) > 0 {
			list = append(list, wrongValue{v, keyword, fmt.Sprintf(words, args...)})
		}
	}
	if p.inBody() {
		a.wrongType(p, add)
	} else if s.Type.Is("integer") || s.Type.Is("number") || s.Type.Is("boolean") {
		add("type", "atelier", `"atelier", where a %s is wanted`, s.Type.Slice()[0])
	}
	if len(s.Enum) > 0 {
		if s.Type.Includes("string") {
			add("enum", "atelier-none", `"atelier-none", which is not in the list of values`)
		} else if s.Type.Includes("integer") {
			add("enum", number(987654321), "987654321, which is not in the list of values")
		}
		return list
	}
	if _, below, ok := bounds(s); ok {
		add("minimum", number(below), "%s, which is less than is allowed", number(below))
	}
	if above, _, ok := boundsAbove(s); ok {
		add("maximum", number(above), "%s, which is more than is allowed", number(above))
	}
	if s.Type.Includes("string") {
		wrongText(s, p, add)
	}
	if s.Type.Includes("array") && p.inBody() {
		if s.MinItems > 0 {
			add("minItems", []any{}, "an empty list, where at least %d are wanted", s.MinItems)
		}
		if s.MaxItems != nil && *s.MaxItems < 200 && s.Items != nil {
			v := Value(s.Items, still())
			many := make([]any, *s.MaxItems+1)
			for i := range many {
				many[i] = v
			}
			add("maxItems", many, "%d entries, where at most %d are allowed", len(many), *s.MaxItems)
		}
	}
	return list
}

// wrongType are values of other types than a body's schema wants, none of which a lenient reader could take for it.
func (a *API) wrongType(p *place, add func(string, any, string, ...any)) {
	s := p.schema
	switch {
	case s.Type.Is("string"):
		add("type", map[string]any{"atelier": true}, "an object, where a text is wanted")
	case s.Type.Is("integer"):
		add("type", "atelier", `"atelier", where a whole number is wanted`)
		add("type", number(1.5), "1.5, where a whole number is wanted")
	case s.Type.Is("number"):
		add("type", "atelier", `"atelier", where a number is wanted`)
	case s.Type.Is("boolean"):
		add("type", "atelier", `"atelier", where true or false is wanted`)
	case s.Type.Is("array"):
		add("type", "atelier", `"atelier", where a list is wanted`)
	case s.Type.Is("object"), len(s.Properties) > 0:
		add("type", []any{number(1)}, "a list, where an object is wanted")
		if no := s.AdditionalProperties.Has; no != nil && !*no && len(p.path) == 0 {
			if object, ok := Value(&openapi3.SchemaRef{Value: s}, still()).(map[string]any); ok {
				object["atelierUnknown"] = "x"
				add("additionalProperties", object, `a property "atelierUnknown", where no others are allowed`)
			}
		}
	}
	if p.required && len(p.path) > 0 && isName(p.path[len(p.path)-1]) && s.Type != nil && !s.PermitsNull() {
		add("type", nil, "null, where a value is wanted")
	}
}

func wrongText(s *openapi3.Schema, p *place, add func(string, any, string, ...any)) {
	inPath := p.slot.In == openapi3.ParameterInPath // an empty part of a path is another path
	if s.MinLength > 0 && s.MinLength <= 1000 && !(inPath && s.MinLength == 1) {
		add("minLength", strings.Repeat("a", int(s.MinLength)-1), "%d characters, where at least %d are wanted", s.MinLength-1, s.MinLength)
	}
	if s.MaxLength != nil && *s.MaxLength <= 5000 {
		long := strings.Repeat("a", int(*s.MaxLength)+1)
		if t, ok := newMaker(nil).matching(s.Pattern, int(*s.MaxLength)+1); s.Pattern != "" && ok {
			long = t
		}
		add("maxLength", long, "%d characters, where at most %d are allowed", len(long), *s.MaxLength)
	}
	if s.Pattern != "" {
		for _, t := range []string{"!", "   ", "atelier", "0", "~~~~~~~~"} {
			if least := int(min(s.MinLength, 100)); len(t) < least {
				t = strings.Repeat(t, least/len(t)+1)
			}
			if compiled, err := regexp.Compile(s.Pattern); err == nil && !compiled.MatchString(t) && (s.MaxLength == nil || uint64(len(t)) <= *s.MaxLength) {
				add("pattern", t, "%q, which does not match %s", t, s.Pattern)
				break
			}
		}
	}
	switch s.Format {
	case "date", "date-time", "email", "uuid", "ipv4", "ipv6":
		if s.Pattern == "" {
			add("format", "atelier", `"atelier", which is no %s`, s.Format)
		}
	}
}

// still are random numbers that are always the same.
func still() *rand.Rand { return rand.New(rand.NewPCG(1, 7)) } //nolint:gosec // reproducible on purpose
