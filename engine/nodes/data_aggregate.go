package nodes

import (
	"cmp"
	"context"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.aggregate", Title: "Aggregate", Group: "Data", Icon: "combine",
		Summary: "Gathers all items, or one field of them, into a list in a single item.",
		Doc: `Without a **field** whole items are gathered, in ` + "`items`" + ` unless another name is given. With a field its values are, under the field's own name unless another is given; items where it is missing are left out unless *keep empty values* is on.

The result is always one item, with an empty list when nothing came in. Split does the opposite.`,
		Keywords: []string{"collect", "gather", "list", "array", "group", "together", "one item"},
		Examples: []engine.Example{
			{Name: "All items into one", Params: params("into", "patterns"), Input: in(obj("m", "a"), obj("m", "b")), Output: out(obj("patterns", list(obj("m", "a"), obj("m", "b"))))},
			{Name: "One field", Params: params("field", "email"), Input: in(obj("email", "a@x.org"), obj("name", "B"), obj("email", "c@x.org")), Output: out(obj("email", list("a@x.org", "c@x.org")))},
		},
	}, dataAggregate{}, runDataAggregate)
}

type dataAggregate struct {
	Field     string `json:"field" form:"Field" widget:"field" help:"Empty: whole items."`
	Into      string `json:"into" form:"Into" placeholder:"items"`
	KeepEmpty bool   `json:"keep_empty" form:"Keep empty values"`
}

func runDataAggregate(_ context.Context, _ *Deps, p dataAggregate, c *engine.Call) (engine.Outputs, error) {
	values := []any{}
	for _, it := range c.Items() {
		if p.Field == "" {
			values = append(values, own(it.JSON))
			continue
		}
		if v, ok := field(it.JSON, p.Field); p.KeepEmpty || ok && v != nil {
			values = append(values, v)
		}
	}
	m := map[string]any{}
	withField(m, cmp.Or(p.Into, p.Field, "items"), values)
	return engine.One([]engine.Item{{JSON: m, From: allOrigins(len(c.Items()))}}), nil
}
