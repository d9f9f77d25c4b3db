package engine_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
)

const file = `{
  "format": "atelier/v1",
  "name": "Orders",
  "nodes": [
    {
      "id": "hook",
      "kind": "trigger.webhook",
      "name": "New <order>",
      "at": [
        80,
        120.5
      ],
      "params": {
        "big": 12345678901234567890,
        "exact": 1.0,
        "path": "orders"
      },
      "retry": {
        "attempts": 3,
        "wait_ms": 500,
        "backoff": "exponential"
      },
      "pinned": [
        {
          "json": {
            "n": 1
          }
        }
      ],
      "from_the_future": {
        "a": [
          1
        ]
      }
    }
  ],
  "edges": [
    {
      "from": "hook",
      "out": "main",
      "to": "hook",
      "in": "main",
      "label": "again"
    }
  ],
  "notes": [],
  "groups": [],
  "settings": {
    "timeout_ms": 0,
    "concurrency": 0,
    "error_workflow": "",
    "keep_runs_days": 0,
    "theme": "dark"
  },
  "x-tool": 7
}
`

func TestFileKeepsItsBytes(t *testing.T) {
	t.Parallel()
	w, err := engine.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []*engine.Workflow{w, w.Clone()} {
		got, err := v.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != file {
			t.Errorf("the file came back as\n%s", got)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, data, want string }{
		{"nothing", "", "empty"},
		{"no JSON", "hello", "not JSON"},
		{"half a file", `{"nodes": [`, "ends in the middle"},
		{"two values", `{} {}`, "after the end"},
		{"deep nesting", strings.Repeat("[", 10_000), "nested deeper than 64"},
		{"too large", `"` + strings.Repeat("a", engine.MaxFileBytes) + `"`, "larger than 10 MiB"},
		{"a list", `[]`, "must be an object"},
		{"nodes of the wrong shape", `{"nodes": {"a": 1}}`, `"nodes" must be a list`},
		{"another format", `{"format": "atelier/v9"}`, "atelier/v9"},
		{"too many nodes", `{"nodes": [` + strings.Repeat(`{},`, engine.MaxNodes) + `{}]}`, "at most 5000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := engine.Parse([]byte(tt.data))
			if !errors.Is(err, fs.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v; want fs.ErrInvalid with %q", err, tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(file))
	f.Add([]byte(`{"nodes":[{"params":null,"pinned":[{"json":null}]}],"edges":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		w, err := engine.Parse(data)
		if err != nil {
			return
		}
		once, err := w.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := engine.Parse(once)
		if err != nil {
			t.Fatalf("what Encode wrote cannot be read: %v\n%s", err, once)
		}
		twice, err := again.Encode()
		if err != nil || string(once) != string(twice) {
			t.Fatalf("encoding is not stable:\n%s\n%s", once, twice)
		}
		for _, p := range engine.Lint(w, kinds(newWorld()), engine.Surroundings{Credentials: []engine.Credential{}, Variables: []string{}}) {
			if p.Fix == nil {
				continue
			}
			if _, err := engine.Apply(w.Clone(), p.Fix.Ops...); err != nil {
				t.Fatalf("the fix of %q does not apply: %v", p.Text, err)
			}
		}
	})
}

func TestValidate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		lines []string
		set   func(w *engine.Workflow)
		want  string // "node param code" of the one problem expected, "" for none
	}{
		{name: "a good one", lines: []string{"t:trigger.manual", "a:pass", "t>a"}},
		{name: "an unknown kind", lines: []string{"t:trigger.manual", "a:slack", "t>a"}, want: "a  unknown-kind"},
		{name: "an unknown kind, disabled", lines: []string{"t:trigger.manual", "a:slack", "t>a"}, set: func(w *engine.Workflow) { node(w, "a").Disabled = true }, want: "a  unknown-kind warning"},
		{name: "an edge to nowhere", lines: []string{"t:trigger.manual", "t>a"}, want: "t  dangling-edge"},
		{name: "an edge from nowhere", lines: []string{"t:trigger.manual", "a>t"}, want: "t  dangling-edge"},
		{name: "a port that is not there", lines: []string{"t:trigger.manual", "a:pass", "t.other>a"}, want: "t  no-port"},
		{name: "two nodes with one id", lines: []string{"t:trigger.manual", "t:trigger.manual"}, want: "t  duplicate-id"},
		{name: "a self-loop", lines: []string{"t:trigger.manual", "a:pass", "t>a", "a>a"}, want: "a  cycle"},
		{name: "a cycle", lines: []string{"t:trigger.manual", "a:pass", "b:pass", "t>a", "a>b", "b>a"}, want: "a  cycle"},
		{name: "a bounded cycle", lines: []string{"t:trigger.manual", "l:loop", "b:pass", "c:pass", "t>l", "l.loop>b", "b>l", "l.done>c"}},
		{name: "no trigger", lines: []string{"a:pass"}, want: "  no-trigger warning"},
		{name: "a node that nothing leads to", lines: []string{"t:trigger.manual", "a:pass"}, want: "a  unreachable warning"},
		{name: "a branch that leads nowhere", lines: []string{"t:trigger.manual", "i:if", "a:pass", "t>i", "i.true>a"}, want: "i  unconnected-branch warning"},
		{name: "a merge that cannot fill", lines: []string{"t:trigger.manual", "m:merge", "t>m.in_1"}, want: "m  empty-input warning"},
		{name: "an expression with a mistake", lines: []string{"t:trigger.manual", "a:add", "t>a"}, set: func(w *engine.Workflow) { node(w, "a").Params["value"] = "={{ $json.x" }, want: "a value bad-expression"},
		{name: "a reference to nothing", lines: []string{"t:trigger.manual", "a:add", "t>a"}, set: func(w *engine.Workflow) { node(w, "a").Params["value"] = "={{ $('Gone').first().json.x }}" }, want: "a value unknown-reference warning"},
		{name: "a text for a number", lines: []string{"t:trigger.manual", "l:loop", "b:pass", "t>l", "l.loop>b", "b>l"}, set: func(w *engine.Workflow) { node(w, "l").Params["size"] = "many" }, want: "l size bad-value"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := draw(t, tt.lines...)
			if tt.set != nil {
				tt.set(w)
			}
			got := ""
			for _, p := range engine.Validate(w, kinds(newWorld())) {
				if tt.want == "" && p.Code == "unconnected-branch" || tt.want == "l size bad-value" && p.Warning || tt.name == "two nodes with one id" && p.Code == "duplicate-name" {
					continue
				}
				got = fmt.Sprint(p.Node, " ", p.Param, " ", p.Code)
				if p.Warning {
					got += " warning"
				}
			}
			if got != tt.want {
				t.Errorf("got %q; want %q", got, tt.want)
			}
		})
	}
}

// A kind that stays only for old drawings is replaced by the one it names.
func TestDeprecated(t *testing.T) {
	t.Parallel()
	c := kinds(newWorld())
	c["old"] = &engine.Kind{Name: "old", Title: "Old", Deprecated: "pass", Run: c["pass"].Run}
	w := draw(t, "t:trigger.manual", "a:old", "t>a")
	found := engine.Lint(w, c, engine.Surroundings{})
	if len(found) != 1 || found[0].Code != "deprecated" || !found[0].Warning || found[0].Fix == nil {
		t.Fatalf("found %+v", found)
	}
	if _, err := engine.Apply(w, found[0].Fix.Ops...); err != nil || node(w, "a").Kind != "pass" || len(engine.Lint(w, c, engine.Surroundings{})) != 0 {
		t.Errorf("mended (%v) it is a %s", err, node(w, "a").Kind)
	}
}

// A drawing as large as allowed is checked and planned without recursion.
func TestLongChain(t *testing.T) {
	t.Parallel()
	w := &engine.Workflow{Name: "Long"}
	w.Nodes = append(w.Nodes, engine.Node{ID: "0", Name: "0", Kind: "trigger.manual"})
	for i := 1; i < engine.MaxNodes; i++ {
		w.Nodes = append(w.Nodes, engine.Node{ID: fmt.Sprint(i), Name: fmt.Sprint(i), Kind: "pass"})
		w.Edges = append(w.Edges, engine.Edge{From: fmt.Sprint(i - 1), Out: "main", To: fmt.Sprint(i), In: "main"})
	}
	if got := run(t, w, kinds(newWorld()), map[string]any{"n": 1.0}); got.Run.Status != engine.Succeeded || got.Run.Steps != engine.MaxNodes {
		t.Errorf("the run ended %s after %d steps: %s", got.Run.Status, got.Run.Steps, got.Run.Error)
	}
}
