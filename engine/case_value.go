package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// plain makes a JSON value of whatever a kind put into an item: numbers are json.Number, with their digits.
func plain(v any) (any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	return out, decode(data, &out)
}

// same compares two plain values. Numbers are equal when they have the same value, whatever their digits.
func same(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, same)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, same)
	case json.Number:
		b, ok := b.(json.Number)
		if !ok || a == b {
			return ok
		}
		x, y := exact(a), exact(b)
		return x == y
	}
	return a == b
}

// exact is what two numbers are compared by: a whole number by its digits, any other as computers do.
func exact(n json.Number) any {
	if i, err := n.Int64(); err == nil {
		return i
	}
	f, err := n.Float64()
	if err != nil {
		return string(n)
	}
	if i := int64(f); float64(i) == f && i > -1<<53 && i < 1<<53 {
		return i
	}
	return f
}

func numeric(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}

// contains tells whether a text has a part, a list an entry, or an object fields with these values. Entries of a list
// are compared in the same way, so that a part of an object is enough.
func contains(v, part any) bool {
	switch v := v.(type) {
	case string:
		text, ok := part.(string)
		return ok && strings.Contains(v, text)
	case []any:
		return slices.ContainsFunc(v, func(e any) bool { return same(e, part) || isObject(e) && contains(e, part) })
	case map[string]any:
		fields, ok := part.(map[string]any)
		if !ok {
			return false
		}
		for k, want := range fields {
			e, there := v[k]
			if !there || !same(e, want) && (!isObject(e) || !contains(e, want)) {
				return false
			}
		}
		return true
	}
	return same(v, part)
}

func isObject(v any) bool {
	_, ok := v.(map[string]any)
	return ok
}

// brief writes a value for a sentence.
func brief(v any) string {
	data, err := encodePlain(v)
	if err != nil {
		return "?"
	}
	text := []rune(string(data))
	if len(text) > 120 {
		return string(text[:119]) + "…"
	}
	return string(text)
}

// difference says where two values first differ.
func difference(actual, want any) string {
	at, a, b := "", actual, want
	for {
		key, x, y, ok := inside(a, b)
		if !ok {
			break
		}
		at, a, b = at+key, x, y
	}
	at = strings.TrimPrefix(at, ".")
	var text string
	switch {
	case a == absent:
		text = fmt.Sprintf("nothing is there, expected %s", brief(b))
	case b == absent:
		text = fmt.Sprintf("%s is there, but was not expected", brief(a))
	default:
		text = fmt.Sprintf("%s is not %s", brief(a), brief(b))
	}
	if at == "" {
		return text
	}
	return at + ": " + text
}

type absentValue struct{}

// absent stands for what one of two values does not have.
var absent any = absentValue{}

// inside finds the first part in which two objects or two lists differ.
func inside(a, b any) (key string, x, y any, ok bool) {
	switch a := a.(type) {
	case map[string]any:
		b, both := b.(map[string]any)
		if !both {
			return "", nil, nil, false
		}
		for _, k := range slices.Sorted(maps.Keys(a)) {
			if v, there := b[k]; !there {
				return "." + k, a[k], absent, true
			} else if !same(a[k], v) {
				return "." + k, a[k], v, true
			}
		}
		for _, k := range slices.Sorted(maps.Keys(b)) {
			if _, there := a[k]; !there {
				return "." + k, absent, b[k], true
			}
		}
	case []any:
		b, both := b.([]any)
		if !both {
			return "", nil, nil, false
		}
		for i := range max(len(a), len(b)) {
			x, y := absent, absent
			if i < len(a) {
				x = a[i]
			}
			if i < len(b) {
				y = b[i]
			}
			if x == absent || y == absent || !same(x, y) {
				return "[" + strconv.Itoa(i) + "]", x, y, true
			}
		}
	}
	return "", nil, nil, false
}
