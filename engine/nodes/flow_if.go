package nodes

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "flow.if", Title: "If", Group: "Flow", Icon: "split", PerItem: true,
		Summary: "Sends each item one of two ways, by a condition.",
		Doc: `The condition is worked out for every item. Items for which it holds leave by **true**, the others by **false**, in their order.

What counts as false: false, 0, nothing, an empty text, and the texts *false*, *no* and *0*. Everything else is true. A field that does not exist is nothing, and so false.`,
		Keywords: []string{"condition", "branch", "decision", "true", "false", "else", "compare"},
		Outputs:  []engine.Port{{Name: "true", Label: "true"}, {Name: "false", Label: "false"}},
		Check:    typed(func(p flowIf) []engine.Problem { return checkCondition(p.Condition) }),
		Examples: []engine.Example{
			{Name: "Large orders", Params: params("condition", "={{ $json.total > 100 }}"),
				Input:  in(obj("id", 1, "total", 250), obj("id", 2, "total", 40)),
				Output: map[string][]map[string]any{"true": {obj("id", 1, "total", 250)}, "false": {obj("id", 2, "total", 40)}}},
			{Name: "Has an address", Params: params("condition", "={{ $json.email }}"),
				Input:  in(obj("email", "ada@example.com"), obj("email", ""), obj()),
				Output: map[string][]map[string]any{"true": {obj("email", "ada@example.com")}, "false": {obj("email", ""), obj()}}},
		},
	}, flowIf{}, runFlowIf)
}

type flowIf struct {
	Condition any `json:"condition" form:"Condition" widget:"condition" placeholder:"={{ $json.total > 100 }}" required:"true"`
}

func runFlowIf(_ context.Context, _ *Deps, p flowIf, c *engine.Call) (engine.Outputs, error) {
	it := []engine.Item{c.Item()}
	if truth(p.Condition) {
		return engine.Outputs{it, nil}, nil
	}
	return engine.Outputs{nil, it}, nil
}

// checkCondition finds conditions that were meant as expressions: fixed text is always true.
func checkCondition(v any) []engine.Problem {
	s, ok := v.(string)
	if !ok || strings.HasPrefix(s, "=") {
		return nil
	}
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "", "true", "false":
		return nil
	}
	value, err := json.Marshal("={{ " + s + " }}")
	if err != nil || strings.Contains(s, "{{") {
		value = nil
	}
	return []engine.Problem{{Param: "condition", Code: "fixed-condition", Warning: true, Fix: toExpression("params.condition", value),
		Text: fmt.Sprintf("%q is fixed text, which always counts as true: make it an expression, ={{ %s }}", excerpt(s, 60), excerpt(s, 60))}}
}

// toExpression offers a value in the place of fixed text; nothing when there is none.
func toExpression(path string, value json.RawMessage) *engine.Fix {
	if value == nil {
		return nil
	}
	return &engine.Fix{Title: "Make it an expression", Ops: []engine.Op{{Op: "node.set", Path: path, Value: value}}}
}
