package interop

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/atelier-studio/atelier/engine"
)

// decode reads a JSON file within the limits. Numbers stay json.Number, so that every digit survives.
func decode(data []byte) (any, error) {
	if len(data) > engine.MaxFileBytes {
		return nil, invalid("the file has %.1f MiB; at most %d MiB are read", float64(len(data))/(1<<20), engine.MaxFileBytes>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if err := engine.CheckJSON(data, maxDepth); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, invalid("this is not JSON: %v", err)
	}
	return v, nil
}

// encode writes indented JSON with sorted keys and without escaping of <, > and &.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// The functions below read values whose type a stranger chose. A value of another type gives the zero value.

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func boolean(v any) bool {
	b, _ := v.(bool)
	return b
}

// number reads a number, also one written as text.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	case float64:
		return v, true
	case int:
		return float64(v), true
	case string:
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil
	}
	return 0, false
}

// whole makes a JSON number of an int.
func whole(n int) json.Number { return json.Number(strconv.Itoa(n)) }

// typeName names the type of a JSON value for people.
func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "true or false"
	case string:
		return "text"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	default:
		return "a number"
	}
}
