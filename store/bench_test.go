package store_test

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/store"
)

// BenchmarkDurableRun is what a run costs the store: acceptance, one chunk of six events, and the end with its last
// row, each awaited, by 64 producers at once. An operation is a run.
func BenchmarkDurableRun(b *testing.B) {
	for _, c := range []struct {
		name string
		o    func(b *testing.B) store.Options
	}{
		{"sqlite-full", func(*testing.B) store.Options { return store.Options{RunSync: "full"} }},
		{"sqlite-normal", func(*testing.B) store.Options { return store.Options{RunSync: "normal"} }},
		{"postgres", func(b *testing.B) store.Options { return store.Options{URL: freshSchema(b)} }},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := newPlace(b, c.o(b))
			var n atomic.Int64
			b.SetParallelism(max(1, 64/runtime.GOMAXPROCS(0)))
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					r := &engine.Run{
						ID: fmt.Sprintf("%020d", n.Add(1)), Workspace: "alpha", WorkflowID: "w", WorkflowName: "Orders", Revision: 1, Trigger: "webhook",
						Status: engine.Running, Created: p.clock.Now().UnixMicro(), Owner: "me", Fence: 1, Input: []byte(`{"items":[{"json":{"id":1}}]}`),
					}
					if _, err := p.Journal().Accept(b.Context(), r, chunkOf(r, 1, engine.Event{Type: engine.RunStarted})); err != nil {
						b.Error(err)
						return
					}
					chunk := chunkOf(r, 2, sixEvents()...)
					if err := p.write(chunk); err != nil {
						b.Error(err)
						return
					}
					end := chunkOf(r, 8, engine.Event{Type: engine.RunFinished, Status: engine.Succeeded})
					done := *r
					done.Status, done.Finished, done.Steps = engine.Succeeded, p.clock.micro(), 3
					end.Update = &done
					if err := p.write(end); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
		})
	}
}

func sixEvents() []engine.Event {
	var list []engine.Event
	items := []engine.Item{{JSON: map[string]any{"id": 1, "name": "an order of average length", "total": 12.5}}}
	for _, node := range []string{"start", "set", "if"} {
		list = append(list, engine.Event{Type: engine.StepStarted, Node: node}, engine.Event{Type: engine.StepFinished, Node: node, Took: 12, Outputs: engine.One(items)})
	}
	return list
}

// BenchmarkEdit is one edit of a workflow of 200 nodes.
func BenchmarkEdit(b *testing.B) {
	p := newPlace(b, store.Options{})
	doc := drawing(b, "Large")
	for i := range 199 {
		doc.Nodes = append(doc.Nodes, *addNode(fmt.Sprint("n", i)).Node)
	}
	sum, err := p.CreateWorkflow(b.Context(), p.alpha, "", "", doc)
	must(b, err)
	base := int64(1)
	for b.Loop() {
		rev, _, err := p.EditWorkflow(b.Context(), p.alpha, sum.ID, engine.Edit{Base: base, Ops: []engine.Op{{Op: "node.move", ID: "n7", At: &[2]float64{float64(base), 1}}}, Client: "c", Seq: base})
		must(b, err)
		base = rev.Number
	}
}

// BenchmarkRunnableWorkflow is what a webhook's start reads.
func BenchmarkRunnableWorkflow(b *testing.B) {
	p := newPlace(b, store.Options{})
	sum, err := p.CreateWorkflow(b.Context(), p.alpha, "", "", drawing(b, "Orders"))
	must(b, err)
	for b.Loop() {
		_, err := p.RunnableWorkflow(b.Context(), "alpha", sum.ID, 0)
		must(b, err)
	}
}
