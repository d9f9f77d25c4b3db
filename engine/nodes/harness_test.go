package nodes_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/engine/sandbox"
	"github.com/atelier-studio/atelier/llm/llmtest"
	"github.com/atelier-studio/atelier/store"
)

// sandboxArgument makes the test's binary a sandboxed worker, as the sub-command does in the studio's.
const sandboxArgument = "sandbox-worker"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == sandboxArgument {
		os.Exit(sandbox.Main(os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// world is a studio without users: the real engine, catalogue, sandbox and store, a folder for files, and servers on
// this machine that stand where the internet is.
type world struct {
	t    *testing.T
	deps *nodes.Deps
	set  *nodes.Set
	root string
	web  *httptest.Server
	mail *mailServer

	models   *llmtest.Server
	handbook func() // fills the collection "Handbook", and takes in what is added from then on

	runner *engine.Runner
	mu     sync.Mutex
	events map[string][]engine.Event
	creds  credentials
}

type credentials map[string]struct {
	typ    string
	values map[string]string
}

func (c credentials) Secret(_ context.Context, _, name string) (string, map[string]string, error) {
	if e, ok := c[name]; ok {
		return e.typ, e.values, nil
	}
	return "", nil, fmt.Errorf("no credential %q: %w", name, fs.ErrNotExist)
}

func (c credentials) add(name, typ string, values map[string]string) {
	c[name] = struct {
		typ    string
		values map[string]string
	}{typ, values}
}

// workflows are what flow.call finds.
type workflows map[string]*engine.Workflow

func (w workflows) RunnableWorkflow(_ context.Context, _, ref string, _ int64) (*engine.Stored, error) {
	if doc, ok := w[ref]; ok {
		return &engine.Stored{Summary: engine.Summary{ID: ref, Name: ref, Revision: 1}, Doc: doc}, nil
	}
	return nil, fs.ErrNotExist
}
func (workflows) KeepRevision(context.Context, string, string, int64) error { return nil }
func (workflows) RunVariables(context.Context, string) (map[string]any, error) {
	return map[string]any{"greeting": "Hello"}, nil
}

func newWorld(t *testing.T, handler http.Handler) *world {
	t.Helper()
	w := &world{t: t, events: map[string][]engine.Event{}, creds: credentials{}, root: t.TempDir()}
	if handler == nil {
		handler = exampleServer()
	}
	w.web = httptest.NewServer(handler)
	t.Cleanup(w.web.Close)
	root, err := os.OpenRoot(w.root)
	must(t, err)
	t.Cleanup(func() { root.Close() })
	data := t.TempDir()
	sealer, err := auth.NewSealer(bytes.Repeat([]byte{7}, 32))
	must(t, err)
	st, err := store.Open(t.Context(), store.Options{Dir: data, Sealer: sealer})
	must(t, err)
	t.Cleanup(func() { st.Close() })
	db, err := store.NewSQL(store.SQLOptions{Dir: data})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	js := sandbox.NewJavaScript(sandbox.Limits{})
	t.Cleanup(js.Close)
	self, err := os.Executable()
	must(t, err)
	py := sandbox.NewPython(sandbox.PythonOptions{Command: []string{self, sandboxArgument}, TempDir: t.TempDir()})
	t.Cleanup(py.Close)
	w.mail = newMailServer(t)
	var dialer net.Dialer
	w.deps = &nodes.Deps{
		HTTP: &http.Client{Transport: toServer(w.web)}, Roots: func(string) (*os.Root, error) { return root, nil }, Files: st, SQL: db, Credentials: w.creds, JavaScript: js, Python: py,
		Mail: nodes.SMTP{Dial: dialer.DialContext, Config: w.mail.clientTLS},
	}
	w.creds.add("Reports", "sql.sqlite", map[string]string{"file": "reports.db"})
	w.creds.add("Mail", "smtp", w.mail.credential("none"))
	w.withModels(st)
	w.set = nodes.Catalogue(w.deps)
	w.runner = engine.NewRunner(engine.Options{
		Catalogue: w.set, JavaScript: js, Source: workflows{"Greet": greet(t)},
		Publish: func(run engine.Run, chunk engine.Chunk) {
			events, err := engine.DecodeEvents(chunk.Events)
			if err != nil {
				t.Error(err)
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			w.events[run.ID] = append(w.events[run.ID], events...)
		},
	})
	t.Cleanup(func() { w.runner.Close(context.WithoutCancel(t.Context())) })
	return w
}

// toServer sends every request to the test's server, whatever host it names. The name stays visible as Host.
func toServer(s *httptest.Server) http.RoundTripper {
	target, _ := url.Parse(s.URL)
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		out := r.Clone(r.Context())
		if out.Host == "" {
			out.Host = r.URL.Host
		}
		out.URL.Scheme, out.URL.Host = target.Scheme, target.Host
		response, err := s.Client().Transport.RoundTrip(out)
		if response != nil {
			response.Request = r
		}
		return response, err
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// step runs one node on items by input port and returns what it gave by output port, as JSON would have it.
func (w *world) step(kind string, params map[string]any, input map[string][]map[string]any) (map[string][]engine.Item, error) {
	w.t.Helper()
	return w.stepItems(kind, params, itemsByPort(input))
}

func itemsByPort(input map[string][]map[string]any) map[string][]engine.Item {
	items := map[string][]engine.Item{}
	for port, list := range input {
		items[port] = []engine.Item{}
		for _, m := range list {
			items[port] = append(items[port], engine.Item{JSON: asJSON(m)})
		}
	}
	return items
}

func (w *world) stepItems(kind string, params map[string]any, input map[string][]engine.Item) (map[string][]engine.Item, error) {
	w.t.Helper()
	k, ok := w.set.Kind(kind)
	if !ok {
		w.t.Fatalf("there is no kind %s", kind)
	}
	doc := &engine.Workflow{Format: engine.Format, Name: "test", Nodes: []engine.Node{{ID: "it", Kind: kind, Name: "It", Params: asJSON(params)}}}
	req := engine.StartRequest{Workspace: "w", WorkflowID: "test", Doc: doc, Trigger: "manual", Manual: true}
	if k.Trigger {
		req.Node, req.Items = "it", input["main"]
	} else {
		doc.Nodes = append(doc.Nodes, engine.Node{ID: "start", Kind: "trigger.manual", Name: "Start"})
		for port, items := range input {
			doc.Nodes = append(doc.Nodes, engine.Node{ID: port, Kind: "flow.noop", Name: port, Pinned: items})
			doc.Edges = append(doc.Edges, engine.Edge{From: "start", Out: "main", To: port, In: "main"}, engine.Edge{From: port, Out: "main", To: "it", In: port})
		}
	}
	if k.Loop {
		doc.Nodes = append(doc.Nodes, engine.Node{ID: "body", Kind: "flow.noop", Name: "Body"})
		doc.Edges = append(doc.Edges, engine.Edge{From: "it", Out: "loop", To: "body", In: "main"}, engine.Edge{From: "body", Out: "main", To: "it", In: "main"})
	}
	run, events, err := w.try(req)
	if err != nil {
		return nil, err
	}
	_, ports := doc.Nodes[0].Ports(k)
	got := map[string][]engine.Item{}
	for _, e := range events {
		if e.Type != engine.StepFinished || e.Node != "it" {
			continue
		}
		for i, items := range e.Outputs {
			got[ports[i].Name] = slices.Concat(got[ports[i].Name], items)
		}
	}
	if run.Status != engine.Succeeded {
		return got, fmt.Errorf("%s: %s", run.Status, run.Error)
	}
	return got, nil
}

// run runs a workflow to its end and returns its events.
func (w *world) run(req engine.StartRequest) (*engine.Run, []engine.Event) {
	w.t.Helper()
	run, events, err := w.try(req)
	must(w.t, err)
	return run, events
}

// try is run for workflows that may be refused.
func (w *world) try(req engine.StartRequest) (*engine.Run, []engine.Event, error) {
	w.t.Helper()
	h, err := w.runner.Start(w.t.Context(), req)
	if err != nil {
		return nil, nil, err
	}
	select {
	case <-h.Done():
	case <-time.After(30 * time.Second):
		w.t.Fatal("the run does not end")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return h.Result().Run, w.events[h.ID], nil
}

// asJSON gives a value the types that it has after a round through JSON.
func asJSON[T any](v T) T {
	var out T
	data, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		panic(err)
	}
	return out
}

func objects(items []engine.Item) []map[string]any {
	list := make([]map[string]any, len(items))
	for i, it := range items {
		list[i] = it.JSON
	}
	return list
}

func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) write(name, content string) {
	w.t.Helper()
	full := filepath.Join(w.root, filepath.FromSlash(name))
	must(w.t, os.MkdirAll(filepath.Dir(full), 0o755))
	must(w.t, os.WriteFile(full, []byte(content), 0o644))
}

func (w *world) readBack(name string) string {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join(w.root, filepath.FromSlash(name)))
	must(w.t, err)
	return string(data)
}

func greet(t *testing.T) *engine.Workflow {
	t.Helper()
	doc, err := engine.Parse([]byte(`{"format":"atelier/v1","name":"Greet","nodes":[
		{"id":"s","kind":"trigger.manual","name":"Start","at":[0,0],"params":{}},
		{"id":"g","kind":"data.template","name":"Greeting","at":[0,0],"params":{"template":"={{ $vars.greeting }} {{ $json.name }}","into":"greeting"}}],
		"edges":[{"from":"s","out":"main","to":"g","in":"main"}],"notes":[],"groups":[],"settings":{}}`))
	must(t, err)
	return doc
}
