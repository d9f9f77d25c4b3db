package engine_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// stop closes a runner without giving its runs time to finish.
func stop(r *engine.Runner) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r.Close(ctx)
}

// goOn lets another process take over what the first one left, and returns the run's end.
func goOn(t *testing.T, options engine.Options, tp *tape, id string) *engine.Run {
	t.Helper()
	options.Owner = "second"
	second := engine.NewRunner(options)
	if err := second.Recover(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	second.Close(t.Context())
	run, _, err := tp.Load(t.Context(), "", id)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// events returns what a journal says, in words.
func events(t *testing.T, tp *tape, id string) (list []string) {
	t.Helper()
	_, chunks, err := tp.Load(t.Context(), "", id)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range chunks {
		part, err := engine.DecodeEvents(c.Events)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range part {
			list = append(list, strings.TrimSpace(fmt.Sprint(e.Type, " ", e.Node)))
		}
	}
	return list
}

// A step that is told to stop because the studio stops has not failed: it is run again, whatever its on_error says.
func TestShutdownIsNoFailure(t *testing.T) {
	t.Parallel()
	for _, onError := range []string{"stop", "continue", "output"} {
		t.Run(onError, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := draw(t, "t:trigger.manual", "a:each", "t>a")
				node(w, "a").OnError = onError
				world, tp := newWorld(), newTape(-1)
				world.block = make(chan struct{})
				options := engine.Options{Catalogue: kinds(world), Journal: tp, Source: shelf{w}, Owner: "first"}
				first := engine.NewRunner(options)
				h, err := first.Start(t.Context(), engine.StartRequest{WorkflowID: "w", Items: itemsOf(map[string]any{"n": 1.0})})
				if err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				stop(first)
				close(world.block)
				if run := goOn(t, options, tp, h.ID); run.Status != engine.Succeeded || world.total() != 1 {
					t.Errorf("the run is %s (%s) after %d effects", run.Status, run.Error, world.total())
				}
				if items, err := first.Output(t.Context(), "", h.ID); err != nil || show(items) != "map[n:1]\n" {
					t.Errorf("got %s, %v", show(items), err)
				}
			})
		})
	}
}

// A run that calls another while the studio gives runs time to finish may do so.
func TestCallsWhileClosing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		parent := draw(t, "t:trigger.manual", "s:sleep", "c:call", "t>s", "s>c")
		node(parent, "s").Params["seconds"], node(parent, "c").Params["workflow"] = 1, "child"
		books := library{"parent": parent, "child": draw(t, "t:trigger.manual", "a:effect", "t>a")}
		r := engine.NewRunner(engine.Options{Catalogue: kindsThatCall(newWorld()), Journal: newTape(-1), Source: books})
		h, err := r.Start(t.Context(), engine.StartRequest{WorkflowID: "parent"})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		r.Close(ctx)
		if run := h.Result().Run; run.Status != engine.Succeeded {
			t.Errorf("the run ended %s: %s", run.Status, run.Error)
		}
	})
}

// Who waits for a called run that sleeps does not stay in memory, goes on with it, and takes it along when cancelled.
func TestSleepingCall(t *testing.T) {
	t.Parallel()
	for _, cancelled := range []bool{false, true} {
		t.Run(fmt.Sprint("cancelled ", cancelled), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				child := draw(t, "t:trigger.manual", "p:wait", "a:effect", "t>p", "p>a")
				node(child, "p").Params["seconds"] = 3600
				world, tp := newWorld(), newTape(-1)
				r := engine.NewRunner(engine.Options{Catalogue: kindsThatCall(world), Journal: tp, Source: library{"parent": caller(t, "child"), "child": child}, Owner: "one"})
				h, err := r.Start(t.Context(), engine.StartRequest{WorkflowID: "parent"})
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
				synctest.Wait()
				if n := r.Active(); n != 0 {
					t.Fatalf("%d runs are kept in memory while they sleep", n)
				}
				want, effects := engine.Succeeded, 1
				if cancelled {
					want, effects = engine.Cancelled, 0
					if err := r.Cancel(t.Context(), "", h.ID); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(time.Hour)
				for range 3 {
					if err := r.Recover(t.Context(), 1); err != nil {
						t.Fatal(err)
					}
					time.Sleep(time.Second)
				}
				for id, run := range tp.runs {
					if run.Status != want {
						t.Errorf("the run %s of %s is %s", id, run.WorkflowID, run.Status)
					}
				}
				if world.total() != effects {
					t.Errorf("%d effects; want %d", world.total(), effects)
				}
			})
		})
	}
}

// The word of a person about one interrupted step is not about the same node's next rounds.
func TestDecisionInALoopIsForOneRound(t *testing.T) {
	t.Parallel()
	w := draw(t, "t:trigger.manual", "e:emit", "l:loop", "a:once", "t>e", "e>l", "l.loop>a", "a>l")
	node(w, "a").OnError = "continue"
	world, tp := newWorld(), newTape(1) // the intent of the first round is written, its result is not
	options := engine.Options{Catalogue: kinds(world), Journal: tp, Source: shelf{w}, Owner: "first"}
	h, err := engine.NewRunner(options).Start(t.Context(), engine.StartRequest{WorkflowID: "w"})
	if err != nil {
		t.Fatal(err)
	}
	<-h.Done()
	goOn(t, options, tp, h.ID)
	run, _, _ := tp.Load(t.Context(), "", h.ID)
	if run.Status != engine.Deciding {
		t.Fatalf("the run is %s after %d effects", run.Status, world.total())
	}
	before := world.total()
	third := engine.NewRunner(options)
	if err := third.Decide(t.Context(), "", h.ID, "fail"); err != nil {
		t.Fatal(err)
	}
	third.Close(t.Context())
	run, _, _ = tp.Load(t.Context(), "", h.ID)
	if n := world.total() - before; run.Status != engine.Succeeded || n < 3 {
		t.Errorf("the run is %s (%s) and did %d more rounds", run.Status, run.Error, n)
	}
}

// moody is a journal that cannot be read for a while.
type moody struct {
	*tape
	mu  sync.Mutex
	bad bool
}

func (m *moody) Load(ctx context.Context, workspace, id string) (*engine.Run, []engine.Chunk, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.bad {
		return nil, nil, errors.New("the database does not answer")
	}
	return m.tape.Load(ctx, workspace, id)
}

// A run that was claimed while its journal could not be read goes on when it can.
func TestClaimedRunIsNotLost(t *testing.T) {
	t.Parallel()
	w := draw(t, "t:trigger.manual", "a:effect", "b:effect", "t>a", "a>b")
	world, tp := newWorld(), newTape(1)
	options := engine.Options{Catalogue: kinds(world), Journal: tp, Source: shelf{w}, Owner: "first"}
	h, err := engine.NewRunner(options).Start(t.Context(), engine.StartRequest{WorkflowID: "w"})
	if err != nil {
		t.Fatal(err)
	}
	<-h.Done()
	journal := &moody{tape: tp, bad: true}
	options.Journal, options.Owner = journal, "second"
	second := engine.NewRunner(options)
	if err := second.Recover(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	journal.mu.Lock()
	journal.bad = false
	journal.mu.Unlock()
	if err := second.Recover(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	second.Close(t.Context())
	if run, _, _ := tp.Load(t.Context(), "", h.ID); run.Status != engine.Succeeded {
		t.Errorf("the run is %s: %s", run.Status, run.Error)
	}
}

// Of a run that somebody heard of, the journal begins with its start and knows the nodes that were passed over, cut off
// or not.
func TestSkippedStepsAreInTheJournal(t *testing.T) {
	t.Parallel()
	w := draw(t, "t:trigger.manual", "h:trigger.manual", "z:pass", "i:if", "a:effect", "b:pass", "c:pass", "h>z", "t>i", "i.true>a", "a>c", "i.false>b")
	node(w, "i").Params = map[string]any{"condition": true}
	node(w, "a").OnError = "output"
	w.Nodes = append(w.Nodes, engine.Node{ID: "f", Kind: "pass", Name: "f"})
	w.Edges = append(w.Edges, engine.Edge{From: "a", Out: "error", To: "f", In: "main"})
	for cut := range 5 {
		world, tp := newWorld(), newTape(cut)
		options := engine.Options{Catalogue: kinds(world), Journal: tp, Source: shelf{w}, Owner: "first"}
		h, err := engine.NewRunner(options).Start(t.Context(), engine.StartRequest{WorkflowID: "w", Node: "t"})
		if err != nil {
			t.Fatal(err)
		}
		<-h.Done()
		goOn(t, options, tp, h.ID)
		list := events(t, tp, h.ID)
		if list[0] != "run.started t" {
			t.Errorf("the journal begins with %s", list[0])
		}
		for _, id := range []string{"z", "b", "f"} {
			if n := strings.Count(strings.Join(list, "\n")+"\n", "step.skipped "+id+"\n"); n != 1 {
				t.Errorf("cut after %d chunks: the node %s was skipped %d times: %v", cut, id, n, list)
			}
		}
	}
}

// A run that nobody has heard of is written once, with its end; one that touches the world before is on disk before.
func TestUnannounced(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		lines  []string
		chunks int
	}{
		{"nothing but computing", []string{"t:trigger.manual", "a:pass", "t>a"}, 1},
		{"an effect", []string{"t:trigger.manual", "a:effect", "t>a"}, 3}, // the intent, the result, the end
		{"a failure", []string{"t:trigger.manual", "a:panic", "t>a"}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tp := newTape(-1)
			r := engine.NewRunner(engine.Options{Catalogue: kinds(newWorld()), Journal: tp, Source: shelf{draw(t, tt.lines...)}})
			got := runOn(t, r, engine.StartRequest{WorkflowID: "w", Unannounced: true})
			run, chunks, err := tp.Load(t.Context(), "", got.Run.ID)
			if err != nil || run.Status != got.Run.Status || !run.Status.Final() || len(chunks) != tt.chunks {
				t.Errorf("on disk: %+v in %d chunks, %v; want %d", run, len(chunks), err, tt.chunks)
			}
			if list := events(t, tp, got.Run.ID); list[0] != "run.started" || !strings.HasPrefix(list[len(list)-1], "run.finished") {
				t.Errorf("the journal is %v", list)
			}
		})
	}
	t.Run("a sleep", func(t *testing.T) {
		t.Parallel()
		w := draw(t, "t:trigger.manual", "p:wait", "t>p")
		node(w, "p").Params["seconds"] = 3600
		tp := newTape(-1)
		r := engine.NewRunner(engine.Options{Catalogue: kinds(newWorld()), Journal: tp, Source: shelf{w}})
		got := runOn(t, r, engine.StartRequest{WorkflowID: "w", Unannounced: true})
		if run, _, err := tp.Load(t.Context(), "", got.Run.ID); err != nil || run.Status != engine.Waiting || run.Wake == 0 {
			t.Errorf("on disk: %+v, %v", run, err)
		}
	})
}

// Of an ephemeral run only the result is kept, its key counts all the same, and who watches sees its end.
func TestEphemeral(t *testing.T) {
	t.Parallel()
	w := draw(t, "t:trigger.manual", "a:effect", "b:pass", "t>a", "a>b")
	w.Settings.Mode = "ephemeral"
	start := engine.StartRequest{WorkflowID: "w", Trigger: "webhook", Items: itemsOf(map[string]any{"n": 1.0})}
	for _, key := range []string{"", "once"} {
		t.Run("key "+key, func(t *testing.T) {
			t.Parallel()
			world, tp := newWorld(), newTape(-1)
			var mu sync.Mutex
			var seen []engine.Event
			r := engine.NewRunner(engine.Options{Catalogue: kinds(world), Journal: tp, Source: shelf{w}, Publish: func(_ engine.Run, c engine.Chunk) {
				list, _ := c.Light()
				mu.Lock()
				defer mu.Unlock()
				seen = append(seen, list...)
			}})
			req := start
			req.IdemKey = key
			got := runOn(t, r, req)
			if list := events(t, tp, got.Run.ID); len(list) != 2 || list[1] != "run.finished b" {
				t.Errorf("the journal is %v", list)
			}
			if items, err := r.Output(t.Context(), "", got.Run.ID); err != nil || show(items) != "map[n:1]\n" {
				t.Errorf("the result that was kept is %s, %v", show(items), err)
			}
			for i, e := range seen {
				if e.Seq != int64(i+1) {
					t.Errorf("watchers got event %d as number %d", e.Seq, i+1)
				}
			}
			if last := seen[len(seen)-1]; last.Type != engine.RunFinished {
				t.Errorf("the last that watchers heard is %s", last.Type)
			}
			if key == "" {
				return
			}
			again := runOn(t, r, req)
			if again.Run.ID != got.Run.ID || show(again.Items) != "map[n:1]\n" || world.total() != 1 {
				t.Errorf("the same key again gave the run %s with %s; %d effects", again.Run.ID, show(again.Items), world.total())
			}
		})
	}
	t.Run("by hand", func(t *testing.T) {
		t.Parallel()
		tp := newTape(-1)
		r := engine.NewRunner(engine.Options{Catalogue: kinds(newWorld()), Journal: tp, Source: shelf{w}})
		h, err := r.Start(t.Context(), engine.StartRequest{WorkflowID: "w", Trigger: "manual", Manual: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := tp.Load(t.Context(), "", h.ID); err != nil {
			t.Error("a person who starts a run cannot look at it:", err)
		}
		<-h.Done()
	})
	t.Run("interrupted", func(t *testing.T) {
		t.Parallel()
		world, tp := newWorld(), newTape(-1)
		world.block = make(chan struct{})
		options := engine.Options{Catalogue: kinds(world), Journal: tp, Source: shelf{w}, Owner: "first"}
		first := engine.NewRunner(options)
		req := start
		req.IdemKey = "k"
		h, err := first.Start(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		for world.running.Load() == 0 {
			runtime.Gosched()
		}
		stop(first)
		if run := goOn(t, options, tp, h.ID); run.Status != engine.Failed || world.total() != 0 {
			t.Errorf("the run is %s (%s) after %d effects", run.Status, run.Error, world.total())
		}
	})
}

// A run begins at a trigger, not in the middle.
func TestStartInTheMiddle(t *testing.T) {
	t.Parallel()
	w := draw(t, "t:trigger.manual", "a:pass", "t>a")
	r := engine.NewRunner(engine.Options{Catalogue: kinds(newWorld())})
	if _, err := r.Start(t.Context(), engine.StartRequest{Doc: w, Node: "a"}); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("got %v", err)
	}
	if err := r.Cancel(t.Context(), "", "nobody"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("cancelling a run that is not there: %v", err)
	}
}

// A run that another process has taken over has not ended here, and nobody is given its answer.
func TestLostLeaseIsNoEnd(t *testing.T) {
	t.Parallel()
	w := draw(t, "t:trigger.manual", "a:effect", "r:respond", "t>a", "a>r")
	for cut := range 4 {
		c := kinds(newWorld())
		c["respond"] = &engine.Kind{Name: "respond", Run: func(_ context.Context, _ any, c *engine.Call) (engine.Outputs, error) {
			c.Respond(engine.Response{Status: 201})
			return engine.One(c.Items()), nil
		}}
		tp := newTape(cut)
		r := engine.NewRunner(engine.Options{Catalogue: c, Journal: tp, Source: shelf{w}})
		h, err := r.Start(t.Context(), engine.StartRequest{WorkflowID: "w"})
		if err != nil {
			t.Fatal(err)
		}
		<-h.Done()
		kept, _, err := tp.Load(t.Context(), "", h.ID)
		if err != nil {
			t.Fatal(err)
		}
		response, err := h.Response(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if said := h.Result().Run.Status; said != kept.Status || (response != nil) != kept.Status.Final() {
			t.Errorf("cut after %d chunks: the run is said to be %s with the answer %v; on disk it is %s", cut, said, response, kept.Status)
		}
	}
}

// Runs that are started, cancelled, asleep and interrupted at once all come to an end.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		child := draw(t, "t:trigger.manual", "p:wait", "a:effect", "t>p", "p>a")
		node(child, "p").Params["seconds"] = "={{ $json.s }}"
		parent := draw(t, "t:trigger.manual", "s:sleep", "c:call", "f:fail", "m:merge", "t>s", "s>c", "t>f", "c>m.in_1", "f>m.in_2")
		node(parent, "s").Params["seconds"], node(parent, "c").Params["workflow"] = "={{ $json.s }}", "child"
		node(parent, "f").Params["times"], node(parent, "f").Retry = 2, &engine.Retry{Attempts: 3, WaitMS: 700}
		parent.Settings.Concurrency = 7
		tp := newTape(-1)
		r := engine.NewRunner(engine.Options{Catalogue: kindsThatCall(newWorld()), Journal: tp, Source: library{"parent": parent, "child": child}, MaxRunning: 10, Owner: "one"})
		ctx, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() { _ = r.Serve(ctx) })
		var ids []string
		for i := range 60 {
			h, err := r.Start(t.Context(), engine.StartRequest{WorkflowID: "parent", Items: itemsOf(map[string]any{"s": float64(i % 6)})})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, h.ID)
		}
		for i, id := range ids {
			if i%3 == 0 {
				time.Sleep(300 * time.Millisecond)
				if err := r.Cancel(t.Context(), "", id); err != nil && !errors.Is(err, fs.ErrInvalid) {
					t.Error(err)
				}
			}
		}
		time.Sleep(10 * time.Minute)
		cancel()
		group.Wait()
		for _, id := range ids {
			if run, _, err := tp.Load(t.Context(), "", id); err != nil || !run.Status.Final() || run.Status == engine.Failed {
				t.Errorf("a run is %s (%s), %v", run.Status, run.Error, err)
			}
		}
		for id, run := range tp.runs {
			if !run.Status.Final() {
				t.Errorf("the called run %s is %s", id, run.Status)
			}
		}
		if n := r.Active(); n != 0 {
			t.Errorf("%d runs are still in memory", n)
		}
	})
}
