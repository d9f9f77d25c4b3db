package engine_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// library hands out several drawings by name.
type library map[string]*engine.Workflow

func (l library) RunnableWorkflow(_ context.Context, _, ref string, _ int64) (*engine.Stored, error) {
	w := l[ref]
	if w == nil {
		return nil, fmt.Errorf("no workflow %q", ref)
	}
	return &engine.Stored{Summary: engine.Summary{ID: ref, Revision: 1}, Doc: w}, nil
}
func (library) KeepRevision(context.Context, string, string, int64) error    { return nil }
func (library) RunVariables(context.Context, string) (map[string]any, error) { return nil, nil }

type callParams struct {
	Workflow string `json:"workflow" form:"Workflow"`
}

// kindsThatCall adds a kind that calls another workflow with all its items.
func kindsThatCall(w *world) set {
	s := kinds(w)
	s["call"] = &engine.Kind{Name: "call", Class: engine.IO, Effect: engine.Idempotent, Defaults: callParams{}, Run: func(ctx context.Context, params any, c *engine.Call) (engine.Outputs, error) {
		items, err := c.CallWorkflow(ctx, params.(callParams).Workflow, c.Items())
		return engine.One(items), err
	}}
	var mu sync.Mutex
	tries := 0
	s["second"] = &engine.Kind{Name: "second", Class: engine.IO, Run: func(_ context.Context, _ any, c *engine.Call) (engine.Outputs, error) {
		mu.Lock()
		defer mu.Unlock()
		if tries++; tries == 1 {
			return nil, errors.New("not the first time")
		}
		return engine.One(c.Items()), nil
	}}
	return s
}

func caller(t *testing.T, ref string) *engine.Workflow {
	w := draw(t, "t:trigger.manual", "c:call", "d:pass", "t>c", "c>d")
	node(w, "c").Params["workflow"] = ref
	return w
}

// More workflows that call another than there are places for input and output do not wait for each other for ever.
func TestCallsLeaveRoomForTheCalled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		child := draw(t, "t:trigger.manual", "s:sleep", "t>s")
		node(child, "s").Params["seconds"] = 1
		child.Settings.Concurrency = 10
		books := library{"parent": caller(t, "child"), "child": child}
		r := engine.NewRunner(engine.Options{Catalogue: kindsThatCall(newWorld()), Journal: newTape(-1), Source: books, MaxRunning: 600})
		var handles []*engine.Handle
		for i := range 600 {
			name := "parent"
			if i%2 == 1 {
				name = "child"
			}
			h, err := r.Start(t.Context(), engine.StartRequest{WorkflowID: name})
			if err != nil {
				t.Fatal(err)
			}
			handles = append(handles, h)
		}
		late := time.After(time.Hour)
		for _, h := range handles {
			select {
			case <-h.Done():
				if run := h.Result().Run; run.Status != engine.Succeeded {
					t.Fatalf("a run ended %s: %s", run.Status, run.Error)
				}
			case <-late:
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				r.Close(ctx)
				t.Fatal("the runs wait for each other")
			}
		}
	})
}

// A workflow that may run only once at a time and calls itself, or a busy one, ends.
func TestConcurrencyLimitAndCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := draw(t, "t:trigger.manual", "s:sleep", "t>s")
		node(inner, "s").Params["seconds"] = 1
		inner.Settings.Concurrency = 1
		books := library{"outer": caller(t, "inner"), "inner": inner, "self": caller(t, "self")}
		books["self"].Settings.Concurrency = 1
		r := engine.NewRunner(engine.Options{Catalogue: kindsThatCall(newWorld()), Journal: newTape(-1), Source: books, MaxRunning: 2})
		var handles []*engine.Handle
		for _, name := range []string{"outer", "inner", "outer", "inner", "outer", "inner", "self"} {
			h, err := r.Start(t.Context(), engine.StartRequest{WorkflowID: name})
			if err != nil {
				t.Fatal(err)
			}
			handles = append(handles, h)
		}
		late := time.After(time.Hour)
		for i, h := range handles {
			select {
			case <-h.Done():
				want := engine.Succeeded
				if i == len(handles)-1 {
					want = engine.Failed // more than 25 deep
				}
				if run := h.Result().Run; run.Status != want {
					t.Errorf("run %d ended %s: %s", i, run.Status, run.Error)
				}
			case <-late:
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				r.Close(ctx)
				t.Fatalf("run %d hangs", i)
			}
		}
	})
}

// A step that calls a workflow and fails is tried again as its retry says: the called workflow runs again.
func TestRetriedCallRunsAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		parent := caller(t, "child")
		node(parent, "c").Retry = &engine.Retry{Attempts: 2, WaitMS: 10}
		books := library{"parent": parent, "child": draw(t, "t:trigger.manual", "s:second", "t>s")}
		r := engine.NewRunner(engine.Options{Catalogue: kindsThatCall(newWorld()), Journal: newTape(-1), Source: books})
		got := runOn(t, r, engine.StartRequest{WorkflowID: "parent", Items: itemsOf(map[string]any{"n": 1.0})})
		if got.Run.Status != engine.Succeeded || show(got.Items) != "map[n:1]\n" {
			t.Errorf("the run ended %s (%s) with %s", got.Run.Status, got.Run.Error, show(got.Items))
		}
	})
}

// A run that calls another and is cut off anywhere ends as if nothing had happened, and the called one runs once.
func TestResumeOfCalls(t *testing.T) {
	t.Parallel()
	child := draw(t, "t:trigger.manual", "a:effect", "b:effect", "t>a", "a>b")
	books := library{"parent": caller(t, "child"), "child": child}
	for cut := range 12 {
		t.Run(fmt.Sprint(cut), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				world, tp := newWorld(), newTape(cut)
				options := engine.Options{Catalogue: kindsThatCall(world), Journal: tp, Source: books, Owner: "first"}
				first := engine.NewRunner(options)
				h, err := first.Start(t.Context(), engine.StartRequest{WorkflowID: "parent", Items: itemsOf(map[string]any{"n": 1.0})})
				if err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				options.Owner = "second"
				second := engine.NewRunner(options)
				if err := second.Recover(t.Context(), 1); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute)
				second.Close(t.Context())
				first.Close(t.Context()) // it has noticed that it lost its runs
				run, _, err := tp.Load(t.Context(), "", h.ID)
				if err != nil || run.Status != engine.Succeeded {
					t.Fatalf("the run is %s (%s), %v", run.Status, run.Error, err)
				}
				if items, err := second.Output(t.Context(), "", h.ID); err != nil || show(items) != "map[n:1]\n" {
					t.Errorf("got %s, %v", show(items), err)
				}
				if len(world.effects) != 2 || len(tp.runs) != 2 {
					t.Errorf("%d runs had %d different effects; want 2 and 2", len(tp.runs), len(world.effects))
				}
			})
		})
	}
}

// Who cancels a run, or lets it take too long, ends what it called too.
func TestCancelReachesTheCalled(t *testing.T) {
	t.Parallel()
	for _, by := range []string{"cancel", "run limit", "step limit"} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				parent := caller(t, "child")
				switch by {
				case "run limit":
					parent.Settings.TimeoutMS = 1000
				case "step limit":
					node(parent, "c").TimeoutMS = 1000
				}
				child := draw(t, "t:trigger.manual", "s:sleep", "a:effect", "t>s", "s>a")
				node(child, "s").Params["seconds"] = 3600
				world, tp := newWorld(), newTape(-1)
				r := engine.NewRunner(engine.Options{Catalogue: kindsThatCall(world), Journal: tp, Source: library{"parent": parent, "child": child}})
				h, err := r.Start(t.Context(), engine.StartRequest{WorkflowID: "parent"})
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(500 * time.Millisecond)
				if by == "cancel" {
					if err := r.Cancel(t.Context(), "", h.ID); err != nil {
						t.Fatal(err)
					}
				}
				<-h.Done()
				synctest.Wait()
				for id, run := range tp.runs {
					if !run.Status.Final() || run.Status == engine.Succeeded {
						t.Errorf("the run %s of %s is %s", id, run.WorkflowID, run.Status)
					}
				}
				if world.total() != 0 {
					t.Error("the called run went on")
				}
			})
		})
	}
}

// What a called workflow gives does not carry the lineage that it had there.
func TestLineageEndsAtACall(t *testing.T) {
	t.Parallel()
	child := draw(t, "t:trigger.manual", "e:emit", "i:if", "t>e", "e>i")
	node(child, "i").Params["condition"] = "={{ $json.i > 1 }}"
	parent := draw(t, "t:trigger.manual", "e:emit", "c:call", "a:add", "t>e", "e>c", "c>a")
	node(parent, "c").Params["workflow"] = "child"
	maps.Copy(node(parent, "a").Params, map[string]any{"field": "of", "value": "={{ $('e').item.json.i }}"})
	r := engine.NewRunner(engine.Options{Catalogue: kindsThatCall(newWorld()), Journal: newTape(-1), Source: library{"p": parent, "child": child}})
	got := runOn(t, r, engine.StartRequest{WorkflowID: "p"})
	if got.Run.Status != engine.Failed { // three of five items: nobody can tell which is of which
		t.Errorf("the run ended %s with\n%s; an item was paired with one that it was not made of", got.Run.Status, show(got.Items))
	}
}
