package nodes

import (
	"context"
	"errors"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "flow.loop", Title: "Loop", Group: "Flow", Icon: "repeat", Loop: true,
		Summary: "Feeds items in batches to the nodes after it, then goes on with what came back.",
		Doc: `Items leave by **loop**, a batch at a time. Lead the last node of the loop's body back into this node: when a batch comes back, the next one leaves. What came back is collected and leaves by **done** when all batches went through.

A loop always has an end: after **most rounds** it stops with an error. A body that gives nothing back for a batch is fine: the loop goes on with the next.

Most kinds work on every item by themselves, so a loop is needed only to do something batch by batch, such as staying below a service's limit with a Wait in the body.`,
		Keywords: []string{"batch", "for", "each", "repeat", "iterate", "split in batches", "while"},
		Outputs:  []engine.Port{{Name: "loop", Label: "loop"}, {Name: "done", Label: "done"}},
		Examples: []engine.Example{
			{Name: "Ten at a time", Params: params("batch_size", 10, "max_iterations", 100), Needs: "loop",
				Input: in(obj("n", 1), obj("n", 2)), Output: port("done", obj("n", 1), obj("n", 2))},
		},
	}, flowLoop{BatchSize: 1, MaxIterations: 1000}, runFlowLoop)
}

type flowLoop struct {
	BatchSize     int `json:"batch_size" form:"Items in a batch" min:"1" max:"10000"`
	MaxIterations int `json:"max_iterations" form:"Most rounds" help:"The loop fails when it needs more: no loop runs forever." min:"1" max:"100000"`
}

// LoopBounds tells the engine how many items a batch has and how many rounds there are at most.
func (p flowLoop) LoopBounds() (size, rounds int) { return p.BatchSize, p.MaxIterations }

// runFlowLoop is never called: batches are fed by the engine, which knows what came back.
func runFlowLoop(context.Context, *Deps, flowLoop, *engine.Call) (engine.Outputs, error) {
	return nil, errors.New("a loop is fed by the engine and cannot be run by itself")
}
