package engine_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"runtime"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/atelier-studio/atelier/engine"
)

// tape is a journal that keeps what it is given and can be cut off anywhere: a crash at that point. The real journals
// are tested with the store; here it is about what a run makes of any beginning of its journal.
type tape struct {
	mu      sync.Mutex
	runs    map[string]*engine.Run
	chunks  map[string][]engine.Chunk
	answers []engine.Answer
	left    int    // chunks until the process is taken to be dead; below 0: never
	dead    string // owner without a heartbeat
}

func newTape(left int) *tape {
	return &tape{runs: map[string]*engine.Run{}, chunks: map[string][]engine.Chunk{}, left: left}
}

func (t *tape) Accept(_ context.Context, run *engine.Run, c engine.Chunk) (*engine.Run, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.runs {
		if run.IdemKey != "" && r.IdemKey == run.IdemKey {
			return r, fmt.Errorf("accepted before: %w", fs.ErrExist)
		}
	}
	t.runs[run.ID], t.chunks[run.ID] = new(*run), []engine.Chunk{c}
	return run, nil
}

func (t *tape) Append(c engine.Chunk, done func(error)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left == 0 || t.runs[c.Run].Fence != c.Fence {
		go done(engine.ErrLostLease)
		return
	}
	t.left--
	t.chunks[c.Run] = append(t.chunks[c.Run], c)
	if c.Update != nil {
		input, cancel := t.runs[c.Run].Input, t.runs[c.Run].Cancel
		t.runs[c.Run] = new(*c.Update)
		t.runs[c.Run].Input, t.runs[c.Run].Cancel = input, cancel
	}
	go done(nil)
}

func (t *tape) Load(_ context.Context, _, id string) (*engine.Run, []engine.Chunk, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.runs[id] == nil {
		return nil, nil, errors.New("no such run")
	}
	return new(*t.runs[id]), append([]engine.Chunk(nil), t.chunks[id]...), nil
}

func (t *tape) Claim(_ context.Context, owner string, now, _ int64, _ int) ([]*engine.Run, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left = -1
	var list []*engine.Run
	for _, r := range t.runs {
		rests := r.Status == engine.Waiting || r.Status == engine.Deciding
		due := r.Status == engine.Waiting && r.Wake <= now || rests && r.Cancel > 0
		if r.Status.Final() || !due && (r.Status == engine.Deciding || r.Owner == owner) {
			continue
		}
		r.Owner, r.Fence, r.Status = owner, r.Fence+1, engine.Running
		list = append(list, new(*r))
	}
	return list, nil
}

func (t *tape) Heartbeat(context.Context, string, int64) error { return nil }

func (t *tape) Cancel(_ context.Context, _, id, owner string, now, _ int64) (*engine.Run, bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.runs[id]
	if r == nil {
		return nil, false, fmt.Errorf("no such run: %w", fs.ErrNotExist)
	}
	if r.Status.Final() {
		return nil, false, fmt.Errorf("it has ended: %w", fs.ErrInvalid)
	}
	r.Cancel = now
	mine := r.Status == engine.Waiting || r.Status == engine.Deciding || t.dead != "" && r.Owner == t.dead
	if mine {
		r.Owner, r.Fence, r.Status, r.Wake = owner, r.Fence+1, engine.Running, 0
	}
	return new(*r), mine, nil
}

func (t *tape) Asked(_ context.Context, owner string) (list []*engine.Run, _ error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.runs {
		if r.Cancel > 0 && !r.Status.Final() && r.Owner == owner {
			list = append(list, new(*r))
		}
	}
	return list, nil
}

func (t *tape) Called(_ context.Context, _, id string) (ids []string, _ error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.runs {
		if r.Parent == id && r.Trigger == "call" && !r.Status.Final() {
			ids = append(ids, r.ID)
		}
	}
	return ids, nil
}

func (t *tape) Take(_ context.Context, _, id, owner string, status engine.Status) (*engine.Run, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.runs[id]
	if r == nil || r.Status != status {
		return nil, fmt.Errorf("it is not %s: %w", status, fs.ErrInvalid)
	}
	r.Owner, r.Fence = owner, r.Fence+1
	return new(*r), nil
}

func (t *tape) Answer(_ context.Context, _, id string, a engine.Answer) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.runs[id].Status.Final() {
		return fs.ErrInvalid
	}
	for _, old := range t.answers {
		if old.Question == a.Question {
			return fs.ErrExist
		}
	}
	t.answers = append(t.answers, a)
	if r := t.runs[id]; r.Status == engine.Waiting {
		r.Wake = min(r.Wake, a.At)
	}
	return nil
}

func (t *tape) Answers(context.Context, string, string) ([]engine.Answer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]engine.Answer(nil), t.answers...), nil
}

func (t *tape) Rouse(_ context.Context, _, id string, at int64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.runs[id]; r.Status == engine.Waiting {
		r.Wake = min(r.Wake, at)
	}
	return nil
}

// shelf hands out one drawing.
type shelf struct{ doc *engine.Workflow }

func (s shelf) RunnableWorkflow(context.Context, string, string, int64) (*engine.Stored, error) {
	return &engine.Stored{Summary: engine.Summary{ID: "w", Revision: 1}, Doc: s.doc}, nil
}
func (shelf) KeepRevision(context.Context, string, string, int64) error    { return nil }
func (shelf) RunVariables(context.Context, string) (map[string]any, error) { return nil, nil }

// A run that is cut off after any chunk of its journal and goes on in another process ends as if nothing had happened,
// and every effect happens once, or, when the crash came between effect and journal, again under the same key.
func TestResumeAtEveryPoint(t *testing.T) {
	t.Parallel()
	drawings := map[string][]string{
		"chain":    {"t:trigger.manual", "a:effect", "b:pass", "c:effect", "t>a", "a>b", "b>c"},
		"branches": {"t:trigger.manual", "i:if", "a:effect", "b:effect", "m:merge", "c:effect", "t>i", "i.true>a", "i.false>b", "a>m.in_1", "b>m.in_2", "m>c"},
		"loop":     {"t:trigger.manual", "e:emit", "l:loop", "a:effect", "s:effect", "d:effect", "t>e", "e>l", "l.loop>a", "a>s", "a>l", "l.done>d"},
		"nested":   {"t:trigger.manual", "e:emit", "l:loop", "f:emit", "k:loop", "a:effect", "d:pass", "t>e", "e>l", "l.loop>f", "f>k", "k.loop>a", "a>k", "k.done>l", "l.done>d"},
	}
	for name, lines := range drawings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := draw(t, lines...)
			if i := w.NodeByID("i"); i >= 0 {
				w.Nodes[i].Params = map[string]any{"condition": "={{ $json.n > 1 }}"}
			}
			if i := w.NodeByID("l"); i >= 0 {
				w.Nodes[i].Params = map[string]any{"size": 2}
			}
			start := engine.StartRequest{WorkflowID: "w", Items: itemsOf(map[string]any{"n": 1.0}, map[string]any{"n": 2.0})}
			want, chunks, keys := whole(t, w, start)
			for cut := range chunks {
				world := newWorld()
				tp := newTape(cut)
				first := engine.NewRunner(engine.Options{Catalogue: kinds(world), Journal: tp, Source: shelf{w}, Owner: "first"})
				h, err := first.Start(t.Context(), start)
				if err != nil {
					t.Fatal(err)
				}
				<-h.Done()
				second := engine.NewRunner(engine.Options{Catalogue: kinds(world), Journal: tp, Source: shelf{w}, Owner: "second"})
				if err := second.Recover(t.Context(), 1); err != nil {
					t.Fatal(err)
				}
				second.Close(t.Context()) // waits for the run
				got, err := second.Output(t.Context(), "", h.ID)
				if err != nil {
					t.Fatal(err)
				}
				if show(got) != want {
					t.Errorf("cut after %d of %d chunks: got\n%swant\n%s", cut, chunks, show(got), want)
				}
				if len(world.effects) != keys {
					t.Errorf("cut after %d chunks: %d different effects; want %d", cut, len(world.effects), keys)
				}
				if again := world.total() - keys; again > 1 && name != "branches" || again > 2 {
					t.Errorf("cut after %d chunks: %d effects repeated; only those under way at the crash may be", cut, again)
				}
			}
		})
	}
}

// whole runs without a crash: the result, the number of chunks and of effects.
func whole(t *testing.T, w *engine.Workflow, start engine.StartRequest) (result string, chunks, effects int) {
	t.Helper()
	world, tp := newWorld(), newTape(-1)
	r := engine.NewRunner(engine.Options{Catalogue: kinds(world), Journal: tp, Source: shelf{w}})
	h, err := r.Start(t.Context(), start)
	if err != nil {
		t.Fatal(err)
	}
	<-h.Done()
	if s := h.Result().Run.Status; s != engine.Succeeded {
		t.Fatalf("the run ended %s: %s", s, h.Result().Run.Error)
	}
	return show(h.Result().Items), len(tp.chunks[h.ID]) - 1, len(world.effects)
}

// A step that must not be repeated and was under way when the process died stops the run and asks.
func TestDecide(t *testing.T) {
	t.Parallel()
	tests := []struct {
		choice  string
		status  engine.Status
		effects int
	}{{"retry", engine.Succeeded, 2}, {"done", engine.Succeeded, 1}, {"fail", engine.Failed, 1}}
	for _, tt := range tests {
		t.Run(tt.choice, func(t *testing.T) {
			t.Parallel()
			w := draw(t, "t:trigger.manual", "a:once", "b:pass", "t>a", "a>b")
			world, tp := newWorld(), newTape(1) // the intent is written, the result is not
			first := engine.NewRunner(engine.Options{Catalogue: kinds(world), Journal: tp, Source: shelf{w}, Owner: "first"})
			h, err := first.Start(t.Context(), engine.StartRequest{WorkflowID: "w"})
			if err != nil {
				t.Fatal(err)
			}
			<-h.Done()
			second := engine.NewRunner(engine.Options{Catalogue: kinds(world), Journal: tp, Source: shelf{w}, Owner: "second"})
			if err := second.Recover(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			for second.Active() > 0 {
				runtime.Gosched()
			}
			if run, _, _ := tp.Load(t.Context(), "", h.ID); run.Status != engine.Deciding || world.total() != 1 {
				t.Fatalf("the run is %s after %d effects; want deciding after 1", run.Status, world.total())
			}
			if err := second.Decide(t.Context(), "", h.ID, tt.choice); err != nil {
				t.Fatal(err)
			}
			second.Close(t.Context())
			run, _, _ := tp.Load(t.Context(), "", h.ID)
			if run.Status != tt.status || world.total() != tt.effects {
				t.Errorf("after %q the run is %s with %d effects; want %s with %d", tt.choice, run.Status, world.total(), tt.status, tt.effects)
			}
		})
	}
}

// Partial runs take over what earlier nodes gave.
func TestPartialRuns(t *testing.T) {
	t.Parallel()
	w := draw(t, "t:trigger.manual", "a:effect", "b:add", "c:effect", "t>a", "a>b", "b>c")
	node(w, "b").Params = map[string]any{"field": "x", "value": "={{ $('a').item.json.n + 1 }}"}
	tests := []struct {
		name    string
		req     engine.StartRequest
		want    string
		effects int
		err     string
	}{
		{name: "one node alone", req: engine.StartRequest{Only: "b"}, want: "map[n:1 x:2]\n"},
		{name: "from a node onward", req: engine.StartRequest{From: "b"}, want: "map[n:1 x:2]\n", effects: 1},
		{name: "from the first", req: engine.StartRequest{From: "t", Items: itemsOf(map[string]any{"n": 5.0})}, want: "map[n:5 x:6]\n", effects: 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			world, tp := newWorld(), newTape(-1)
			r := engine.NewRunner(engine.Options{Catalogue: kinds(world), Journal: tp, Source: shelf{w}})
			seed := runOn(t, r, engine.StartRequest{WorkflowID: "w", Items: itemsOf(map[string]any{"n": 1.0})})
			before := world.total()
			tt.req.WorkflowID, tt.req.Seed, tt.req.Manual = "w", seed.Run.ID, true
			got := runOn(t, r, tt.req)
			if show(got.Items) != tt.want {
				t.Errorf("got %s (%s); want %s", show(got.Items), got.Run.Error, tt.want)
			}
			if n := world.total() - before; n != tt.effects {
				t.Errorf("%d effects; want %d", n, tt.effects)
			}
		})
	}
	t.Run("nothing to build on", func(t *testing.T) {
		t.Parallel()
		r := engine.NewRunner(engine.Options{Catalogue: kinds(newWorld())})
		if _, err := r.Start(t.Context(), engine.StartRequest{Doc: w, Only: "b", Manual: true}); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("got %v; want an error that says to run the workflow first", err)
		}
	})
	t.Run("pinned output stands for the node", func(t *testing.T) {
		t.Parallel()
		pinned := w.Clone()
		node(pinned, "a").Pinned = itemsOf(map[string]any{"n": 41.0})
		world := newWorld()
		got := runOn(t, engine.NewRunner(engine.Options{Catalogue: kinds(world)}), engine.StartRequest{Doc: pinned, Manual: true, Items: itemsOf(map[string]any{"n": 1.0})})
		if show(got.Items) != "map[n:41 x:42]\n" || world.total() != 1 {
			t.Errorf("got %s and %d effects", show(got.Items), world.total())
		}
	})
}

// Edits and their inverses cancel out, whatever they are.
func TestApplyInverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := &engine.Workflow{Name: "Random"}
		var undo [][]engine.Op
		var states [][]byte
		for range rapid.IntRange(1, 30).Draw(t, "edits") {
			before, err := w.Encode()
			if err != nil {
				t.Fatal(err)
			}
			ops := randomOps(t)
			inverse, err := engine.Apply(w, ops...)
			after, _ := w.Encode()
			if err != nil {
				if string(before) != string(after) {
					t.Fatalf("a refused edit (%v) changed the workflow", err)
				}
				continue
			}
			undo, states = append(undo, inverse), append(states, before)
		}
		for i := len(undo) - 1; i >= 0; i-- {
			if _, err := engine.Apply(w, undo[i]...); err != nil {
				t.Fatalf("the inverse does not apply: %v", err)
			}
			got, err := w.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if !sameDrawing(t, got, states[i]) {
				t.Fatalf("after undoing:\n%s\nbefore the edit:\n%s", got, states[i])
			}
		}
	})
}

// sameDrawing compares without regard to the order of lists: what was removed comes back at the end.
func sameDrawing(t *rapid.T, a, b []byte) bool {
	parse := func(data []byte) map[string]int {
		w, err := engine.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		parts := map[string]int{}
		for _, n := range w.Nodes {
			parts[fmt.Sprintf("node %+v", n)]++
		}
		for _, e := range w.Edges {
			parts[fmt.Sprintf("edge %+v", e)]++
		}
		for _, n := range w.Notes {
			parts[fmt.Sprintf("note %+v", n)]++
		}
		for _, g := range w.Groups {
			parts[fmt.Sprintf("group %s %s %d", g.ID, g.Name, len(g.Nodes))]++
		}
		for _, c := range w.Tests {
			parts[fmt.Sprintf("test %+v", c)]++
		}
		parts[fmt.Sprintf("%s %+v", w.Name, w.Settings)]++
		return parts
	}
	return maps.Equal(parse(a), parse(b))
}

func randomOps(t *rapid.T) []engine.Op {
	id := rapid.SampledFrom([]string{"a", "b", "c", "d"})
	one := func() engine.Op {
		switch rapid.IntRange(0, 13).Draw(t, "op") {
		case 0, 1:
			return engine.Op{Op: "node.add", Node: &engine.Node{ID: id.Draw(t, "id"), Kind: "pass", Name: "N", Params: map[string]any{"x": "={{ $('N').first().json.y }}"}}}
		case 2:
			return engine.Op{Op: "node.remove", ID: id.Draw(t, "id")}
		case 3, 4:
			return engine.Op{Op: "edge.add", Edge: &engine.Edge{From: id.Draw(t, "from"), To: id.Draw(t, "to")}}
		case 5:
			return engine.Op{Op: "edge.remove", Edge: &engine.Edge{From: id.Draw(t, "from"), To: id.Draw(t, "to")}}
		case 6:
			return engine.Op{Op: "node.set", ID: id.Draw(t, "id"), Path: rapid.SampledFrom([]string{"params.x", "params.o.deep", "note", "disabled", "nothing"}).Draw(t, "path"), Value: []byte(rapid.SampledFrom([]string{`"v"`, `true`, `{"a":1}`, `null`}).Draw(t, "value"))}
		case 7:
			return engine.Op{Op: "node.move", ID: id.Draw(t, "id"), At: &[2]float64{rapid.Float64Range(-10, 10).Draw(t, "x"), 0}}
		case 8:
			return engine.Op{Op: "node.rename", ID: id.Draw(t, "id"), Value: []byte(rapid.SampledFrom([]string{`"N"`, `"M"`, `""`}).Draw(t, "name"))}
		case 9:
			return engine.Op{Op: "note.add", Note: &engine.Note{ID: id.Draw(t, "id"), Text: "t"}}
		case 10:
			return engine.Op{Op: "group.add", Group: &engine.Group{ID: id.Draw(t, "id"), Name: "g", Nodes: []string{id.Draw(t, "member")}}}
		case 11:
			return engine.Op{Op: "test.add", Test: &engine.Case{ID: id.Draw(t, "id"), Name: "t", Asserts: []engine.Assert{{Expression: "={{ $('N').first().json.y }}", Is: "true"}}}}
		case 12:
			return engine.Op{Op: "test.set", ID: id.Draw(t, "id"), Path: rapid.SampledFrom([]string{"name", "asserts", "mocks", "nothing"}).Draw(t, "path"), Value: []byte(rapid.SampledFrom([]string{`"v"`, `[]`, `{"a": []}`, `null`}).Draw(t, "value"))}
		default:
			return engine.Op{Op: "settings.set", Path: "timeout_ms", Value: []byte("5")}
		}
	}
	ops := make([]engine.Op, rapid.IntRange(1, 3).Draw(t, "n"))
	for i := range ops {
		ops[i] = one()
	}
	return ops
}
