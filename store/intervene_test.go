package store_test

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/engine"
)

func TestCancelIsForWhoeverHasTheRun(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx, j := t.Context(), p.Journal()
		id := p.workflow(t, p.alpha, "W")
		now := p.clock.micro()
		as := func(name, owner string, status engine.Status) *engine.Run {
			return p.run(t, p.alpha, id, name, func(r *engine.Run) { r.Owner, r.Status = owner, status })
		}
		must(t, j.Heartbeat(ctx, "live", now))
		must(t, j.Heartbeat(ctx, "me", now))
		must(t, j.Heartbeat(ctx, "dead", now-1000))
		parent := as("parent", "live", engine.Running)
		for _, row := range []struct {
			run  *engine.Run
			mine bool
		}{
			{parent, false},
			{as("own", "me", engine.Running), false},
			{as("of-dead", "dead", engine.Running), true},
			{as("of-nobody", "gone", engine.Queued), true},
			{as("asleep", "live", engine.Waiting), true},
			{as("asking", "live", engine.Deciding), true},
		} {
			for range 2 { // the second time nothing changes for a run that others have
				got, mine, err := j.Cancel(ctx, "alpha", row.run.ID, "me", now, now-1)
				if must(t, err); mine != row.mine && got.Owner != "me" || got.Cancel != now {
					t.Errorf("%s: mine: %v, %+v", row.run.ID, mine, got)
				}
				if row.mine && (got.Owner != "me" || got.Fence != 2 || got.Status != engine.Running) {
					t.Errorf("%s was not given over: %+v", row.run.ID, got)
				}
			}
			late := chunkOf(row.run, 2, engine.Event{Type: engine.StepFinished})
			if row.mine {
				want(t, p.write(late), engine.ErrLostLease, "a write by the former owner of "+row.run.ID)
			} else {
				must(t, p.write(late))
			}
		}
		asked, err := j.Asked(ctx, "live")
		if must(t, err); len(asked) != 1 || asked[0].ID != "parent" || asked[0].Cancel != now {
			t.Errorf("the owner finds %v", asked)
		}
		p.finish(t, parent, 3, engine.Cancelled)
		if asked, err = j.Asked(ctx, "live"); err != nil || len(asked) != 0 {
			t.Errorf("after the end the owner finds %v, %v", asked, err)
		}
		_, _, err = j.Cancel(ctx, "alpha", parent.ID, "me", now, now-1)
		want(t, err, fs.ErrInvalid, "cancelling what has ended")
		_, _, err = j.Cancel(ctx, "beta", "own", "me", now, now-1)
		want(t, err, fs.ErrNotExist, "cancelling another workspace's run")

		// Who noted that a run is to end and died leaves it to the next who looks.
		if _, _, err := j.Cancel(ctx, "alpha", as("left", "live", engine.Running).ID, "me", now, now-1); err != nil {
			t.Fatal(err)
		}
		parked := chunkOf(&engine.Run{Workspace: "alpha", ID: "left", Fence: 1}, 2, engine.Event{Type: engine.RunWaiting})
		parked.Update = &engine.Run{Status: engine.Waiting, Wake: now + 1e9}
		must(t, p.write(parked))
		claimed, err := j.Claim(ctx, "you", now, 0, 10)
		if must(t, err); len(claimed) != 1 || claimed[0].ID != "left" || claimed[0].Cancel == 0 {
			t.Errorf("claimed %v", claimed)
		}
	})
}

func TestCalledRunsAreFound(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		id := p.workflow(t, p.alpha, "W")
		for name, change := range map[string]func(*engine.Run){
			"child":  func(r *engine.Run) { r.Parent, r.Trigger = "parent", "call" },
			"error":  func(r *engine.Run) { r.Parent, r.Trigger = "parent", "error" },
			"others": func(r *engine.Run) { r.Parent, r.Trigger = "other", "call" },
			"alone":  nil,
		} {
			p.run(t, p.alpha, id, name, change)
		}
		p.finish(t, p.run(t, p.alpha, id, "ended", func(r *engine.Run) { r.Parent, r.Trigger = "parent", "call" }), 2, engine.Succeeded)
		ids, err := p.Journal().Called(t.Context(), "alpha", "parent")
		if must(t, err); fmt.Sprint(ids) != "[child]" {
			t.Errorf("found %v", ids)
		}
		if ids, err := p.Journal().Called(t.Context(), "beta", "parent"); err != nil || len(ids) != 0 {
			t.Errorf("in another workspace: %v, %v", ids, err)
		}
	})
}

// Whoever writes after having been given the run writes alone: of many who end it at once, one does.
func TestOneEndOfMany(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx, j := t.Context(), p.Journal()
		id := p.workflow(t, p.alpha, "W")
		now := p.clock.micro()
		const runs, each = 8, 6
		var group sync.WaitGroup
		for n := range runs {
			name := fmt.Sprint("run", n)
			p.run(t, p.alpha, id, name, func(r *engine.Run) { r.Owner, r.Status = "gone", engine.Waiting })
			for c := range each {
				group.Go(func() {
					run, mine, err := j.Cancel(ctx, "alpha", name, fmt.Sprint("owner", c), now, now-1)
					if errors.Is(err, fs.ErrInvalid) || err == nil && !mine {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					_, chunks, err := j.Load(ctx, "alpha", name)
					if err != nil {
						t.Error(err)
						return
					}
					last := chunks[len(chunks)-1]
					end := chunkOf(run, last.First+int64(last.Count), engine.Event{Type: engine.RunFinished})
					end.Update = &engine.Run{Status: engine.Cancelled}
					if err := p.write(end); err != nil && !errors.Is(err, engine.ErrLostLease) {
						t.Error(err)
					}
				})
			}
		}
		group.Wait()
		for n := range runs {
			run, chunks, err := j.Load(ctx, "alpha", fmt.Sprint("run", n))
			if must(t, err); run.Status != engine.Cancelled || len(chunks) != 2 {
				t.Errorf("%s is %s after %d chunks", run.ID, run.Status, len(chunks))
			}
		}
	})
}
