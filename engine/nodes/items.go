package nodes

import (
	"fmt"
	"io/fs"
	"maps"

	"github.com/atelier-studio/atelier/engine"
)

// maxItems bounds how many items one step may make.
const maxItems = 250_000

// tooMany is the error of a step that would make more items than maxItems.
func tooMany(what string) error {
	return fmt.Errorf("%s would give more than %d items: take fewer at a time (Limit, Loop): %w", what, maxItems, fs.ErrInvalid)
}

// fromItem is the lineage of an item made of one item of the first input.
func fromItem(i int) []engine.Origin { return []engine.Origin{{Item: i}} }

// own returns a copy of an object that the caller may change; never nil.
func own(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return maps.Clone(m)
}

// changedItem returns the item with other JSON; its files travel on.
func changedItem(it engine.Item, json map[string]any) engine.Item {
	return engine.Item{JSON: json, Files: it.Files}
}

// passed returns the items with their lineage set: the i-th came from the i-th.
func passed(items []engine.Item) []engine.Item {
	out := make([]engine.Item, len(items))
	for i, it := range items {
		out[i] = engine.Item{JSON: it.JSON, Files: it.Files, From: fromItem(i)}
	}
	return out
}

// picked returns some of the items, in the order of the indexes.
func picked(items []engine.Item, indexes []int) []engine.Item {
	out := make([]engine.Item, len(indexes))
	for n, i := range indexes {
		out[n] = engine.Item{JSON: items[i].JSON, Files: items[i].Files, From: fromItem(i)}
	}
	return out
}

// allOrigins is the lineage of an item made of all n items of the first input.
func allOrigins(n int) []engine.Origin {
	out := make([]engine.Origin, n)
	for i := range out {
		out[i].Item = i
	}
	return out
}

// withFile returns a copy of files that also holds f.
func withFile(files map[string]engine.File, name string, f engine.File) map[string]engine.File {
	out := maps.Clone(files)
	if out == nil {
		out = map[string]engine.File{}
	}
	out[name] = f
	return out
}

// given tells whether a trigger was started with items. A run that was started without any begins with one empty item.
func given(items []engine.Item) bool {
	return len(items) > 1 || len(items) == 1 && (len(items[0].JSON) > 0 || len(items[0].Files) > 0)
}
