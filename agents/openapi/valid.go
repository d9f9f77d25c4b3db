package openapi

import (
	"fmt"
	"math"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Valid are cases that fit the description as much as a plain one does, each different in one place: values at their
// bounds, each value of a list, null where it is allowed, and what is not required left out or put in. What another value
// depends on (the end of a range whose beginning it is) is left as it is.
func (a *API) Valid(plain *Case) []Variant {
	const most = 40
	var list []Variant
	for _, p := range places(plain) {
		if p.slot.In == openapi3.ParameterInPath || len(p.path) == 0 && p.inBody() || isPair(p.String()) {
			continue // a path names what is there, and a body has been made already
		}
		add := func(keyword, words string, v any) {
			if len(a.Fits(p.schema, v)) == 0 {
				list = append(list, Variant{p.put(plain, v), p.String(), keyword, words})
			}
		}
		s := p.schema
		if !p.required && p.has(plain) {
			list = append(list, Variant{p.drop(plain), p.String(), "required", "left out, which is allowed"})
		}
		if s.PermitsNull() && p.inBody() {
			add("nullable", "null, which is allowed", nil)
		}
		for i, v := range s.Enum {
			if i < 5 && v != nil {
				add("enum", fmt.Sprintf("%s, one of the listed values", Short(v)), v)
			}
		}
		if len(s.Enum) > 0 || s.Const != nil {
			continue
		}
		if least, _, ok := bounds(s); ok {
			add("minimum", fmt.Sprintf("%s, the least that is allowed", number(least)), number(least))
		}
		if _, most, ok := boundsAbove(s); ok {
			add("maximum", fmt.Sprintf("%s, the most that is allowed", number(most)), number(most))
		}
		if s.Type.Includes("string") && s.Format == "" { // a pattern is among what is checked before it counts as valid
			if s.MinLength > 0 && s.MinLength <= 1000 {
				add("minLength", fmt.Sprintf("%d characters, the fewest that are allowed", s.MinLength), strings.Repeat("a", int(s.MinLength)))
			}
			if s.MaxLength != nil && *s.MaxLength > 0 && *s.MaxLength <= 5000 {
				add("maxLength", fmt.Sprintf("%d characters, the most that are allowed", *s.MaxLength), strings.Repeat("a", int(*s.MaxLength)))
			}
		}
		if len(list) >= most {
			break
		}
	}
	return list[:min(len(list), most)]
}

// isPair tells whether a value is likely to be compared with another one of the same request.
func isPair(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"min", "max", "from", "to_", "_to", "start", "end", "since", "until", "before", "after", "begin", "password", "confirm"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// bounds are the least value of a number and the step below it that is forbidden.
func bounds(s *openapi3.Schema) (least, below float64, ok bool) {
	if !s.Type.Includes("integer") && !s.Type.Includes("number") {
		return 0, 0, false
	}
	step := stepOf(s)
	switch {
	case s.ExclusiveMin.Value != nil:
		return math.Floor(*s.ExclusiveMin.Value) + step, *s.ExclusiveMin.Value, true
	case s.Min == nil:
		return 0, 0, false
	case s.ExclusiveMin.Bool != nil && *s.ExclusiveMin.Bool:
		return *s.Min + step, *s.Min, true
	}
	return *s.Min, *s.Min - step, true
}

// boundsAbove are the greatest value of a number and the step above it that is forbidden.
func boundsAbove(s *openapi3.Schema) (above, most float64, ok bool) {
	if !s.Type.Includes("integer") && !s.Type.Includes("number") {
		return 0, 0, false
	}
	step := stepOf(s)
	switch {
	case s.ExclusiveMax.Value != nil:
		return *s.ExclusiveMax.Value, math.Ceil(*s.ExclusiveMax.Value) - step, true
	case s.Max == nil:
		return 0, 0, false
	case s.ExclusiveMax.Bool != nil && *s.ExclusiveMax.Bool:
		return *s.Max, *s.Max - step, true
	}
	return *s.Max + step, *s.Max, true
}

func stepOf(s *openapi3.Schema) float64 {
	if s.MultipleOf != nil && *s.MultipleOf > 0 {
		return *s.MultipleOf
	}
	return 1
}

// Short is a value as JSON, shortened for people.
func Short(v any) string {
	words := text(v)
	if s, ok := v.(string); ok {
		words = fmt.Sprintf("%q", s)
	}
	const longest = 60
	if runes := []rune(words); len(runes) > longest {
		return string(runes[:longest]) + fmt.Sprintf("… (%d characters)", len(runes))
	}
	return words
}
