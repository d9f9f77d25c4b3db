package nodes

import (
	"context"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "trigger.manual", Title: "Manual start", Group: "Triggers", Icon: "mouse-pointer-click", Trigger: true,
		Summary: "Starts the workflow when a person presses Run, or by the command line or the API.",
		Doc: `The run begins with the items that it was given. Without any it begins with the **sample items** of this node, and when there are none either, with one empty item.

The same drawing can have other triggers beside this one: it is the one that the Run button uses.`,
		Keywords: []string{"start", "run", "button", "begin", "click"},
		Examples: []engine.Example{
			{Name: "One empty item", Output: out(map[string]any{})},
			{Name: "Sample items for trying out", Params: params("items", []any{map[string]any{"name": "Ada"}, map[string]any{"name": "Grace"}}),
				Output: out(map[string]any{"name": "Ada"}, map[string]any{"name": "Grace"})},
		},
	}, triggerManual{}, runTriggerManual)
}

type triggerManual struct {
	Items any `json:"items" form:"Sample items" widget:"json" help:"Used when the run is started without input: one object or a list of objects."`
}

func runTriggerManual(_ context.Context, _ *Deps, p triggerManual, c *engine.Call) (engine.Outputs, error) {
	if items := c.Items(); given(items) {
		return engine.One(items), nil
	}
	return engine.One(itemsOf(p.Items)), nil
}

// itemsOf makes items of a value: each entry of a list, one of an object, one empty item of nothing.
func itemsOf(v any) []engine.Item {
	switch v := plain(v).(type) {
	case nil:
		return []engine.Item{{JSON: map[string]any{}}}
	case []any:
		items := make([]engine.Item, len(v))
		for i, e := range v {
			items[i].JSON = object(e)
		}
		return items
	default:
		return []engine.Item{{JSON: object(v)}}
	}
}
