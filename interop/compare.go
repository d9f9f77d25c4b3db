package interop

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// roundTrip exports the workflow and compares the result with the file it was imported from.
func roundTrip(f Format, file any, w *engine.Workflow) (same bool, difference string) {
	if f.Export == nil {
		return false, "Atelier does not write this format"
	}
	out, _, err := f.Export(w)
	if err != nil {
		return false, err.Error()
	}
	back, err := decode(out)
	if err != nil {
		return false, err.Error()
	}
	difference = Difference(file, back)
	return difference == "", difference
}

// Difference compares two decoded JSON values, whose numbers are json.Number, regardless of the order of keys. It
// returns "" for equal ones, else where they first differ, in words.
func Difference(want, got any) string { return differ("the file", want, got) }

func differ(at string, want, got any) string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			break
		}
		for _, k := range slices.Sorted(maps.Keys(w)) {
			v, ok := g[k]
			if !ok {
				return fmt.Sprintf("%s: %q is missing", at, k)
			}
			if d := differ(at+" › "+k, w[k], v); d != "" {
				return d
			}
		}
		for _, k := range slices.Sorted(maps.Keys(g)) {
			if _, ok := w[k]; !ok {
				return fmt.Sprintf("%s: %q was added", at, k)
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok {
			break
		}
		for i := range min(len(w), len(g)) {
			if d := differ(at+" › "+strconv.Itoa(i+1), w[i], g[i]); d != "" {
				return d
			}
		}
		if len(w) != len(g) {
			return fmt.Sprintf("%s: %d entries became %d", at, len(w), len(g))
		}
		return ""
	default:
		if want == got && !isContainer(got) {
			return ""
		}
	}
	return fmt.Sprintf("%s: %s became %s", at, short(want), short(got))
}

func isContainer(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

func short(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	if r := []rune(string(b)); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return string(b)
}

// equal compares two JSON values by what they mean: numbers by value, a missing list or object like an empty one.
func equal(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for k, v := range x {
			w, ok := y[k]
			if !ok || !equal(v, w) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, equal)
	case string:
		y, ok := b.(string)
		return ok && x == y
	case bool, nil:
		return !isContainer(b) && a == b
	}
	if _, isText := b.(string); isText {
		return false
	}
	if x, ok := a.(json.Number); ok {
		if y, ok := b.(json.Number); ok && strings.EqualFold(x.String(), y.String()) {
			return true
		}
	}
	x, ok1 := number(a)
	y, ok2 := number(b)
	return ok1 && ok2 && x == y
}
