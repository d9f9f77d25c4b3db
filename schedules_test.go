package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/store"
)

// clockHand is a time that moves only when a test says so.
type clockHand struct{ at atomic.Int64 }

func (c *clockHand) now() time.Time       { return time.UnixMicro(c.at.Load()) }
func (c *clockHand) set(text string)      { c.at.Store(at(text).UnixMicro()) }
func at(text string) time.Time            { t, _ := time.Parse(time.DateTime, text); return t }
func (c *clockHand) move(d time.Duration) { c.at.Add(d.Microseconds()) }

// agenda is a real store with one active workflow that a cron line starts, and the processes that look at it.
type agenda struct {
	*store.Store
	t     *testing.T
	clock *clockHand
	scope auth.Scope
	id    string
}

func newAgenda(t *testing.T, cron, zone, mode string) *agenda {
	t.Helper()
	a := &agenda{t: t, clock: new(clockHand), scope: auth.System("w")}
	a.clock.set("2026-03-28 08:00:00")
	var err error
	if a.Store, err = store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: a.clock.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	u := auth.User{ID: "u", Email: ownerEmail, Name: "Ada", PasswordHash: "x", Created: 1}
	if err := a.CreateUser(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	if err := a.CreateWorkspace(t.Context(), auth.Workspace{ID: "w", Name: "w", Created: 1}, u); err != nil {
		t.Fatal(err)
	}
	doc := &engine.Workflow{Name: "Daily", Nodes: []engine.Node{{ID: "s", Kind: "trigger.schedule", Name: "When", Params: map[string]any{"cron": cron}}}, Settings: engine.Settings{Mode: mode}}
	made, err := a.CreateWorkflow(t.Context(), a.scope, "", "", doc)
	if err != nil {
		t.Fatal(err)
	}
	a.id = made.ID
	next, err := nodes.NextTimes(cron, zone, a.clock.now(), 1)
	if err != nil {
		t.Fatal(err)
	}
	schedule := engine.Schedule{ID: a.id + "/s", Node: "s", Cron: cron, Timezone: zone, Next: next[0].UnixMicro()}
	if _, err := a.Publish(t.Context(), a.scope, a.id, engine.Publication{Revision: 1, Schedules: []engine.Schedule{schedule}}); err != nil {
		t.Fatal(err)
	}
	return a
}

// process is one that keeps the schedules; its runner takes as many runs as said.
func (a *agenda) process(o engine.Options) *engine.Clockwork {
	o.Catalogue, o.Journal, o.Source, o.Now = nodes.Catalogue(&nodes.Deps{Now: a.clock.now}), a.Journal(), a.Store, a.clock.now
	return &engine.Clockwork{
		Schedules: a.Store, Runner: engine.NewRunner(o), NextTimes: nodes.NextTimes, Item: nodes.ScheduleItem, Log: slog.New(slog.DiscardHandler), Now: a.clock.now,
	}
}

// fired returns the times that runs were meant for, oldest first.
func (a *agenda) fired() (times []string) {
	a.t.Helper()
	runs, _, err := a.Runs(a.t.Context(), a.scope, engine.RunFilter{WorkflowID: a.id})
	if err != nil {
		a.t.Fatal(err)
	}
	for _, r := range runs {
		full, _, err := a.Journal().Load(a.t.Context(), "w", r.ID)
		if err != nil {
			a.t.Fatal(err)
		}
		var start engine.StartRequest
		if err := json.Unmarshal(full.Input, &start); err != nil {
			a.t.Fatal(err)
		}
		times = append([]string{fmt.Sprint(start.Items[0].JSON["timestamp"])}, times...)
	}
	return times
}

// wait lets the runs end that are under way.
func wait(r *engine.Runner) {
	for r.Active() > 0 {
		runtime.Gosched()
	}
}

func fire(t *testing.T, c *engine.Clockwork) {
	t.Helper()
	if err := c.Fire(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A cron line fires at its time in its zone, once, also where clocks change and where two processes look at once.
func TestSchedulesFireOnce(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"", "ephemeral"} {
		t.Run("mode "+mode, func(t *testing.T) {
			t.Parallel()
			a := newAgenda(t, "30 9 * * *", "Europe/Berlin", mode)
			one, two := a.process(engine.Options{Owner: "one"}), a.process(engine.Options{Owner: "two"})
			for range 47 { // two days, hour by hour, over the night in which summer time begins
				for range 2 {
					fire(t, one)
					fire(t, two)
				}
				a.clock.move(time.Hour)
			}
			one.Runner.Close(t.Context())
			two.Runner.Close(t.Context())
			want := "[2026-03-28T09:30:00.000+01:00 2026-03-29T09:30:00.000+02:00]"
			if got := fmt.Sprint(a.fired()); got != want {
				t.Errorf("runs for %s; want %s", got, want)
			}
		})
	}
}

// Times that passed while the studio was down are made up for once, for the last of them.
func TestScheduleFiresLate(t *testing.T) {
	t.Parallel()
	for cron, want := range map[string]string{
		"0 6 * * *":      "2026-04-07T06:00:00.000Z",
		"* * * * *":      "2026-04-07T20:00:00.000Z",
		"*/20 * * * * *": "2026-04-07T20:00:20.000Z",
		"0 0 1 * *":      "2026-04-01T00:00:00.000Z",
	} {
		t.Run(cron, func(t *testing.T) {
			t.Parallel()
			a := newAgenda(t, cron, "UTC", "")
			a.clock.set("2026-04-07 20:00:25")
			c := a.process(engine.Options{})
			fire(t, c)
			fire(t, c)
			c.Runner.Close(t.Context())
			if got := fmt.Sprint(a.fired()); got != "["+want+"]" {
				t.Errorf("runs for %s; want one for %s", got, want)
			}
		})
	}
}

// A time is not lost because the process that looks at it takes no more runs; an archived workflow is not started.
func TestScheduleComesAgain(t *testing.T) {
	t.Parallel()
	a := newAgenda(t, "0 9 * * *", "UTC", "")
	a.clock.set("2026-03-28 09:00:01")
	busy := a.process(engine.Options{})
	busy.Runner.Close(t.Context())
	if err := busy.Fire(t.Context()); err == nil {
		t.Fatal("a studio that takes no runs took one")
	}
	a.clock.move(time.Second)
	free := a.process(engine.Options{})
	fire(t, free)
	fire(t, free)
	wait(free.Runner)
	if got := fmt.Sprint(a.fired()); got != "[2026-03-28T09:00:00.000Z]" {
		t.Errorf("runs for %s", got)
	}
	if err := a.ArchiveWorkflow(t.Context(), a.scope, a.id, true); err != nil {
		t.Fatal(err)
	}
	a.clock.set("2026-03-29 10:00:00")
	fire(t, free)
	wait(free.Runner)
	if n := len(a.fired()); n != 1 {
		t.Errorf("an archived workflow was started: %d runs", n)
	}
}

// meddler takes the workflow back around the moment in which a time is taken.
type meddler struct {
	*agenda
	before, after func()
}

func (m *meddler) AdvanceSchedule(ctx context.Context, s engine.Schedule, was int64) (int64, error) {
	m.before()
	defer m.after()
	return m.agenda.AdvanceSchedule(ctx, s, was)
}

// What runs is what is published in the moment in which a schedule fires, never a draft.
func TestScheduleRunsNoDraft(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"before": "[]", "after": "[1]"} {
		t.Run("taken back "+name, func(t *testing.T) {
			t.Parallel()
			a := newAgenda(t, "0 9 * * *", "UTC", "")
			if _, _, err := a.EditWorkflow(t.Context(), a.scope, a.id, engine.Edit{Base: 1, Ops: []engine.Op{{Op: "node.rename", ID: "s", Value: []byte(`"A draft"`)}}, Client: "c", Seq: 1}); err != nil {
				t.Fatal(err)
			}
			takeBack := func() {
				if err := a.Unpublish(t.Context(), a.scope, a.id); err != nil {
					t.Error(err)
				}
			}
			m := &meddler{a, func() {}, func() {}}
			if name == "before" {
				m.before = takeBack
			} else {
				m.after = takeBack
			}
			c := a.process(engine.Options{})
			c.Schedules = m
			a.clock.set("2026-03-28 09:00:01")
			fire(t, c)
			wait(c.Runner)
			runs, _, err := a.Runs(t.Context(), a.scope, engine.RunFilter{})
			if err != nil {
				t.Fatal(err)
			}
			revisions := []int64{}
			for _, r := range runs {
				revisions = append(revisions, r.Revision)
			}
			if got := fmt.Sprint(revisions); got != want {
				t.Errorf("runs of the revisions %s; want %s", got, want)
			}
		})
	}
}
