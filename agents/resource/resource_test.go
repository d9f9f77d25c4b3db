package resource_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/probes/try"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// shelf keeps things, for an API and for forms.
type shelf struct {
	mu   sync.Mutex
	next int
	kept map[int]map[string]any
}

func (s *shelf) add(v map[string]any) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	if s.kept == nil {
		s.kept = map[int]map[string]any{}
	}
	s.kept[s.next] = v
	return s.next
}

func (s *shelf) ids() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []int
	for id := range s.kept {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

// walk is a probe that goes through all steps of a resource, and says what it saw.
func walk(find func(*surface.Surface) []*resource.Resource, saw *[]string) *agents.Probe {
	return &agents.Probe{ID: "walk", Title: "Walk", Needs: agents.NeedsIntrusive, Severity: agents.Low, Check: agents.Each(find, func(ctx context.Context, lab *agents.Lab, r *resource.Resource) agents.Outcome {
		s := resource.Open(lab, r)
		defer s.Close(ctx)
		title := r.Title()
		var made []*resource.Object
		for n := range 2 {
			o, err := s.Make(ctx, n, nil)
			if err != nil {
				return agents.BlockOn(err)
			}
			made = append(made, o)
			v, ok := s.Value(s.Read(ctx, o), o, title.Name)
			*saw = append(*saw, fmt.Sprintf("%s %s as %q: read %v", r.Path, o.ID, s.As, ok && v == lab.Marker(n)))
		}
		if r.Can(resource.Update) {
			changed := s.Change(ctx, made[0], map[string]any{title.Name: lab.Marker(9)})
			made[0].Sent[title.Name] = lab.Marker(9)
			v, ok := s.Value(s.Read(ctx, made[0]), made[0], title.Name)
			*saw = append(*saw, fmt.Sprintf("changed %v", changed.OK() && ok && v == lab.Marker(9)))
		}
		if r.Can(resource.Delete) {
			gone := s.Delete(ctx, made[1])
			*saw = append(*saw, fmt.Sprintf("deleted %v, then %d", gone.OK(), s.Read(ctx, made[1]).Status))
		}
		if r.Can(resource.List) {
			x := s.List(ctx)
			*saw = append(*saw, fmt.Sprintf("listed %v", strings.Contains(string(x.Body), lab.Marker(9)) && !strings.Contains(string(x.Body), lab.Marker(1))))
		}
		return agents.Pass()
	})}
}

const description = `openapi: 3.0.3
info: {title: Things, version: "1"}
servers: [{url: /api}]
paths:
  /things:
    get: {responses: {"200": {description: ok}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
      responses: {"201": {description: ok}}
  /things/{thingId}:
    parameters: [{name: thingId, in: path, required: true, schema: {type: integer}}]
    get: {responses: {"200": {description: ok}}}
    put:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
      responses: {"200": {description: ok}}
    delete: {responses: {"204": {description: ok}}}
  /health:
    post: {responses: {"200": {description: ok}}}
components:
  schemas:
    Thing: {type: object, required: [name, currency], properties: {id: {type: integer, readOnly: true}, name: {type: string, maxLength: 40}, currency: {type: string, example: EUR}, price: {type: number, minimum: 0}}}
`

func serveAPI(s *shelf) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<title>x</title><p>API`)
	})
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, description) })
	mux.HandleFunc("GET /api/things", func(w http.ResponseWriter, _ *http.Request) {
		var list []map[string]any
		for _, id := range s.ids() {
			list = append(list, s.kept[id])
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"items": list})
	})
	read := func(w http.ResponseWriter, r *http.Request) map[string]any {
		var v map[string]any
		if json.NewDecoder(r.Body).Decode(&v) != nil || v["currency"] != "EUR" { // a currency is no free text, whatever the description says
			http.Error(w, "which currency?", http.StatusBadRequest)
			return nil
		}
		return v
	}
	mux.HandleFunc("POST /api/things", func(w http.ResponseWriter, r *http.Request) {
		if v := read(w, r); v != nil {
			id := s.add(v)
			v["id"] = id
			w.WriteHeader(http.StatusCreated)
			_ = json.NewEncoder(w).Encode(map[string]any{"data": v})
		}
	})
	mux.HandleFunc("/api/things/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.Atoi(r.PathValue("id"))
		v := s.kept[id]
		switch {
		case v == nil:
			http.NotFound(w, r)
			return
		case r.Method == http.MethodDelete:
			delete(s.kept, id)
			w.WriteHeader(http.StatusNoContent)
			return
		case r.Method == http.MethodPut:
			if v = read(w, r); v == nil {
				return
			}
			v["id"] = id
			s.kept[id] = v
		}
		_ = json.NewEncoder(w).Encode(v)
	})
	return mux
}

func TestDescribed(t *testing.T) {
	t.Parallel()
	things := &shelf{}
	things.add(map[string]any{"id": 1, "name": "there before"})
	var saw []string
	result := try.Probe(t, walk(resource.With(resource.Read, resource.Update, resource.Delete, resource.List), &saw), serveAPI(things), try.Options{Intrusive: true})
	try.Want(t, result, "walk", 0)
	want := []string{`/api/things 2 as "": read true`, `/api/things 3 as "": read true`, "changed true", "deleted true, then 404", "listed true"}
	if !slices.Equal(saw, want) {
		t.Errorf("%q", saw)
	}
	if ids := things.ids(); len(ids) != 1 {
		t.Errorf("what was made is still there: %v", ids)
	}
}

// serveForms is a site where notes are written, changed and deleted with forms, and a token in each. Its list leads to the
// notes, or, as lists for those who look after things do, to what changes and deletes them alone.
func serveForms(s *shelf, toForms bool) http.Handler {
	const token = `<input type=hidden name=csrf value=abc>`
	mux := http.NewServeMux()
	page := func(w http.ResponseWriter, format string, args ...any) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<!doctype html><title>Notes</title><nav><a href=/notes>Notes</a> <a href=/contact>Contact</a></nav>"+format, args...)
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { page(w, "Welcome") })
	mux.HandleFunc("GET /contact", func(w http.ResponseWriter, _ *http.Request) {
		page(w, "<form method=post action=/contact><input name=message></form>")
	})
	mux.HandleFunc("GET /notes", func(w http.ResponseWriter, _ *http.Request) {
		var b strings.Builder
		for _, id := range s.ids() {
			links := fmt.Sprintf("<a href=/notes/%d>open</a>", id)
			if toForms {
				links = fmt.Sprintf("<a href=/notes/%[1]d/edit>Edit</a> <a href=/notes/%[1]d/delete>Delete</a>", id)
			}
			fmt.Fprintf(&b, "<li><span>%s</span> %s</li>", html.EscapeString(fmt.Sprint(s.kept[id]["title"])), links)
		}
		page(w, "<ul>%s</ul><a href=/notes/new>New</a>", b.String())
	})
	mux.HandleFunc("GET /notes/new", func(w http.ResponseWriter, _ *http.Request) {
		page(w, "<form method=post action=/notes>%s<input name=title required><textarea name=body></textarea><button>Save</button></form>", token)
	})
	mux.HandleFunc("POST /notes", func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("csrf") != "abc" || r.PostFormValue("title") == "" {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		s.add(map[string]any{"title": r.PostFormValue("title"), "body": r.PostFormValue("body")})
		http.Redirect(w, r, "/notes", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /notes/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.Atoi(r.PathValue("id"))
		v := s.kept[id]
		if v == nil || toForms {
			http.NotFound(w, r)
			return
		}
		page(w, "<h1>%s</h1><a href=/notes/%d/edit>Edit</a><form method=post action=/notes/%d/delete>%s<button>Delete</button></form>", html.EscapeString(fmt.Sprint(v["title"])), id, id, token)
	})
	mux.HandleFunc("GET /notes/{id}/edit", func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.Atoi(r.PathValue("id"))
		if v := s.kept[id]; v != nil {
			page(w, "<form method=post action=/notes/%d>%s<input name=title value=%q><textarea name=body>%v</textarea><button>Save</button></form>", id, token, v["title"], v["body"])
			return
		}
		http.NotFound(w, r)
	})
	mux.HandleFunc("POST /notes/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.Atoi(r.PathValue("id"))
		s.kept[id] = map[string]any{"title": r.PostFormValue("title"), "body": r.PostFormValue("body")}
		to := r.URL.Path
		if toForms {
			to = "/notes"
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
	})
	mux.HandleFunc("GET /notes/{id}/delete", func(w http.ResponseWriter, r *http.Request) {
		page(w, "<h1>Sure?</h1><form method=post action=%s>%s<button>Delete</button></form>", r.URL.Path, token)
	})
	mux.HandleFunc("POST /notes/{id}/delete", func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.Atoi(r.PathValue("id"))
		delete(s.kept, id)
		http.Redirect(w, r, "/notes", http.StatusSeeOther)
	})
	return mux
}

func TestForms(t *testing.T) {
	t.Parallel()
	for _, toForms := range []bool{false, true} {
		notes := &shelf{}
		notes.add(map[string]any{"title": "there before", "body": "x"})
		var saw []string
		result := try.Probe(t, walk(resource.With(resource.Read, resource.Update, resource.Delete, resource.List), &saw), serveForms(notes, toForms), try.Options{Intrusive: true})
		try.Want(t, result, "walk", 0)
		want := []string{`/notes 2 as "": read true`, `/notes 3 as "": read true`, "changed true", "deleted true, then 404", "listed true"}
		if !slices.Equal(saw, want) {
			t.Errorf("%v: %q", toForms, saw)
		}
		if ids := notes.ids(); len(ids) != 1 {
			t.Errorf("%v: what was made is still there: %v", toForms, ids)
		}
	}
}

// What was made is taken away when the campaign's requests are used up, and what cannot be is told.
func TestCloseWhenSpent(t *testing.T) {
	t.Parallel()
	for _, stuck := range []bool{false, true} {
		things := &shelf{}
		api := serveAPI(things)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if stuck && r.Method == http.MethodDelete {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			api.ServeHTTP(w, r)
		}))
		t.Cleanup(server.Close)
		scope, err := wire.NewScope(server.URL, nil, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		found, err := discover.Surface(t.Context(), wire.NewClient(scope, wire.NewBudget(0, 0), "", time.Now), discover.Options{})
		if err != nil {
			t.Fatal(err)
		}
		list := resource.With(resource.Read, resource.Delete)(found)
		if len(list) != 1 {
			t.Fatalf("%d resources", len(list))
		}
		var told []string
		lab := &agents.Lab{Surface: found, Client: wire.NewClient(scope, wire.NewBudget(30, 0), "", time.Now), Case: "c", Tell: func(f agents.Fact) { told = append(told, f.Kind+": "+f.Text) }}
		s := resource.Open(lab, list[0])
		for n := range 2 {
			if _, err := s.Make(t.Context(), n, nil); err != nil {
				t.Fatal(err)
			}
		}
		for lab.Client.Budget().Left() {
			lab.Get(t.Context(), found.Target)
		}
		s.Close(t.Context())
		if left := things.ids(); stuck != (len(left) > 0) || stuck != slices.Contains(told, "left: 2 of /api/things could not be taken away: 2, 1") {
			t.Errorf("%v are left, and %q was told", left, told)
		}
	}
}
