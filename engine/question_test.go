package engine_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// kindsThatAsk has a kind that, for every item, does something, asks a person, and does something else when approved.
// What it has done stands in its notes.
func kindsThatAsk(w *world) set {
	s := kindsThatCall(w)
	s["ask"] = &engine.Kind{Name: "ask", Class: engine.IO, PerItem: true, Effect: engine.Idempotent, Run: func(ctx context.Context, _ any, c *engine.Call) (engine.Outputs, error) {
		do := func(what string) error {
			w.mu.Lock()
			w.effects[fmt.Sprint(c.Key, what, c.Index)]++
			w.mu.Unlock()
			return c.Note(ctx, what)
		}
		var said string
		switch notes := c.Notes(); len(notes) {
		case 0:
			if err := do("first"); err != nil {
				return nil, err
			}
			fallthrough
		case 1:
			id := fmt.Sprint(c.Key, c.Index)
			if c.Wake == nil || c.Wake.Data["question"] != id && time.Now().Before(c.Wake.At) {
				return nil, &engine.Wait{Until: time.Now().Add(time.Hour), Ask: &engine.Question{ID: id, Text: "may it?", Tool: "tool", Arguments: []byte(`{"a":1}`)}}
			}
			if said = fmt.Sprint(c.Wake.Data["choice"], " ", c.Wake.Data["text"]); c.Wake.Data["question"] != id {
				said = "late"
			}
			if err := do(said); err != nil {
				return nil, err
			}
		default:
			said = strings.Trim(string(notes[1]), `"`)
		}
		return engine.One([]engine.Item{{JSON: map[string]any{"said": said}}}), nil
	}}
	return s
}

// asked returns what a run asks now.
func asked(t *testing.T, tp *tape, id string) []engine.OpenQuestion {
	t.Helper()
	_, chunks, err := tp.Load(t.Context(), "", id)
	if err != nil {
		t.Fatal(err)
	}
	var all []engine.Event
	for _, c := range chunks {
		part, err := engine.DecodeEvents(c.Events)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, part...)
	}
	answers, _ := tp.Answers(t.Context(), "", id)
	_, open := engine.Talks(all, answers)
	return open
}

// A run that asks, and whose process dies after any piece of its journal, asks still, takes the answer in another process,
// and does nothing twice that it had noted.
func TestQuestionsSurviveEveryCrash(t *testing.T) {
	t.Parallel()
	w := draw(t, "t:trigger.manual", "a:ask", "b:effect", "t>a", "a>b")
	start := engine.StartRequest{WorkflowID: "w", Items: itemsOf(map[string]any{"n": 1.0}, map[string]any{"n": 2.0})}
	for cut := range 16 {
		synctest.Test(t, func(t *testing.T) {
			world, tp := newWorld(), newTape(cut)
			options := engine.Options{Catalogue: kindsThatAsk(world), Journal: tp, Source: shelf{w}, Owner: "first"}
			h, err := engine.NewRunner(options).Start(t.Context(), start)
			if err != nil {
				t.Fatal(err)
			}
			<-h.Done()
			options.Owner = "second"
			second := engine.NewRunner(options)
			for range 2 { // a question an item
				if err := second.Recover(t.Context(), 1); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				open := asked(t, tp, h.ID)
				if run, _, _ := tp.Load(t.Context(), "", h.ID); len(open) != 1 || run.Status != engine.Waiting || run.ErrorNode != "a" || run.Error != "may it?" {
					t.Fatalf("cut after %d chunks: it asks %v and is %s", cut, open, run.Status)
				}
				if err := second.Answer(t.Context(), "", h.ID, engine.Answer{Question: open[0].ID, Choice: engine.Approve, Text: "yes"}); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
			}
			second.Close(t.Context())
			run, _, _ := tp.Load(t.Context(), "", h.ID)
			items, err := second.Output(t.Context(), "", h.ID)
			if got := show(items); err != nil || run.Status != engine.Succeeded || run.Error != "" || got != "map[said:approve yes]\nmap[said:approve yes]\n" {
				t.Errorf("cut after %d chunks: %s %s: %s %v", cut, run.Status, run.Error, got, err)
			}
			if len(world.effects) != 5 || world.total() > 6 {
				t.Errorf("cut after %d chunks: effects %v; only the one under way at the crash may come twice", cut, world.effects)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		lines []string
		do    func(t *testing.T, r *engine.Runner, id, question string)
		want  string
		after time.Duration
	}{
		{"refused", nil, func(t *testing.T, r *engine.Runner, id, q string) {
			for question, want := range map[string]error{"another": fs.ErrNotExist} {
				if err := r.Answer(t.Context(), "", id, engine.Answer{Question: question, Choice: engine.Refuse}); !errors.Is(err, want) {
					t.Errorf("%s: %v", question, err)
				}
			}
			if err := r.Answer(t.Context(), "", id, engine.Answer{Question: q, Choice: "maybe"}); !errors.Is(err, fs.ErrInvalid) {
				t.Error(err)
			}
			if err := r.Answer(t.Context(), "", id, engine.Answer{Question: q, Choice: engine.Refuse, Text: "no"}); err != nil {
				t.Error(err)
			}
			if err := r.Answer(t.Context(), "", id, engine.Answer{Question: q, Choice: engine.Approve}); !errors.Is(err, fs.ErrExist) {
				t.Errorf("a second answer: %v", err)
			}
		}, "map[said:refuse no]\n", 0},
		{"nobody answers", nil, nil, "map[said:late]\n", time.Hour},
		{"while another branch works", []string{"s:sleep", "t>s"}, func(t *testing.T, r *engine.Runner, id, q string) {
			if r.Active() != 1 {
				t.Error("the run sleeps")
			}
			if err := r.Answer(t.Context(), "", id, engine.Answer{Question: q, Choice: engine.Approve}); err != nil {
				t.Error(err)
			}
		}, "map[]\n", 30 * time.Second},
		{"cancelled", nil, func(t *testing.T, r *engine.Runner, id, _ string) {
			if err := r.Cancel(t.Context(), "", id); err != nil {
				t.Error(err)
			}
		}, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := draw(t, append([]string{"t:trigger.manual", "a:ask", "t>a"}, tt.lines...)...)
				if i := w.NodeByID("s"); i >= 0 {
					w.Nodes[i].Params["seconds"] = 30
				}
				tp := newTape(-1)
				r := engine.NewRunner(engine.Options{Catalogue: kindsThatAsk(newWorld()), Journal: tp, Source: shelf{w}})
				ctx, end := context.WithCancel(t.Context())
				served := make(chan struct{})
				go func() { defer close(served); _ = r.Serve(ctx) }()
				h, err := r.Start(t.Context(), engine.StartRequest{WorkflowID: "w"})
				if err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				open := asked(t, tp, h.ID)
				if len(open) != 1 || open[0].Tool != "tool" || open[0].Until-open[0].Asked != time.Hour.Microseconds() {
					t.Fatalf("it asks %+v", open)
				}
				if tt.do != nil {
					tt.do(t, r, h.ID, open[0].ID)
				}
				began := time.Now()
				for {
					run, _, _ := tp.Load(t.Context(), "", h.ID)
					if run.Status.Final() {
						break
					}
					if time.Since(began) > 2*time.Hour {
						t.Fatalf("the run stays %s", run.Status)
					}
					time.Sleep(100 * time.Millisecond)
				}
				if took := time.Since(began); took < tt.after || took > tt.after+3*time.Second {
					t.Errorf("it went on after %v, want %v", took, tt.after)
				}
				items, err := r.Output(t.Context(), "", h.ID)
				if show(items) != tt.want || err != nil {
					t.Errorf("got %s, %v", show(items), err)
				}
				if err := r.Answer(t.Context(), "", h.ID, engine.Answer{Question: open[0].ID, Choice: engine.Approve}); err == nil {
					t.Error("an ended run was answered")
				}
				end()
				<-served
			})
		})
	}
}

// Runs that keep nothing, or that nobody could answer, do not wait for an answer that cannot come.
func TestNobodyToAsk(t *testing.T) {
	t.Parallel()
	w := draw(t, "t:trigger.manual", "a:ask", "t>a")
	if got := run(t, w, kindsThatAsk(newWorld())); got.Run.Status != engine.Failed || !strings.Contains(got.Run.Error, "nobody can be") {
		t.Errorf("without a journal: %s %s", got.Run.Status, got.Run.Error)
	}
	w.Settings.Mode = "ephemeral"
	r := engine.NewRunner(engine.Options{Catalogue: kindsThatAsk(newWorld()), Journal: newTape(-1), Source: shelf{w}})
	if got := runOn(t, r, engine.StartRequest{WorkflowID: "w", Trigger: "webhook"}); got.Run.Status != engine.Failed || !strings.Contains(got.Run.Error, "nobody can be") {
		t.Errorf("ephemeral: %s %s", got.Run.Status, got.Run.Error)
	}
}

// Who called a run that asks a person sleeps, and looks again.
func TestCallerOfAQuestion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		parent, child := draw(t, "t:trigger.manual", "c:call", "t>c"), draw(t, "t:trigger.manual", "a:ask", "t>a")
		node(parent, "c").Params["workflow"] = "child"
		tp := newTape(-1)
		r := engine.NewRunner(engine.Options{Catalogue: kindsThatAsk(newWorld()), Journal: tp, Source: library{"parent": parent, "child": child}})
		ctx, end := context.WithCancel(t.Context())
		served := make(chan struct{})
		go func() { defer close(served); _ = r.Serve(ctx) }()
		h, err := r.Start(t.Context(), engine.StartRequest{WorkflowID: "parent"})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if r.Active() != 0 {
			t.Error("the caller stays in memory")
		}
		called, _ := tp.Called(t.Context(), "", h.ID)
		if err := r.Answer(t.Context(), "", called[0], engine.Answer{Question: asked(t, tp, called[0])[0].ID, Choice: engine.Approve}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Minute)
		if items, err := r.Output(t.Context(), "", h.ID); err != nil || !strings.HasPrefix(show(items), "map[said:approve") {
			t.Errorf("got %s %v", show(items), err)
		}
		end()
		<-served
	})
}
