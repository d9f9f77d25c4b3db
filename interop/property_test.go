package interop_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/interop"
)

// strange returns values that a file may hold where something else belongs.
func strange() []any {
	return []any{
		nil, true, false, json.Number("-1"), json.Number("0.5"), json.Number("1e300"), json.Number("99999999999999999999"), "", " ", "=", "={{", "={{ }}",
		"={{ $json.a }}", "text", "main", "n8n-nodes-base.switch", "n8n-nodes-base.stickyNote", "atelier.flow.if", "\x00", "ai_tool", []any{}, map[string]any{},
		[]any{nil}, []any{json.Number("1"), "2"}, map[string]any{"": nil}, map[string]any{"values": []any{map[string]any{"name": "x"}, "y"}},
		map[string]any{"__rl": true, "value": []any{}},
	}
}

// disturb replaces a few values of a file, wherever they are, by strange ones.
func disturb(t *rapid.T, v any) any {
	if rapid.IntRange(0, 30).Draw(t, "here") == 0 {
		return rapid.SampledFrom(strange()).Draw(t, "value")
	}
	switch v := v.(type) {
	case map[string]any:
		keys := sortedKeys(v)
		if len(keys) == 0 {
			return v
		}
		k := rapid.SampledFrom(keys).Draw(t, "key")
		if rapid.IntRange(0, 20).Draw(t, "delete") == 0 {
			delete(v, k)
		} else {
			v[k] = disturb(t, v[k])
		}
	case []any:
		if len(v) > 0 {
			i := rapid.IntRange(0, len(v)-1).Draw(t, "entry")
			v[i] = disturb(t, v[i])
		}
	}
	return v
}

func sortedKeys(m map[string]any) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func fixtures(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/n8n/*.json")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		out[name] = fixture(t, name)
	}
	return out
}

func parse(t rapid.TB, data []byte) any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestDisturbedFiles: whatever stands in a file, it is refused in words or comes back unchanged.
func TestDisturbedFiles(t *testing.T) {
	t.Parallel()
	all := fixtures(t)
	names := sortedKeys(parse(t, mapOf(t, all)).(map[string]any))
	rapid.Check(t, func(t *rapid.T) {
		file := parse(t, all[rapid.SampledFrom(names).Draw(t, "file")])
		for range rapid.IntRange(1, 12).Draw(t, "times") {
			file = disturb(t, file)
		}
		data, err := json.Marshal(file)
		if err != nil {
			t.Fatal(err)
		}
		w, r, err := interop.Import(data, interop.Options{Format: "n8n", Name: "Disturbed"})
		if err != nil {
			return
		}
		if !r.RoundTrip {
			t.Fatalf("comes back changed: %s\n%s", r.Difference, data)
		}
		ids := map[string]bool{}
		for _, n := range w.Nodes {
			ids[n.ID] = true
		}
		for _, e := range w.Edges {
			if !ids[e.From] || !ids[e.To] {
				t.Fatalf("edge %+v leads nowhere\n%s", e, data)
			}
		}
	})
}

func mapOf(t *testing.T, all map[string][]byte) []byte {
	t.Helper()
	b, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestEditedFilesComeBack: nodes are removed, renamed, moved and added and edges cut and drawn; what is exported and
// imported again has the same nodes and edges.
func TestEditedFilesComeBack(t *testing.T) {
	t.Parallel()
	all := fixtures(t)
	names := []string{"agents", "connections", "duplicates", "failure", "loops", "names", "notes", "unnamed"}
	rapid.Check(t, func(t *rapid.T) {
		w, _, err := interop.Import(all[rapid.SampledFrom(names).Draw(t, "file")], interop.Options{Name: "Edited"})
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 8).Draw(t, "edits") {
			if op := anEdit(t, w); op.Op != "" {
				if _, err := engine.Apply(w, op); err != nil {
					t.Fatal(err)
				}
			}
		}
		out, lost, err := interop.Export(w, "n8n")
		if err != nil || len(lost) > 0 {
			t.Fatalf("export: %v %q", err, lost)
		}
		back, _, err := interop.Import(out, interop.Options{Name: "Edited"})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := edges(back), edges(w); !slices.Equal(got, want) {
			t.Fatalf("edges are\n%q\nwant\n%q\n%s", got, want, out)
		}
		if len(back.Notes) != len(w.Notes) {
			t.Fatalf("%d notes, want %d", len(back.Notes), len(w.Notes))
		}
		for _, n := range w.Nodes {
			i := slices.IndexFunc(back.Nodes, func(b engine.Node) bool { return b.Name == n.Name })
			if i < 0 {
				t.Fatalf("%q is lost\n%s", n.Name, out)
			}
			b := back.Nodes[i]
			if b.Kind != n.Kind || b.At != n.At || b.OnError != n.OnError || !sameJSON(t, b.Params, n.Params) || !sameJSON(t, b.Pinned, n.Pinned) {
				t.Fatalf("%q is\n%+v\nwant\n%+v\n%s", n.Name, b, n, out)
			}
		}
	})
}

func sameJSON(t rapid.TB, a, b any) bool {
	t.Helper()
	x, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(x) == string(y)
}

func anEdit(t *rapid.T, w *engine.Workflow) engine.Op {
	id := func(label string) string {
		if len(w.Nodes) == 0 {
			return ""
		}
		return w.Nodes[rapid.IntRange(0, len(w.Nodes)-1).Draw(t, label)].ID
	}
	switch what := rapid.SampledFrom([]string{"node.add", "node.remove", "node.rename", "node.move", "edge.add", "edge.remove"}).Draw(t, "edit"); what {
	case "node.add":
		n := engine.Node{ID: "new" + rapid.StringMatching(`[a-z]{12}`).Draw(t, "id"), Kind: "data.limit", Name: "New", At: [2]float64{1, 2},
			Params: map[string]any{"count": json.Number("3"), "from": "last"}}
		return engine.Op{Op: what, Node: &n}
	case "node.remove", "node.rename", "node.move":
		if len(w.Nodes) == 0 {
			return engine.Op{}
		}
		return changeNode(t, what, id("node"))
	case "edge.add":
		from := id("from")
		out := "main"
		if i := w.NodeByID(from); i >= 0 {
			if port := map[string]string{"flow.if": "false", "flow.loop": "loop"}[w.Nodes[i].Kind]; port != "" {
				out = port
			}
		}
		e := engine.Edge{From: from, Out: out, To: id("to"), In: rapid.SampledFrom([]string{"main", "ai_tool", "main_2"}).Draw(t, "in")}
		for _, old := range w.Edges {
			if old.From == e.From && old.To == e.To && old.Out == e.Out && old.In == e.In {
				return engine.Op{}
			}
		}
		if e.From == "" {
			return engine.Op{}
		}
		return engine.Op{Op: what, Edge: &e}
	default:
		if len(w.Edges) == 0 {
			return engine.Op{}
		}
		return engine.Op{Op: what, Edge: &w.Edges[rapid.IntRange(0, len(w.Edges)-1).Draw(t, "edge")]}
	}
}

func changeNode(t *rapid.T, what, id string) engine.Op {
	op := engine.Op{Op: what, ID: id}
	switch what {
	case "node.rename":
		names := []string{`"Another"`, `"It's \"new\""`, `"Set"`, `"A"`, `"Fetch data"`}
		op.Value = json.RawMessage(rapid.SampledFrom(names).Draw(t, "name"))
	case "node.move":
		op.At = &[2]float64{3.5, -4}
	}
	return op
}
