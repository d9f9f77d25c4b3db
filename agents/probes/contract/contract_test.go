package contract_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/probes/contract"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

const description = `{"openapi":"3.0.3","info":{"title":"x"VERSION},"servers":[{"url":"/api"}],"paths":{
"/things":{
 "get":{"parameters":[{"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":50}}],
  "responses":{"200":{"description":"ok","content":{"application/json":{"schema":{"type":"array","items":{"$ref":"#/components/schemas/Thing"}}}}}ERRORS}},
 "post":{"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/New"}}}},
  "responses":{"201":{"description":"made","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}}},"422":{"description":"no"}}}},
"/things/{id}":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],
 "get":{"responses":{"200":{"description":"ok","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}}}ERRORS}},
 "put":{"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/New"}}}},"responses":{"200":{"description":"ok"},"422":{"description":"no"},"404":{"description":"none"}}},
 "delete":{"responses":{"204":{"description":"gone"},"404":{"description":"none"}}}},
"/ghosts":{"post":{"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["name"],"properties":{"name":{"type":"string"}}}}}},"responses":{"201":{"description":"made"},"422":{"description":"no"}}}},
"/ghosts/{id}":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],"get":{"responses":{"200":{"description":"ok"},"404":{"description":"none"}}}},
"/logout":{"post":{"responses":{"204":{"description":"out"}}}}},
"components":{"schemas":{
 "New":{"type":"object","required":["name"],"properties":{"name":{"type":"string","minLength":1,"maxLength":40},"kind":{"type":"string","enum":["big","small"]},"price":{"type":"integer","minimum":0,"maximum":1000}}},
 "Thing":{"type":"object","required":["id","name"],"properties":{"id":{"type":"integer"},"name":{"type":"string"},"kind":{"type":"string"},"price":{"type":"integer"},"saved":{"type":"integer"},"updated_at":{"type":"integer"}}}}}}`

type thing struct {
	ID      any    `json:"id"`
	Name    string `json:"name"`
	Kind    string `json:"kind,omitempty"`
	Price   int    `json:"price"`
	Saved   int    `json:"saved"`
	Updated int    `json:"updated_at"`
	gone    bool
}

// target is an API that keeps its contract, or breaks it in every way.
func target(bad bool) http.Handler {
	text := strings.NewReplacer("VERSION", `,"version":"1"`, "ERRORS", `,"404":{"description":"none"},"400":{"description":"wrong"}`).Replace(description)
	if bad {
		text = strings.NewReplacer("VERSION", "", "ERRORS", "").Replace(description)
	}
	mux := http.NewServeMux()
	kept, next := map[int]*thing{}, 0
	problem := func(w http.ResponseWriter, status int) {
		w.Header().Set("Content-Type", "application/problem+json")
		if bad {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(status)
		if bad && status == http.StatusNotFound {
			fmt.Fprint(w, `{"message":"nothing here"}`)
			return
		}
		fmt.Fprintf(w, `{"title":"no","status":%d}`, status)
	}
	answer := func(w http.ResponseWriter, status int, v any) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	read := func(w http.ResponseWriter, r *http.Request) *thing {
		var raw map[string]any
		if json.NewDecoder(r.Body).Decode(&raw) != nil || raw == nil {
			problem(w, http.StatusUnprocessableEntity)
			return nil
		}
		name, isText := raw["name"].(string)
		price, isNumber := raw["price"].(float64)
		kind, isKind := raw["kind"].(string)
		_, priced := raw["price"]
		_, kinded := raw["kind"]
		n := utf8.RuneCountInString(name)
		switch {
		case bad && strings.ContainsRune(name, 0):
			http.Error(w, "panic", http.StatusInternalServerError)
			return nil
		case bad && n == 40:
			problem(w, http.StatusUnprocessableEntity)
			return nil
		case !bad && (!isText || n < 1 || n > 40 || priced && (!isNumber || price != float64(int(price)) || price < 0 || price > 1000) || kinded && (!isKind || kind != "big" && kind != "small")):
			problem(w, http.StatusUnprocessableEntity)
			return nil
		}
		return &thing{Name: name, Price: int(price), Kind: kind}
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<title>x</title>`)
	})
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) })
	mux.HandleFunc("GET /api/things", func(w http.ResponseWriter, r *http.Request) {
		if l := r.URL.Query().Get("limit"); l != "" {
			if n, err := strconv.Atoi(l); err != nil || n < 1 || n > 50 {
				problem(w, http.StatusBadRequest)
				return
			}
		}
		list := []*thing{{ID: 9001, Name: "first"}}
		if bad {
			list[0].ID = "9001"
		}
		for id := range next {
			if t := kept[id+1]; t != nil && !t.gone {
				list = append(list, t)
			}
		}
		answer(w, http.StatusOK, list)
	})
	mux.HandleFunc("POST /api/things", func(w http.ResponseWriter, r *http.Request) {
		if t := read(w, r); t != nil {
			next++
			t.ID = next
			kept[next] = t
			answer(w, http.StatusCreated, t)
		}
	})
	mux.HandleFunc("/api/things/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.Atoi(r.PathValue("id"))
		t := kept[id]
		if r.PathValue("id") == "9001" {
			t = &thing{ID: 9001, Name: "first"}
		}
		switch {
		case !slices.Contains([]string{"GET", "PUT", "DELETE"}, r.Method) && !bad:
			w.WriteHeader(http.StatusMethodNotAllowed)
		case !slices.Contains([]string{"GET", "PUT", "DELETE"}, r.Method):
			w.WriteHeader(http.StatusNotFound)
		case err != nil, t == nil, t.gone && !bad:
			problem(w, http.StatusNotFound)
		case r.Method == http.MethodDelete:
			t.gone = true
			w.WriteHeader(http.StatusNoContent)
		case r.Method == http.MethodPut:
			if to := read(w, r); to != nil {
				t.Name, t.Kind, t.Price = to.Name, to.Kind, to.Price
				t.Updated++
				if bad {
					t.Saved++
				}
				answer(w, http.StatusOK, t)
			}
		case bad:
			w.Header().Set("Content-Type", "text/html")
			_ = json.NewEncoder(w).Encode(t)
		default:
			answer(w, http.StatusOK, t)
		}
	})
	ghosts := map[string]bool{}
	mux.HandleFunc("POST /api/ghosts", func(w http.ResponseWriter, r *http.Request) {
		var in map[string]any
		if json.NewDecoder(r.Body).Decode(&in) != nil || in == nil {
			problem(w, http.StatusUnprocessableEntity)
			return
		}
		if _, ok := in["name"].(string); !ok {
			problem(w, http.StatusUnprocessableEntity)
			return
		}
		id := len(ghosts) + 1
		ghosts[strconv.Itoa(id)] = true
		answer(w, http.StatusCreated, map[string]any{"id": id})
	})
	mux.HandleFunc("GET /api/ghosts/{id}", func(w http.ResponseWriter, r *http.Request) {
		if bad || !ghosts[r.PathValue("id")] {
			problem(w, http.StatusNotFound)
			return
		}
		answer(w, http.StatusOK, map[string]any{"id": r.PathValue("id")})
	})
	mux.HandleFunc("POST /api/logout", func(http.ResponseWriter, *http.Request) { panic("nobody asks for that") })
	return mux
}

func TestContract(t *testing.T) {
	t.Parallel()
	for _, bad := range []bool{true, false} {
		t.Run(fmt.Sprintf("bad %v", bad), func(t *testing.T) {
			t.Parallel()
			result := try.Probes(t, contract.Probes(), target(bad), try.Options{Intrusive: true, PerSecond: 5000})
			for _, p := range contract.Probes() {
				found := try.Found(result, p.ID)
				if bad != (len(found) > 0) {
					t.Errorf("%s found %d: %v", p.ID, len(found), result.ByProbe[p.ID].Reasons)
				}
				for _, f := range found {
					t.Logf("%s %s at %s %s: %s", f.Severity, f.Probe, f.Where.Method, f.Where.URL, f.Text)
					if len(f.Evidence) == 0 {
						t.Errorf("%s shows nothing", f.Probe)
					}
				}
				if count := result.ByProbe[p.ID]; count.Blocked > 0 {
					t.Errorf("%s was blocked: %v", p.ID, count.Reasons)
				}
			}
			for _, f := range try.Found(result, "operation-server-error") {
				if c := curlOf(f.Finding); !strings.Contains(c, `{"name":"\u0000"}`) {
					t.Errorf("not the smallest: %s", c)
				}
			}
		})
	}
}

func curlOf(f agents.Finding) string {
	for _, e := range f.Evidence {
		if e.Name == "smallest request" {
			return e.Text
		}
	}
	return ""
}
