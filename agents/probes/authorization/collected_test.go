package authorization_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

const boards = `{"openapi":"3.0.3","info":{"title":"Boards","version":"1"},"paths":{
"/api/projects":{"get":{"responses":{"200":{"description":"ok"}}}},
"/api/projects/{id}":{"get":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":"ok"}}}},
"/api/tasks":{"get":{"responses":{"200":{"description":"ok"}}}},
"/api/tasks/{id}":{"get":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":"ok"}}}}}}`

// team lists to each member its own projects and the tasks in them.
func team(openProjects, openTasks bool) http.Handler {
	type thing struct {
		ID      int    `json:"id"`
		Title   string `json:"title"`
		Project int    `json:"project_id,omitempty"`
		owner   string
	}
	things := map[string][]thing{
		"projects": {{1, "Garden of the north wing", 0, "ada"}, {2, "Cellar under the old house", 0, "ben"}},
		"tasks":    {{11, "Plant seventeen hazels before autumn", 1, "ada"}, {12, "Whitewash walls behind barrels", 2, "ben"}},
	}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!doctype html><title>Boards</title>") })
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, json.RawMessage(boards)) })
	member := func(next func(w http.ResponseWriter, r *http.Request, who string)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			who := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
			if who != "ada" && who != "ben" {
				answer(w, http.StatusUnauthorized, map[string]string{"error": "who are you?"})
				return
			}
			next(w, r, who)
		}
	}
	for kind, open := range map[string]bool{"projects": openProjects, "tasks": openTasks} {
		mux.HandleFunc("GET /api/"+kind, member(func(w http.ResponseWriter, _ *http.Request, who string) {
			list := []thing{}
			for _, x := range things[kind] {
				if x.owner == who {
					list = append(list, x)
				}
			}
			answer(w, http.StatusOK, map[string]any{"items": list})
		}))
		mux.HandleFunc("GET /api/"+kind+"/{id}", member(func(w http.ResponseWriter, r *http.Request, who string) {
			for _, x := range things[kind] {
				if strconv.Itoa(x.ID) == r.PathValue("id") && (open || x.owner == who) {
					answer(w, http.StatusOK, x)
					return
				}
			}
			answer(w, http.StatusNotFound, map[string]string{"error": "there is none"})
		}))
	}
	return mux
}

// What is shared in a team may be read by all of it, unless it is in something that is closed to who reads it.
func TestInClosed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		projects, tasks bool
		want            int
	}{{false, true, 1}, {true, true, 0}, {false, false, 0}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			t.Parallel()
			r := try.Probe(t, probe(t, "bola-read"), team(c.projects, c.tasks), try.Options{Intrusive: true, Accounts: []campaign.Login{
				{Role: "member", User: "ada", Header: "Authorization: Bearer ada"}, {Role: "member", User: "ben", Header: "Authorization: Bearer ben"},
			}})
			list := try.Found(r, "bola-read")
			if len(list) != c.want || c.want > 0 && list[0].Cause != "read /api/tasks" {
				t.Errorf("%+v, %+v", list, r.ByProbe["bola-read"])
			}
		})
	}
}
