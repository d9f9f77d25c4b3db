package integrity_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents/probes/integrity"
	"github.com/atelier-studio/atelier/agents/probes/try"
)

const description = `{"openapi":"3.0.3","info":{"title":"x","version":"1"},"servers":[{"url":"/api"}],"paths":{
"/items":{
 "get":{"parameters":[{"name":"limit","in":"query","schema":{"type":"integer"}},{"name":"page","in":"query","schema":{"type":"integer"}},{"name":"sort","in":"query","schema":{"type":"string","enum":["name","price"]}},{"name":"colour","in":"query","schema":{"type":"string"}},{"name":"price","in":"query","schema":{"type":"boolean"}}],
  "responses":{"200":{"description":"ok"}}},
 "post":{"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["name"],"properties":{
   "name":{"type":"string","maxLength":80},"price":{"type":"number"},"count":{"type":"integer"},"due":{"type":"string","format":"date"},"at":{"type":"string","format":"date-time"}}}}}},"responses":{"201":{"description":"made"}}}},
"/items.csv":{"get":{"responses":{"200":{"description":"ok"}}}},
"/items/{id}":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],
 "get":{"responses":{"200":{"description":"ok"}}},
 "put":{"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["name"],"properties":{"name":{"type":"string"}}}}}},"responses":{"200":{"description":"ok"}}},
 "delete":{"responses":{"204":{"description":"gone"}}}}}}`

type store struct {
	bad  bool
	mu   sync.Mutex
	next int
	kept map[int]map[string]any
	gone map[int]map[string]any
	log  []string
}

func (s *store) all() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []map[string]any{}
	for id := 1; id <= s.next; id++ {
		if v := s.kept[id]; v != nil {
			list = append(list, v)
		} else if v := s.gone[id]; v != nil && s.bad {
			list = append(list, v)
		}
	}
	return list
}

// has asks first and writes later, as programs do that race.
func (s *store) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.kept {
		if v["name"] == name {
			return true
		}
	}
	return false
}

func (s *store) change(v map[string]any) map[string]any {
	if !s.bad {
		return v
	}
	if name, ok := v["name"].(string); ok {
		v["name"] = strings.ReplaceAll(name, "👍", "?")
	}
	if due, err := time.Parse("2006-01-02", fmt.Sprint(v["due"])); err == nil {
		v["due"] = due.Add(-2 * time.Hour).Format(time.RFC3339)
	}
	if n, ok := v["count"].(json.Number); ok {
		f, _ := n.Float64()
		v["count"] = json.Number(strconv.FormatFloat(f, 'f', -1, 64))
	}
	return v
}

func target(bad bool) http.Handler {
	s := &store{bad: bad, kept: map[int]map[string]any{}, gone: map[int]map[string]any{}}
	for i, colour := range []string{"red", "green", "red", "blue", "red"} {
		s.next++
		s.kept[s.next] = map[string]any{"id": s.next, "name": fmt.Sprintf("item %d", 9-i*3%7), "colour": colour, "price": 10 - i, "version": 1}
	}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, status int, v any) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		state := "eyJhIjoxfQ=="
		if bad {
			state = "rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcA=="
		}
		fmt.Fprintf(w, `<title>x</title><a href=/journal>Journal</a><form><input name=q><input type=hidden name=state value="%s"></form>`, state)
	})
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, description) })
	mux.HandleFunc("GET /journal", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<title>Journal</title><p>%s", strings.Join(s.log, "<p>"))
	})
	mux.HandleFunc("GET /api/items.csv", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/csv")
		out := csv.NewWriter(w)
		for _, v := range s.all() {
			name := fmt.Sprint(v["name"])
			if !bad && strings.HasPrefix(name, "=") {
				name = "'" + name
			}
			_ = out.Write([]string{fmt.Sprint(v["id"]), name})
		}
		out.Flush()
	})
	mux.HandleFunc("GET /api/items", func(w http.ResponseWriter, r *http.Request) {
		list := s.all()
		q := r.URL.Query()
		if by := q.Get("sort"); by != "" && !bad {
			slices.SortStableFunc(list, func(a, b map[string]any) int {
				return strings.Compare(fmt.Sprintf("%20v", a[by]), fmt.Sprintf("%20v", b[by]))
			})
		}
		if colour := q.Get("colour"); colour != "" && !bad {
			list = slices.DeleteFunc(list, func(v map[string]any) bool { return v["colour"] != colour })
		}
		limit, err := strconv.Atoi(q.Get("limit"))
		if err != nil {
			limit = 20
		}
		page, err := strconv.Atoi(q.Get("page"))
		if err != nil {
			page = 1
		}
		from := (max(page, 1) - 1) * limit
		if bad && page > 1 {
			from--
		}
		from = min(max(from, 0), len(list))
		answer(w, http.StatusOK, map[string]any{"items": list[from:min(from+limit, len(list))], "total": len(list)})
	})
	mux.HandleFunc("POST /api/items", func(w http.ResponseWriter, r *http.Request) {
		in := map[string]any{}
		decoder := json.NewDecoder(r.Body)
		decoder.UseNumber()
		if decoder.Decode(&in) != nil || in["name"] == nil {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		name := fmt.Sprint(in["name"])
		there := s.has(name)
		if bad {
			<-time.After(30 * time.Millisecond)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if !bad {
			for _, v := range s.kept {
				there = there || v["name"] == name
			}
		}
		if there {
			w.WriteHeader(http.StatusConflict)
			return
		}
		s.next++
		in["id"], in["version"] = s.next, 1
		s.kept[s.next] = s.change(in)
		if !bad {
			s.log = append(s.log, "made "+name)
		}
		answer(w, http.StatusCreated, map[string]any{"id": s.next})
	})
	mux.HandleFunc("/api/items/{id}", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		id, _ := strconv.Atoi(r.PathValue("id"))
		v := s.kept[id]
		if v == nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		tag := fmt.Sprintf(`"%v"`, v["version"])
		switch r.Method {
		case http.MethodDelete:
			s.gone[id] = v
			delete(s.kept, id)
			w.WriteHeader(http.StatusNoContent)
			return
		case http.MethodPut:
			if match := r.Header.Get("If-Match"); !bad && match != "" && match != tag {
				w.WriteHeader(http.StatusPreconditionFailed)
				return
			}
			in := map[string]any{}
			_ = json.NewDecoder(r.Body).Decode(&in)
			v["name"] = in["name"]
			n, _ := v["version"].(int)
			v["version"] = n + 1
		}
		if !bad {
			w.Header().Set("ETag", fmt.Sprintf(`"%v"`, v["version"]))
		}
		answer(w, http.StatusOK, v)
	})
	return mux
}

func TestIntegrity(t *testing.T) {
	t.Parallel()
	for _, bad := range []bool{true, false} {
		t.Run(fmt.Sprintf("bad %v", bad), func(t *testing.T) {
			t.Parallel()
			result := try.Probes(t, integrity.Probes(), target(bad), try.Options{Intrusive: true, PerSecond: 5000})
			for _, p := range integrity.Probes() {
				found := try.Found(result, p.ID)
				if bad != (len(found) > 0) {
					t.Errorf("%s found %d: %v", p.ID, len(found), result.ByProbe[p.ID])
				}
				for _, f := range found {
					t.Logf("%s %s at %s: %s", f.Severity, f.Probe, f.Where.URL, f.Text)
					if len(f.Evidence) == 0 {
						t.Errorf("%s shows nothing", f.Probe)
					}
				}
				if count := result.ByProbe[p.ID]; count == nil || count.NotTested+count.Blocked > 0 {
					t.Errorf("%s could not test all: %+v", p.ID, count)
				}
			}
		})
	}
}
