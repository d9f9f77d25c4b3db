package engine_test

import (
	"fmt"
	"testing"

	"github.com/atelier-studio/atelier/engine"
)

// What the scheduler costs a node: trivial nodes in memory, with every event in the journal buffer (a watcher that
// drops it) and without.
func BenchmarkNodes(b *testing.B) {
	chain := func(n int) *engine.Workflow {
		lines := []string{"0:trigger.manual"}
		for i := 1; i < n; i++ {
			lines = append(lines, fmt.Sprintf("%d:pass", i), fmt.Sprintf("%d>%d", i-1, i))
		}
		return draw(b, lines...)
	}
	fan := func(n int) *engine.Workflow {
		lines := []string{"t:trigger.manual", "end:pass"}
		for i := range n {
			lines = append(lines, fmt.Sprintf("%d:pass", i), fmt.Sprintf("t>%d", i), fmt.Sprintf("%d>end", i))
		}
		return draw(b, lines...)
	}
	sets := chain(1000)
	for i := 1; i < len(sets.Nodes); i++ {
		sets.Nodes[i].Kind, sets.Nodes[i].Params = "add", map[string]any{"field": "x", "value": "={{ $json.n }}"}
	}
	drawings := []struct {
		name string
		w    *engine.Workflow
	}{{"chain of 1000", chain(1000)}, {"fan of 100", fan(100)}, {"chain of 1000 that copies a map and evaluates a path", sets}}
	for _, d := range drawings {
		for _, journal := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s, journal %v", d.name, journal), func(b *testing.B) {
				o := engine.Options{Catalogue: kinds(newWorld())}
				if journal {
					o.Publish = func(engine.Run, engine.Chunk) {}
				}
				r := engine.NewRunner(o)
				items := itemsOf(map[string]any{"n": 1.0})
				b.ReportAllocs()
				for b.Loop() {
					h, err := r.Start(b.Context(), engine.StartRequest{Doc: d.w, Items: items})
					if err != nil {
						b.Fatal(err)
					}
					<-h.Done()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(d.w.Nodes)), "ns/node")
			})
		}
	}
}
