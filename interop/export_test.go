package interop_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/interop"
)

func op(t *testing.T, w *engine.Workflow, ops ...engine.Op) {
	t.Helper()
	if _, err := engine.Apply(w, ops...); err != nil {
		t.Fatal(err)
	}
}

// TestOnlyEditsChange edits an imported workflow and expects in the export nothing but the edit: the file with the
// named texts replaced.
func TestOnlyEditsChange(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file    string
		edit    func(w *engine.Workflow)
		replace []string // old and new text in the file's canonical form
	}{
		"nothing": {"names", func(*engine.Workflow) {}, nil},
		"a node is renamed": {
			"names", func(w *engine.Workflow) { op(t, w, engine.Op{Op: "node.rename", ID: "f", Value: []byte(`"It's new"`)}) },
			[]string{
				`"Fetch data": [`, `"It's new": [`, `"Fetch data": {`, `"It's new": {`, `"name": "Fetch data"`, `"name": "It's new"`,
				`"node": "Fetch data"`, `"node": "It's new"`, `$('Fetch data')`, `$('It\\'s new')`, `$node[\"Fetch data\"]`, `$node[\"It's new\"]`,
			},
		},
		"two nodes swap their names": {
			"names", func(w *engine.Workflow) {
				op(t, w, engine.Op{Op: "node.rename", ID: "f", Value: []byte(`"Between"`)}, engine.Op{Op: "node.rename", ID: "s", Value: []byte(`"Fetch data"`)},
					engine.Op{Op: "node.rename", ID: "f", Value: []byte(`"Start"`)})
			},
			[]string{
				`"Fetch data"`, `"Start"`, `"Start"`, `"Fetch data"`, `$('Fetch data')`, `$('Start')`, `[\"Fetch data\"]`, `[\"Start\"]`,
			},
		},
		"a node is moved":  {"notes", func(w *engine.Workflow) { w.Nodes[0].At = [2]float64{7, 8.5} }, []string{"100,\n    100", "7,\n    8.5"}},
		"a node is off":    {"names", func(w *engine.Workflow) { w.Nodes[0].Disabled = true }, []string{`"id": "s",`, `"disabled": true, "id": "s",`}},
		"a note is edited": {"notes", func(w *engine.Workflow) { w.Notes[0].Text, w.Notes[0].Color = "x", "red" }, []string{`## Why\n**because**`, "x", `"color": 4`, `"color": 3`}},
		"another way on": {
			"failure", func(w *engine.Workflow) { w.Nodes[3].OnError, w.Nodes[4].OnError, w.Nodes[1].Retry = "", "", nil },
			[]string{`"onError": "continueRegularOutput",`, "", `"continueOnFail": true,`, "", `"maxTries": 4,`, "", `"waitBetweenTries": 2000`, "", "\"retryOnFail\": true,\n   \"type\": \"n8n-nodes-base.httpRequest\",\n   \"typeVersion\": 4.2,\n", `"type": "n8n-nodes-base.httpRequest","typeVersion": 4.2`},
		},
		"another credential": {
			"names", func(w *engine.Workflow) { w.Nodes[1].Params["credential"] = "My key" },
			[]string{`"id": "f",`, `"id": "f", "credentials": {"httpHeaderAuth": {"name": "My key"}},`},
		},
		"pinned data": {"names", func(w *engine.Workflow) { w.Nodes[1].Pinned[0].JSON = map[string]any{"a": "y"} }, []string{`"a": "x"`, `"a": "y"`}},
		"settings": {
			"failure", func(w *engine.Workflow) { w.Settings.Timezone, w.Settings.TimeoutMS, w.Name = "", 90_500, "Other" },
			[]string{`"timezone": "Europe/Vienna"`, "", `"executionTimeout": 60`, `"executionTimeout": 91`, "\"executionOrder\": \"v1\",\n  \n", `"executionOrder": "v1"`, `"name": "Failures"`, `"name": "Other"`},
		},
	} {
		w, _ := mustImport(t, fixture(t, c.file))
		c.edit(w)
		out, _, err := interop.Export(w, "n8n")
		if err != nil {
			t.Fatal(err)
		}
		want := strings.NewReplacer(c.replace...).Replace(canonical(t, fixture(t, c.file)))
		if got := canonical(t, out); got != tidy(t, want) {
			t.Errorf("%s: exported\n%s\nwant\n%s", name, got, tidy(t, want))
		}
	}
}

// tidy formats JSON in which texts were replaced; commas that lost what they were before are dropped.
func tidy(t *testing.T, s string) string {
	t.Helper()
	if !json.Valid([]byte(s)) {
		lines := slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool { return strings.Trim(l, " ,") == "" })
		for i := range lines[:len(lines)-1] {
			if next := strings.TrimSpace(lines[i+1]); strings.HasPrefix(next, "}") || strings.HasPrefix(next, "]") {
				lines[i] = strings.TrimSuffix(lines[i], ",")
			}
		}
		s = strings.Join(lines, "\n")
	}
	return canonical(t, []byte(s))
}

// TestEditedEdges: edges that stay keep their places, with the nulls and empty lists around them.
func TestEditedEdges(t *testing.T) {
	t.Parallel()
	w, _ := mustImport(t, fixture(t, "connections"))
	op(t, w, engine.Op{Op: "edge.remove", Edge: &engine.Edge{From: "b", Out: "false", To: "d", In: "main"}},
		engine.Op{Op: "edge.add", Edge: &engine.Edge{From: "c", Out: "main", To: "d", In: "ai_tool_2"}})
	out, _, err := interop.Export(w, "n8n")
	if err != nil {
		t.Fatal(err)
	}
	was, is := parse(t, fixture(t, "connections")).(map[string]any), parse(t, out).(map[string]any)
	connections := was["connections"].(map[string]any)
	slots := connections["B"].(map[string]any)["main"].([]any)
	slots[1] = slots[1].([]any)[:2]
	connections["C"] = parse(t, []byte(`{"main":[[{"node":"D","type":"ai_tool","index":1}]]}`))
	if got, want := asJSON(t, is), asJSON(t, was); got != want {
		t.Errorf("exported\n%s\nwant\n%s", got, want)
	}
}

func TestRemovedNode(t *testing.T) {
	t.Parallel()
	w, _ := mustImport(t, fixture(t, "circle"))
	op(t, w, engine.Op{Op: "node.remove", ID: "b"})
	back := reimport(t, w)
	if got := edges(back); !slices.Equal(got, []string{"Start.main>A.main"}) || len(back.Nodes) != 2 {
		t.Errorf("%d nodes and the edges %q", len(back.Nodes), got)
	}
}

// reimport exports to n8n and imports again.
func reimport(t *testing.T, w *engine.Workflow) *engine.Workflow {
	t.Helper()
	out, _, err := interop.Export(w, "n8n")
	if err != nil {
		t.Fatal(err)
	}
	back, r, err := interop.Import(out, interop.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !r.RoundTrip {
		t.Errorf("what was exported does not come back: %s", r.Difference)
	}
	return back
}

// TestCopies: a copy of an imported node carries its remains; both are written, and edges find the right one.
func TestCopies(t *testing.T) {
	t.Parallel()
	w, _ := mustImport(t, fixture(t, "names"))
	twin := w.Nodes[1]
	twin.ID, twin.Name = "twin", "Fetch data 2"
	op(t, w, engine.Op{Op: "node.add", Node: &twin}, engine.Op{Op: "edge.add", Edge: &engine.Edge{From: "s", Out: "main", To: "twin", In: "main"}})
	back := reimport(t, w)
	checkIDs(t, back)
	if got, want := edges(back), edges(w); !slices.Equal(got, want) || back.NodeByID("twin") < 0 {
		t.Errorf("edges are %q, want %q", got, want)
	}
}

// TestOwnKinds writes each kind as a node of n8n and reads it again.
func TestOwnKinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, params string
		lost         string // what n8n cannot say
		want         string // the parameters that come back, when others
	}{
		{kind: "trigger.manual", params: `{}`},
		{kind: "trigger.webhook", params: `{"path":"orders","method":"GET","respond":"last_node","content":"all_items","status":201,"headers":{"X":"y"}}`},
		{kind: "trigger.webhook", params: `{"path":"orders","method":"POST","respond":"respond_node","auth":"header","credential":"Key"}`, lost: ""},
		{kind: "trigger.schedule", params: `{"cron":"0 9 * * 1-5"}`},
		{kind: "trigger.schedule", params: `{"cron":"@every 20m"}`, want: `{"cron":"*/20 * * * *"}`},
		{kind: "trigger.schedule", params: `{"cron":"@daily","timezone":"Europe/Vienna"}`, lost: "time zone", want: `{"cron":"0 0 * * *"}`},
		{kind: "flow.if", params: `{"condition":"={{ $json.total > 100 }}"}`},
		{kind: "flow.switch", params: `{"cases":[{"condition":"={{ $json.a }}","label":"A"},{"condition":"={{ $json.b }}"}],"every":true}`},
		{kind: "flow.switch", params: `{"value":"={{ $json.s }}","cases":[{"value":"x"},{"value":5}]}`, want: `{"cases":[{"condition":"={{ String($json.s) === String(\"x\") }}"},{"condition":"={{ String($json.s) === String(5) }}"}]}`},
		{kind: "flow.merge", params: `{"mode":"by_key","join":"outer","keys":[{"left":"a","right":"b"}],"clash":"first"}`},
		{kind: "flow.merge", params: `{"mode":"append","inputs":3}`},
		{kind: "flow.merge", params: `{"mode":"by_position","unpaired":true}`},
		{kind: "flow.loop", params: `{"batch_size":5,"max_iterations":10}`, lost: "no bound", want: `{"batch_size":5,"max_iterations":100000}`},
		{kind: "flow.wait", params: `{"mode":"for","amount":2,"unit":"hours"}`},
		{kind: "flow.call", params: `{"workflow":"Greet","mode":"each"}`, lost: "choose the workflow"},
		{kind: "flow.stop", params: `{"as":"failed","message":"=No {{ $json.a }}"}`},
		{kind: "flow.stop", params: `{"as":"finished"}`, lost: "nothing like flow.stop"},
		{kind: "flow.noop", params: `{}`},
		{kind: "data.set", params: `{"fields":[{"name":"a","value":"=x{{ $json.b }}"},{"name":"n","value":1.50},{"name":"l","value":[1,{"k":null}]},{"name":"t","value":true}],"keep_others":true,"remove":["z"]}`},
		{kind: "data.filter", params: `{"condition":"={{ $json.ok }}"}`},
		{kind: "data.sort", params: `{"by":"-age, name"}`, want: `{"by":[{"field":"age","order":"descending"},{"field":"name","order":"ascending"}]}`},
		{kind: "data.limit", params: `{"count":3,"from":"last"}`},
		{kind: "data.aggregate", params: `{"field":"a","into":"all","keep_empty":true}`},
		{kind: "data.summarize", params: `{"group_by":["c"],"operations":[{"operation":"sum","field":"t","into":"sum_t"}]}`},
		{kind: "data.summarize", params: `{"operations":[{"operation":"first","field":"t"}]}`, lost: "nothing like data.summarize"},
		{kind: "data.split", params: `{"field":"lines","into":"line","keep_others":true}`},
		{kind: "data.dedupe", params: `{"fields":["a","b"],"keep":"last"}`, lost: "keeps the first", want: `{"fields":["a","b"]}`},
		{kind: "data.rename", params: `{"fields":[{"from":"^a(.)","to":"$1"}],"regex":true}`},
		{kind: "data.html", params: `{"operation":"extract","field":"page","values":[{"name":"l","selector":"a","take":"attribute","attribute":"href","all":true}]}`},
		{kind: "data.markdown", params: `{"operation":"to_html","field":"a.b","into":"html"}`},
		{kind: "data.hash", params: `{"algorithm":"sha256","value":"={{ $json.a }}","into":"h","encoding":"base64"}`},
		{kind: "data.csv", params: `{"operation":"parse","source":"file","file":"table","delimiter":";"}`},
		{kind: "data.csv", params: `{"operation":"parse","source":"field","field":"text"}`, lost: "nothing like data.csv"},
		{kind: "data.datetime", params: `{"operation":"add","value":"={{ $json.d }}","amount":2,"unit":"weeks","format":"iso","into":"later"}`},
		{kind: "data.json", params: `{"operation":"parse","field":"a"}`, lost: "nothing like data.json"},
		{kind: "http.request", params: `{"method":"POST","url":"https://e.com","query":{"a":"1"},"headers":{"X":"={{ $json.h }}"},"body":"={{ $json }}","response":"file","into":"pdf","any_status":true,"follow":false,"timeout":10,"paging":"field","next":"links.next","max_pages":5}`},
		{kind: "http.request", params: `{"method":"PUT","url":"https://e.com","body_type":"multipart","parts":[{"name":"f","file":"data"},{"name":"k","value":"v"}],"timeout":300}`},
		{kind: "http.request", params: `{"method":"POST","url":"https://e.com","body":{"a":1,"b":["x"]},"timeout":300}`},
		{kind: "http.respond", params: `{"respond_with":"json","body":"={{ $json.x }}","status":201,"headers":{"A":"b"}}`},
		{kind: "file.read", params: `{"path":"in/a.pdf","as":"file","name":"pdf"}`},
		{kind: "file.write", params: `{"path":"out.bin","file":"data","mode":"append"}`},
		{kind: "file.write", params: `{"path":"out.txt","content":"x"}`, lost: "nothing like file.write"},
		{kind: "sql.query", params: `{"query":"select $1, $2","args":["={{ $json.a }}","={{ $json.b }}"],"credential":"DB"}`},
		{kind: "mail.send", params: `{"credential":"Post","to":"a@e.com","from":"b@e.com","cc":"c@e.com","subject":"S","text":"T","html":"<b>H</b>","attachments":["x"]}`},
		{kind: "code.javascript", params: `{"mode":"each","code":"return $json;"}`},
		{kind: "app.unknown", params: `{"a":1}`, lost: "nothing like app.unknown"},
	} {
		doc, err := engine.Parse([]byte(`{"format":"atelier/v1","name":"Own","nodes":[{"id":"n","kind":"` + c.kind + `","name":"N","at":[1,2],"params":` + c.params + `}],"edges":[],"notes":[{"id":"x","at":[0,0],"size":[10,20],"color":"blue","text":"T"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		_, lost, err := interop.Export(doc, "n8n")
		if err != nil {
			t.Fatal(err)
		}
		lost = slices.DeleteFunc(lost, func(s string) bool { return strings.Contains(s, "choose the kind of the credential") })
		if all := strings.Join(lost, "\n"); (c.lost == "") != (all == "") || !strings.Contains(all, c.lost) {
			t.Errorf("%s %s: lost is %q, want %q", c.kind, c.params, all, c.lost)
		}
		back := reimport(t, doc)
		if c.want == "" {
			c.want = c.params
		}
		n := back.Nodes[0]
		if n.Kind != c.kind || n.ID != "n" || n.Name != "N" || n.At != [2]float64{1, 2} || asJSON(t, n.Params) != asJSON(t, decoded(t, c.want)) {
			t.Errorf("%s: came back as %s\n%s\nwant\n%s", c.kind, n.Kind, asJSON(t, n.Params), asJSON(t, decoded(t, c.want)))
		}
		if got, want := back.Notes[0], doc.Notes[0]; got.Text != want.Text || got.Color != want.Color || got.Size != want.Size {
			t.Errorf("the note came back as %+v", got)
		}
	}
}

func decoded(t *testing.T, s string) any {
	t.Helper()
	return parse(t, []byte(s))
}
