package nodes_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
)

// sketch makes a workflow of lines like `a flow.if {"condition": …}` (node) and `a.true > b.in_1` (edge).
func sketch(t testing.TB, text string) *engine.Workflow {
	t.Helper()
	w := &engine.Workflow{Name: "Test"}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if from, to, ok := strings.Cut(line, " > "); ok && !strings.Contains(line, "{") {
			e := engine.Edge{Out: "main", In: "main"}
			e.From, e.To = from, to
			if a, b, ok := strings.Cut(from, "."); ok {
				e.From, e.Out = a, b
			}
			if a, b, ok := strings.Cut(to, "."); ok {
				e.To, e.In = a, b
			}
			w.Edges = append(w.Edges, e)
			continue
		}
		parts := strings.SplitN(line, " ", 3)
		if len(parts) < 2 {
			continue
		}
		n := engine.Node{ID: parts[0], Kind: parts[1], Name: strings.ToUpper(parts[0]), At: [2]float64{float64(280 * len(w.Nodes)), 0}, Params: map[string]any{}}
		if len(parts) == 3 {
			if err := json.Unmarshal([]byte(parts[2]), &n.Params); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
		w.Nodes = append(w.Nodes, n)
	}
	return w
}

var known = engine.Surroundings{
	Credentials: []engine.Credential{{Name: "Shop", Type: "http.bearer"}, {Name: "Reports", Type: "sql.sqlite"}},
	Variables:   []string{"REGION"},
	Claimed:     map[string]string{"POST orders": "Orders"},
}

// Every mistake is found once, and a fix that is offered mends it without making another error.
func TestLint(t *testing.T) {
	t.Parallel()
	key := "sk-" + strings.Repeat("a1B2", 8)
	tests := []struct {
		name, drawing string
		want          string // "node code param", with " fix" when one is offered
	}{
		{"nothing wrong", `t trigger.manual
			h http.request {"url": "https://example.com", "credential": "Shop", "headers": {"X-Region": "={{ $vars.REGION }}"}}
			t > h`, ""},
		{"an empty required parameter", `t trigger.manual
			h http.request {}
			t > h`, "h required url"},
		{"an unknown kind", `t trigger.manual
			x app.unknown {}
			t > x`, "x unknown-kind  fix"},
		{"an edge to nowhere", `t trigger.manual
			t > gone`, "t dangling-edge  fix"},
		{"a port that is not there", `t trigger.manual
			a flow.noop {}
			t > a
			b flow.noop
			a.other > b`, "a no-port  fix"},
		{"a number too large", `t trigger.manual
			h data.limit {"count": -3}
			t > h`, "h min count fix"},
		{"an unconnected branch", `t trigger.manual
			i flow.if {"condition": "={{ $json.x }}"}
			a flow.noop
			t > i
			i.true > a`, "i unconnected-branch  fix"},
		{"a merge with inputs to spare", `t trigger.manual
			a flow.noop
			m flow.merge {"inputs": 3}
			t > m.in_1
			t > a
			a > m.in_2`, "m empty-input  fix"},
		{"a merge of one", `t trigger.manual
			m flow.merge {}
			z flow.noop
			t > m.in_1
			m > z`, "m empty-input  fix"},
		{"a merge that never fills", `t trigger.manual
			s trigger.schedule {"cron": "0 8 * * *"}
			m flow.merge {"mode": "by_position"}
			t > m.in_1
			s > m.in_2`, "m never-filled "},
		{"two triggers appended", `t trigger.manual
			s trigger.schedule {"cron": "0 8 * * *"}
			m flow.merge {}
			t > m.in_1
			s > m.in_2`, ""},
		{"an unreachable node beside a free output", `t trigger.manual
			a flow.noop`, "a unreachable  fix"},
		{"no trigger", `a flow.noop
			b flow.noop
			a > b`, " no-trigger  fix"},
		{"a loop without bound", `t trigger.manual
			a flow.noop
			b flow.noop
			t > a
			a > b
			b > a`, "a cycle  fix"},
		{"a node connected to itself", `t trigger.manual
			a flow.noop
			t > a
			a > a`, "a cycle  fix"},
		{"a missing credential", `t trigger.manual
			h http.request {"url": "https://example.com", "credential": "Shopp"}
			t > h`, "h missing-credential credential fix"},
		{"a credential of another type", `t trigger.manual
			h http.request {"url": "https://example.com", "credential": "Reports"}
			t > h`, "h wrong-credential credential fix"},
		{"a slip in a node's name", `t trigger.manual
			first data.set {"fields": [{"name": "a", "value": "={{ $json.a }}"}]}
			b data.set {"fields": [{"name": "a", "value": "={{ $('FIRTS').first().json.a }}"}]}
			first > b
			t > first`, "b unknown-reference fields.1.value fix"},
		{"a node that runs later", `t trigger.manual
			a data.set {"fields": [{"name": "a", "value": "={{ $('B').first().json.a }}"}]}
			b flow.noop
			t > a
			a > b`, "a late-reference fields.1.value"},
		{"a reference in code", `t trigger.manual
			a code.javascript {"code": "return $('Nobody at all').all()"}
			t > a`, "a unknown-reference code"},
		{"a variable that is not there", `t trigger.manual
			a data.template {"template": "={{ $vars.REGIO }}", "into": "x"}
			t > a`, "a unknown-variable template fix"},
		{"an address twice", `s trigger.webhook {"path": "a/b", "method": "*"}
			t trigger.webhook {"path": "/a/b/", "method": "GET"}`, "t duplicate-address path fix"},
		{"an address of another workflow", `t trigger.webhook {"path": "orders", "method": "POST"}`, "t duplicate-address path fix"},
		{"a key by its shape", `t trigger.manual
			h http.request {"url": "https://example.com", "body": "={{ { key: '` + key + `' } }}"}
			t > h`, "h plain-secret body"},
		{"a secret by its name", `t trigger.manual
			h http.request {"url": "https://example.com", "headers": {"Authorization": "Bearer tr0ub4dor&3-and-more"}}
			t > h`, "h plain-secret headers.Authorization fix"},
		{"a secret in a row", `t trigger.manual
			a data.set {"fields": [{"name": "api_key", "value": "tr0ub4dor&3"}]}
			t > a`, "a plain-secret fields.1.value fix"},
		{"what stands for a secret", `t trigger.manual
			h http.request {"url": "https://example.com", "headers": {"Authorization": "Bearer <your token>", "X-Api-Key": "={{ $json.key }}"}}
			t > h`, ""},
		{"a condition that is text", `t trigger.manual
			f data.filter {"condition": "$json.total > 100"}
			t > f`, "f fixed-condition condition fix"},
	}
	catalogue := nodes.Catalogue(&nodes.Deps{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := sketch(t, tt.drawing)
			problems := engine.Lint(w, catalogue, known)
			if got := told(problems); got != tt.want {
				t.Fatalf("got %q; want %q\n%+v", got, tt.want, problems)
			}
			if len(problems) == 0 {
				return
			}
			if strings.Contains(fmt.Sprintf("%+v", problems[0].Text), "tr0ub4dor") || strings.Contains(problems[0].Text, key) {
				t.Errorf("a secret is told: %s", problems[0].Text)
			}
			if problems[0].Fix == nil {
				return
			}
			if _, err := engine.Apply(w, problems[0].Fix.Ops...); err != nil {
				t.Fatalf("the fix does not apply: %v", err)
			}
			for _, p := range engine.Lint(w, catalogue, known) {
				if p.Code == problems[0].Code && p.Warning == problems[0].Warning || !p.Warning {
					t.Errorf("after the fix: %+v", p)
				}
			}
		})
	}
}

func told(problems []engine.Problem) string {
	var lines []string
	for _, p := range problems {
		line := p.Node + " " + p.Code + " " + p.Param
		if p.Fix != nil {
			line += " fix"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "; ")
}

// A secret that a kind's credentials can hold is offered one: its type, its other fields, and where the secret stands.
func TestKeepSecret(t *testing.T) {
	t.Parallel()
	key := "sk-" + strings.Repeat("a1B2", 8)
	tests := []struct {
		name, kind, params string
		want               string // type, field, other fields, name, secret
		left               string // of the parameters
	}{
		{"a bearer token", "http.request", `{"url": "https://api.example.com/v1", "headers": {"Authorization": "Bearer ` + key + `", "Accept": "text/plain"}}`,
			"http.bearer token map[] api.example.com " + key, `{"headers":{"Accept":"text/plain"},"url":"https://api.example.com/v1"}`},
		{"another scheme", "http.request", `{"url": "example.com", "headers": {"authorization": "Basic dTpwYXNzd29yZA=="}}`,
			"http.header value map[name:authorization] example.com Basic dTpwYXNzd29yZA==", `{"headers":{},"url":"example.com"}`},
		{"a header", "http.request", `{"url": "={{ $json.url }}", "headers": {"X-Api-Key": "über-tr0ub4dor"}}`,
			"http.header value map[name:X-Api-Key]  über-tr0ub4dor", `{"headers":{},"url":"={{ $json.url }}"}`},
		{"the query", "http.request", `{"url": "https://example.com", "query": {"token": "tr0ub4dor", "q": "x"}}`,
			"http.query value map[name:token] example.com tr0ub4dor", `{"query":{"q":"x"},"url":"https://example.com"}`},
		{"the query in the address", "http.request", `{"url": "https://example.com/a?q=ü&api_key=tr0ub4dor#top"}`,
			"http.query value map[name:api_key] example.com tr0ub4dor", `{"url":"https://example.com/a?q=ü#top"}`},
		{"name and password in the address", "http.request", `{"url": "https://ada:tr0ub4dor@example.com/a"}`,
			"http.basic password map[user:ada] example.com tr0ub4dor", `{"url":"https://example.com/a"}`},
		{"a key for signing", "data.hash", `{"value": "x", "hmac": true, "key": "` + key + `"}`,
			"secret secret map[]  " + key, `{"hmac":true,"value":"x"}`},
		{"there is a credential already", "http.request", `{"url": "https://example.com", "credential": "Shop", "headers": {"X-Api-Key": "tr0ub4dor"}}`,
			"", `{"credential":"Shop","headers":{},"url":"https://example.com"}`},
		{"a body", "http.request", `{"url": "https://example.com", "body": {"password": "tr0ub4dor"}}`, "", `{"body":{},"url":"https://example.com"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := sketch(t, "t trigger.manual\nh "+tt.kind+" "+tt.params+"\nt > h")
			problems := engine.Lint(w, nodes.Catalogue(&nodes.Deps{}), known)
			i := slices.IndexFunc(problems, func(p engine.Problem) bool { return p.Code == "plain-secret" && p.Fix != nil })
			if i < 0 {
				t.Fatalf("nothing is offered: %+v", problems)
			}
			got := ""
			if keep := problems[i].Fix.Keep; keep != nil {
				value := any(w.Nodes[1].Params)
				for _, key := range keep.Path {
					value = value.(map[string]any)[key.(string)]
				}
				secret := string([]rune(value.(string))[keep.From:keep.To]) // no letter here takes two units
				got = fmt.Sprintf("%s %s %v %s %s", keep.Type, keep.Field, keep.Values, keep.Name, secret)
				if data, err := json.Marshal(problems[i]); err != nil || strings.Contains(string(data), secret) {
					t.Errorf("the secret is told (%v): %s", err, data)
				}
			}
			if got != tt.want {
				t.Errorf("got %q; want %q", got, tt.want)
			}
			if _, err := engine.Apply(w, problems[i].Fix.Ops...); err != nil {
				t.Fatal(err)
			}
			if left, err := json.Marshal(w.Nodes[1].Params); err != nil || string(left) != tt.left {
				t.Errorf("left is %s (%v); want %s", left, err, tt.left)
			}
		})
	}
}

// A warning that people ignore stays known, and an error cannot be ignored.
func TestIgnoredWarnings(t *testing.T) {
	t.Parallel()
	w := sketch(t, `t trigger.manual
		h http.request {"headers": {"Authorization": "Bearer tr0ub4dor&3"}}
		t > h`)
	op := engine.Op{Op: "node.set", ID: "h", Path: "ignore", Value: json.RawMessage(`["plain-secret:headers.Authorization", "required:url"]`)}
	undo, err := engine.Apply(w, op)
	if err != nil {
		t.Fatal(err)
	}
	ignored := func() (codes []string) {
		for _, p := range engine.Lint(w, nodes.Catalogue(&nodes.Deps{}), known) {
			if p.Ignored {
				codes = append(codes, p.Code)
			}
		}
		return codes
	}
	if got := ignored(); !slices.Equal(got, []string{"plain-secret"}) {
		t.Errorf("ignored are %v", got)
	}
	data, err := w.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := engine.Parse(data); err != nil || len(again.Nodes[1].Ignore) != 2 {
		t.Errorf("the file does not keep what is ignored: %v\n%s", err, data)
	}
	if _, err := engine.Apply(w, undo...); err != nil || len(ignored()) != 0 {
		t.Errorf("undone (%v), ignored are %v", err, ignored())
	}
}

// A large drawing full of mistakes is linted in bounded time and with a bounded answer.
func TestLintLarge(t *testing.T) {
	t.Parallel()
	w := &engine.Workflow{Name: "Large"}
	for i := range engine.MaxNodes {
		w.Nodes = append(w.Nodes, engine.Node{
			ID: fmt.Sprint("n", i), Kind: "data.set", Name: fmt.Sprint("N", i), At: [2]float64{float64(i % 70 * 280), float64(i / 70 * 120)},
			Params: map[string]any{"fields": []any{map[string]any{"name": "token", "value": fmt.Sprintf("={{ $('N%d').first().json.a + $('M%d').first().json.b }}", (i+1)%engine.MaxNodes, i)}}},
		})
		if i > 0 && i%7 != 0 {
			w.Edges = append(w.Edges, engine.Edge{From: fmt.Sprint("n", i-1), Out: "main", To: fmt.Sprint("n", i), In: "main"})
		}
	}
	if got := len(engine.Lint(w, nodes.Catalogue(&nodes.Deps{}), known)); got == 0 || got > 1000 {
		t.Errorf("%d problems", got)
	}
}
