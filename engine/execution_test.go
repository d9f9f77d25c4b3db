package engine_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

func TestRun(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		lines  []string
		set    func(w *engine.Workflow)
		items  []map[string]any
		want   string // the result's items
		status engine.Status
		errs   string
	}{
		{
			name: "a chain passes items on", lines: []string{"t:trigger.manual", "a:add", "b:add", "t>a", "a>b"},
			set: func(w *engine.Workflow) {
				node(w, "a").Params = map[string]any{"field": "x", "value": "={{ $json.n }}"}
				node(w, "b").Params = map[string]any{"field": "y", "value": "x is {{ }}"}
			},
			items: []map[string]any{{"n": 1.0}}, want: "map[n:1 x:1 y:x is {{ }}]\n",
		},
		{
			name:  "a branch that gets nothing is skipped and a merge does not wait for it",
			lines: []string{"t:trigger.manual", "i:if", "a:add", "b:add", "m:merge", "t>i", "i.true>a", "i.false>b", "a>m.in_1", "b>m.in_2"},
			set: func(w *engine.Workflow) {
				node(w, "i").Params = map[string]any{"condition": "={{ $json.ok }}"}
				node(w, "a").Params = map[string]any{"field": "by", "value": "a"}
				node(w, "b").Params = map[string]any{"field": "by", "value": "b"}
			},
			items: []map[string]any{{"ok": true}}, want: "map[by:a ok:true]\n",
		},
		{
			name:  "both branches meet in the merge in order of its ports",
			lines: []string{"t:trigger.manual", "i:if", "a:add", "b:add", "m:merge", "t>i", "i.true>a", "i.false>b", "a>m.in_2", "b>m.in_1"},
			set: func(w *engine.Workflow) {
				node(w, "i").Params = map[string]any{"condition": "={{ $json.ok }}"}
				node(w, "a").Params = map[string]any{"field": "by", "value": "a"}
				node(w, "b").Params = map[string]any{"field": "by", "value": "b"}
			},
			items: []map[string]any{{"ok": true}, {"ok": false}}, want: "map[by:b ok:false]\nmap[by:a ok:true]\n",
		},
		{
			name:  "a loop hands out batches and gathers what comes back",
			lines: []string{"t:trigger.manual", "e:emit", "l:loop", "a:add", "d:pass", "t>e", "e>l", "l.loop>a", "a>l", "l.done>d"},
			set: func(w *engine.Workflow) {
				node(w, "l").Params = map[string]any{"size": 2}
				node(w, "a").Params = map[string]any{"field": "round", "value": "={{ $run.iteration }}"}
			},
			want: "map[i:0 round:0]\nmap[i:1 round:0]\nmap[i:2 round:1]\nmap[i:3 round:1]\nmap[i:4 round:2]\n",
		},
		{
			name:  "loops nest",
			lines: []string{"t:trigger.manual", "e:emit", "l:loop", "f:emit", "k:loop", "a:add", "d:pass", "t>e", "e>l", "l.loop>f", "f>k", "k.loop>a", "a>k", "k.done>l", "l.done>d"},
			set: func(w *engine.Workflow) {
				node(w, "l").Params = map[string]any{"size": 3}
				node(w, "k").Params = map[string]any{"size": 3}
				node(w, "a").Params = map[string]any{"field": "outer", "value": "={{ $('l').first().json.i }}"}
			},
			want: strings.Repeat("map[i:0 outer:0]\nmap[i:1 outer:0]\nmap[i:2 outer:0]\nmap[i:3 outer:0]\nmap[i:4 outer:0]\n", 1) +
				"map[i:0 outer:3]\nmap[i:1 outer:3]\nmap[i:2 outer:3]\nmap[i:3 outer:3]\nmap[i:4 outer:3]\n",
		},
		{
			name:  "an edge out of a loop's body gathers the items of all rounds",
			lines: []string{"t:trigger.manual", "e:emit", "l:loop", "a:pass", "m:merge", "t>e", "e>l", "l.loop>a", "a>l", "a>m.in_1", "l.done>m.in_2"},
			set:   func(w *engine.Workflow) { node(w, "l").Params = map[string]any{"size": 4} },
			want:  strings.Repeat("map[i:0]\nmap[i:1]\nmap[i:2]\nmap[i:3]\nmap[i:4]\n", 2),
		},
		{
			name: "a loop stops at its bound", lines: []string{"t:trigger.manual", "e:emit", "l:loop", "a:pass", "t>e", "e>l", "l.loop>a", "a>l"},
			set:    func(w *engine.Workflow) { node(w, "l").Params = map[string]any{"max": 3} },
			status: engine.Failed, errs: "limit of 3 rounds",
		},
		{
			name:  "an expression reaches the item that an earlier node made this one of",
			lines: []string{"t:trigger.manual", "e:emit", "i:if", "a:add", "t>e", "e>i", "i.true>a"},
			set: func(w *engine.Workflow) {
				node(w, "i").Params = map[string]any{"condition": "={{ $json.i > 2 }}"}
				node(w, "a").Params = map[string]any{"field": "from", "value": "={{ $('e').item.json.i }}"}
			},
			want: "map[from:3 i:3]\nmap[from:4 i:4]\n",
		},
		{
			name: "a failure stops the run", lines: []string{"t:trigger.manual", "f:fail", "a:pass", "t>f", "f>a"},
			status: engine.Failed, errs: "no luck",
		},
		{
			name: "on_error continue sends the error on", lines: []string{"t:trigger.manual", "f:fail", "a:pass", "t>f", "f>a"},
			set: func(w *engine.Workflow) { node(w, "f").OnError = "continue" }, items: []map[string]any{{"n": 1.0}},
			want: "map[error:no luck n:1]\n",
		},
		{
			name: "on_error output sends it by the port error", lines: []string{"t:trigger.manual", "f:fail", "a:pass", "b:pass", "t>f", "f>a", "f.error>b"},
			set: func(w *engine.Workflow) { node(w, "f").OnError = "output" }, items: []map[string]any{{"n": 1.0}},
			want: "map[error:no luck n:1]\n",
		},
		{name: "a panic fails only its step", lines: []string{"t:trigger.manual", "p:panic", "t>p"}, status: engine.Failed, errs: "crashed"},
		{
			name: "a disabled node passes items on", lines: []string{"t:trigger.manual", "f:fail", "a:pass", "t>f", "f>a"},
			set: func(w *engine.Workflow) { node(w, "f").Disabled = true }, items: []map[string]any{{"n": 1.0}}, want: "map[n:1]\n",
		},
		{
			name: "a wrong value names its parameter", lines: []string{"t:trigger.manual", "l:loop", "a:pass", "t>l", "l.loop>a", "a>l"},
			set:    func(w *engine.Workflow) { node(w, "l").Params = map[string]any{"size": "={{ $json.many }}"} },
			items:  []map[string]any{{"many": "lots"}},
			status: engine.Failed, errs: `size: this must be a number, not "lots"`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := draw(t, tt.lines...)
			if tt.set != nil {
				tt.set(w)
			}
			got := run(t, w, kinds(newWorld()), tt.items...)
			want := tt.status
			if want == "" {
				want = engine.Succeeded
			}
			if got.Run.Status != want || !strings.Contains(got.Run.Error, tt.errs) {
				t.Fatalf("the run ended %s with error %q; want %s with %q", got.Run.Status, got.Run.Error, want, tt.errs)
			}
			if tt.want != "" && show(got.Items) != tt.want {
				t.Errorf("got\n%swant\n%s", show(got.Items), tt.want)
			}
		})
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		lines    []string
		set      func(w *engine.Workflow)
		status   engine.Status
		errs     string
		min, max time.Duration
	}{
		{
			name: "branches run side by side", lines: []string{"t:trigger.manual", "a:sleep", "b:sleep", "m:merge", "t>a", "t>b", "a>m.in_1", "b>m.in_2"},
			set: func(w *engine.Workflow) {
				node(w, "a").Params["seconds"], node(w, "b").Params["seconds"] = 3600, 3600
			},
			min: time.Hour, max: time.Hour,
		},
		{
			name: "retries wait exponentially", lines: []string{"t:trigger.manual", "f:fail", "t>f"},
			set: func(w *engine.Workflow) {
				node(w, "f").Params["times"] = 3
				node(w, "f").Retry = &engine.Retry{Attempts: 4, WaitMS: 1000, Backoff: "exponential"}
			},
			min: 3500 * time.Millisecond, max: 10500 * time.Millisecond,
		},
		{
			name: "a step has a time limit", lines: []string{"t:trigger.manual", "a:sleep", "t>a"},
			set: func(w *engine.Workflow) {
				node(w, "a").Params["seconds"] = 60
				node(w, "a").TimeoutMS = 1500
			},
			status: engine.Failed, errs: "longer than its limit of 1.5s", min: 1500 * time.Millisecond, max: 1500 * time.Millisecond,
		},
		{
			name: "a run has a time limit", lines: []string{"t:trigger.manual", "a:sleep", "t>a"},
			set: func(w *engine.Workflow) {
				node(w, "a").Params["seconds"] = 60
				w.Settings.TimeoutMS = 2000
			},
			status: engine.Failed, errs: "longer than its limit of 2s", min: 2 * time.Second, max: 2 * time.Second,
		},
		{
			name: "a failure does not wait for another step's next attempt", lines: []string{"t:trigger.manual", "f:fail", "s:sleep", "g:fail", "t>f", "t>s", "s>g"},
			set: func(w *engine.Workflow) {
				node(w, "f").Retry = &engine.Retry{Attempts: 3, WaitMS: 200_000}
				node(w, "s").Params["seconds"] = 1
			},
			status: engine.Failed, errs: "no luck", min: time.Second, max: time.Second,
		},
		{
			name: "a quiet stop stays one when another step fails after it", lines: []string{"t:trigger.manual", "f:fail", "s:sleep", "g:stop", "t>f", "t>s", "s>g"},
			set: func(w *engine.Workflow) {
				node(w, "f").Retry = &engine.Retry{Attempts: 3, WaitMS: 200_000}
				node(w, "s").Params["seconds"] = 1
			},
			min: time.Second, max: time.Second,
		},
		{
			name: "a wait passes its items on afterwards", lines: []string{"t:trigger.manual", "a:wait", "b:pass", "t>a", "a>b"},
			set: func(w *engine.Workflow) { node(w, "a").Params["seconds"] = 90 }, min: 90 * time.Second, max: 90 * time.Second,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := draw(t, tt.lines...)
				tt.set(w)
				began := time.Now()
				got := run(t, w, kinds(newWorld()))
				want := tt.status
				if want == "" {
					want = engine.Succeeded
				}
				if got.Run.Status != want || !strings.Contains(got.Run.Error, tt.errs) {
					t.Errorf("the run ended %s with error %q; want %s with %q", got.Run.Status, got.Run.Error, want, tt.errs)
				}
				if took := time.Since(began); took < tt.min || took > tt.max {
					t.Errorf("took %v; want %v to %v", took, tt.min, tt.max)
				}
			})
		})
	}
}
