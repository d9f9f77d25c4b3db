package nodes

import (
	"cmp"
	"context"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "flow.stop", Title: "Stop", Group: "Flow", Icon: "octagon-x",
		Summary: "Ends the run here, as failed with a message or as finished.",
		Doc: `The whole run ends, other branches included. *Failed* shows the message in the list of runs and starts the workflow's error workflow, if it has one. *Finished* ends quietly: nothing after this node runs.

To stop only one branch, leave its end unconnected. What is connected after this node runs only while this node is disabled, which is a way to try a workflow without its stop.`,
		Keywords: []string{"error", "abort", "exit", "throw", "fail", "end", "terminate"},
		Examples: []engine.Example{
			{Name: "Fail with a message", Params: params("message", "={{ 'No price for ' + $json.item }}"), Input: in(obj("item", "tea")), Error: "No price for tea"},
		},
	}, flowStop{As: "failed"}, runFlowStop)
}

type flowStop struct {
	As      string `json:"as" form:"End the run as" options:"failed=Failed,finished=Finished"`
	Message string `json:"message" form:"Message" placeholder:"What went wrong"`
}

func runFlowStop(_ context.Context, _ *Deps, p flowStop, _ *engine.Call) (engine.Outputs, error) {
	if p.As == "finished" {
		return nil, &engine.Stop{Message: p.Message}
	}
	return nil, &engine.Stop{Message: cmp.Or(p.Message, "stopped by the workflow"), Failed: true}
}
