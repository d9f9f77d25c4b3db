package nodes

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "flow.call", Title: "Call workflow", Group: "Flow", Icon: "workflow", Class: engine.IO, World: true, Effect: engine.Idempotent,
		Summary: "Runs another workflow and goes on with what it gives.",
		Doc: `The other workflow is found by id or name in the same workspace. It begins at its Manual start with the items of this node, as a run of its own that is linked with this one, and its last step's items come back.

With mode *each* it is called once for every item, one after another. When the called run fails, this step fails with its message. After a crash a call that had finished is not repeated. Calls may be nested up to 25 deep, which also stops workflows that call one another for ever.`,
		Keywords: []string{"sub-workflow", "subflow", "execute workflow", "reuse", "function", "child"},
		Examples: []engine.Example{
			{Name: "All items at once", Needs: "workflow", Params: params("workflow", "Greet", "mode", "all"), Input: in(obj("name", "Ada")), Output: out(obj("name", "Ada", "greeting", "Hello Ada"))},
			{Name: "A call for each item", Needs: "workflow", Params: params("workflow", "Greet", "mode", "each"), Input: in(obj("name", "Ada"), obj("name", "Grace")), Output: out(obj("name", "Ada", "greeting", "Hello Ada"), obj("name", "Grace", "greeting", "Hello Grace"))},
		},
	}, flowCall{Mode: "all"}, runFlowCall)
}

type flowCall struct {
	Workflow string `json:"workflow" form:"Workflow" widget:"workflow" required:"true"`
	Mode     string `json:"mode" form:"Call" options:"all=Once with all items,each=For each item"`
}

func runFlowCall(ctx context.Context, _ *Deps, p flowCall, c *engine.Call) (engine.Outputs, error) {
	if p.Workflow == "" {
		return nil, bad("workflow", "choose the workflow to call")
	}
	items := c.Items()
	if p.Mode != "each" {
		given, err := c.CallWorkflow(ctx, p.Workflow, items)
		if err != nil {
			return nil, err
		}
		if len(items) == 1 {
			given = withOrigins(given, fromItem(0))
		}
		return engine.One(given), nil
	}
	var out []engine.Item
	for i, it := range items {
		each := *c
		each.Key = fmt.Sprintf("%s-%d", c.Key, i) // a call of its own, which a restart finds again
		given, err := each.CallWorkflow(ctx, p.Workflow, []engine.Item{it})
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i+1, err)
		}
		if out = append(out, withOrigins(given, fromItem(i))...); len(out) > maxItems {
			return nil, tooMany("the calls")
		}
	}
	return engine.One(out), nil
}

// withOrigins gives every item the same lineage: theirs is of another run.
func withOrigins(items []engine.Item, from []engine.Origin) []engine.Item {
	out := make([]engine.Item, len(items))
	for i, it := range items {
		out[i] = engine.Item{JSON: it.JSON, Files: it.Files, From: from}
	}
	return out
}
