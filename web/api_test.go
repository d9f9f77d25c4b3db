package web_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/engine/sandbox"
	"github.com/atelier-studio/atelier/web"
)

// withNodes gives a studio the real kinds.
func withNodes(t *testing.T) func(*web.Options) {
	t.Helper()
	return func(o *web.Options) {
		js := sandbox.NewJavaScript(sandbox.Limits{})
		t.Cleanup(js.Close)
		o.JavaScript = js
		o.Catalogue = nodes.Catalogue(&nodes.Deps{Files: o.Store, Credentials: o.Store, JavaScript: js, Now: o.Now, Log: o.Log})
		o.CredentialTypes = nodes.CredentialTypes()
		o.NextTimes = nodes.NextTimes
	}
}

// api asks with a JSON body and decodes the answer into out, which may be nil.
func (b *browser) api(method, path string, body, out any, status int, headers ...string) answer {
	b.t.Helper()
	text := ""
	switch v := body.(type) {
	case nil:
	case string:
		text = v
	default:
		data, err := json.Marshal(v)
		if err != nil {
			b.t.Fatal(err)
		}
		text = string(data)
	}
	res := b.do(method, "/api/v1"+path, "application/json", text, headers...)
	if res.StatusCode != status {
		b.t.Fatalf("%s %s: status %d, want %d: %.600s", method, path, res.StatusCode, status, res.Text)
	}
	if out != nil {
		if err := json.Unmarshal([]byte(res.Text), out); err != nil {
			b.t.Fatalf("%s %s: %v: %.300s", method, path, err, res.Text)
		}
	}
	return res
}

type object = map[string]any

// draw makes a workflow with the given nodes, one after the other.
func (b *browser) draw(name string, list ...engine.Node) engine.Stored {
	b.t.Helper()
	doc := engine.Workflow{Name: name, Nodes: list}
	for i := range doc.Nodes {
		n := &doc.Nodes[i]
		if n.Name == "" {
			n.Name = n.ID
		}
		n.At = [2]float64{float64(i) * 240, 0}
		if i > 0 {
			doc.Edges = append(doc.Edges, engine.Edge{From: doc.Nodes[i-1].ID, Out: "main", To: n.ID, In: "main"})
		}
	}
	var stored engine.Stored
	b.api("POST", "/workflows", object{"doc": doc}, &stored, http.StatusCreated)
	return stored
}

func start() engine.Node { return engine.Node{ID: "start", Kind: "trigger.manual"} }

// double gives the input's n twice.
func double() engine.Node {
	return engine.Node{ID: "double", Kind: "data.set", Params: object{"fields": []any{object{"name": "twice", "value": "={{ $json.n * 2 }}"}}}}
}

// wait sleeps for an hour: a run that does not end by itself.
func wait() engine.Node {
	return engine.Node{ID: "wait", Kind: "flow.wait", Params: object{"amount": 1, "unit": "hours"}}
}

func TestWorkflowLifeCycle(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("Doubling", start())
	if w.Name != "Doubling" || w.Active {
		t.Errorf("made %+v", w.Summary)
	}
	edit := func(base int64, client string, seq int64, ops ...object) (out struct {
		Revision int64
		Missed   []engine.Revision
	}) {
		t.Helper()
		b.api("POST", "/workflows/"+w.ID+"/ops", object{"base": base, "ops": ops, "client": client, "seq": seq}, &out, http.StatusOK)
		return out
	}
	add := object{"op": "node.add", "node": double()}
	first := edit(w.Revision, "a", 1, add, object{"op": "edge.add", "edge": object{"from": "start", "out": "main", "to": "double", "in": "main"}})
	again := edit(w.Revision, "a", 1, add)
	if again.Revision != first.Revision {
		t.Errorf("the same edit delivered twice made revisions %d and %d", first.Revision, again.Revision)
	}
	other := edit(w.Revision, "b", 1, object{"op": "node.move", "id": "start", "at": []int{9, 9}})
	if other.Revision != first.Revision+1 || len(other.Missed) != 1 || other.Missed[0].Client != "a" {
		t.Errorf("an edit on an old base: revision %d, missed %+v", other.Revision, other.Missed)
	}
	res := b.api("POST", "/workflows/"+w.ID+"/ops", object{"base": other.Revision, "ops": []object{{"op": "node.move", "id": "gone", "at": []int{0, 0}}}}, nil, http.StatusNotFound)
	if !strings.Contains(res.Text, "gone") {
		t.Errorf("an edit of a missing node: %s", res.Text)
	}
	var check struct{ Problems []engine.Problem }
	b.api("POST", "/workflows/"+w.ID+"/check", nil, &check, http.StatusOK)
	for _, p := range check.Problems {
		if !p.Warning {
			t.Errorf("problem %+v", p)
		}
	}
	res = b.api("GET", "/workflows/"+w.ID+"/export", nil, nil, http.StatusOK)
	if got := res.Header.Get("Content-Disposition"); got != "attachment; filename=Doubling.json" {
		t.Errorf("export is saved as %s", got)
	}
	var in struct{ Workflow engine.Stored }
	b.api("POST", "/workflows/import", res.Text, &in, http.StatusCreated)
	if got := b.api("GET", "/workflows/"+in.Workflow.ID+"/export", nil, nil, http.StatusOK); got.Text != res.Text {
		t.Errorf("exported, imported and exported again it differs:\n%s\n%s", res.Text, got.Text)
	}
	b.api("DELETE", "/workflows/"+w.ID, nil, nil, http.StatusNoContent)
	b.api("GET", "/workflows/"+w.ID, nil, nil, http.StatusNotFound)
	b.api("POST", "/workflows/"+w.ID+"/restore", nil, nil, http.StatusNoContent)
	b.api("GET", "/workflows/"+w.ID, nil, nil, http.StatusOK)
}

func TestRunLifeCycle(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("Doubling", start(), double())
	runs := "/workflows/" + w.ID + "/runs"

	var done struct {
		Run    engine.Run
		Output []engine.Item
	}
	b.api("POST", runs+"?wait=30s", object{"input": object{"n": 21}}, &done, http.StatusOK)
	if done.Run.Status != engine.Succeeded || len(done.Output) != 1 || fmt.Sprint(done.Output[0].JSON["twice"]) != "42" {
		t.Fatalf("run %+v gave %+v", done.Run, done.Output)
	}
	var events struct{ Events []engine.Event }
	b.api("GET", "/runs/"+done.Run.ID+"/events", nil, &events, http.StatusOK)
	for i, e := range events.Events {
		if e.Seq != int64(i+1) || e.Outputs != nil {
			t.Errorf("event %d: %+v", i, e)
		}
	}
	if last := events.Events[len(events.Events)-1]; last.Type != engine.RunFinished {
		t.Errorf("the last event is %s", last.Type)
	}
	var step engine.Event
	b.api("GET", "/runs/"+done.Run.ID+"/steps/double", nil, &step, http.StatusOK)
	if len(step.Outputs) == 0 || len(step.Outputs[0]) != 1 {
		t.Errorf("step %+v", step)
	}

	var one, two engine.Run
	b.api("POST", runs, object{"input": object{"n": 1}}, &one, http.StatusAccepted, "Idempotency-Key", "k1")
	b.api("POST", runs, object{"input": object{"n": 1}}, &two, http.StatusAccepted, "Idempotency-Key", "k1")
	if one.ID == "" || one.ID != two.ID {
		t.Errorf("one key started the runs %q and %q", one.ID, two.ID)
	}
	var preview struct {
		Value any
		Type  string
		Error string
		Items int
	}
	b.api("POST", "/preview", object{"workflow": w.ID, "node": "double", "text": "={{ $json.n }}", "run": done.Run.ID}, &preview, http.StatusOK)
	if fmt.Sprint(preview.Value) != "21" || preview.Type != "number" || preview.Items != 1 {
		t.Errorf("preview %+v", preview)
	}
	b.api("POST", "/preview", object{"workflow": w.ID, "node": "double", "text": "={{ $json.n + }}"}, &preview, http.StatusOK)
	if preview.Error == "" {
		t.Error("a broken expression has no error")
	}
	var again engine.Run
	b.api("POST", "/runs/"+done.Run.ID+"/retry", nil, &again, http.StatusAccepted)
	if again.RetryOf != done.Run.ID {
		t.Errorf("retry %+v", again)
	}
	var list struct{ Runs []engine.Run }
	b.api("GET", "/runs?workflow="+w.ID, nil, &list, http.StatusOK)
	if len(list.Runs) != 3 {
		t.Errorf("%d runs are listed", len(list.Runs))
	}

	broken := b.draw("Broken", start(), engine.Node{ID: "x", Kind: "no.such"})
	res := b.api("POST", "/workflows/"+broken.ID+"/runs", nil, nil, http.StatusUnprocessableEntity)
	if !strings.Contains(res.Text, `"problems":[`) || !strings.Contains(res.Text, "no.such") {
		t.Errorf("a workflow that cannot run: %s", res.Text)
	}
}

func TestCancelARunThatSleeps(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("Sleeping", start(), wait())
	var out struct {
		ID     string
		Status engine.Status
	}
	b.api("POST", "/workflows/"+w.ID+"/runs?wait=10s", nil, &out, http.StatusAccepted)
	if out.Status != engine.Waiting {
		t.Fatalf("the run is %s", out.Status)
	}
	b.api("POST", "/runs/"+out.ID+"/cancel", nil, &out, http.StatusOK)
	if out.Status != engine.Cancelled {
		t.Errorf("after cancel the run is %s", out.Status)
	}
	b.api("POST", "/runs/"+out.ID+"/decide", object{"choice": "maybe"}, nil, http.StatusUnprocessableEntity)
}

// stream reads server-sent events until the stream ends, and returns their ids and types.
func (b *browser) stream(method, path, body string, headers ...string) []string {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.studio.URL+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	if ct := res.Header.Get("Content-Type"); ct != "text/event-stream" {
		b.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, ct)
	}
	var seen []string
	id := ""
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if v, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			id = v
		}
		if v, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			seen = append(seen, id+" "+v)
		}
	}
	return seen
}

func TestEventStream(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("Doubling", start(), double())
	all := b.stream("POST", "/workflows/"+w.ID+"/runs", `{"input":{"n":2}}`)
	if len(all) < 4 || !strings.HasPrefix(all[0], "1 run.started") || !strings.HasSuffix(all[len(all)-1], " run.finished") {
		t.Fatalf("the stream of a run: %v", all)
	}
	var list struct{ Runs []engine.Run }
	b.api("GET", "/runs", nil, &list, http.StatusOK)
	rest := b.stream("GET", "/runs/"+list.Runs[0].ID+"/events", "", "Last-Event-ID", "2")
	if fmt.Sprint(rest) != fmt.Sprint(all[2:]) {
		t.Errorf("after event 2 came %v of %v", rest, all)
	}
	// A run that sleeps: the stream stays open, and its end comes when it is cancelled.
	sleeping := b.draw("Sleeping", start(), wait())
	var run engine.Run
	b.api("POST", "/workflows/"+sleeping.ID+"/runs?wait=10s", nil, &run, http.StatusAccepted)
	var cancelled sync.WaitGroup
	cancelled.Go(func() {
		<-time.After(50 * time.Millisecond) // most often the stream is open by then, and either way it must end
		b.do("POST", "/api/v1/runs/"+run.ID+"/cancel", "application/json", "")
	})
	all = b.stream("GET", "/runs/"+run.ID+"/events", "")
	cancelled.Wait()
	if !strings.HasSuffix(all[len(all)-1], " run.finished") {
		t.Errorf("the stream of a cancelled run: %v", all)
	}
}

func TestBodiesThatAreRefused(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t))
	b := s.owner(t, "ada@example.org")
	w := b.draw("W", start())
	deep := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	big := `{"nodes":[],"x":"` + strings.Repeat("a", 11<<20) + `"}`
	for _, test := range []struct {
		name, path, body string
		status           int
		words            string
	}{
		{"not JSON", "/workflows/import", "hello", 422, "not JSON"},
		{"not JSON to convert", "/workflows/convert", "hello", 422, "not JSON"},
		{"too big to convert", "/workflows/convert", big, 413, "At most 10 MiB"},
		{"half of it", "/workflows/import", `{"nodes":[`, 422, ""},
		{"empty", "/workflows/import", "", 422, "empty"},
		{"some other JSON", "/workflows/import", `{"a":1}`, 422, "not a workflow"},
		{"deep", "/workflows/import", deep, 422, "deep"},
		{"deep in a workflow", "/workflows/import", `{"format":"atelier/v1","nodes":` + deep + `}`, 422, "deep"},
		{"too big", "/workflows/import", big, 413, "At most 10 MiB"},
		{"far too big", "/workflows/import", big + big + big, 413, "At most"},
		{"another version", "/workflows/import", `{"format":"atelier/v9","nodes":[]}`, 422, ""},
		{"a misspelt key", "/workflows/" + w.ID + "/runs", `{"inputs":{}}`, 422, "inputs"},
		{"a list", "/workflows/" + w.ID + "/runs", `[]`, 422, ""},
		{"no edit", "/workflows/" + w.ID + "/ops", `{"base":1,"ops":[]}`, 422, "at least one"},
		{"an unknown edit", "/workflows/" + w.ID + "/ops", `{"base":1,"ops":[{"op":"drop.tables"}]}`, 422, "no such edit"},
		{"a wrong type", "/workflows/" + w.ID + "/ops", `{"base":"x"}`, 422, "base"},
		{"no path for the hook", "/workflows/" + w.ID + "/listen", `{"node":"start"}`, 422, "webhook"},
		{"a credential of no type", "/credentials", `{"name":"a","type":"none"}`, 422, "no type"},
	} {
		res := b.do("POST", "/api/v1"+test.path, "application/json", test.body)
		if res.StatusCode != test.status || !strings.Contains(res.Text, test.words) || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s: %.300s", test.name, res.StatusCode, res.Header.Get("Content-Type"), res.Text)
		}
	}
	if res := b.do("POST", "/api/v1/workflows/"+w.ID+"/runs", "text/plain", "{}"); res.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("a body that is not said to be JSON: %d", res.StatusCode)
	}
}
