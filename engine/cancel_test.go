package engine_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// Any process may cancel any run: it ends once, by whoever has it, and so does what it called.
func TestCancelFromElsewhere(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		nudged bool
		dead   bool // the owner is killed before
		early  bool // the owner is killed in the moment after
		drawn  func(t *testing.T) library
		atOnce bool // it has ended when Cancel returns
	}{
		{name: "under way", nudged: true, drawn: slow},
		{name: "under way, and the nudge is lost", drawn: slow},
		{name: "the owner is dead", dead: true, drawn: slow, atOnce: true},
		{name: "the owner dies", early: true, drawn: slow},
		{name: "asleep", drawn: asleep, atOnce: true},
		{name: "waits for a called run", nudged: true, drawn: calling(slow)},
		{name: "sleeps with a called run", drawn: calling(asleep), atOnce: true},
		{name: "sleeps with a called run while another step works", nudged: true, drawn: callingBeside},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				world, tp := newWorld(), newTape(-1)
				options := engine.Options{Catalogue: kindsThatCall(world), Journal: tp, Source: test.drawn(t), Owner: "here"}
				here := engine.NewRunner(options)
				options.Owner = "there"
				if test.nudged {
					options.Nudge = func(owner string) {
						if owner != "here" {
							t.Errorf("nudged %q", owner)
						}
						here.Look()
					}
				}
				there := engine.NewRunner(options)
				ctx, cancel := context.WithCancel(t.Context())
				var group sync.WaitGroup
				defer group.Wait()
				defer cancel()
				if !test.dead && !test.early {
					group.Go(func() { _ = here.Serve(ctx) })
				}
				h, err := here.Start(t.Context(), engine.StartRequest{WorkflowID: "w"})
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(500*time.Millisecond + time.Microsecond)
				synctest.Wait()
				die := func() {
					tp.mu.Lock()
					tp.dead, tp.left = "here", 0 // nothing that it writes from now on arrives
					tp.mu.Unlock()
					stop(here)
				}
				if test.dead {
					die()
					tp.mu.Lock()
					tp.left = -1
					tp.mu.Unlock()
				}
				began := time.Now()
				if err := there.Cancel(t.Context(), "", h.ID); err != nil {
					t.Fatal(err)
				}
				if test.early {
					die()
					if err := there.Recover(t.Context(), 1); err != nil {
						t.Fatal(err)
					}
				}
				synctest.Wait()
				if test.atOnce || test.nudged {
					if waited := time.Since(began); waited > 0 {
						t.Errorf("it took %v", waited)
					}
				} else {
					time.Sleep(time.Second)
					synctest.Wait()
				}
				for id, run := range tp.runs {
					ends := slices.DeleteFunc(events(t, tp, id), func(e string) bool { return e != string(engine.RunFinished) })
					if run.Status != engine.Cancelled || len(ends) != 1 {
						t.Errorf("the run %s of %s is %s with %d ends", id, run.WorkflowID, run.Status, len(ends))
					}
				}
				if n := here.Active() + there.Active(); n != 0 {
					t.Errorf("%d runs are in memory", n)
				}
				time.Sleep(2 * time.Hour)
				if err := there.Recover(t.Context(), 1); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if world.total() != 0 {
					t.Error("a cancelled run went on")
				}
			})
		})
	}
}

func slow(t *testing.T) library {
	w := draw(t, "t:trigger.manual", "s:sleep", "a:effect", "t>s", "s>a")
	node(w, "s").Params["seconds"] = 3600
	return library{"w": w}
}

func asleep(t *testing.T) library {
	w := draw(t, "t:trigger.manual", "p:wait", "a:effect", "t>p", "p>a")
	node(w, "p").Params["seconds"] = 3600
	return library{"w": w}
}

func calling(child func(*testing.T) library) func(*testing.T) library {
	return func(t *testing.T) library { return library{"w": caller(t, "child"), "child": child(t)["w"]} }
}

func callingBeside(t *testing.T) library {
	w := draw(t, "t:trigger.manual", "c:call", "s:sleep", "a:effect", "t>c", "t>s", "s>a")
	node(w, "c").Params["workflow"], node(w, "s").Params["seconds"] = "child", 3600
	return library{"w": w, "child": asleep(t)["w"]}
}

// A run that waits for a place, and one that is cancelled in the moment when it falls asleep, end too.
func TestCancelAtAnyMoment(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		world, tp := newWorld(), newTape(-1)
		books := library{"slow": slow(t)["w"], "asleep": asleep(t)["w"]}
		options := engine.Options{Catalogue: kinds(world), Journal: tp, Source: books, Owner: "here", MaxRunning: 1}
		here := engine.NewRunner(options)
		options.Owner, options.Nudge = "there", func(string) { here.Look() }
		there := engine.NewRunner(options)
		ctx, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() { _ = here.Serve(ctx) })
		var ids []string
		for i := range 40 {
			ref := "asleep"
			if i%8 == 7 {
				ref = "slow" // until it is cancelled, those behind it are queued
			}
			h, err := here.Start(t.Context(), engine.StartRequest{WorkflowID: ref})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, h.ID)
		}
		for _, id := range slices.Backward(ids) {
			group.Go(func() {
				for _, r := range []*engine.Runner{there, here} {
					if err := r.Cancel(t.Context(), "", id); err != nil && !errors.Is(err, fs.ErrInvalid) {
						t.Error(err)
					}
				}
			})
		}
		time.Sleep(10 * time.Second)
		cancel()
		group.Wait()
		for _, id := range ids {
			all := events(t, tp, id)
			if run, _, _ := tp.Load(t.Context(), "", id); run.Status != engine.Cancelled || all[len(all)-1] != string(engine.RunFinished) {
				t.Errorf("a run is %s after %s", run.Status, fmt.Sprint(all))
			}
		}
	})
}
