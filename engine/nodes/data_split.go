package nodes

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.split", Title: "Split", Group: "Data", Icon: "ungroup", PerItem: true,
		Summary: "Makes one item of each entry of a list.",
		Doc: `Entries that are objects become the items themselves; other entries are put under the field's name, or the name given in **into**. With *keep other fields* each item also has the other fields of the item it came from, and the entry is under the field's name even when it is an object.

An object counts as a list of its entries, each with ` + "`key` and `value`" + `. A value that is no list makes one item. A missing field or an empty list makes none.`,
		Keywords: []string{"explode", "unwind", "list", "array", "each", "flatten", "split out"},
		Examples: []engine.Example{
			{Name: "Lines of an order", Params: params("field", "lines"), Input: in(obj("id", 1, "lines", list(obj("sku", "a"), obj("sku", "b")))), Output: out(obj("sku", "a"), obj("sku", "b"))},
			{Name: "With the other fields", Params: params("field", "tags", "into", "tag", "keep_others", true), Input: in(obj("id", 1, "tags", list("x", "y"))), Output: out(obj("id", 1, "tag", "x"), obj("id", 1, "tag", "y"))},
			{Name: "A missing list", Params: params("field", "lines"), Input: in(obj("id", 2)), Output: out()},
		},
	}, dataSplit{}, runDataSplit)
}

type dataSplit struct {
	Field      string `json:"field" form:"Field" widget:"field" required:"true" placeholder:"lines"`
	Into       string `json:"into" form:"Into" help:"Name for each entry. Empty: the field's name."`
	KeepOthers bool   `json:"keep_others" form:"Keep other fields"`
}

func runDataSplit(_ context.Context, _ *Deps, p dataSplit, c *engine.Call) (engine.Outputs, error) {
	if p.Field == "" {
		return nil, bad("field", "name the field that holds the list")
	}
	it := c.Item()
	value, _ := field(it.JSON, p.Field)
	var entries []any
	switch v := value.(type) {
	case nil:
	case []any:
		entries = v
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			entries = append(entries, map[string]any{"key": k, "value": v[k]})
		}
	default:
		entries = []any{v}
	}
	if len(entries) > maxItems {
		return nil, tooMany("the list")
	}
	var rest map[string]any
	if p.KeepOthers {
		rest = own(it.JSON)
		withoutField(rest, p.Field)
	}
	out := make([]engine.Item, len(entries))
	for i, e := range entries {
		m, isObject := e.(map[string]any)
		if p.KeepOthers || !isObject || p.Into != "" {
			m = own(rest)
			if _, exact := it.JSON[p.Field]; exact && p.Into == "" {
				m[p.Field] = e
			} else {
				withField(m, cmp.Or(p.Into, p.Field), e)
			}
		}
		out[i] = changedItem(it, m)
	}
	return engine.One(out), nil
}
