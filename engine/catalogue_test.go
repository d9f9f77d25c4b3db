package engine_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// set is a catalogue of a few kinds that make every behaviour of the scheduler visible.
type set map[string]*engine.Kind

func (s set) Kind(name string) (*engine.Kind, bool) { k, ok := s[name]; return k, ok }
func (s set) Kinds() []*engine.Kind                 { return slices.Collect(maps.Values(s)) }

type addParams struct {
	Field string `json:"field" form:"Field"`
	Value any    `json:"value" form:"Value"`
}

type ifParams struct {
	Condition any `json:"condition" form:"Condition"`
}

type loopParams struct {
	Size int `json:"size" form:"Size"`
	Max  int `json:"max" form:"Max"`
}

func (p loopParams) LoopBounds() (size, rounds int) { return p.Size, p.Max }

type failParams struct {
	Times int    `json:"times" form:"Times"`
	Text  string `json:"text" form:"Text"`
}

type waitParams struct {
	Seconds int `json:"seconds" form:"Seconds"`
}

// world counts what steps did, by idempotency key.
type world struct {
	mu      sync.Mutex
	effects map[string]int
	running atomic.Int32
	peak    atomic.Int32
	block   chan struct{} // when set, effects wait for it to close
}

func newWorld() *world { return &world{effects: map[string]int{}} }

func (w *world) total() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, c := range w.effects {
		n += c
	}
	return n
}

func kinds(w *world) set {
	s := set{}
	add := func(k engine.Kind) { s[k.Name] = &k }
	pass := func(_ context.Context, _ any, c *engine.Call) (engine.Outputs, error) {
		return engine.One(c.Items()), nil
	}
	add(engine.Kind{Name: "trigger.manual", Trigger: true, Run: pass})
	add(engine.Kind{Name: "pass", Run: pass})
	add(engine.Kind{Name: "add", PerItem: true, Defaults: addParams{}, Params: engine.ParamsOf(addParams{}), Run: func(_ context.Context, params any, c *engine.Call) (engine.Outputs, error) {
		p := params.(addParams)
		j := maps.Clone(c.Item().JSON)
		if j == nil {
			j = map[string]any{}
		}
		j[p.Field] = p.Value
		return engine.One([]engine.Item{{JSON: j}}), nil
	}})
	add(engine.Kind{Name: "emit", Run: func(_ context.Context, _ any, c *engine.Call) (engine.Outputs, error) {
		var items []engine.Item
		for i := range 5 {
			items = append(items, engine.Item{JSON: map[string]any{"i": float64(i)}})
		}
		return engine.One(items), nil
	}})
	add(engine.Kind{Name: "if", PerItem: true, Defaults: ifParams{}, Outputs: []engine.Port{{Name: "true"}, {Name: "false"}}, Run: func(_ context.Context, params any, c *engine.Call) (engine.Outputs, error) {
		out := make(engine.Outputs, 2)
		port := 1
		if params.(ifParams).Condition == true {
			port = 0
		}
		out[port] = []engine.Item{c.Item()}
		return out, nil
	}})
	add(engine.Kind{Name: "merge", Inputs: []engine.Port{{Name: "in_1"}, {Name: "in_2"}}, Run: func(_ context.Context, _ any, c *engine.Call) (engine.Outputs, error) {
		return engine.One(slices.Concat(c.Inputs...)), nil
	}})
	add(engine.Kind{Name: "loop", Loop: true, Defaults: loopParams{Size: 1, Max: 1000}, Params: engine.ParamsOf(loopParams{}), Outputs: []engine.Port{{Name: "loop"}, {Name: "done"}}})
	add(engine.Kind{Name: "fail", Class: engine.IO, Defaults: failParams{Times: 1 << 30, Text: "no luck"}, Run: func(_ context.Context, params any, c *engine.Call) (engine.Outputs, error) {
		p := params.(failParams)
		if c.Attempt <= p.Times {
			return nil, errors.New(p.Text)
		}
		return engine.One(c.Items()), nil
	}})
	add(engine.Kind{Name: "stop", Run: func(context.Context, any, *engine.Call) (engine.Outputs, error) { return nil, &engine.Stop{} }})
	add(engine.Kind{Name: "panic", Run: func(context.Context, any, *engine.Call) (engine.Outputs, error) { panic("boom") }})
	effect := func(ctx context.Context, _ any, c *engine.Call) (engine.Outputs, error) {
		n := w.running.Add(1)
		defer w.running.Add(-1)
		for old := w.peak.Load(); n > old && !w.peak.CompareAndSwap(old, n); old = w.peak.Load() {
		}
		if w.block != nil {
			select {
			case <-w.block:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		w.mu.Lock()
		w.effects[c.Key]++
		w.mu.Unlock()
		return engine.One(c.Items()), nil
	}
	add(engine.Kind{Name: "post", Class: engine.IO, World: true, Run: effect})
	add(engine.Kind{Name: "effect", Class: engine.IO, Effect: engine.Idempotent, Run: effect})
	add(engine.Kind{Name: "each", Class: engine.IO, PerItem: true, Effect: engine.Idempotent, Run: func(ctx context.Context, params any, c *engine.Call) (engine.Outputs, error) {
		out, err := effect(ctx, params, c)
		if err != nil {
			return nil, err
		}
		return engine.One(out[0][c.Index : c.Index+1]), nil
	}})
	add(engine.Kind{Name: "once", Class: engine.IO, Effect: engine.AtMostOnce, Run: effect})
	add(engine.Kind{Name: "wait", Class: engine.IO, Defaults: waitParams{}, Run: func(_ context.Context, params any, c *engine.Call) (engine.Outputs, error) {
		if c.Wake == nil {
			return nil, &engine.Wait{Until: time.Now().Add(time.Duration(params.(waitParams).Seconds) * time.Second)}
		}
		return engine.One(c.Items()), nil
	}})
	add(engine.Kind{Name: "sleep", Class: engine.IO, Defaults: waitParams{}, Run: func(ctx context.Context, params any, c *engine.Call) (engine.Outputs, error) {
		select {
		case <-time.After(time.Duration(params.(waitParams).Seconds) * time.Second):
			return engine.One(c.Items()), nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}})
	return s
}

// draw makes a workflow of lines like "a:pass" (node id:kind) and "a>b", "a.true>b.in_1" (edges).
func draw(t testing.TB, lines ...string) *engine.Workflow {
	t.Helper()
	w := &engine.Workflow{Name: "Test"}
	for _, l := range lines {
		var from, to, out, in string
		if i := slices.Index([]byte(l), '>'); i >= 0 {
			from, to, out, in = l[:i], l[i+1:], "main", "main"
			if k := slices.Index([]byte(from), '.'); k >= 0 {
				from, out = from[:k], from[k+1:]
			}
			if k := slices.Index([]byte(to), '.'); k >= 0 {
				to, in = to[:k], to[k+1:]
			}
			w.Edges = append(w.Edges, engine.Edge{From: from, Out: out, To: to, In: in})
			continue
		}
		i := slices.Index([]byte(l), ':')
		w.Nodes = append(w.Nodes, engine.Node{ID: l[:i], Kind: l[i+1:], Name: l[:i], Params: map[string]any{}})
	}
	return w
}

func node(w *engine.Workflow, id string) *engine.Node { return &w.Nodes[w.NodeByID(id)] }

func run(t testing.TB, w *engine.Workflow, c engine.Catalogue, items ...map[string]any) engine.Result {
	t.Helper()
	r := engine.NewRunner(engine.Options{Catalogue: c})
	return runOn(t, r, engine.StartRequest{Doc: w, Items: itemsOf(items...)})
}

func itemsOf(objects ...map[string]any) []engine.Item {
	var items []engine.Item
	for _, o := range objects {
		items = append(items, engine.Item{JSON: o})
	}
	return items
}

func runOn(t testing.TB, r *engine.Runner, req engine.StartRequest) engine.Result {
	t.Helper()
	h, err := r.Start(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	<-h.Done()
	return h.Result()
}

func show(items []engine.Item) string {
	s := ""
	for _, it := range items {
		s += fmt.Sprint(it.JSON) + "\n"
	}
	return s
}
