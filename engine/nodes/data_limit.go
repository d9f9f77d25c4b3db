package nodes

import (
	"context"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.limit", Title: "Limit", Group: "Data", Icon: "list-end",
		Summary:  "Keeps the first or last so many items.",
		Doc:      "Fewer items than the limit all pass. A limit of 0 lets none pass.",
		Keywords: []string{"first", "last", "top", "head", "tail", "take", "maximum"},
		Examples: []engine.Example{
			{Name: "The first two", Params: params("count", 2), Input: in(obj("n", 1), obj("n", 2), obj("n", 3)), Output: out(obj("n", 1), obj("n", 2))},
			{Name: "The last one", Params: params("count", 1, "from", "last"), Input: in(obj("n", 1), obj("n", 2)), Output: out(obj("n", 2))},
		},
	}, dataLimit{Count: 10, From: "first"}, runDataLimit)
}

type dataLimit struct {
	Count int    `json:"count" form:"How many" min:"0"`
	From  string `json:"from" form:"Keep the" options:"first=First,last=Last"`
}

func runDataLimit(_ context.Context, _ *Deps, p dataLimit, c *engine.Call) (engine.Outputs, error) {
	if p.Count < 0 {
		return nil, bad("count", "the limit cannot be below 0")
	}
	n := len(c.Items())
	keep := min(p.Count, n)
	start := 0
	if p.From == "last" {
		start = n - keep
	}
	indexes := make([]int, keep)
	for i := range indexes {
		indexes[i] = start + i
	}
	return engine.One(picked(c.Items(), indexes)), nil
}
