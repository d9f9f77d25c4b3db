package nodes

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// maxSegments bounds how deep a field name reaches.
const maxSegments = 64

// segments splits a field name at its dots and brackets: "a.b[0].c" is a, b, 0, c.
func segments(path string) []string {
	path = strings.NewReplacer("[", ".", "]", "").Replace(path)
	parts := strings.SplitN(path, ".", maxSegments+1)
	return parts[:min(len(parts), maxSegments)]
}

// field returns the value of a field. A key that is spelled exactly so wins; else dots lead into objects and lists.
func field(m map[string]any, path string) (any, bool) {
	if v, ok := m[path]; ok {
		return v, true
	}
	if !strings.ContainsAny(path, ".[") {
		return nil, false
	}
	var at any = m
	for _, s := range segments(path) {
		switch v := at.(type) {
		case map[string]any:
			next, ok := v[s]
			if !ok {
				return nil, false
			}
			at = next
		case []any:
			i, err := strconv.Atoi(s)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			at = v[i]
		default:
			return nil, false
		}
	}
	return at, true
}

// withField sets a field in m, which the caller owns; objects and lists on the way are copied first, because other
// items may hold them. Missing objects are made; a value in the way that is neither is replaced.
func withField(m map[string]any, path string, value any) {
	if _, exact := m[path]; exact || !strings.ContainsAny(path, ".[") {
		m[path] = value
		return
	}
	parts := segments(path)
	m[parts[0]] = placed(m[parts[0]], parts[1:], value)
}

func placed(at any, parts []string, value any) any {
	if len(parts) == 0 {
		return value
	}
	if list, ok := at.([]any); ok {
		if i, err := strconv.Atoi(parts[0]); err == nil && i >= 0 && i <= len(list) {
			list = slices.Clone(list)
			if i == len(list) {
				list = append(list, nil)
			}
			list[i] = placed(list[i], parts[1:], value)
			return list
		}
	}
	inner, _ := at.(map[string]any)
	if inner = maps.Clone(inner); inner == nil {
		inner = map[string]any{}
	}
	inner[parts[0]] = placed(inner[parts[0]], parts[1:], value)
	return inner
}

// withoutField removes a field from m, which the caller owns; objects on the way are copied first.
func withoutField(m map[string]any, path string) {
	if _, exact := m[path]; exact || !strings.Contains(path, ".") {
		delete(m, path)
		return
	}
	parts := segments(path)
	for i, s := range parts[:len(parts)-1] {
		inner, ok := m[s].(map[string]any)
		if !ok {
			return
		}
		if _, ok := field(inner, strings.Join(parts[i+1:], ".")); !ok {
			return
		}
		inner = maps.Clone(inner)
		m[s] = inner
		m = inner
	}
	delete(m, parts[len(parts)-1])
}

// names returns field names without blanks around and without empty ones. One text may hold several, with commas.
func names(list []string) []string {
	var out []string
	for _, s := range list {
		for part := range strings.SplitSeq(s, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}
