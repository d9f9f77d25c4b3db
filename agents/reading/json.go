package reading

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// JSON is the body of an answer as JSON, with numbers as they were written (json.Number); nil when it is none.
func JSON(body []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil {
		return nil
	}
	return v
}

// wrappers are the names under which answers put what was asked for.
var wrappers = []string{"data", "item", "items", "result", "results", "object", "record", "content", "value", "attributes", "rows", "records", "list", "entries", "hits"}

// Items are the objects of a list as an answer gives it: an array, or an object around one.
func Items(v any) []any { return itemsIn(v, 0) }

func itemsIn(v any, depth int) []any {
	const deepest = 3
	switch v := v.(type) {
	case []any:
		return v
	case map[string]any:
		if depth >= deepest {
			return nil
		}
		for _, name := range wrappers {
			if list, ok := v[name].([]any); ok {
				return list
			}
		}
		var only []any
		lists := 0
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if list, ok := v[name].([]any); ok {
				only = list
				lists++
			}
		}
		if lists == 1 {
			return only
		}
		for _, name := range wrappers {
			if inner, ok := v[name].(map[string]any); ok {
				if list := itemsIn(inner, depth+1); list != nil {
					return list
				}
			}
		}
	}
	return nil
}

// ID is the id of the object that an answer gives, under the name of a parameter or another that ids have; "" when it says none.
func ID(v any, parameter string) string {
	fields, ok := v.(map[string]any)
	if !ok {
		return ""
	}
	names := []string{parameter, "id", "_id", "uuid", "ID", "Id", "key", "slug"}
	if short := strings.TrimSuffix(strings.TrimSuffix(parameter, "_id"), "Id"); short != parameter {
		names = slices.Insert(names, 1, "id", short)
	}
	for _, name := range names {
		if id := idText(fields[name]); id != "" {
			return id
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) { // {"product": {"id": 1}}
		if inner, ok := fields[name].(map[string]any); ok && (slices.Contains(wrappers, name) || len(fields) <= 3) {
			if id := ID(inner, parameter); id != "" {
				return id
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) { // {"productId": 1}
		if strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "Id") {
			if id := idText(fields[name]); id != "" && len(fields) <= 3 {
				return id
			}
		}
	}
	return ""
}

func idText(v any) string {
	switch v := v.(type) {
	case string:
		if len(v) <= 200 {
			return v
		}
	case json.Number:
		return v.String()
	}
	return ""
}
