package nodes

import (
	"context"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "flow.noop", Title: "Pass on", Group: "Flow", Icon: "arrow-right",
		Summary:  "Hands on what came in, unchanged.",
		Doc:      "Useful as a place where branches meet or end, and to name a point of the drawing. When several edges lead into it, items arrive in the order of the edges.",
		Keywords: []string{"nothing", "no operation", "noop", "join", "placeholder"},
		Examples: []engine.Example{{Name: "Unchanged", Input: in(obj("a", 1)), Output: out(obj("a", 1))}},
	}, flowNoop{}, func(_ context.Context, _ *Deps, _ flowNoop, c *engine.Call) (engine.Outputs, error) {
		return engine.One(passed(c.Items())), nil
	})
}

type flowNoop struct{}
