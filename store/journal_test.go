package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

func TestAcceptOncePerKey(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		id := p.workflow(t, p.alpha, "W")
		const callers = 16
		var made atomic.Int32
		answers := make([]*engine.Run, callers)
		var wg sync.WaitGroup
		for i := range callers {
			wg.Go(func() {
				r := &engine.Run{ID: fmt.Sprint("run", i), Workspace: "alpha", WorkflowID: id, Status: engine.Running, Created: 1, IdemKey: "order-7"}
				got, err := p.Journal().Accept(t.Context(), r, chunkOf(r, 1, engine.Event{Type: engine.RunStarted}))
				if answers[i] = got; err == nil {
					made.Add(1)
				} else if !errors.Is(err, fs.ErrExist) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if made.Load() != 1 {
			t.Fatalf("%d runs were made of one key", made.Load())
		}
		for _, r := range answers {
			if r == nil || r.ID != answers[0].ID {
				t.Fatalf("callers got different runs: %v", answers)
			}
		}
		// The key is the workflow's and the workspace's own.
		p.run(t, p.alpha, p.workflow(t, p.alpha, "V"), "v", func(r *engine.Run) { r.IdemKey = "order-7" })
		p.run(t, p.beta, id, "b", func(r *engine.Run) { r.IdemKey = "order-7" })
		r := &engine.Run{ID: "v", Workspace: "alpha", WorkflowID: id}
		_, err := p.Journal().Accept(t.Context(), r, engine.Chunk{})
		want(t, err, fs.ErrExist, "an id twice")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = p.Journal().Accept(ctx, &engine.Run{ID: "late", Workspace: "alpha", WorkflowID: id}, engine.Chunk{})
		want(t, err, context.Canceled, "a caller who has gone")
	})
}

func TestJournalKeepsOrder(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		id := p.workflow(t, p.alpha, "W")
		const runs, chunks = 20, 30
		var wg sync.WaitGroup
		for n := range runs {
			r := p.run(t, p.alpha, id, fmt.Sprint("run", n), nil)
			wg.Go(func() {
				var acked sync.WaitGroup
				var order []int64 // written by the committer only, in the order of the answers
				for c := range int64(chunks) {
					chunk := chunkOf(r, 2+c*2, engine.Event{Type: engine.StepStarted, Node: "a"}, engine.Event{Type: engine.StepFinished, Node: "a", Iteration: int(c)})
					if c == chunks-1 {
						u := *r
						u.Status, u.Steps, u.Error = engine.Failed, chunks, "bad \x00 byte \xff"
						chunk.Update = &u
					}
					acked.Add(1)
					p.Journal().Append(chunk, func(err error) {
						defer acked.Done()
						if err != nil {
							t.Error(err)
						}
						order = append(order, c)
					})
				}
				acked.Wait()
				for i, c := range order {
					if int64(i) != c {
						t.Errorf("answered out of order: %v", order)
						return
					}
				}
			})
		}
		wg.Wait()
		for n := range runs {
			r, list, err := p.Journal().Load(t.Context(), "alpha", fmt.Sprint("run", n))
			must(t, err)
			if r.Status != engine.Failed || r.Steps != chunks || string(r.Input) != `{"items":[]}` || len(list) != chunks+1 {
				t.Fatalf("run: %+v with %d chunks", r, len(list))
			}
			events, err := p.Events(t.Context(), p.alpha, r.ID, 0, 0)
			must(t, err)
			for i, e := range events {
				if e.Seq != int64(i+1) {
					t.Fatalf("event %d has number %d", i, e.Seq)
				}
			}
			if len(events) != 1+2*chunks {
				t.Errorf("%d events, want %d", len(events), 1+2*chunks)
			}
		}
		some, err := p.Events(t.Context(), p.alpha, "run0", 10, 3)
		if must(t, err); len(some) != 3 || some[0].Seq != 11 {
			t.Errorf("events since 10: %+v", some)
		}
		last, err := p.StepOutput(t.Context(), p.alpha, "run0", "a", -1)
		if must(t, err); last.Iteration != chunks-1 {
			t.Errorf("the newest output is of iteration %d", last.Iteration)
		}
		fifth, err := p.StepOutput(t.Context(), p.alpha, "run0", "a", 5)
		if must(t, err); fifth.Iteration != 5 {
			t.Errorf("the output of iteration 5 is of %d", fifth.Iteration)
		}
		_, err = p.StepOutput(t.Context(), p.alpha, "run0", "b", -1)
		want(t, err, fs.ErrNotExist, "the output of a step that did not run")
	})
}

func TestOneBadWriteFailsAlone(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		id := p.workflow(t, p.alpha, "W")
		var runs []*engine.Run
		for n := range 20 {
			runs = append(runs, p.run(t, p.alpha, id, fmt.Sprint("run", n), nil))
		}
		var failed atomic.Int32
		var wg sync.WaitGroup
		for n, r := range runs {
			first := int64(2)
			if n == 7 {
				first = 1 // this event is there already
			}
			wg.Add(1)
			p.Journal().Append(chunkOf(r, first, engine.Event{Type: engine.StepStarted}), func(err error) {
				defer wg.Done()
				if err != nil {
					failed.Add(1)
				}
				if (err != nil) != (n == 7) {
					t.Errorf("run %d: %v", n, err)
				}
			})
		}
		wg.Wait()
		if failed.Load() != 1 {
			t.Errorf("%d writes failed, want 1", failed.Load())
		}
		// What follows a chunk that failed is refused, so that the journal has no hole, until that one is put right.
		bad := chunkOf(runs[3], 3, engine.Event{Type: engine.StepStarted})
		bad.First = 2 // is there already
		if p.write(bad) == nil || p.write(chunkOf(runs[3], 4, engine.Event{Type: engine.StepFinished})) == nil {
			t.Error("a chunk was written after one that failed")
		}
		must(t, p.write(chunkOf(runs[4], 3, engine.Event{Type: engine.StepFinished})))
	})
}

func TestLeases(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx, j := t.Context(), p.Journal()
		id := p.workflow(t, p.alpha, "W")
		start := p.clock.micro()
		dead := p.run(t, p.alpha, id, "of-dead", func(r *engine.Run) { r.Owner = "dead" })
		live := p.run(t, p.alpha, id, "of-live", func(r *engine.Run) { r.Owner = "live" })
		mine := p.run(t, p.alpha, id, "of-me", nil)
		sleeper := p.run(t, p.beta, id, "sleeper", func(r *engine.Run) { r.Owner = "live"; r.Status = engine.Waiting; r.Wake = start + 500 })
		p.run(t, p.alpha, id, "approval", func(r *engine.Run) { r.Owner = "dead"; r.Status = engine.Waiting })
		p.run(t, p.alpha, id, "deciding", func(r *engine.Run) { r.Owner = "dead"; r.Status = engine.Deciding })
		p.finish(t, p.run(t, p.alpha, id, "ended", func(r *engine.Run) { r.Owner = "dead" }), 2, engine.Succeeded)
		must(t, j.Heartbeat(ctx, "dead", start-1000))
		must(t, j.Heartbeat(ctx, "live", start-1000))
		must(t, j.Heartbeat(ctx, "live", start))

		claim := func(now int64, limit int) (ids []string) {
			t.Helper()
			list, err := j.Claim(ctx, "me", now, start-1, limit)
			must(t, err)
			for _, r := range list {
				if r.Owner != "me" || r.Fence != 2 || r.Status != engine.Running || len(r.Input) == 0 {
					t.Errorf("claimed: %+v", r)
				}
				ids = append(ids, r.ID)
			}
			return ids
		}
		if got := claim(start, 10); fmt.Sprint(got) != "[of-dead]" {
			t.Errorf("claimed %v, want only the dead one's", got)
		}
		if got := claim(start+500, 10); fmt.Sprint(got) != "[sleeper]" {
			t.Errorf("claimed %v, want the sleeper whose time has come", got)
		}
		if got := claim(start+1000, 10); len(got) != 0 {
			t.Errorf("claimed again: %v", got)
		}
		for _, r := range []*engine.Run{dead, sleeper} {
			late := chunkOf(r, 2, engine.Event{Type: engine.RunFinished})
			late.Update = &engine.Run{Status: engine.Failed}
			want(t, p.write(late), engine.ErrLostLease, "a write by the former owner of "+r.ID)
			now, chunks, err := j.Load(ctx, r.Workspace, r.ID)
			if must(t, err); now.Status != engine.Running || len(chunks) != 1 {
				t.Errorf("the late write left something: %+v, %d chunks", now, len(chunks))
			}
			r.Fence = 2
			must(t, p.write(chunkOf(r, 2, engine.Event{Type: engine.RunResumed})))
		}
		must(t, p.write(chunkOf(live, 2, engine.Event{Type: engine.StepStarted})))

		// An end is written once.
		p.finish(t, mine, 2, engine.Succeeded)
		again := chunkOf(mine, 3, engine.Event{Type: engine.RunFinished})
		again.Update = &engine.Run{Status: engine.Failed}
		want(t, p.write(again), engine.ErrLostLease, "a second end")
		if r, err := p.Run(ctx, p.alpha, mine.ID); err != nil || r.Status != engine.Succeeded {
			t.Errorf("after a second end: %+v, %v", r, err)
		}
		want(t, p.write(chunkOf(&engine.Run{ID: "nobody", Workspace: "alpha"}, 1, engine.Event{})), engine.ErrLostLease, "a run that is not there")

		_, err := j.Take(ctx, "alpha", "deciding", "me", engine.Waiting)
		want(t, err, fs.ErrInvalid, "taking a run in another status")
		taken, err := j.Take(ctx, "alpha", live.ID, "me", engine.Running)
		if must(t, err); taken.Fence != 2 || taken.Owner != "me" {
			t.Errorf("taken: %+v", taken)
		}
		want(t, p.write(chunkOf(live, 3, engine.Event{Type: engine.StepFinished})), engine.ErrLostLease, "a write after Take")
		_, err = j.Take(ctx, "alpha", mine.ID, "me", engine.Running)
		want(t, err, fs.ErrInvalid, "taking a run that has ended")
		_, err = j.Take(ctx, "beta", live.ID, "me", engine.Running)
		want(t, err, fs.ErrNotExist, "taking another workspace's run")
	})
}

func TestClaimedByOneOnly(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		id := p.workflow(t, p.alpha, "W")
		const runs = 40
		for n := range runs {
			p.run(t, p.alpha, id, fmt.Sprint("run", n), func(r *engine.Run) { r.Owner = "dead" })
		}
		var mu sync.Mutex
		got := map[string]string{}
		var wg sync.WaitGroup
		for c := range 4 {
			owner := fmt.Sprint("replica", c)
			must(t, p.Journal().Heartbeat(t.Context(), owner, 1<<60))
			wg.Go(func() {
				for range 2 * runs {
					list, err := p.Journal().Claim(t.Context(), owner, 1, 1, 3)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					for _, r := range list {
						if got[r.ID] != "" {
							t.Errorf("%s was claimed by %s and %s", r.ID, got[r.ID], owner)
						}
						got[r.ID] = owner
					}
					enough := len(got) == runs
					mu.Unlock()
					if enough {
						return
					}
				}
			})
		}
		wg.Wait()
		if len(got) != runs {
			t.Errorf("%d of %d runs were claimed", len(got), runs)
		}
	})
}

func TestRunListsAndPruning(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx := t.Context()
		keeps := p.workflow(t, p.alpha, "Keeps long")
		_, _, err := p.EditWorkflow(ctx, p.alpha, keeps, engine.Edit{Base: 1, Ops: []engine.Op{{Op: "settings.set", Path: "keep_runs_days", Value: json.RawMessage("100")}}})
		must(t, err)
		other := p.workflow(t, p.alpha, "Other")
		for n := range 105 {
			p.finish(t, p.run(t, p.alpha, other, fmt.Sprintf("old%03d", n), nil), 2, engine.Succeeded)
		}
		must(t, p.KeepRevision(ctx, "alpha", other, 1))
		p.finish(t, p.run(t, p.alpha, keeps, "kept", nil), 2, engine.Failed)
		p.run(t, p.alpha, other, "open", nil)
		file, _, err := p.Put(ctx, "alpha", strings.NewReader("file"), 0)
		must(t, err)
		pinned, _, err := p.Put(ctx, "alpha", strings.NewReader("pinned"), 0)
		must(t, err)
		pin := json.RawMessage(`[{"json":{},"files":{"data":{"name":"f","type":"","size":6,"hash":"` + pinned + `"}}}]`)
		_, _, err = p.EditWorkflow(ctx, p.alpha, other, engine.Edit{Base: 1, Ops: []engine.Op{{Op: "node.set", ID: "start", Path: "pinned", Value: pin}}})
		must(t, err)

		var ids []string
		for f := (engine.RunFilter{WorkflowID: other, Limit: 40}); ; {
			list, next, err := p.Runs(ctx, p.alpha, f)
			must(t, err)
			for _, r := range list {
				ids = append(ids, r.ID)
			}
			if f.Cursor = next; next == "" {
				break
			}
		}
		if len(ids) != 106 || ids[0] != "open" || ids[105] != "old000" {
			t.Errorf("pages hold %d runs, from %s to %s", len(ids), ids[0], ids[len(ids)-1])
		}
		failed, _, err := p.Runs(ctx, p.alpha, engine.RunFilter{Status: []engine.Status{engine.Failed, engine.Cancelled}, Trigger: "manual", Query: "w"})
		if must(t, err); len(failed) != 1 || failed[0].ID != "kept" {
			t.Errorf("failed runs: %v", failed)
		}
		last, err := p.LastRun(ctx, p.alpha, other)
		if must(t, err); last.ID != "open" {
			t.Errorf("the newest run is %s", last.ID)
		}

		p.clock.pass(70 * 24 * time.Hour)
		n, err := p.PruneRuns(ctx, p.clock.micro(), 30)
		if must(t, err); n != 105 {
			t.Errorf("pruned %d, want 105: neither the open one nor the one that is kept longer", n)
		}
		_, _, err = p.Journal().Load(ctx, "alpha", "old000")
		want(t, err, fs.ErrNotExist, "a pruned run")
		_, err = p.Store.Open(ctx, "alpha", file)
		want(t, err, fs.ErrNotExist, "a file that no run needs")
		f, err := p.Store.Open(ctx, "alpha", pinned)
		if must(t, err); f != nil {
			must(t, f.Close())
		}
		if _, err := p.RunnableWorkflow(ctx, "alpha", other, 1); err != nil {
			t.Error("the drawing of the open run is gone:", err)
		}
		if n, err = p.DeleteRuns(ctx, p.alpha, keeps, 1<<60); err != nil || n != 1 {
			t.Errorf("deleted %d, %v", n, err)
		}
	})
}
