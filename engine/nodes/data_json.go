package nodes

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.json", Title: "JSON", Group: "Data", Icon: "braces", PerItem: true,
		Summary: "Reads JSON from a text, or writes a value as JSON.",
		Doc: `*Read* takes the text in **field** and puts what it says into **into**, by default the same field. With **into** a dot (` + "`.`" + `) an object's fields become the item's own.

*Write* makes text of a field, or of the whole item when no field is named; keys are sorted. Text that is no JSON fails with the place of the mistake; nesting beyond 200 is refused.`,
		Keywords: []string{"parse", "stringify", "decode", "encode", "text", "object"},
		Examples: []engine.Example{
			{Name: "Read", Params: params("field", "body"), Input: in(obj("body", `{"a": [1, 2]}`)), Output: out(obj("body", obj("a", list(1, 2))))},
			{Name: "Read into the item", Params: params("field", "line", "into", "."), Input: in(obj("line", `{"level":"error"}`, "n", 1)), Output: out(obj("level", "error", "n", 1))},
			{Name: "Write", Params: params("operation", "stringify", "field", "order", "into", "text"), Input: in(obj("order", obj("b", 1, "a", "x"))), Output: out(obj("order", obj("b", 1, "a", "x"), "text", `{"a":"x","b":1}`))},
			{Name: "Not JSON", Params: params("field", "body"), Input: in(obj("body", "{oops")), Error: "not JSON"},
		},
	}, dataJSON{Operation: "parse", Field: "data"}, runDataJSON)
}

type dataJSON struct {
	Operation string `json:"operation" form:"Do" options:"parse=Read JSON from text,stringify=Write a value as JSON"`
	Field     string `json:"field" form:"Field" widget:"field" help:"When writing, empty means the whole item."`
	Into      string `json:"into" form:"Into" help:"Empty: the same field. A dot: the item itself, when reading."`
	Indent    bool   `json:"indent" form:"With line breaks" show:"operation=stringify"`
}

func runDataJSON(_ context.Context, _ *Deps, p dataJSON, c *engine.Call) (engine.Outputs, error) {
	it := c.Item()
	m := own(it.JSON)
	if p.Operation == "stringify" {
		var v any = it.JSON
		if p.Field != "" {
			v, _ = field(it.JSON, p.Field)
		}
		s := canonical(v)
		if p.Indent {
			pretty, err := json.MarshalIndent(plain(v), "", "  ")
			if err != nil {
				return nil, bad("field", "this cannot be written as JSON: %s", err)
			}
			s = string(pretty)
		}
		withField(m, cmp.Or(p.Into, p.Field, "data"), s)
		return engine.One([]engine.Item{changedItem(it, m)}), nil
	}
	if p.Field == "" {
		return nil, bad("field", "name the field that holds the text")
	}
	v, ok := field(it.JSON, p.Field)
	if !ok {
		return nil, bad("field", "the item has no field %q", p.Field)
	}
	if s, isText := v.(string); isText { // what is no text was read already
		var err error
		if v, err = parseJSON([]byte(strings.TrimPrefix(s, "\ufeff"))); err != nil {
			return nil, about("field", err, "%q: %s", p.Field, err)
		}
	}
	if p.Into != "." {
		withField(m, cmp.Or(p.Into, p.Field), v)
		return engine.One([]engine.Item{changedItem(it, m)}), nil
	}
	inner, isObject := v.(map[string]any)
	if !isObject {
		return nil, bad("into", "only an object's fields can become the item's own; this is %s", excerpt(canonical(v), 40))
	}
	withoutField(m, p.Field)
	maps.Copy(m, inner)
	return engine.One([]engine.Item{changedItem(it, m)}), nil
}
