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

// maxDepth bounds values of schemas that contain themselves.
const maxDepth = 8

// Value makes a value that fits a schema: its example where it has one, and else the smallest that fits.
func Value(schema *openapi3.SchemaRef, random *rand.Rand) any { return value(schema, random, 0) }

func value(ref *openapi3.SchemaRef, random *rand.Rand, depth int) any {
	if ref == nil || ref.Value == nil || depth > maxDepth {
		return nil
	}
	s := ref.Value
	switch {
	case s.Example != nil:
		return s.Example
	case len(s.Examples) > 0:
		return s.Examples[0]
	case s.Const != nil:
		return s.Const
	case s.Default != nil:
		return s.Default
	case len(s.Enum) > 0:
		return s.Enum[random.IntN(len(s.Enum))]
	case len(s.OneOf) > 0:
		return value(s.OneOf[0], random, depth+1)
	case len(s.AnyOf) > 0:
		return value(s.AnyOf[0], random, depth+1)
	case len(s.AllOf) > 0:
		return allOf(s, random, depth)
	}
	switch {
	case s.Type.Is("object"), len(s.Properties) > 0:
		return object(s, random, depth)
	case s.Type.Is("array"):
		list := []any{}
		for range min(max(s.MinItems, 1), 20) {
			list = append(list, value(s.Items, random, depth+1))
		}
		return list
	case s.Type.Is("integer"):
		return json.Number(fmt.Sprintf("%d", int64(numberIn(s, 1))))
	case s.Type.Is("number"):
		return numberIn(s, 0.5)
	case s.Type.Is("boolean"):
		return true
	case s.Type.Is("null"):
		return nil
	default:
		return word(s, random)
	}
}

func allOf(s *openapi3.Schema, random *rand.Rand, depth int) any {
	whole := map[string]any{}
	for _, part := range s.AllOf {
		if fields, ok := value(part, random, depth+1).(map[string]any); ok {
			maps.Copy(whole, fields)
		} else if len(s.AllOf) == 1 {
			return value(part, random, depth+1)
		}
	}
	maps.Copy(whole, object(s, random, depth))
	return whole
}

// object has the required fields, and of the others those that are not nested.
func object(s *openapi3.Schema, random *rand.Rand, depth int) map[string]any {
	fields := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		if p.Value == nil || p.Value.ReadOnly {
			continue
		}
		required := slices.Contains(s.Required, name)
		if required || depth < 2 && !p.Value.Type.Is("object") && !p.Value.Type.Is("array") {
			fields[name] = value(p, random, depth+1)
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
func word(s *openapi3.Schema, random *rand.Rand) string {
	w := "test"
	if s.Pattern != "" {
		compiled, err := regexp.Compile(s.Pattern)
		if err == nil && compiled.MatchString(w) && uint64(len(w)) >= s.MinLength && (s.MaxLength == nil || uint64(len(w)) <= *s.MaxLength) {
			return w
		}
		if t, ok := matching(s.Pattern, int(min(s.MinLength, 1000))); ok {
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
		w = fmt.Sprintf("tester%d@example.org", random.IntN(100000))
	case "uri", "url":
		w = "https://example.org/"
	case "uuid":
		w = fmt.Sprintf("%08x-0000-4000-8000-%012x", random.Uint32(), random.Uint64()&0xffffffffffff)
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
