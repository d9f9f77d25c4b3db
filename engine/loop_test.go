package engine_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// Loops in shapes that nobody would draw on purpose end too, with every item once.
func TestOddLoops(t *testing.T) {
	t.Parallel()
	five := "map[i:0]\nmap[i:1]\nmap[i:2]\nmap[i:3]\nmap[i:4]\n"
	tests := []struct {
		name  string
		lines []string
		set   func(w *engine.Workflow)
		want  string
	}{
		{
			name:  "the loop's output leads straight back",
			lines: []string{"t:trigger.manual", "e:emit", "l:loop", "d:pass", "t>e", "e>l", "l.loop>l", "l.done>d"}, want: five,
		},
		{
			name:  "nothing leads back",
			lines: []string{"t:trigger.manual", "e:emit", "l:loop", "a:pass", "d:pass", "t>e", "e>l", "l.loop>a", "l.done>d"}, want: "map[i:0]\n",
		},
		{
			name:  "an inner body that leads to the outer loop as well",
			lines: []string{"t:trigger.manual", "l:loop", "f:emit", "k:loop", "a:pass", "d:pass", "t>l", "l.loop>f", "f>k", "k.loop>a", "a>k", "a>l", "k.done>l", "l.done>d"},
			want:  five + five,
		},
		{
			name:  "an inner body that leads out of both loops",
			lines: []string{"t:trigger.manual", "l:loop", "f:emit", "k:loop", "a:pass", "m:merge", "t>l", "l.loop>f", "f>k", "k.loop>a", "a>k", "k.done>l", "a>m.in_1", "l.done>m.in_2"},
			want:  five + five,
		},
		{
			name:  "two ways back",
			lines: []string{"t:trigger.manual", "e:emit", "l:loop", "a:pass", "b:pass", "d:pass", "t>e", "e>l", "l.loop>a", "l.loop>b", "a>l", "b>l", "l.done>d"},
			set:   func(w *engine.Workflow) { node(w, "l").Params = map[string]any{"size": 5} }, want: five + five,
		},
		{
			name:  "a body that drops everything",
			lines: []string{"t:trigger.manual", "e:emit", "l:loop", "i:if", "d:pass", "z:pass", "t>e", "e>l", "l.loop>i", "i.true>l", "l.done>d", "t>z"},
			set:   func(w *engine.Workflow) { node(w, "i").Params = map[string]any{"condition": false} },
		},
		{
			name:  "a pinned loop still ends",
			lines: []string{"t:trigger.manual", "e:emit", "l:loop", "a:pass", "d:pass", "t>e", "e>l", "l.loop>a", "a>l", "l.done>d"},
			set: func(w *engine.Workflow) {
				node(w, "l").Pinned = itemsOf(map[string]any{"i": 9.0})
			},
			want: five,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := draw(t, tt.lines...)
			if tt.set != nil {
				tt.set(w)
			}
			w.Settings.TimeoutMS = 10_000
			r := engine.NewRunner(engine.Options{Catalogue: kinds(newWorld())})
			got := runOn(t, r, engine.StartRequest{Doc: w, Manual: true})
			if got.Run.Status != engine.Succeeded {
				t.Fatalf("the run ended %s: %s", got.Run.Status, got.Run.Error)
			}
			if tt.want != "" && sorted(show(got.Items)) != sorted(tt.want) {
				t.Errorf("got\n%swant\n%s", show(got.Items), tt.want)
			}
		})
	}
}

func sorted(lines string) string {
	list := strings.Split(lines, "\n")
	slices.Sort(list)
	return strings.Join(list, "\n")
}

// A wait in a loop's body lets time pass in every round, in memory and through sleeps in the store alike.
func TestWaitInLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := draw(t, "t:trigger.manual", "e:emit", "l:loop", "p:wait", "d:pass", "t>e", "e>l", "l.loop>p", "p>l", "l.done>d")
		node(w, "l").Params["size"], node(w, "p").Params["seconds"] = 2, 600
		tp := newTape(-1)
		r := engine.NewRunner(engine.Options{Catalogue: kinds(newWorld()), Journal: tp, Source: shelf{w}, Owner: "one"})
		began := time.Now()
		h, err := r.Start(t.Context(), engine.StartRequest{WorkflowID: "w"})
		if err != nil {
			t.Fatal(err)
		}
		for sleeps := 0; ; sleeps++ {
			synctest.Wait()
			run, _, err := tp.Load(t.Context(), "", h.ID)
			if err != nil {
				t.Fatal(err)
			}
			if run.Status.Final() || sleeps > 10 {
				break
			}
			if r.Active() != 0 {
				t.Fatal("a run that sleeps for ten minutes is kept in memory")
			}
			time.Sleep(time.Until(time.UnixMicro(run.Wake)))
			if err := r.Recover(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		}
		items, err := r.Output(t.Context(), "", h.ID)
		if err != nil || show(items) != "map[i:0]\nmap[i:1]\nmap[i:2]\nmap[i:3]\nmap[i:4]\n" {
			t.Errorf("got %s, %v", show(items), err)
		}
		if took := time.Since(began); took != 30*time.Minute {
			t.Errorf("three rounds took %v; want 30m", took)
		}
	})
}

// A node that gathers what left a loop's body can be run again from the data of an earlier run.
func TestPartialRunBehindLoop(t *testing.T) {
	t.Parallel()
	w := draw(t, "t:trigger.manual", "e:emit", "l:loop", "a:pass", "d:effect", "t>e", "e>l", "l.loop>a", "a>l", "a>d")
	node(w, "l").Params["size"] = 5
	world := newWorld()
	r := engine.NewRunner(engine.Options{Catalogue: kinds(world), Journal: newTape(-1), Source: shelf{w}})
	seed := runOn(t, r, engine.StartRequest{WorkflowID: "w"})
	h, err := r.Start(t.Context(), engine.StartRequest{WorkflowID: "w", From: "d", Seed: seed.Run.ID, Manual: true})
	if err != nil {
		t.Fatal(err)
	}
	<-h.Done()
	if got := show(h.Result().Items); got != show(seed.Items) || world.total() != 2 {
		t.Errorf("got %s after %d effects; want what the first run gave:\n%s", got, world.total(), show(seed.Items))
	}
}
