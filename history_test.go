package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// A run of the command line takes its place in the history of a studio that is running, under the workflow it was
// exported from, or by itself when the studio has none like it.
func TestRunIntoHistory(t *testing.T) {
	t.Parallel()
	s := startStudio(t)
	doc := chainOf("Kept", m{"kind": "trigger.manual"}, m{"kind": "data.set", "params": m{"fields": []m{{"name": "x", "value": "={{ 1 + 1 }}"}}}})
	id := s.create(doc)
	_, file := s.send("GET", "/workflows/"+id+"/export?format=atelier", nil)
	other, err := json.Marshal(chainOf("Elsewhere", m{"kind": "trigger.manual"}, m{"kind": "flow.stop", "params": m{"message": "no"}}))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"kept.json": file, "elsewhere.json": other} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if code, out, errs := atelier(t, "run", path, "--history", s.dir); code == exitUsage || name == "kept.json" && code != exitOK {
			t.Fatalf("%s: exit code %d\n%s%s", name, code, out, errs)
		}
	}
	var list struct {
		Runs []struct {
			ID, Status, Trigger string
			Workflow            string `json:"workflow_id"`
			Name                string `json:"workflow_name"`
		}
	}
	s.call("GET", "/runs", nil, &list)
	if len(list.Runs) != 2 {
		t.Fatalf("the history has %d runs; want 2", len(list.Runs))
	}
	for _, r := range list.Runs {
		if r.Trigger != "cli" || (r.Name == "Kept") != (r.Workflow == id) {
			t.Errorf("got %+v", r)
		}
		res, err := s.client.Get(s.url("/runs/" + r.ID))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("the page of %s answers %s", r.Name, res.Status)
		}
		var journal struct{ Events []struct{ Type string } }
		s.call("GET", "/runs/"+r.ID+"/events", nil, &journal)
		if n := len(journal.Events); n < 3 || journal.Events[0].Type != "run.started" || journal.Events[n-1].Type != "run.finished" {
			t.Errorf("the journal of %s is %v", r.Name, journal.Events)
		}
	}
	if code, _, errs := atelier(t, "run", "history_test.go", "--history", t.TempDir()); code != exitUsage {
		t.Errorf("a bad file gave %d: %s", code, errs)
	}
}
