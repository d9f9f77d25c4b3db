package bench_test

import (
	"fmt"
	"testing"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/engine/sandbox"
	"github.com/atelier-studio/atelier/store"
)

// BenchmarkDurableRuns is the rate of runs of five steps that are accepted on disk before they begin and finished on
// disk before the caller hears of it, every step in the journal, by 64 callers at once.
func BenchmarkDurableRuns(b *testing.B) {
	for _, sync := range []string{"full", "normal"} {
		for _, concurrent := range []int{1, 64} {
			b.Run(fmt.Sprintf("synchronous=%s, %d at once", sync, concurrent), func(b *testing.B) {
				durable(b, sync, concurrent)
			})
		}
	}
}

func durable(b *testing.B, sync string, concurrent int) {
	b.Helper()
	ctx := b.Context()
	s, err := store.Open(ctx, store.Options{Dir: b.TempDir(), RunSync: sync})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	user := auth.User{ID: "u", Email: "a@example.org", Name: "A"}
	if err := s.CreateUser(ctx, user); err != nil {
		b.Fatal(err)
	}
	if err := s.CreateWorkspace(ctx, auth.Workspace{ID: "w", Name: "W"}, user); err != nil {
		b.Fatal(err)
	}
	js := sandbox.NewJavaScript(sandbox.Limits{})
	defer js.Close()
	catalogue := nodes.Catalogue(&nodes.Deps{JavaScript: js})
	made, err := s.CreateWorkflow(ctx, auth.System("w"), "", "", transforms())
	if err != nil {
		b.Fatal(err)
	}
	r := engine.NewRunner(engine.Options{Catalogue: catalogue, Journal: s.Journal(), Source: s, JavaScript: js})
	items := []engine.Item{{JSON: map[string]any{"name": "alice", "price": 12.5, "qty": 9.0}}}
	work := make(chan struct{})
	done := make(chan error, concurrent)
	for range concurrent {
		go func() {
			for range work {
				h, err := r.Start(ctx, engine.StartRequest{Workspace: "w", WorkflowID: made.ID, Trigger: "manual", Items: items})
				if err != nil {
					done <- err
					return
				}
				<-h.Done()
				if run := h.Result().Run; run.Status != engine.Succeeded {
					done <- fmt.Errorf("the run ended %s: %s", run.Status, run.Error)
					return
				}
			}
			done <- nil
		}()
	}
	b.ReportAllocs()
	for b.Loop() {
		select {
		case work <- struct{}{}:
		case err := <-done:
			b.Fatal(err)
		}
	}
	close(work)
	for range concurrent {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
}

// transforms is a trigger, three transforms with expressions and an end: five steps.
func transforms() *engine.Workflow {
	set := func(id, field, value string) engine.Node {
		return engine.Node{ID: id, Kind: "data.set", Name: id, Params: map[string]any{
			"fields": []any{map[string]any{"name": field, "value": value}}, "keep_others": true,
		}}
	}
	return &engine.Workflow{
		Name: "Five steps",
		Nodes: []engine.Node{
			{ID: "t", Kind: "trigger.manual", Name: "t", Params: map[string]any{}},
			set("a", "total", "={{ $json.price * $json.qty }}"), set("b", "label", "{{ }}"), set("c", "who", "={{ $json.name }} pays {{ $json.total }}"),
			{ID: "e", Kind: "flow.noop", Name: "e", Params: map[string]any{}},
		},
		Edges: []engine.Edge{
			{From: "t", Out: "main", To: "a", In: "main"}, {From: "a", Out: "main", To: "b", In: "main"},
			{From: "b", Out: "main", To: "c", In: "main"}, {From: "c", Out: "main", To: "e", In: "main"},
		},
	}
}
