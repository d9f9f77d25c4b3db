package nodes

import (
	"context"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.filter", Title: "Filter", Group: "Data", Icon: "filter", PerItem: true,
		Summary: "Keeps the items for which a condition holds.",
		Doc: `The condition is worked out for every item; the others are dropped. To go on with both, use If.

What counts as false: false, 0, nothing, an empty text, and the texts *false*, *no* and *0*.`,
		Keywords: []string{"where", "condition", "keep", "drop", "select", "only"},
		Check:    typed(func(p dataFilter) []engine.Problem { return checkCondition(p.Condition) }),
		Examples: []engine.Example{
			{Name: "Errors and slow requests", Params: params("condition", "={{ $json.level === 'error' || $json.duration_ms > 1000 }}"),
				Input:  in(obj("level", "info", "duration_ms", 20), obj("level", "error", "duration_ms", 30), obj("level", "info", "duration_ms", 1500)),
				Output: out(obj("level", "error", "duration_ms", 30), obj("level", "info", "duration_ms", 1500))},
			{Name: "Nothing matches", Params: params("condition", "={{ $json.active }}"), Input: in(obj("active", false), obj()), Output: out()},
		},
	}, dataFilter{}, runDataFilter)
}

type dataFilter struct {
	Condition any `json:"condition" form:"Keep items for which" widget:"condition" placeholder:"={{ $json.level === 'error' }}" required:"true"`
}

func runDataFilter(_ context.Context, _ *Deps, p dataFilter, c *engine.Call) (engine.Outputs, error) {
	if truth(p.Condition) {
		return engine.One([]engine.Item{c.Item()}), nil
	}
	return engine.One(nil), nil
}
