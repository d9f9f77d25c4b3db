package openapi

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Shrink makes a case smaller as long as it still fails: it leaves out parameters and fields, and makes values simpler. It
// asks fails at most so many times.
func Shrink(c *Case, tries int, fails func(*Case) bool) *Case {
	for {
		smaller := false
		for _, candidate := range simpler(c) {
			if tries <= 0 {
				return c
			}
			tries--
			if fails(candidate) {
				c, smaller = candidate, true
				break
			}
		}
		if !smaller {
			return c
		}
	}
}

// simpler are the cases that are one step smaller, the smallest first.
func simpler(c *Case) []*Case {
	var list []*Case
	for _, slot := range slices.SortedFunc(maps.Keys(c.Given), compareSlots) {
		if slot.In != openapi3.ParameterInPath {
			list = append(list, c.Without(slot))
		}
		for _, v := range less(c.Given[slot], slot.In != openapi3.ParameterInPath) {
			list = append(list, c.With(slot, v))
		}
	}
	if c.Raw == nil && c.Media != "" {
		for _, v := range less(c.Body, true) {
			list = append(list, c.WithBody(v))
		}
	}
	return list
}

func compareSlots(a, b Slot) int {
	return cmp.Or(strings.Compare(a.In, b.In), strings.Compare(a.Name, b.Name))
}

// less are values that are one step simpler.
func less(v any, empty bool) []any {
	var list []any
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			rest := maps.Clone(v)
			delete(rest, name)
			list = append(list, rest)
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			for _, smaller := range less(v[name], true) {
				with := maps.Clone(v)
				with[name] = smaller
				list = append(list, with)
			}
		}
	case []any:
		for i := range v {
			list = append(list, slices.Delete(slices.Clone(v), i, i+1))
		}
		for i, inner := range v {
			for _, smaller := range less(inner, true) {
				with := slices.Clone(v)
				with[i] = smaller
				list = append(list, with)
			}
		}
	case string:
		runes := []rune(v)
		if len(runes) > 0 && empty {
			list = append(list, "")
		}
		if len(runes) > 1 {
			list = append(list, string(runes[:len(runes)/2]), string(runes[len(runes)/2:]))
		}
		if len(runes) == 1 && v != "a" && v != "" && runes[0] >= ' ' && runes[0] < 0x7f {
			list = append(list, "a")
		}
	case json.Number:
		if f, err := v.Float64(); err == nil && f != 0 {
			list = append(list, json.Number("0"))
			if half := int64(f / 2); f > 2 && f < 1<<62 {
				list = append(list, json.Number(strconv.FormatInt(half, 10)))
			}
		}
	case float64:
		if v != 0 {
			list = append(list, json.Number("0"))
		}
	}
	return list
}
