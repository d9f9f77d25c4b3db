package resource

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/atelier-studio/atelier/agents/reading"
)

// Words is a value as text.
func Words(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(data)
}

// valueIn finds a field of an object in an answer: of the object itself, or of the one of a list that has its id.
func valueIn(v any, o *Object, parameter, field string) (any, bool) {
	if list := reading.Items(v); list != nil {
		for _, item := range list {
			if reading.ID(item, parameter) == o.ID {
				return valueOf(item, field, 0)
			}
		}
	}
	return valueOf(v, field, 0)
}

func valueOf(v any, field string, depth int) (any, bool) {
	const deepest = 4
	fields, ok := v.(map[string]any)
	if !ok || depth > deepest {
		return nil, false
	}
	if value, ok := fields[field]; ok {
		return value, true
	}
	for _, name := range sortedKeys(fields) {
		if value, ok := valueOf(fields[name], field, depth+1); ok {
			return value, true
		}
	}
	return nil, false
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
