package injection_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/atelier-studio/atelier/agents/probes/try"
)

const notebook = `{"openapi":"3.0.3","info":{"title":"Notes","version":"1"},"paths":{
"/api/notes":{"get":{"responses":{"200":{"description":"ok"}}},
	"post":{"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["title"],"properties":{"title":{"type":"string"}}}}}},"responses":{"201":{"description":"made"}}}},
"/api/notes/{id}":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],
	"get":{"responses":{"200":{"description":"ok"}}},"delete":{"responses":{"204":{"description":"gone"}}}},
"/api/notes/{id}/comments":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],
	"post":{"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["body"],"properties":{"body":{"type":"string"}}}}}},"responses":{"201":{"description":"made"}}}}}}`

type note struct {
	ID       int      `json:"id"`
	Title    string   `json:"title"`
	Comments []string `json:"comments"`
}

// notes is an application whose scripts draw notes and comments on them, each by textContent or by innerHTML.
func notes(title, comments string) (http.Handler, func() int) {
	var mu sync.Mutex
	kept, next := map[int]*note{1: {1, "Buy bread", []string{"Rye, please"}}}, 1
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	one := func(next func(w http.ResponseWriter, r *http.Request, n *note)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			id, _ := strconv.Atoi(r.PathValue("id"))
			if kept[id] == nil {
				answer(w, http.StatusNotFound, map[string]string{"error": "there is none"})
				return
			}
			next(w, r, kept[id])
		}
	}
	page := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Notes</title><main></main><script type="module">
			const main = document.querySelector("main"), id = location.pathname.split("/")[2];
			const line = (text, how, to) => { const p = document.createElement("p"); p[how] = text; if (to) { const a = document.createElement("a"); a.href = to; a.append(p); main.append(a); } else main.append(p); };
			if (id) { const n = await (await fetch("/api/notes/" + id)).json(); line(n.title, %q); for (const c of n.comments) line(c, %q); }
			else for (const n of await (await fetch("/api/notes")).json()) line(n.title, "textContent", "/notes/" + n.id);
		</script>`, title, comments)
	}
	mux.HandleFunc("GET /{$}", page)
	mux.HandleFunc("GET /notes/{id}", page)
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, json.RawMessage(notebook)) })
	mux.HandleFunc("GET /api/notes", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		list := []*note{}
		for _, n := range kept {
			list = append(list, n)
		}
		slices.SortFunc(list, func(a, b *note) int { return a.ID - b.ID })
		answer(w, http.StatusOK, list)
	})
	mux.HandleFunc("POST /api/notes", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		n := &note{Comments: []string{}}
		if json.NewDecoder(r.Body).Decode(n) != nil || strings.TrimSpace(n.Title) == "" {
			answer(w, http.StatusUnprocessableEntity, map[string]string{"error": "no title"})
			return
		}
		next++
		n.ID = next
		kept[n.ID] = n
		answer(w, http.StatusCreated, n)
	})
	mux.HandleFunc("GET /api/notes/{id}", one(func(w http.ResponseWriter, _ *http.Request, n *note) { answer(w, http.StatusOK, n) }))
	mux.HandleFunc("DELETE /api/notes/{id}", one(func(w http.ResponseWriter, _ *http.Request, n *note) {
		delete(kept, n.ID)
		w.WriteHeader(http.StatusNoContent)
	}))
	mux.HandleFunc("POST /api/notes/{id}/comments", one(func(w http.ResponseWriter, r *http.Request, n *note) {
		var in struct{ Body string }
		if json.NewDecoder(r.Body).Decode(&in) != nil || in.Body == "" {
			answer(w, http.StatusUnprocessableEntity, map[string]string{"error": "no words"})
			return
		}
		n.Comments = append(n.Comments, in.Body)
		answer(w, http.StatusCreated, in)
	}))
	return mux, func() int { mu.Lock(); defer mu.Unlock(); return len(kept) + len(kept[1].Comments) }
}

// What an API keeps runs on a page that puts it there as markup: an object, or what is added to one.
func TestKeptByAPI(t *testing.T) {
	t.Parallel()
	const text, markup = "textContent", "innerHTML"
	for _, c := range []struct {
		title, comments string
		want            int
	}{{text, text, 0}, {markup, text, 1}, {text, markup, 1}} {
		t.Run(c.title+" "+c.comments, func(t *testing.T) {
			t.Parallel()
			app, left := notes(c.title, c.comments)
			r := try.Probes(t, probes(t, "xss-stored"), app, try.Options{Intrusive: true, Browser: true})
			list := try.Want(t, r, "xss-stored", c.want)
			if len(list) > 0 && !strings.Contains(list[0].Where.URL, "/notes/") {
				t.Errorf("found at %+v", list[0].Where)
			}
			if left() != 2 {
				t.Error("it has left something")
			}
		})
	}
}
