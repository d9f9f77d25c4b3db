package interop_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/interop"
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "n8n", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mustImport(t testing.TB, data []byte) (*engine.Workflow, *interop.Report) {
	t.Helper()
	w, r, err := interop.Import(data, interop.Options{Name: "A file"})
	if err != nil {
		t.Fatal(err)
	}
	return w, r
}

// TestFilesComeBack imports every fixture and expects the export to be the file again, and the counts to be those seen
// by counting in the file by hand.
func TestFilesComeBack(t *testing.T) {
	t.Parallel()
	counts := map[string]interop.Counts{
		"agents":      {Nodes: 7, Edges: 9, Placeholders: 7},
		"circle":      {Nodes: 3, Edges: 3, Native: 3},
		"connections": {Nodes: 4, Edges: 8, DanglingEdges: 2, Native: 4},
		"duplicates":  {Nodes: 4, Edges: 2, Notes: 1, Native: 4},
		"empty":       {},
		"failure":     {Nodes: 12, Edges: 8, Native: 10, Partly: 1, Placeholders: 1},
		"loops":       {Nodes: 8, Edges: 11, Native: 8},
		"names":       {Nodes: 6, Edges: 5, Native: 5, Placeholders: 1},
		"notes":       {Nodes: 1, Notes: 4, Native: 1},
		"php":         {Nodes: 1, Native: 1},
		"unnamed":     {Nodes: 4, Edges: 2, Native: 2, Placeholders: 2},
		"wrong_types": {Nodes: 9, Notes: 1, Native: 8, Placeholders: 1},
	}
	files, err := filepath.Glob("testdata/n8n/*.json")
	if err != nil || len(files) != len(counts) {
		t.Fatalf("%d fixtures, %d counts: %v", len(files), len(counts), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := fixture(t, name)
			w, r := mustImport(t, data)
			if !r.RoundTrip {
				t.Errorf("comes back changed: %s", r.Difference)
			}
			if r.Counts != counts[name] {
				t.Errorf("counts are %+v, want %+v", r.Counts, counts[name])
			}
			// The report's word is not enough: compare once more, with nothing of the package.
			out, _, err := interop.Export(w, "n8n")
			if err != nil {
				t.Fatal(err)
			}
			if got, want := canonical(t, out), canonical(t, data); got != want {
				t.Errorf("exported\n%s\nwant\n%s", got, want)
			}
			again, _ := mustImport(t, data)
			if !slices.Equal(encode(t, w), encode(t, again)) {
				t.Error("a second import gives another workflow")
			}
			checkIDs(t, w)
		})
	}
}

func canonical(t testing.TB, data []byte) string {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func encode(t testing.TB, w *engine.Workflow) []byte {
	t.Helper()
	b, err := w.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// checkIDs expects ids and names to be unique and edges to join nodes that are there.
func checkIDs(t testing.TB, w *engine.Workflow) {
	t.Helper()
	ids, names := map[string]bool{}, map[string]bool{}
	for _, n := range w.Nodes {
		if n.ID == "" || ids[n.ID] || n.Name == "" || names[n.Name] || n.Kind == "" {
			t.Errorf("node %q called %q of the kind %q: not unique, or empty", n.ID, n.Name, n.Kind)
		}
		ids[n.ID], names[n.Name] = true, true
	}
	for _, e := range w.Edges {
		if !ids[e.From] || !ids[e.To] {
			t.Errorf("edge %+v leads nowhere", e)
		}
	}
	for _, n := range w.Notes {
		if n.ID == "" || ids[n.ID] {
			t.Errorf("note %q is not unique", n.ID)
		}
		ids[n.ID] = true
	}
}

// edges lists edges by the names of their nodes.
func edges(w *engine.Workflow) []string {
	names := map[string]string{}
	for _, n := range w.Nodes {
		names[n.ID] = n.Name
	}
	var out []string
	for _, e := range w.Edges {
		out = append(out, names[e.From]+"."+e.Out+">"+names[e.To]+"."+e.In)
	}
	slices.Sort(out)
	return out
}

func TestEdges(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		// The first version of the loop has one output, the second loop and done, the third done and loop.
		"loops": {
			"Body 1.main>One.main", "Body 2.main>Two.main", "Body 3.main>Three.main", "One.loop>Body 1.main", "Start.main>One.main",
			"Start.main>Three.main", "Start.main>Two.main", "Three.done>End.main", "Three.loop>Body 3.main", "Two.done>End.main",
			"Two.loop>Body 2.main",
		},
		// The output for errors is the last one; models and tools lead to their agent by the type of the connection.
		"failure": {
			"Branch.error>Wrong.main", "Branch.main>Fine.main", "If branch.error>Wrong.main", "If branch.false>Fine.main",
			"If branch.true>Fine.main", "Slack branch.error>Wrong.main", "Slack branch.main>Fine.main", "Start.main>Retry.main",
		},
		"agents": {
			"Agent.ai_tool_2>Agent.ai_tool_3", "Agent.main>Community.main", "Chat.main>Agent.main", "Memory.ai_memory>Agent.ai_memory",
			"Memory.ai_memory>Chat.ai_memory", "Model.ai_languageModel>Agent.ai_languageModel",
			"Model.ai_languageModel>Agent.ai_languageModel_2", "Sheet.ai_tool>Agent.ai_tool", "Tool.ai_tool>Agent.ai_tool",
		},
		// What leads nowhere is not drawn; a connection that stands twice is drawn once.
		"connections": {"A.error>D.main", "A.main>B.main", "B.false>C.main", "B.false>D.main", "B.main_4>D.main_4"},
		// Of two nodes with one name, connections mean the last, which keeps the name.
		"duplicates": {"Set.main>Use.main", "Start.main>Set.main"},
	} {
		w, _ := mustImport(t, fixture(t, name))
		if got := edges(w); !slices.Equal(got, want) {
			t.Errorf("%s: edges are\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestMapping(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/mapping.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name         string
		Node         map[string]any
		Result, Kind string
		Params       map[string]any
		Text         []string
	}
	if err := json.Unmarshal(data, &cases); err != nil || len(cases) < 60 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, c := range cases {
		c.Node["name"], c.Node["id"] = "Node", "node"
		file, err := json.Marshal(map[string]any{"nodes": []any{c.Node}, "connections": map[string]any{}})
		if err != nil {
			t.Fatal(err)
		}
		w, r := mustImport(t, file)
		if !r.RoundTrip {
			t.Errorf("%s: comes back changed: %s", c.Name, r.Difference)
		}
		if c.Params == nil {
			c.Params = c.Node["parameters"].(map[string]any) // a placeholder keeps the file's
		}
		n := r.Nodes[0]
		if n.Result != c.Result || n.Kind != c.Kind || !slices.Equal(n.Text, append([]string{}, c.Text...)) {
			t.Errorf("%s: %s as %s %q, want %s as %s %q", c.Name, n.Result, n.Kind, n.Text, c.Result, c.Kind, c.Text)
		}
		if got, want := asJSON(t, w.Nodes[0].Params), asJSON(t, c.Params); got != want {
			t.Errorf("%s: parameters are\n%s\nwant\n%s", c.Name, got, want)
		}
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSettingsOfNodes(t *testing.T) {
	t.Parallel()
	w, r := mustImport(t, fixture(t, "failure"))
	byName := map[string]engine.Node{}
	for _, n := range w.Nodes {
		byName[n.Name] = n
	}
	if got := byName["Retry"].Retry; got == nil || *got != (engine.Retry{Attempts: 4, WaitMS: 2000, Backoff: "fixed"}) {
		t.Errorf("retry is %+v", got)
	}
	if got := byName["Default retry"].Retry; got == nil || *got != (engine.Retry{Attempts: 3, WaitMS: 1000, Backoff: "fixed"}) {
		t.Errorf("default retry is %+v", got)
	}
	for name, want := range map[string]string{"Go on": "continue", "Old go on": "continue", "Branch": "output", "Fine": ""} {
		if got := byName[name].OnError; got != want {
			t.Errorf("%s: on_error is %q, want %q", name, got, want)
		}
	}
	if off := byName["Off"]; !off.Disabled || off.Note != "not now" {
		t.Errorf("the disabled node is %+v", off)
	}
	if s := w.Settings; s.Timezone != "Europe/Vienna" || s.TimeoutMS != 60_000 {
		t.Errorf("settings are %+v", s)
	}
	if r.Runnable || r.Runs {
		t.Error("a workflow with a placeholder counts as one that can run")
	}
	pinned, _ := mustImport(t, fixture(t, "connections"))
	if got := asJSON(t, pinned.Nodes[0].Pinned); got != `[{"json":{"n":1.0}},{"json":{"n":2}}]` {
		t.Errorf("pinned data are %s", got)
	}
	notes, _ := mustImport(t, fixture(t, "notes"))
	if n := notes.Notes[0]; n.Color != "green" || n.Size != [2]float64{300, 200.5} || n.At != [2]float64{-20, 10} || n.Text != "## Why\n**because**" {
		t.Errorf("the note is %+v", n)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	_, r := mustImport(t, fixture(t, "agents"))
	if e := r.Expressions; e.Total != 3 || e.Supported != 2 || len(e.Unsupported) != 1 || e.Unsupported[0].Reason != "it uses $fromAI" ||
		e.Unsupported[0].Node != "Sheet" || e.Unsupported[0].Param != "range" {
		t.Errorf("expressions are %+v", e)
	}
	if got := asJSON(t, r.Credentials); got != `[{"type":"openAiApi","name":"Open AI","nodes":["Model"]}]` {
		t.Errorf("credentials are %s", got)
	}
	_, old := mustImport(t, fixture(t, "unnamed"))
	if got := asJSON(t, old.Credentials); got != `[{"type":"slackApi","name":"Slack team","nodes":["Send","Log"]},{"type":"smtp","name":"Mail out","nodes":["Old mail"]}]` {
		t.Errorf("old credentials are %s", got)
	}
	_, circle := mustImport(t, fixture(t, "circle"))
	if circle.Runnable || !strings.Contains(strings.Join(circle.Reasons, "\n"), "A → B → A") && !strings.Contains(strings.Join(circle.Reasons, "\n"), "B → A → B") {
		t.Errorf("a circle without a loop: %q", circle.Reasons)
	}
	_, loops := mustImport(t, fixture(t, "loops"))
	if !loops.Runnable {
		t.Errorf("loops cannot run: %q", loops.Reasons)
	}
	s := interop.Summarize([]*interop.Report{r, old, circle, loops, {File: "bad.json", Error: "no"}})
	if s.Files != 5 || s.Imported != 4 || s.Failed != 1 || s.RoundTrip != 4 || s.Runnable != 1 || s.Counts.Nodes != 22 || len(s.Missing) == 0 ||
		s.Missing[0] != (interop.TypeCount{Type: "n8n-nodes-base.slack", Nodes: 2, Files: 1}) {
		t.Errorf("the summary is %+v", s)
	}
}

func TestHostileFiles(t *testing.T) {
	t.Parallel()
	huge := slices.Repeat([]byte(" "), engine.MaxFileBytes+1)
	many := `{"connections":{},"nodes":[` + strings.Repeat(`{"type":"x"},`, engine.MaxNodes) + `{"type":"x"}]}`
	for name, c := range map[string]struct{ file, want string }{
		"nothing":            {"", "empty"},
		"not JSON":           {"<html>", "not JSON"},
		"cut off":            {`{"nodes": [`, "ends in the middle"},
		"two values":         {`{} {}`, "after the end"},
		"huge":               {string(huge), "MiB"},
		"deep":               {strings.Repeat(`{"nodes":[`, 10_000), "deeper than"},
		"another product":    {`{"drawing": []}`, "not a workflow of a product"},
		"our own":            {`{"format": "atelier/v1", "nodes": [], "connections": {}}`, "not a workflow of a product"},
		"several workflows":  {`[{"nodes":[],"connections":{}},{"nodes":[],"connections":{}}]`, "2 workflows"},
		"nodes a number":     {`{"nodes": 5, "connections": {}}`, `"nodes" must be a list, not a number`},
		"a node a text":      {`{"nodes": ["x"], "connections": {}}`, "node 1 must be an object, not text"},
		"a type a list":      {`{"nodes": [{"name":"A","type":[]}], "connections": {}}`, `node 1 ("A"): "type" must be a text`},
		"connections a list": {`{"nodes": [], "connections": [1]}`, `"connections" must be an object by the names of nodes, not a list`},
		"a source a text":    {`{"nodes": [], "connections": {"A": "B"}}`, `the connections of "A" must be an object by type, not text`},
		"outputs an object":  {`{"nodes": [], "connections": {"A": {"main": {}}}}`, `the main connections of "A" must be a list by output, not an object`},
		"a target a text":    {`{"nodes": [], "connections": {"A": {"main": [["B"]]}}}`, `a connection at output 1 of "A"`},
		"too many nodes":     {many, "at most 5000"},
	} {
		_, _, err := interop.Import([]byte(c.file), interop.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: the error is %v, want one with %q", name, err, c.want)
		}
	}
	if _, _, err := interop.Import([]byte(`{}`), interop.Options{Format: "visio"}); err == nil || !strings.Contains(err.Error(), "known are n8n") {
		t.Errorf("an unknown format: %v", err)
	}
}

func FuzzImport(f *testing.F) {
	files, err := filepath.Glob("testdata/n8n/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		w, r, err := interop.Import(data, interop.Options{Format: "n8n", Name: "Fuzz"})
		if err != nil {
			return
		}
		if !r.RoundTrip {
			t.Errorf("comes back changed: %s", r.Difference)
		}
		checkIDs(t, w)
	})
}
