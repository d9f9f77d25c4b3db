package engine_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/atelier-studio/atelier/engine"
)

// orders has a branch, a node that touches the world, and a loop.
func orders(t *testing.T) *engine.Workflow {
	t.Helper()
	w := draw(t, "t:trigger.manual", "i:if", "big:add", "send:post", "small:pass", "t>i", "i.true>big", "big>send", "i.false>small")
	node(w, "i").Params = map[string]any{"condition": "={{ $json.total > 100 }}"}
	node(w, "big").Params = map[string]any{"field": "note", "value": "=big: {{ $json.total }}"}
	node(w, "send").Name, node(w, "send").Pinned = "Send", []engine.Item{{JSON: map[string]any{"pinned": true}}}
	return w
}

func caseOf(t *testing.T, text string) *engine.Case {
	t.Helper()
	c := new(engine.Case)
	if err := json.Unmarshal([]byte(text), c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCases(t *testing.T) {
	t.Parallel()
	input := `"id": "c", "name": "Orders", "input": [{"json": {"total": 150, "lines": [{"sku": "a"}, {"sku": "b"}], "who": {"name": "Ada", "age": 36}}}]`
	sent := `"mocks": {"send": [{"json": {"ok": true}}]}`
	tests := []struct {
		name, text string
		set        func(*engine.Workflow)
		want       engine.CaseStatus
		error      string // of the case, or of its first assertion that does not hold
		effects    int
	}{
		{name: "a mock stands for the node, and pins do not count", text: input + `,` + sent + `, "asserts": [
			{"node": "send", "is": "equals", "value": [{"ok": true}]}, {"is": "count", "value": 1}, {"node": "small", "is": "skipped"},
			{"node": "big", "path": "note", "is": "equals", "value": "big: 150"}, {"node": "send", "is": "ran"}]`, want: engine.CasePassed},
		{name: "what touches the world is refused", text: input + `, "asserts": []`, want: engine.CaseError, error: `"Send" would touch the world`},
		{name: "also where errors travel on", text: input + `, "asserts": []`, set: func(w *engine.Workflow) { node(w, "send").OnError = "continue" },
			want: engine.CaseError, error: `"Send" would touch the world`},
		{name: "unless the case allows it", text: input + `, "allow": ["send"], "asserts": [{"node": "send", "path": "total", "is": "equals", "value": 150.0}]`,
			want: engine.CasePassed, effects: 1},
		{name: "a branch that is not taken needs no mock", text: `"id": "c", "name": "n", "input": [{"json": {"total": 3}}],
			"asserts": [{"node": "send", "is": "skipped"}, {"path": "total", "is": "less", "value": 4}, {"path": "total", "is": "greater", "value": 2}]`, want: engine.CasePassed},
		{name: "a mock fails as its node would", text: input + `, "mocks": {"send": {"error": "the mail server is down"}}, "asserts": [
			{"node": "send", "is": "fails", "value": "server is down"}, {"is": "fails"}]`, want: engine.CasePassed},
		{name: "a failure that no assertion is about", text: input + `, "mocks": {"send": {"error": "the mail server is down"}}, "asserts": [{"node": "big", "is": "ran"}]`,
			want: engine.CaseFailed, error: "the mail server is down"},
		{name: "another failure than expected", text: input + `, "mocks": {"send": {"error": "down"}}, "asserts": [{"node": "send", "is": "fails", "value": "up"}]`,
			want: engine.CaseFailed, error: "failed with another error: down"},
		{name: "retries see the mock too", text: input + `, "mocks": {"send": {"error": "down"}}, "asserts": [{"node": "send", "is": "fails"}]`,
			set: func(w *engine.Workflow) { node(w, "send").Retry = &engine.Retry{Attempts: 5, WaitMS: 1000} }, want: engine.CasePassed},
		{name: "a mock's items leave by the port that it says", text: input + `,"mocks": {"i": {"outputs": {"false": [{"json": {"x": 1}}]}}}, "asserts": [
			{"node": "small", "path": "x", "is": "equals", "value": 1}, {"node": "i", "output": "false", "is": "count", "value": 1}, {"node": "i", "output": "true", "is": "count", "value": 0}]`,
			want: engine.CasePassed},
		{name: "paths, parts and patterns", text: input + `,` + sent + `, "asserts": [
			{"node": "big", "path": "lines[1].sku", "is": "equals", "value": "b"}, {"node": "big", "path": "who", "is": "contains", "value": {"name": "Ada"}},
			{"node": "big", "path": "lines", "is": "contains", "value": {"sku": "a"}}, {"node": "big", "path": "who.name", "is": "matches", "value": "^A.a$"},
			{"node": "big", "path": "lines[7]", "is": "missing"}, {"node": "big", "path": "who.age", "is": "exists"}, {"node": "big", "is": "contains", "value": {"total": 150}},
			{"node": "big", "path": "who.name", "is": "not_contains", "value": "x"}, {"node": "big", "path": "who.age", "is": "not_equals", "value": 37},
			{"node": "big", "expression": "={{ $json.who.age > 30 }}", "is": "true"}, {"node": "send", "expression": "={{ $('big').first().json.total }}", "is": "equals", "value": 150},
			{"node": "big", "path": "lines", "is": "count", "value": 2}]`, want: engine.CasePassed},
		{name: "the difference is told", text: input + `,` + sent + `, "asserts": [{"node": "big", "path": "lines", "is": "equals", "value": [{"sku": "a"}, {"sku": "c"}]}]`,
			want: engine.CaseFailed, error: `[1].sku: "b" is not "c"`},
		{name: "a value that is not there", text: input + `,` + sent + `, "asserts": [{"node": "big", "path": "who.mail", "is": "equals", "value": "x"}]`,
			want: engine.CaseFailed, error: "it is not there"},
		{name: "an item that is not there", text: input + `,` + sent + `, "asserts": [{"node": "big", "path": "x", "item": 1, "is": "equals", "value": "x"}]`,
			want: engine.CaseFailed, error: "no such item: item 2 of 1"},
		{name: "a node that did not run", text: input + `,` + sent + `, "asserts": [{"node": "small", "is": "count", "value": 0}]`, want: engine.CaseFailed, error: `"small" did not run`},
		{name: "a wrong count", text: input + `,` + sent + `, "asserts": [{"is": "count", "value": 2}]`, want: engine.CaseFailed, error: "there are 1, not 2"},
		{name: "a pattern that cannot be read", text: input + `,` + sent + `, "asserts": [{"path": "ok", "is": "matches", "value": "("}]`, want: engine.CaseFailed, error: "pattern cannot be read"},
		{name: "no answer", text: input + `,` + sent + `, "asserts": [{"output": "response", "path": "status", "is": "equals", "value": 200}]`, want: engine.CaseFailed, error: "gave no answer"},
		{name: "a mock of a node that is gone", text: input + `, "mocks": {"old": []}, "asserts": []`, want: engine.CaseError, error: "no longer in the workflow"},
		{name: "a look at a node that is gone", text: input + `, "asserts": [{"node": "old", "is": "ran"}]`, want: engine.CaseError, error: "no longer in the workflow"},
		{name: "an unknown comparison", text: input + `, "asserts": [{"is": "resembles"}]`, want: engine.CaseError, error: `cannot compare by "resembles"`},
		{name: "an output that the node does not have", text: input + `, "mocks": {"send": {"outputs": {"side": []}}}, "asserts": []`, want: engine.CaseError, error: `output "side"`},
		{name: "a workflow that cannot run", text: input + `, "asserts": []`, set: func(w *engine.Workflow) { node(w, "big").Kind = "gone" }, want: engine.CaseError, error: "cannot run"},
		{name: "a trigger that is none", text: input + `, "trigger": "big", "asserts": []`, want: engine.CaseError, error: "not a trigger"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w, world := orders(t), newWorld()
			if tt.set != nil {
				tt.set(w)
			}
			before, _ := w.Encode()
			r := engine.RunCase(t.Context(), engine.Options{Catalogue: kinds(world)}, engine.CaseRequest{Workspace: "w", Doc: w, Case: caseOf(t, "{"+tt.text+"}")})
			text := r.Error
			for _, a := range r.Asserts {
				text += a.Text
			}
			if r.Status != tt.want || !strings.Contains(text, tt.error) || r.Status == engine.CasePassed && text != "" {
				t.Errorf("%s: %s; %+v", r.Status, text, r.Asserts)
			}
			if world.total() != tt.effects {
				t.Errorf("%d effects in the world, want %d", world.total(), tt.effects)
			}
			if after, _ := w.Encode(); string(after) != string(before) {
				t.Error("the drawing was changed by its test")
			}
		})
	}
}

// A node in a loop answers each round with its own items.
func TestCaseRounds(t *testing.T) {
	t.Parallel()
	w := draw(t, "t:trigger.manual", "e:emit", "l:loop", "p:post", "d:pass", "t>e", "e>l", "l.loop>p", "p>l", "l.done>d")
	node(w, "l").Params = map[string]any{"size": 2}
	c := caseOf(t, `{"id": "c", "name": "n", "mocks": {"p": {"rounds": [[{"json": {"n": 1}}], [{"json": {"n": 2}}, {"json": {"n": 3}}]]}},
		"asserts": [{"node": "d", "is": "equals", "value": [{"n": 1}, {"n": 2}, {"n": 3}, {"n": 2}, {"n": 3}]}]}`)
	again, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	r := engine.RunCase(t.Context(), engine.Options{Catalogue: kinds(newWorld())}, engine.CaseRequest{Doc: w, Case: caseOf(t, string(again))})
	if r.Status != engine.CasePassed {
		t.Errorf("%+v", r)
	}
}

// A test that waits for ever is ended by its limit.
func TestCaseLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := draw(t, "t:trigger.manual", "s:wait", "t>s")
		node(w, "s").Params = map[string]any{"seconds": 3600}
		r := engine.RunCase(t.Context(), engine.Options{Catalogue: kinds(newWorld())}, engine.CaseRequest{Doc: w, Case: caseOf(t, `{"id": "c", "name": "n", "timeout_ms": 50, "asserts": []}`)})
		if r.Status != engine.CaseFailed || !strings.Contains(r.Error, "longer than its limit of 50ms") {
			t.Errorf("%s: %s", r.Status, r.Error)
		}
	})
}

// Tests of a workflow are edited as its notes are, and every edit can be taken back.
func TestCaseEdits(t *testing.T) {
	t.Parallel()
	w := orders(t)
	first, _ := w.Encode()
	c := caseOf(t, `{"id": "c", "name": "One", "mocks": {"send": {"error": "no <luck>"}, "i": [{"json": {"n": 1}}]}, "asserts": [{"expression": "={{ $('Send').first().json.ok }}", "is": "true"}], "later": 1}`)
	ops := []engine.Op{
		{Op: "test.add", Test: c},
		{Op: "test.set", ID: "c", Path: "name", Value: json.RawMessage(`"Two"`)},
		{Op: "test.set", ID: "c", Path: "input", Value: json.RawMessage(`[{"json": {"n": 12345678901234567890}}]`)},
		{Op: "node.rename", ID: "send", Value: json.RawMessage(`"Post"`)},
		{Op: "test.set", ID: "c", Path: "mocks", Value: json.RawMessage(`null`)},
		{Op: "test.set", ID: "c", Path: "allow", Value: json.RawMessage(`["send"]`)},
	}
	states := [][]byte{first}
	var undo [][]engine.Op
	for _, op := range ops {
		inverse, err := engine.Apply(w, op)
		if err != nil {
			t.Fatal(op.Op, err)
		}
		undo = append(undo, inverse)
		data, _ := w.Encode()
		states = append(states, data)
		read, err := engine.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := read.Encode(); string(again) != string(data) {
			t.Errorf("after %s the file comes back as %s", op.Op, again)
		}
	}
	last := string(states[len(ops)])
	for _, want := range []string{`$('Post')`, `12345678901234567890`, `"later": 1`} {
		if !strings.Contains(last, want) {
			t.Errorf("the file has no %s:\n%s", want, last)
		}
	}
	for i := len(ops) - 1; i >= 0; i-- {
		if _, err := engine.Apply(w, undo[i]...); err != nil {
			t.Fatal(err)
		}
		if data, _ := w.Encode(); string(data) != string(states[i]) {
			t.Errorf("%s was not taken back:\n%s", ops[i].Op, data)
		}
	}
	for _, op := range []engine.Op{{Op: "test.add", Test: &engine.Case{}}, {Op: "test.remove", ID: "x"}, {Op: "test.add"}} {
		if _, err := engine.Apply(w, op); err == nil {
			t.Errorf("%+v was accepted", op)
		}
	}
}
