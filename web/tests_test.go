package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// A test is made of a run, kept in the drawing, run with the called workflow mocked, and fails once the drawing is
// wrong.
func TestWorkflowTests(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	called := b.draw("Called", start(), engine.Node{ID: "mark", Kind: "data.set", Params: object{"fields": []any{object{"name": "called", "value": true}}}})
	w := b.draw("Doubling", start(), double(),
		engine.Node{ID: "call", Kind: "flow.call", Params: object{"workflow": called.ID}},
		engine.Node{ID: "end", Kind: "data.set", Params: object{"fields": []any{object{"name": "half", "value": "={{ $('double').first().json.twice / 2 }}"}}}})
	var done struct{ Run engine.Run }
	b.api("POST", "/workflows/"+w.ID+"/runs?wait=30s", object{"input": object{"n": 21}}, &done, http.StatusOK)
	if done.Run.Status != engine.Succeeded {
		t.Fatalf("%+v", done.Run)
	}
	var made struct{ Test engine.Case }
	b.api("POST", "/workflows/"+w.ID+"/tests/make", object{"run": done.Run.ID}, &made, http.StatusOK)
	if items := made.Test.Mocks["call"].Outputs[""]; len(items) != 1 || items[0].JSON["called"] != true || len(made.Test.Asserts) != 1 || made.Test.Asserts[0].Node != "end" {
		t.Fatalf("%+v", made.Test)
	}
	made.Test.ID, made.Test.Name = "t1", "As it ran"
	edit := func(ops ...object) {
		t.Helper()
		b.api("POST", "/workflows/"+w.ID+"/ops", object{"base": 1, "ops": ops}, nil, http.StatusOK)
	}
	run := func(body object) engine.CaseResult {
		t.Helper()
		var out struct{ Cases []engine.CaseResult }
		b.api("POST", "/workflows/"+w.ID+"/tests/run", body, &out, http.StatusOK)
		if len(out.Cases) != 1 {
			t.Fatalf("%+v", out)
		}
		return out.Cases[0]
	}
	edit(object{"op": "test.add", "test": made.Test})
	b.api("DELETE", "/workflows/"+called.ID, nil, nil, http.StatusNoContent) // the test does not need it
	if r := run(object{}); r.Status != engine.CasePassed || r.Name != "As it ran" || r.Steps != 4 {
		t.Errorf("%+v", r)
	}
	edit(object{"op": "node.set", "id": "double", "path": "params.fields", "value": []any{object{"name": "twice", "value": "={{ $json.n * 3 }}"}}})
	if r := run(object{"tests": []string{"t1"}}); r.Status != engine.CaseFailed || !strings.Contains(r.Asserts[0].Text, "[0].half: 31.5 is not 21") {
		t.Errorf("%+v", r)
	}
	edit(object{"op": "test.set", "id": "t1", "path": "mocks", "value": nil})
	if r := run(object{}); r.Status != engine.CaseError || len(r.Refused) != 1 || r.Refused[0] != "call" {
		t.Errorf("%+v", r)
	}
	var list struct{ Runs []engine.Run }
	if b.api("GET", "/runs?workflow="+w.ID, nil, &list, http.StatusOK); len(list.Runs) != 1 {
		t.Errorf("%d runs are kept: those of tests are not to be", len(list.Runs))
	}
	b.api("POST", "/workflows/"+w.ID+"/tests/run", object{"tests": []string{"absent"}}, nil, http.StatusNotFound)
	b.api("POST", "/workflows/"+called.ID+"/tests/make", object{"run": done.Run.ID}, nil, http.StatusNotFound)
	other := b.draw("Other", start())
	b.api("POST", "/workflows/"+other.ID+"/tests/make", object{"run": done.Run.ID}, nil, http.StatusUnprocessableEntity)
	s.member(t, b, "eve@example.org", auth.Viewer).api("POST", "/workflows/"+w.ID+"/tests/run", object{}, nil, http.StatusForbidden)
}

// The tests of one person do not take the whole machine: those that never end wait for their limit two at a time.
func TestEndlessTestsOfOnePerson(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("Endless", start(), engine.Node{ID: "loop", Kind: "code.javascript", Params: object{"code": "for (;;) {}"}})
	b.api("POST", "/workflows/"+w.ID+"/ops", object{"base": 1, "ops": []object{{"op": "test.add", "test": object{"id": "t", "name": "T", "asserts": []any{}, "timeout_ms": 1500}}}}, nil, http.StatusOK)
	codes := make(chan int, 6)
	for range cap(codes) {
		go func() {
			codes <- b.do("POST", "/api/v1/workflows/"+w.ID+"/tests/run", "application/json", "{}").StatusCode
		}()
	}
	count := map[int]int{}
	for range cap(codes) {
		count[<-codes]++
	}
	if count[http.StatusOK] != 2 || count[http.StatusTooManyRequests] != cap(codes)-2 {
		t.Errorf("the answers are %v", count)
	}
	b.api("POST", "/workflows/"+w.ID+"/tests/run", object{}, nil, http.StatusOK)
}

// What is thinned out does not come back: a form with a mistake saves nothing of it.
func TestSettingsWithAMistakeKeepRevisions(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	b := s.owner(t, "ada@example.org")
	if res := b.post("/settings/workspace", "name", "", "keep_revisions", "7"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a workspace without a name: %d", res.StatusCode)
	}
	if days, err := s.Store.KeepRevisions(t.Context(), b.Member.Scope()); err != nil || days != 0 {
		t.Errorf("revisions are kept for %d days, %v", days, err)
	}
}
