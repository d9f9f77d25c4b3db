package nodes_test

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/locales"
)

// TestTemplateTests runs the tests that every template holds. None may touch the world.
func TestTemplateTests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.NotFoundHandler())
	names := map[string]bool{}
	for _, tt := range nodes.Templates() {
		if names[tt.Name] || !slices.Contains(nodes.TemplateCategories, tt.Category) || len(tt.Doc.Tests) == 0 {
			t.Errorf("%s comes twice, has no category or no test", tt.Name)
		}
		names[tt.Name] = true
		for i := range tt.Doc.Tests {
			if c := &tt.Doc.Tests[i]; len(c.Allow) > 0 || len(c.Asserts) == 0 {
				t.Errorf("%s, %s touches the world, or checks nothing", tt.Name, c.Name)
			}
		}
		for _, l := range locales.All {
			doc := reworded(t, tt.Doc, l.Language)
			for i := range doc.Tests {
				c := &doc.Tests[i]
				r := engine.RunCase(t.Context(), engine.Options{Catalogue: w.set, JavaScript: w.deps.JavaScript}, engine.CaseRequest{Workspace: "w", Doc: doc, Case: c})
				for _, a := range r.Asserts {
					if !a.Passed {
						t.Errorf("%s: %s, %s: %s %s %s: %s", l.Name, tt.Name, c.Name, a.Node, a.Path, a.Is, a.Text)
					}
				}
				if r.Status != engine.CasePassed {
					t.Errorf("%s: %s, %s: %s %s", l.Name, tt.Name, c.Name, r.Status, r.Error)
				}
			}
		}
	}
	if len(names) < 12 {
		t.Errorf("only %d templates", len(names))
	}
}

var bold = regexp.MustCompile(`\*\*([^*]+)\*\*`)

// reworded returns a template in a language. What notes point to by the names of nodes must be called so.
func reworded(t *testing.T, template *engine.Workflow, l locales.Language) *engine.Workflow {
	t.Helper()
	doc := template.Clone()
	if err := doc.Reword(func(text string) string { return locales.Say(l, text) }); err != nil {
		t.Fatalf("%s: %s: %v", l, template.Name, err)
	}
	for i, n := range doc.Nodes {
		if want := locales.Say(l, template.Nodes[i].Name); n.Name != want {
			t.Errorf("%s: %s: two nodes are called %q", l, template.Name, want)
		}
	}
	for i, note := range doc.Notes {
		for _, m := range bold.FindAllStringSubmatch(template.Notes[i].Text, -1) {
			named := slices.ContainsFunc(template.Nodes, func(n engine.Node) bool { return n.Name == m[1] })
			if want := "**" + locales.Say(l, m[1]) + "**"; named && !strings.Contains(note.Text, want) {
				t.Errorf("%s: a note of %s does not name %s", l, template.Name, want)
			}
		}
	}
	return doc
}

// shop answers as the services do that the templates call.
func shop(got *recorder) http.Handler {
	mux := http.NewServeMux()
	say := func(pattern, body string) {
		mux.HandleFunc(pattern, got.wrap(func(w http.ResponseWriter, _ *http.Request) {
			kind := "application/json"
			if strings.HasPrefix(body, "<") {
				kind = "text/html"
			}
			w.Header().Set("Content-Type", kind)
			io.WriteString(w, body)
		}))
	}
	say("GET example.com/lamp", `<p class="price">EUR 49.50</p>`)
	say("GET example.com/desk", `<p>sold out</p>`)
	say("GET api.github.com/repos/golang/go/issues", `[{"number":1,"title":"Broken","html_url":"https://example.com/1","comments":3}]`)
	say("GET example.com/api/order-lines", `[{"sku":"a","quantity":4},{"sku":"b","quantity":2}]`)
	say("GET example.com/{$}", `<a href="https://example.com/lamp">a</a> <a href="https://example.com/gone">b</a> <a href="#top">c</a>`)
	say("POST api.github.com/repos/example/shop/issues", `{"number":7}`)
	say("POST example.com/slack-webhook", `{"ok":true}`)
	say("POST example.com/europe/orders", `{"accepted":true}`)
	mux.HandleFunc("GET example.com/api/orders", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if p := r.URL.Query().Get("page"); p == "1" || p == "2" {
			fmt.Fprintf(w, `{"orders":[{"id":%s,"customer":{"name":"Ada","country":"UK"},"total":"5","created_at":"2026-03-0%sT10:00:00Z"}]}`, p, p)
			return
		}
		io.WriteString(w, `{"orders":[]}`)
	})
	mux.HandleFunc("POST example.com/api/customers/import", got.wrap(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Customers []any }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"imported":%d}`, len(body.Customers))
	}))
	return mux
}

// TestTemplatesRun runs every template as it is drawn, with real files, a real database, a real mail server, and the
// internet on this machine. The log digest and the clean-up have tests of their own.
func TestTemplatesRun(t *testing.T) {
	t.Parallel()
	hook := func(body string) []engine.Item {
		var v any
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			t.Fatal(err)
		}
		return []engine.Item{{JSON: map[string]any{"body": v, "headers": map[string]any{}, "query": map[string]any{}, "method": "POST", "path": "x"}}}
	}
	tests := []struct {
		name    string
		trigger string
		items   []engine.Item
		before  func(*world)
		mails   []string // a part of each
		posts   int
		files   map[string]string // a part of each, by name
		runs    int               // 0: one
	}{
		{name: "site_check", trigger: "every", mails: nil},
		{name: "price_watch", trigger: "every", runs: 2, before: func(w *world) {
			for _, q := range []string{"create table prices (url text primary key, price real not null)", "insert into prices values ('https://example.com/lamp', 60)"} {
				_, err := w.step("sql.query", map[string]any{"credential": "Reports", "query": q}, map[string][]map[string]any{"main": {{}}})
				must(t, err)
			}
		}, mails: []string{"Lamp cost 60 and now costs 49.5"}},
		{name: "issue_digest", trigger: "start", mails: []string{"[#1](https://example.com/1) Broken"}},
		{name: "sales_report", trigger: "friday", before: func(w *world) {
			for _, q := range []string{"create table orders (region text, total real, day text)", "insert into orders values ('North', 12, '2999-01-01'), ('South', 8, '2999-01-01'), ('Old', 9, '1999-01-01')"} {
				_, err := w.step("sql.query", map[string]any{"credential": "Reports", "query": q}, map[string][]map[string]any{"main": {{}}})
				must(t, err)
			}
		}, mails: []string{"**Together: 20.00**"}},
		{name: "link_check", trigger: "start", files: map[string]string{"broken-links.csv": "https://example.com/gone,404,"}},
		{name: "stock_check", trigger: "start", before: func(w *world) { w.write("stock.csv", "sku,stock\na,10\nb,1\n") }, mails: []string{"1 =C3=97 b"}},
		{name: "nightly_campaign", trigger: "every", runs: 2, before: func(w *world) { w.withCampaigns() }, posts: 4}, // two issues and a message, then a message
		{name: "webhook_reply", trigger: "hook", items: hook(`{"name":"Ada"}`)},
		{name: "contact_form", trigger: "hook", items: hook(`{"name":"Ada","email":"ada@example.com","message":"Hello there"}`), runs: 2,
			mails: []string{"Hello there", "Hello there"}, files: map[string]string{"inbox/contact.jsonl": "\"message\":\"Hello there\"}\n{"}},
		{name: "order_router", trigger: "hook", items: hook(`{"id":7,"country":"de"}`), posts: 1},
		{name: "order_router", trigger: "hook", items: hook(`{"id":8,"country":"nz"}`), files: map[string]string{"orders/aside.jsonl": `"id":8`}},
		{name: "data_quality", trigger: "start", before: func(w *world) {
			w.write("import.csv", "email,date,amount\nada@example.com,2026-03-01,12\nnobody,soon,0\n")
		}, files: map[string]string{"checked/accepted.csv": "ada@example.com,2026-03-01,12\n", "checked/rejected.csv": "nobody,soon,0,email date amount\n"}},
		{name: "api_export", trigger: "start", files: map[string]string{"exports/orders-*.csv": "1,2026-03-01,Ada,UK,5\n2,2026-03-02,Ada,UK,5\n"}},
		{name: "batch_upload", trigger: "start", before: func(w *world) {
			w.write("customers.csv", "name,email\n"+strings.Repeat("Ada,ada@example.com\n", 60))
		}, posts: 2, files: map[string]string{"upload-report.json": `"imported":60`}},
	}
	covered := map[string]bool{"log_digest": true, "sample_logs": true, "csv_cleanup": true, "document_answers": true, "document_chat": true, "support_triage": true, "production_rag": true, "ticket_assistant": true}
	for _, tt := range tests {
		covered[tt.name] = true
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got recorder
			w := newWorld(t, shop(&got))
			if tt.before != nil {
				tt.before(w)
			}
			for range max(1, tt.runs) {
				run, _ := w.run(engine.StartRequest{Workspace: "w", Doc: template(t, tt.name), Trigger: "manual", Node: tt.trigger, Items: tt.items})
				if run.Status != engine.Succeeded {
					t.Fatalf("%s at %s", run.Error, run.ErrorNode)
				}
			}
			letters := w.mail.take()
			if len(letters) != len(tt.mails) {
				t.Fatalf("%d mails were sent, want %d: %v", len(letters), len(tt.mails), letters)
			}
			for i, want := range tt.mails {
				if data := strings.ReplaceAll(letters[i].data, "=\r\n", ""); !strings.Contains(data, want) {
					t.Errorf("the mail lacks %q:\n%s", want, data)
				}
			}
			posts := 0
			for _, r := range got.requests {
				if r.Method == "POST" {
					posts++
				}
			}
			if posts != tt.posts {
				t.Errorf("%d requests were posted, want %d", posts, tt.posts)
			}
			for pattern, want := range tt.files {
				found, err := fs.Glob(os.DirFS(w.root), pattern)
				if err != nil || len(found) != 1 {
					t.Fatalf("%s: %v %v", pattern, found, err)
				}
				name := found[0]
				if content := w.readBack(name); !strings.Contains(content, want) {
					t.Errorf("%s lacks %q:\n%s", name, want, content)
				}
			}
		})
	}
	for _, tt := range nodes.Templates() {
		if !covered[tt.Name] {
			t.Errorf("nothing runs the template %s", tt.Name)
		}
	}
}
