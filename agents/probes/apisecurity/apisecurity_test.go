package apisecurity_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/apisecurity"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

const description = `{"openapi":"3.0.3","info":{"title":"x","version":"1"},"servers":[{"url":"/api"}],"paths":{
"/users":{"get":{"responses":{"200":{"description":"ok"}}}},
"/things":{"get":{"parameters":[{"name":"limit","in":"query","schema":{"type":"integer"}}],"responses":{"200":{"description":"ok"}}},
 "post":{"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["name"],"properties":{"name":{"type":"string"}}}}}},"responses":{"201":{"description":"ok"}}}},
"/things/{id}":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],"get":{"responses":{"200":{"description":"ok"}}},"delete":{"responses":{"204":{"description":"ok"}}}}}}`

const deepSchema = `{"data":{"__schema":{"types":[{"name":"Query"}],"queryType":{"name":"Query"}}}}`

// target is an API that has all faults, or none of them.
func target(bad bool) http.Handler {
	mux := http.NewServeMux()
	things := map[int]string{}
	next := 500
	answer := func(w http.ResponseWriter, r *http.Request, v any) {
		data, _ := json.Marshal(v)
		if name := r.URL.Query().Get("callback"); bad && name != "" {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, "%s(%s)", name, data)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if !bad {
			w.Header().Set("RateLimit", `"default";r=9`)
		}
		_, _ = w.Write(data)
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<title>x</title><script src=/app.js></script><form method=post action=/sign-in><input name=user><input type=password name=pass></form><form action=/find><input name=q></form>`)
	})
	mux.HandleFunc("GET /app.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprintf(w, `fetch("/api/hidden"); fetch("/api/things"); fetch("/other/list"); new WebSocket("ws://%s/live")`, r.Host)
	})
	mux.HandleFunc("POST /sign-in", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "0123456789abcdef", Path: "/", HttpOnly: true})
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, description) })
	mux.HandleFunc("GET /api/users", func(w http.ResponseWriter, r *http.Request) {
		user := map[string]any{"id": 1, "email": "ada@example.org", "has_password": true, "password": nil, "token": "********"}
		if bad {
			user["password_hash"] = "$2b$10$abcdefghijklmnopqrstuv"
		}
		answer(w, r, []any{user, map[string]any{"messages": map[string]string{"password": "Your password"}, "file": map[string]string{"name": "a.png", "hash": "0123456789abcdef"}}})
	})
	if bad {
		mux.HandleFunc("GET /api/hidden", func(w http.ResponseWriter, r *http.Request) { answer(w, r, map[string]any{"a": 1}) })
		mux.HandleFunc("GET /debug/vars", func(w http.ResponseWriter, r *http.Request) { answer(w, r, map[string]any{"memstats": 1}) })
	}
	mux.HandleFunc("GET /other/list", func(w http.ResponseWriter, r *http.Request) { answer(w, r, []int{1}) })
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<p>Our metrics of the year</p>") })
	mux.HandleFunc("GET /api/things", func(w http.ResponseWriter, r *http.Request) {
		limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
		if err != nil {
			limit = 20
		}
		if !bad {
			limit = min(limit, 100)
		}
		list := []map[string]any{}
		for id := range min(limit, 400) {
			list = append(list, map[string]any{"id": id + 1, "name": fmt.Sprint("thing ", id)})
		}
		answer(w, r, list)
	})
	mux.HandleFunc("POST /api/things", func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("sid"); err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var in struct{ Name string }
		if !bad && r.Header.Get("Content-Type") != "application/json" || json.NewDecoder(r.Body).Decode(&in) != nil {
			w.WriteHeader(http.StatusUnsupportedMediaType)
			return
		}
		next++
		things[next] = in.Name
		w.WriteHeader(http.StatusCreated)
		answer(w, r, map[string]any{"id": next, "name": in.Name})
	})
	mux.HandleFunc("DELETE /api/things/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.Atoi(r.PathValue("id"))
		delete(things, id)
	})
	mux.HandleFunc("POST /graphql", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Query string }
		_ = json.NewDecoder(r.Body).Decode(&in)
		switch {
		case strings.Contains(in.Query, "fields{"):
			fmt.Fprint(w, `{"data":{"__schema":{"queryType":{"name":"Query"},"types":[{"name":"Query","fields":[{"name":"node","args":[],"type":{"kind":"OBJECT","name":"Node"}}]},{"name":"Node","fields":[{"name":"parent","args":[],"type":{"kind":"NON_NULL","ofType":{"kind":"OBJECT","name":"Node"}}}]}]}}}`)
		case strings.Contains(in.Query, "__schema") && bad:
			fmt.Fprint(w, deepSchema)
		case strings.Count(in.Query, "parent") >= 11*3 && !bad:
			fmt.Fprint(w, `{"errors":[{"message":"too deep"}]}`)
		case strings.Contains(in.Query, "__schema"):
			fmt.Fprint(w, `{"errors":[{"message":"not allowed"}]}`)
		default:
			fmt.Fprint(w, `{"data":{"__typename":"Query","a":null}}`)
		}
	})
	upgrader := websocket.Upgrader{}
	if bad {
		upgrader.CheckOrigin = func(*http.Request) bool { return true }
	}
	mux.HandleFunc("GET /live", func(w http.ResponseWriter, r *http.Request) {
		if c, err := upgrader.Upgrade(w, r, nil); err == nil {
			_ = c.Close()
		}
	})
	mux.HandleFunc("GET /find", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query().Get("q")
		w.Header().Set("Content-Type", "text/html")
		if repeats := regexp.MustCompile(`^a+`).FindString(q); bad && strings.HasSuffix(q, "!") {
			<-time.After(time.Duration(1<<max(0, len(repeats)-9)) * 20 * time.Microsecond) // what (a+)+$ does
		}
		fmt.Fprint(w, "<title>Found</title>nothing")
	})
	return mux
}

func TestAPISecurity(t *testing.T) {
	t.Parallel()
	for _, bad := range []bool{true, false} {
		t.Run(fmt.Sprintf("bad %v", bad), func(t *testing.T) {
			t.Parallel()
			result := try.Probes(t, apisecurity.Probes(), target(bad), try.Options{Intrusive: true, Accounts: []campaign.Login{{Role: "user", User: "ada", Password: "secret"}}})
			for _, p := range apisecurity.Probes() {
				want := 0
				if bad {
					want = 1
				}
				if p.ID == "jsonp" && bad {
					want = len(try.Found(result, p.ID)) // one for each operation
					if want == 0 {
						t.Error("jsonp found nothing")
					}
				}
				for _, f := range try.Want(t, result, p.ID, want) {
					if f.Severity == agents.Info || len(f.Evidence) == 0 {
						t.Errorf("%+v", f)
					}
				}
			}
		})
	}
}
