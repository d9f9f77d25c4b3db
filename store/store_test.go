package store_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/store"
)

// clock is a time that only moves when a test says so, but for a microsecond a look, which gives lists an order.
type clock struct{ at atomic.Int64 }

func (c *clock) Now() time.Time       { return time.UnixMicro(c.at.Add(1)) }
func (c *clock) pass(d time.Duration) { c.at.Add(d.Microseconds()) }
func (c *clock) micro() int64         { return c.at.Load() }
func newClock() (c *clock)            { c = new(clock); c.at.Store(time.Now().UnixMicro()); return c }
func masterSealer(fill byte) *auth.Sealer {
	s, _ := auth.NewSealer(bytes.Repeat([]byte{fill}, 32))
	return s
}

// place is a store with two workspaces, each with an owner.
type place struct {
	*store.Store
	clock       *clock
	dir, url    string
	alpha, beta auth.Scope
}

// onEach runs a test on SQLite always, and on Postgres when DATABASE_URL_TEST names one.
func onEach(t *testing.T, test func(t *testing.T, p *place)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newPlace(t, store.Options{}))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, newPlace(t, store.Options{URL: freshSchema(t)}))
	})
}

var schemas atomic.Int64

// freshSchema makes an empty schema and returns the address that uses it.
func freshSchema(t testing.TB) string {
	t.Helper()
	address := os.Getenv("DATABASE_URL_TEST")
	if address == "" {
		t.Skip("not tested on Postgres: DATABASE_URL_TEST is not set")
	}
	admin, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), schemas.Add(1))
	if _, err := admin.Exec("CREATE SCHEMA " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, err := admin.Exec("DROP SCHEMA " + name + " CASCADE")
		if err := errors.Join(err, admin.Close()); err != nil {
			t.Error(err)
		}
	})
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	return address + separator + "search_path=" + name
}

func newPlace(t testing.TB, o store.Options) *place {
	t.Helper()
	c := newClock()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	o.Now, o.Sealer = c.Now, masterSealer(1)
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	p := &place{Store: s, clock: c, dir: o.Dir, url: o.URL}
	p.alpha = p.addWorkspace(t, "alpha")
	p.beta = p.addWorkspace(t, "beta")
	return p
}

func (p *place) addWorkspace(t testing.TB, id string) auth.Scope {
	t.Helper()
	u := auth.User{ID: "user-" + id, Email: id + "@example.org", Name: id, PasswordHash: "x", Created: 1}
	must(t, p.CreateUser(t.Context(), u))
	must(t, p.CreateWorkspace(t.Context(), auth.Workspace{ID: id, Name: id, Created: 1}, u))
	m, err := p.Membership(t.Context(), u.ID, id)
	must(t, err)
	return m.Scope()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t testing.TB, err, kind error, what string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("%s: got %v, want an error of the kind %v", what, err, kind)
	}
}

// drawing is a workflow of one node, as the engine reads it.
func drawing(t testing.TB, name string) *engine.Workflow {
	t.Helper()
	doc, err := engine.Parse([]byte(`{"format":"atelier/v1","name":` + string(quoted(name)) + `,"nodes":[{"id":"start","kind":"trigger.manual","name":"Start","at":[0,0],"params":{}}],"edges":[]}`))
	must(t, err)
	return doc
}

func quoted(text string) json.RawMessage {
	data, _ := json.Marshal(text)
	return data
}

func (p *place) workflow(t testing.TB, scope auth.Scope, name string) string {
	t.Helper()
	sum, err := p.CreateWorkflow(t.Context(), scope, "", "", drawing(t, name))
	must(t, err)
	return sum.ID
}

// run makes a run of a workflow durable, with its first event.
func (p *place) run(t testing.TB, scope auth.Scope, workflow, id string, change func(*engine.Run)) *engine.Run {
	t.Helper()
	r := &engine.Run{
		ID: id, Workspace: scope.Workspace(), WorkflowID: workflow, WorkflowName: "W", Revision: 1, Trigger: "manual", Status: engine.Running,
		Created: p.clock.Now().UnixMicro(), Owner: "me", Fence: 1, Input: json.RawMessage(`{"items":[]}`),
	}
	if change != nil {
		change(r)
	}
	_, err := p.Journal().Accept(t.Context(), r, chunkOf(r, 1, engine.Event{Type: engine.RunStarted}))
	must(t, err)
	return r
}

// chunkOf encodes events for a run, numbered from first.
func chunkOf(r *engine.Run, first int64, events ...engine.Event) engine.Chunk {
	var lines bytes.Buffer
	for i := range events {
		events[i].Seq, events[i].At = first+int64(i), 1
		line, _ := json.Marshal(events[i])
		lines.Write(append(line, '\n'))
	}
	return engine.Chunk{Workspace: r.Workspace, Run: r.ID, Fence: r.Fence, First: first, Count: len(events), Events: lines.Bytes()}
}

// write hands a chunk to the journal and waits for the answer.
func (p *place) write(c engine.Chunk) error {
	answer := make(chan error, 1)
	p.Journal().Append(c, func(err error) { answer <- err })
	return <-answer
}

// finish ends a run.
func (p *place) finish(t testing.TB, r *engine.Run, first int64, status engine.Status) {
	t.Helper()
	done := *r
	done.Status, done.Finished = status, p.clock.micro()
	c := chunkOf(r, first, engine.Event{Type: engine.RunFinished, Status: status})
	c.Update = &done
	must(t, p.write(c))
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	_, err := store.Open(t.Context(), store.Options{})
	want(t, err, fs.ErrInvalid, "no folder")
	_, err = store.Open(t.Context(), store.Options{Dir: t.TempDir(), URL: "postgres://:secret@/%zz"})
	want(t, err, fs.ErrInvalid, "a bad address")
	if err != nil && strings.Contains(err.Error(), "secret") {
		t.Error("the error shows the password:", err)
	}
	p := newPlace(t, store.Options{})
	must(t, p.Ready(t.Context()))

	_, err = store.Open(t.Context(), store.Options{Dir: p.dir})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("in use by another Atelier (process %d)", os.Getpid())) {
		t.Error("a second store on the same folder:", err)
	}
	must(t, p.Close())
	_, err = store.Open(t.Context(), store.Options{Dir: p.dir, Sealer: masterSealer(2)})
	if err == nil || !strings.Contains(err.Error(), "the master key does not fit this data folder") {
		t.Error("another master key:", err)
	}
	again, err := store.Open(t.Context(), store.Options{Dir: p.dir, Sealer: masterSealer(1)})
	must(t, err)
	n, err := again.CountUsers(t.Context())
	if must(t, err); n != 2 {
		t.Errorf("%d users after the restart, want 2", n)
	}
	must(t, again.Close())
}

func containsText(err error, text string) bool {
	return err != nil && strings.Contains(err.Error(), text)
}
