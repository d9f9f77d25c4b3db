package openapi

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Bounds of what is made for one case: a description of some lines can ask for more than any memory holds.
const (
	maxDepth  = 8       // of schemas that contain themselves
	maxValues = 5000    // texts, numbers, lists and objects
	maxSteps  = 200_000 // of making texts that match patterns
)

// maker makes values as long as the bounds allow; what is beyond them is null.
type maker struct {
	random *rand.Rand
	values int // that may still be made
	steps  int // that patterns may still take
}

func newMaker(random *rand.Rand) *maker {
	return &maker{random: random, values: maxValues, steps: maxSteps}
}

// Value makes a value that fits a schema: its example where it has one, and else the smallest that fits.
func Value(schema *openapi3.SchemaRef, random *rand.Rand) any {
	return newMaker(random).value(schema, 0)
}

func (m *maker) value(ref *openapi3.SchemaRef, depth int) any {
	if m.values--; ref == nil || ref.Value == nil || depth > maxDepth || m.values < 0 {
		return nil
	}
	s := ref.Value
	switch {
	case s.Example != nil:
		return m.given(s.Example)
	case len(s.Examples) > 0:
		return m.given(s.Examples[0])
	case s.Const != nil:
		return m.given(s.Const)
	case s.Default != nil:
		return m.given(s.Default)
	case len(s.Enum) > 0:
		return m.given(s.Enum[m.random.IntN(len(s.Enum))])
	case len(s.OneOf) > 0:
		return m.value(s.OneOf[0], depth+1)
	case len(s.AnyOf) > 0:
		return m.value(s.AnyOf[0], depth+1)
	case len(s.AllOf) > 0:
		return m.allOf(s, depth)
	}
	switch {
	case s.Type.Includes("object"), len(s.Properties) > 0:
		return m.object(s, depth)
	case s.Type.Includes("array"):
		list := []any{}
		for range min(max(s.MinItems, 1), 20) {
			list = append(list, m.value(s.Items, depth+1))
		}
		return list
	case s.Type.Includes("integer"):
		return json.Number(fmt.Sprintf("%d", int64(numberIn(s, 1))))
	case s.Type.Includes("number"):
		return numberIn(s, 0.5)
	case s.Type.Includes("boolean"):
		return true
	case s.Type.Is("null"):
		return nil
	default:
		return m.word(s)
	}
}

// given is a value of the description itself. A long one counts as several: it can stand in the case as often as its schema.
func (m *maker) given(v any) any {
	const usual = 200
	if data, err := json.Marshal(v); err == nil {
		m.values -= len(data) / usual
	}
	return v
}

func (m *maker) allOf(s *openapi3.Schema, depth int) any {
	whole := map[string]any{}
	for _, part := range s.AllOf {
		if m.values < 0 {
			break
		}
		if fields, ok := m.value(part, depth+1).(map[string]any); ok {
			maps.Copy(whole, fields)
		} else if len(s.AllOf) == 1 {
			return m.value(part, depth+1)
		}
	}
	maps.Copy(whole, m.object(s, depth))
	return whole
}

// refers is what fields are called that have the id of something else in them. Where they may be null nothing is referred to:
// an id by chance would be refused.
var refers = regexp.MustCompile(`(?:_id|Id|ID)$`)

// object has the required fields, and of the others those that are not nested.
func (m *maker) object(s *openapi3.Schema, depth int) map[string]any {
	const alike = 10 // fields that are only looked at take less than values
	m.values -= len(s.Properties) / alike
	fields := map[string]any{}
	required := map[string]bool{}
	for _, name := range s.Required {
		required[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		if p.Value == nil || p.Value.ReadOnly || m.values < 0 {
			continue
		}
		if required[name] || depth < 2 && !p.Value.Type.Includes("object") && !p.Value.Type.Includes("array") && !(refers.MatchString(name) && p.Value.PermitsNull()) {
			fields[name] = m.value(p, depth+1)
		}
	}
	return fields
}

// numberIn is a number within the bounds of a schema, and a multiple of what it wants.
func numberIn(s *openapi3.Schema, n float64) float64 {
	if s.Min != nil && n < *s.Min {
		n = *s.Min + 1
	}
	if s.Max != nil && n > *s.Max {
		n = *s.Max
	}
	if s.MultipleOf != nil && *s.MultipleOf > 0 {
		n = math.Ceil(n / *s.MultipleOf) * *s.MultipleOf
	}
	return n
}

// word is a text of the schema's format, pattern and length.
func (m *maker) word(s *openapi3.Schema) string {
	w := "test"
	if s.Pattern != "" {
		compiled := m.compile(s.Pattern)
		if compiled != nil && compiled.MatchString(w) && uint64(len(w)) >= s.MinLength && (s.MaxLength == nil || uint64(len(w)) <= *s.MaxLength) {
			return w
		}
		if t, ok := m.matching(s.Pattern, int(min(s.MinLength, 1000))); ok {
			return t
		}
	}
	switch s.Format {
	case "date":
		w = "2030-01-15"
	case "date-time":
		w = "2030-01-15T10:30:00Z"
	case "time":
		w = "10:30:00Z"
	case "email":
		w = fmt.Sprintf("tester%d@example.org", m.random.IntN(100000))
	case "uri", "url":
		w = "https://example.org/"
	case "uuid":
		w = fmt.Sprintf("%08x-0000-4000-8000-%012x", m.random.Uint32(), m.random.Uint64()&0xffffffffffff)
	case "ipv4":
		w = "192.0.2.1"
	case "ipv6":
		w = "2001:db8::1"
	case "byte":
		w = "dGVzdA=="
	case "password":
		w = "Correct-Horse-9-Battery"
	}
	for uint64(len(w)) < min(s.MinLength, 1000) {
		w += "x"
	}
	if s.MaxLength != nil && uint64(len(w)) > *s.MaxLength {
		w = w[:*s.MaxLength]
	}
	return w
}

// text is a value as it stands in an address.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case nil:
		return ""
	case []any:
		var parts []string
		for _, x := range v {
			parts = append(parts, text(x))
		}
		return strings.Join(parts, ",")
	}
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(data)
}

func keysOf[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }
