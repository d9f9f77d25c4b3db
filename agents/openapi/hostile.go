package openapi

import (
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Hostile are cases whose values programs often stumble over, one place each: characters that are none, numbers beyond
// what machines count with, lists where single values are wanted, bodies that are no JSON.
func (a *API) Hostile(plain *Case) []Variant {
	const most = 60
	var list []Variant
	for _, p := range places(plain) {
		add := func(v any, words string) { list = append(list, Variant{p.put(plain, v), p.String(), "hostile", words}) }
		s := p.schema
		switch {
		case len(p.path) == 0 && p.inBody():
		case s.Type.Includes("integer"), s.Type.Includes("number"):
			add(number(0), "0")
			add(number(-1), "-1")
			add(number(9223372036854775807), "the greatest number of 64 bits and more")
			if p.inBody() {
				add([]any{number(1)}, "a list of a number")
			}
		case s.Type.Includes("string"):
			if p.slot.In != openapi3.ParameterInHeader {
				add("a\x00b", "a text with the character NUL")
			}
			add("😀\u202ee\u0301", "a text with an emoji, a mark of direction and a combined letter")
			if p.slot.In != openapi3.ParameterInPath {
				add(strings.Repeat("a", 10000), "a text of 10,000 characters")
				add("", "an empty text")
			}
			add("' \" \\ % {{1}}", "a text of quotes and marks")
			if p.inBody() {
				add([]any{"a"}, "a list of a text")
			}
		case s.Type.Includes("array") && p.inBody():
			add([]any{nil}, "a list of null")
		case p.inBody():
			add(map[string]any{}, "an empty object")
		}
	}
	if plain.Media != "" && plain.Media != mediaForm {
		for _, raw := range []string{"{", "", "null", "[]", `"a"`, strings.Repeat("[", 1000) + strings.Repeat("]", 1000)} {
			c := *plain
			c.Raw = []byte(raw)
			list = append(list, Variant{&c, "body", "hostile", fmt.Sprintf("the body %s", Short(raw))})
		}
	}
	if len(list) > most { // of every place some
		step := float64(len(list)) / most
		var some []Variant
		for i := range most {
			some = append(some, list[int(float64(i)*step)])
		}
		list = some
	}
	return list
}
