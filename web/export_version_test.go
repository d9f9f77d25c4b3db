package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
)

// Any drawing that there was can be exported, and what a format cannot hold is told.
func TestExportOfAVersion(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("Orders", start())
	export := func(version, want string, status int) {
		t.Helper()
		res := b.api("GET", "/workflows/"+w.ID+"/export?version="+version, nil, nil, status)
		if !strings.Contains(res.Text, want) {
			t.Errorf("version %q lacks %q: %s", version, want, res.Text)
		}
	}
	export("published", "Nothing of this workflow is published", http.StatusNotFound)
	b.rename(w.ID, "Two", 1)
	var named engine.Version
	b.api("POST", "/workflows/"+w.ID+"/versions", object{"name": "Winter sale"}, &named, http.StatusCreated)
	b.rename(w.ID, "Three", 2)
	b.api("POST", "/workflows/"+w.ID+"/publish", object{}, nil, http.StatusOK)
	b.rename(w.ID, "Four", 3)
	for version, want := range map[string]string{"": "Four", "draft": "Four", "published": "Three", "2": "Two", "Winter%20sale": "Two", named.ID: "Two"} {
		export(version, `"name": "`+want+`"`, http.StatusOK)
	}
	export("99", "", http.StatusNotFound)
	export("nothing", "no version", http.StatusNotFound)

	b.api("POST", "/workflows/"+w.ID+"/comments", object{"place": object{"at": []int{1, 2}}, "text": "Hello"}, nil, http.StatusCreated)
	b.api("POST", "/workflows/"+w.ID+"/ops", object{"base": 4, "ops": []object{
		{"op": "test.add", "test": object{"id": "t", "name": "It adds"}}, {"op": "settings.set", "path": "concurrency", "value": 2},
	}}, nil, http.StatusOK)
	var report struct {
		Revision int64
		Lost     []string
	}
	b.api("GET", "/workflows/"+w.ID+"/export?format=n8n&report=1", nil, &report, http.StatusOK)
	told := strings.Join(report.Lost, "\n")
	for _, want := range []string{"tests have no counterpart in n8n", "1 thread of comments", "bound of runs at once"} {
		if !strings.Contains(told, want) {
			t.Errorf("the report lacks %q: %s", want, told)
		}
	}
	b.api("GET", "/workflows/"+w.ID+"/export?comments=1&report=1", nil, &report, http.StatusOK)
	if len(report.Lost) != 0 || report.Revision != 5 {
		t.Errorf("our own format loses nothing: %+v", report)
	}
}

// Those who call a workflow are found in drafts and in what is published.
func TestCallersOfAWorkflow(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	part := b.draw("Part", start())
	caller := b.draw("Caller", start())
	b.draw("Alone", start())
	callers := func() []string {
		t.Helper()
		var out struct{ Callers []engine.Summary }
		b.api("GET", "/workflows/"+part.ID+"/callers", nil, &out, http.StatusOK)
		var names []string
		for _, w := range out.Callers {
			names = append(names, w.Name)
		}
		return names
	}
	if got := callers(); len(got) > 0 {
		t.Errorf("called by %v before anything calls it", got)
	}
	set := func(base int, value any) {
		t.Helper()
		b.api("POST", "/workflows/"+caller.ID+"/ops", object{"base": base, "ops": []object{{"op": "settings.set", "path": "error_workflow", "value": value}}}, nil, http.StatusOK)
	}
	set(1, part.ID)
	b.api("POST", "/workflows/"+caller.ID+"/publish", object{}, nil, http.StatusOK)
	set(2, nil)
	if got := callers(); len(got) != 1 || got[0] != "Caller" {
		t.Errorf("what is published is called by %v", got)
	}
	b.api("POST", "/workflows/"+caller.ID+"/unpublish", object{}, nil, http.StatusNoContent)
	if got := callers(); len(got) > 0 {
		t.Errorf("still called by %v", got)
	}
}
