package nodes_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/expr"
	"github.com/atelier-studio/atelier/engine/nodes"
)

// TestExamples runs every example of every kind in the real engine and compares what it says with what comes out.
func TestExamples(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.write("logs/small.jsonl", "{\"level\":\"error\",\"message\":\"disk full\"}\n\n{\"level\":\"info\",\"message\":\"ok\"}\n")
	w.write("notes.txt", "one\ntwo\n")
	w.handbook()
	w.withTools()
	k := w.withCampaigns()
	k.was(w, shopSite, "a fail high, b pass")
	k.named = map[string]string{"nightly-2": k.was(w, shopSite, "a fail high, b fail medium")}
	for _, q := range []string{
		"create table customers (name text, total real)", "insert into customers values ('Ada', 12.5), ('Grace', 30)", "create table patterns (message text, count integer)",
	} {
		if _, err := w.step("sql.query", map[string]any{"credential": "Reports", "query": q}, map[string][]map[string]any{"main": {{}}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, k := range w.set.Kinds() {
		for _, e := range k.Examples {
			t.Run(k.Name+"/"+e.Name, func(t *testing.T) {
				if e.Needs == "python" {
					if err := w.deps.Python.Available(); err != nil {
						t.Skip(err)
					}
				}
				input := e.Input
				if input == nil && !k.Trigger {
					input = map[string][]map[string]any{"main": {{}}}
				}
				got, err := w.step(k.Name, e.Params, input)
				if e.Error != "" {
					if err == nil || !strings.Contains(err.Error(), e.Error) {
						t.Fatalf("it should fail with %q; error %v, output %s", e.Error, err, text(got))
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				for port, want := range e.Output {
					if g, w := text(objects(got[port])), text(want); g != w {
						t.Errorf("port %s\n got %s\nwant %s", port, g, w)
					}
				}
			})
		}
	}
}

// TestCatalogue holds what every kind must bring.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	set := nodes.Catalogue(&nodes.Deps{})
	types := map[string]bool{}
	for _, c := range nodes.CredentialTypes() {
		types[c.Name] = true
		for _, secret := range c.Secret {
			if !slices.ContainsFunc(c.Fields, func(p engine.Param) bool { return p.Name == secret }) {
				t.Errorf("credential type %s: its secret %s is not a field", c.Name, secret)
			}
		}
	}
	icons := spriteIcons(t)
	for _, k := range set.Kinds() {
		if k.Title == "" || k.Summary == "" || k.Doc == "" || k.Group == "" || len(k.Keywords) == 0 || len(k.Examples) == 0 || k.Run == nil {
			t.Errorf("%s lacks title, summary, documentation, group, keywords or an example", k.Name)
		}
		if !icons[k.Icon] {
			t.Errorf("%s: there is no icon %q", k.Name, k.Icon)
		}
		group, _, _ := strings.Cut(k.Name, ".")
		if strings.HasSuffix(k.Summary, ".") == false || group == "" {
			t.Errorf("%s: the summary is not a sentence", k.Name)
		}
		for _, c := range k.Credentials {
			if !types[c] {
				t.Errorf("%s takes credentials of the type %s, which there is not", k.Name, c)
			}
		}
		checkParams(t, k.Name, k.Params)
		for _, e := range k.Examples {
			for name := range e.Params {
				if !slices.ContainsFunc(k.Params, func(p engine.Param) bool { return p.Name == name }) {
					t.Errorf("%s, example %q: there is no parameter %s", k.Name, e.Name, name)
				}
			}
		}
	}
	if _, ok := set.Kind("flow.nothing"); ok {
		t.Error("a kind that nobody defined was found")
	}
	if n := len(set.Kinds()); n < 35 {
		t.Errorf("only %d kinds", n)
	}
}

// checkParams finds parameters that a form could not show.
func checkParams(t *testing.T, kind string, params []engine.Param) {
	t.Helper()
	for _, p := range params {
		if p.Label == "" {
			t.Errorf("%s.%s has no label", kind, p.Name)
		}
		if d, ok := p.Default.(string); ok && len(p.Options) > 0 && !slices.ContainsFunc(p.Options, func(o engine.Option) bool { return o.Value == d }) {
			t.Errorf("%s.%s: its default %q is no option", kind, p.Name, d)
		}
		if name, values, ok := strings.Cut(p.Show, "="); ok {
			i := slices.IndexFunc(params, func(o engine.Param) bool { return o.Name == name })
			if i < 0 {
				t.Errorf("%s.%s is shown by %s, which there is not", kind, p.Name, name)
				continue
			}
			for v := range strings.SplitSeq(values, "|") {
				known := slices.ContainsFunc(params[i].Options, func(o engine.Option) bool { return o.Value == v })
				if len(params[i].Options) > 0 && !known {
					t.Errorf("%s.%s is shown for %s=%s, which is no option", kind, p.Name, name, v)
				}
			}
		}
		checkParams(t, kind+"."+p.Name, p.Fields)
	}
}

// TestTemplates holds that the starter workflows are correct, canonical, and say what they need.
func TestTemplates(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for _, tt := range nodes.Templates() {
		written, err := os.ReadFile("templates/" + tt.Name + ".json")
		must(t, err)
		if again, err := tt.Doc.Encode(); err != nil || string(again) != string(written) {
			t.Errorf("%s is not written as the studio would: %v", tt.Name, err)
		}
		if tt.Title == "" || tt.Summary == "" || len(tt.Doc.Notes) == 0 {
			t.Errorf("%s lacks title, summary or a note", tt.Name)
		}
		for _, p := range engine.Validate(tt.Doc, w.set) {
			t.Errorf("%s, node %s: %v", tt.Name, p.Node, p)
		}
		for _, n := range tt.Doc.Nodes {
			eachString(n.Params, func(s string) {
				if _, err := expr.Compile(s, w.deps.JavaScript); expr.IsExpression(s) && err != nil {
					t.Errorf("%s, node %s: %v", tt.Name, n.ID, err)
				}
			})
		}
	}
}

func eachString(v any, f func(string)) {
	switch v := v.(type) {
	case string:
		f(v)
	case []any:
		for _, e := range v {
			eachString(e, f)
		}
	case map[string]any:
		for _, e := range v {
			eachString(e, f)
		}
	}
}

// TestLogDigest runs the first template from sample logs to table and webhook.
func TestLogDigest(t *testing.T) {
	t.Parallel()
	var posted struct {
		Patterns []struct {
			Message string
			Count   int
		}
	}
	w := newWorld(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&posted); err != nil || r.Header.Get("Idempotency-Key") == "" {
			rw.WriteHeader(http.StatusBadRequest)
		}
	}))
	for _, name := range []string{"sample_logs", "log_digest", "log_digest"} {
		doc := template(t, name)
		for i := range doc.Nodes {
			doc.Nodes[i].Disabled = false // the post to a webhook waits for an address
		}
		run, _ := w.run(engine.StartRequest{Workspace: "w", Doc: doc, Trigger: "manual", Manual: true})
		if run.Status != engine.Succeeded {
			t.Fatalf("%s: %s at %s", name, run.Error, run.ErrorNode)
		}
	}
	want := map[string]int{"order N failed: no stock": 40, "time-out after N s calling payments": 20, "session ID expired": 40}
	for _, p := range posted.Patterns {
		if n, ok := want[p.Message]; ok && n != p.Count {
			t.Errorf("%q was counted %d times, want %d", p.Message, p.Count, n)
		}
		delete(want, p.Message)
	}
	if len(want) > 0 {
		t.Errorf("not posted: %v; posted: %v", want, posted)
	}
	got, err := w.step("sql.query", map[string]any{"credential": "Reports", "query": "select count(*) as n, sum(count) as total from log_patterns"}, map[string][]map[string]any{"main": {{}}})
	must(t, err)
	if row := objects(got["main"])[0]; row["n"] != float64(len(posted.Patterns)) {
		t.Errorf("the table has %v after two runs, want %d patterns", row, len(posted.Patterns))
	}
}

// TestCSVCleanup runs the template on a table as people have them.
func TestCSVCleanup(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.write("customers.csv", "name;email;zip\n  Grace  Hopper ;GRACE@example.com;20500\nada;ada@example.com;01067\nNobody;;1\n=cmd;x@example.com;2\nAda;ADA@example.com ;01067\n")
	run, _ := w.run(engine.StartRequest{Workspace: "w", Doc: template(t, "csv_cleanup"), Trigger: "manual", Manual: true})
	if run.Status != engine.Succeeded {
		t.Fatal(run.Error)
	}
	want := "email,name,zip\nx@example.com,'=cmd,2\nada@example.com,Ada,01067\ngrace@example.com,Grace Hopper,20500\n"
	if got := w.readBack("clean/customers.csv"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func template(t *testing.T, name string) *engine.Workflow {
	t.Helper()
	for _, tt := range nodes.Templates() {
		if tt.Name == name {
			return tt.Doc
		}
	}
	t.Fatalf("there is no template %s", name)
	return nil
}

func TestDocs(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	set := nodes.Catalogue(&nodes.Deps{})
	must(t, nodes.WriteDocs(&b, set))
	for _, k := range set.Kinds() {
		if !strings.Contains(b.String(), "### "+k.Name+"\n") || !strings.Contains(b.String(), k.Summary) {
			t.Errorf("the reference lacks %s", k.Name)
		}
	}
}

// exampleServer answers the examples' requests.
func exampleServer() http.Handler {
	mux := http.NewServeMux()
	answer := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, strings.ReplaceAll(body, "HOST", r.Host))
		}
	}
	mux.HandleFunc("GET /orders", answer(`[{"id":1},{"id":2}]`))
	mux.HandleFunc("GET /pages", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("p") == "2" {
			answer(`{"items":[{"n":3}],"next":null}`)(w, r)
			return
		}
		answer(`{"items":[{"n":1},{"n":2}],"next":"/pages?p=2"}`)(w, r)
	})
	mux.Handle("tools.example.com/mcp", new(toolServer).handler())
	mux.HandleFunc("GET /returns", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Content-Type", "text/html")
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(w, "<title>Returns</title><h1>Returns</h1><p>Vouchers come back within seven days.</p>")
	})
	mux.HandleFunc("POST /echo", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
		io.Copy(w, r.Body)
	})
	return mux
}
