package nodes

import (
	"context"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.dedupe", Title: "Remove duplicates", Group: "Data", Icon: "copy-minus",
		Summary:  "Keeps one of items that are equal.",
		Doc:      `Items are equal when the named **fields** are, or without names when everything in them is. The first of them stays, or the last; the order of what stays is kept. 5 and the text "5" are different here. Files are not compared.`,
		Keywords: []string{"unique", "distinct", "duplicates", "dedupe", "same"},
		Examples: []engine.Example{
			{Name: "One per address, the newest", Params: params("fields", list("email"), "keep", "last"),
				Input:  in(obj("email", "a@x.org", "v", 1), obj("email", "b@x.org", "v", 2), obj("email", "a@x.org", "v", 3)),
				Output: out(obj("email", "b@x.org", "v", 2), obj("email", "a@x.org", "v", 3))},
			{Name: "Equal in everything", Input: in(obj("a", 1, "b", 2), obj("b", 2, "a", 1), obj("a", 1)), Output: out(obj("a", 1, "b", 2), obj("a", 1))},
		},
	}, dataDedupe{Keep: "first"}, runDataDedupe)
}

type dataDedupe struct {
	Fields []string `json:"fields" form:"Fields" widget:"fields" help:"Empty: everything."`
	Keep   string   `json:"keep" form:"Keep the" options:"first=First,last=Last"`
}

func runDataDedupe(_ context.Context, _ *Deps, p dataDedupe, c *engine.Call) (engine.Outputs, error) {
	fields := names(p.Fields)
	items := c.Items()
	seen := make(map[string]bool, len(items))
	var keep []int
	for n := range items {
		i := n
		if p.Keep == "last" {
			i = len(items) - 1 - n
		}
		key := canonical(items[i].JSON)
		if len(fields) > 0 {
			parts := make([]string, len(fields))
			for k, name := range fields {
				v, _ := field(items[i].JSON, name)
				parts[k] = canonical(v)
			}
			key = strings.Join(parts, "\x00")
		}
		if !seen[key] {
			seen[key] = true
			keep = append(keep, i)
		}
	}
	if p.Keep == "last" {
		slices.Reverse(keep)
	}
	return engine.One(picked(items, keep)), nil
}
