package engine

import (
	"encoding/json"
	"strings"
)

// mergeEffort bounds what it may cost to merge values: about the bytes that are looked at. A value that costs more is set
// as it was sent.
const mergeEffort = 32 << 20

// nothing stands for what is not there; null is a value.
type nothing struct{}

// valueMerge merges JSON values that two sides made of one.
type valueMerge struct {
	left  int  // of the effort; below zero all answers are worth nothing
	clash bool // both sides changed one thing, or one changed what the other took away
}

// MergeValues merges what two sides made of a JSON value; no bytes and null stand for one that is not there. Objects are
// merged by key, lists by element, texts of several lines by character. What both add to a list stays, theirs first; what
// one takes away and the other changes stays too. Clash tells that both sides changed one thing: there mine stands. Of
// values that are too large to merge mine stands altogether.
func MergeValues(base, theirs, mine json.RawMessage) (merged json.RawMessage, clash bool, err error) {
	var values [3]any
	for i, raw := range []json.RawMessage{base, theirs, mine} {
		if isNull(raw) {
			continue
		}
		if err := decode(raw, &values[i]); err != nil {
			return nil, false, explain(err)
		}
	}
	m := &valueMerge{left: mergeEffort}
	value := m.whole(values[0], values[1], values[2])
	if m.left < 0 {
		return mine, true, nil
	}
	merged, err = json.Marshal(value)
	return merged, m.clash, err
}

// whole merges what an operation sets, of which null is not there. Who takes a whole list away takes its elements away.
func (m *valueMerge) whole(base, theirs, mine any) any {
	was := orNothing(base)
	if theirs == nil && !m.same(was, orNothing(mine)) {
		theirs = emptyLike(base)
	}
	if value := m.value(was, orNothing(theirs), orNothing(mine), 0); !isNothing(value) {
		return value
	}
	return nil
}

// emptyLike returns an empty list for a list, an empty object for an object, and nil.
func emptyLike(v any) any {
	switch v.(type) {
	case []any:
		return []any{}
	case map[string]any:
		return map[string]any{}
	}
	return nil
}

func orNothing(v any) any {
	if v == nil {
		return nothing{}
	}
	return v
}

func isNothing(v any) bool { _, is := v.(nothing); return is }

// value merges one value.
func (m *valueMerge) value(base, theirs, mine any, depth int) any {
	switch {
	case m.same(theirs, mine), m.same(base, mine):
		return theirs
	case m.same(base, theirs):
		return mine
	case depth < MaxDepth && m.left >= 0:
		if merged, ok := m.parts(base, theirs, mine, depth); ok {
			return merged
		}
	}
	m.clash = true
	if isNothing(mine) {
		return theirs
	}
	return mine
}

// parts merges what consists of parts; a side that began with nothing began with none.
func (m *valueMerge) parts(base, theirs, mine any, depth int) (any, bool) {
	none := isNothing(base) || base == nil
	switch mine := mine.(type) {
	case map[string]any:
		theirs, ok := theirs.(map[string]any)
		was, is := base.(map[string]any)
		if ok && (is || none) {
			return m.object(was, theirs, mine, depth+1), true
		}
	case []any:
		theirs, ok := theirs.([]any)
		was, is := base.([]any)
		if ok && (is || none) {
			return m.list(was, theirs, mine, depth+1)
		}
	case string:
		theirs, ok := theirs.(string)
		was, is := base.(string)
		if ok && is {
			return m.text(was, theirs, mine)
		}
	}
	return nil, false
}

func (m *valueMerge) object(base, theirs, mine map[string]any, depth int) map[string]any {
	out := make(map[string]any, len(theirs))
	at := func(in map[string]any, key string) any {
		if v, ok := in[key]; ok {
			return v
		}
		return nothing{}
	}
	put := func(key string) {
		if v := m.value(at(base, key), at(theirs, key), at(mine, key), depth); !isNothing(v) {
			out[key] = v
		}
	}
	for key := range theirs {
		put(key)
	}
	for key := range mine {
		if _, known := theirs[key]; !known {
			put(key)
		}
	}
	return out
}

// text merges a text of several lines by character. Shorter ones are mostly names and choices, of which a mixture means
// nothing.
func (m *valueMerge) text(base, theirs, mine string) (any, bool) {
	m.left -= textEffort * (len(base) + len(theirs) + len(mine))
	if !strings.Contains(base, "\n") || m.left < 0 {
		return nil, false
	}
	change, err := DiffText(base, mine).Map(DiffText(base, theirs), false)
	if err != nil {
		return nil, false
	}
	out, _, err := change.Apply(theirs)
	return out, err == nil
}

// same compares JSON values, as sameValue does, and counts what that costs.
func (m *valueMerge) same(a, b any) bool {
	if m.left--; m.left < 0 {
		return false
	}
	switch a := a.(type) {
	case string:
		b, ok := b.(string)
		if !ok || len(a) != len(b) {
			return false
		}
		m.left -= len(a)
		return a == b
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !m.same(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for key, v := range a {
			m.left -= len(key)
			other, ok := b[key]
			if !ok || !m.same(v, other) {
				return false
			}
		}
		return true
	case json.Number:
		return sameValue(a, b)
	}
	return a == b // null, true, false, or not there
}
