package discover_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents/discover"
)

// An operation that nobody is let into, though a script names its address, is that of the account that is: what its address
// takes is tried as it, and what changes something is not.
func TestOperationsOfAccounts(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><title>T</title><p>Tasks</p><script>fetch("/api/tasks")</script>`)
	})
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"openapi":"3.0.3","info":{"title":"x","version":"1"},"paths":{"/api/tasks":{
			"get":{"parameters":[{"name":"q","in":"query","required":true,"schema":{"type":"string"}},{"name":"sort","in":"query","schema":{"type":"string","enum":["age"]}}],"responses":{"200":{"description":"ok"}}},
			"post":{"parameters":[{"name":"X-Requested-With","in":"header","required":true,"schema":{"type":"string","enum":["board"]}}],"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["title"],"properties":{"title":{"type":"string"}}}}}},"responses":{"201":{"description":"made"}}}},
			"/api/tasks/{id}":{"get":{"summary":"One task","parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":"ok"}}},
			"delete":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"204":{"description":"gone"}}}}}}`)
	})
	tasks := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != "Bearer ada" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		fmt.Fprint(w, `{"items":[{"id":7041,"title":"Water the plants"}]}`)
	}
	mux.HandleFunc("/api/tasks", tasks)
	mux.HandleFunc("GET /api/tasks/7041", tasks)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	of := client(t, server)
	of.Carry("account 1", "Authorization", "Bearer ada")
	s, err := discover.Surface(t.Context(), of, discover.Options{Accounts: []string{"account 1"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range s.Operations {
		got = append(got, fmt.Sprintf("%s %s as %q", o.Method, strings.TrimPrefix(o.URL, server.URL), o.As))
		if o.Method == http.MethodGet && (len(o.Seen) == 0 || !o.Seen[0].OK()) {
			t.Errorf("%d answers to %s", len(o.Seen), o.URL)
		}
	}
	for _, i := range s.Inputs {
		got = append(got, fmt.Sprintf("%s %s %s=%s as %q", i.Method, strings.TrimPrefix(i.URL, server.URL), i.Name, i.Known, i.As))
		r, err := i.Request("other")
		if want := map[bool]string{true: "board"}[i.Method == http.MethodPost]; err != nil || r.Header.Get("X-Requested-With") != want {
			t.Errorf("%s is sent with %v, %v", i.Key(), r.Header, err)
		}
	}
	want := []string{
		`DELETE /api/tasks/1 as ""`, `GET /api/tasks as "account 1"`, `GET /api/tasks/7041 as "account 1"`, `POST /api/tasks as ""`, // an id that is there is for what only reads
		`DELETE /api/tasks/1 segment 3=1 as ""`, `GET /api/tasks/7041 segment 3=7041 as "account 1"`,
		`GET /api/tasks?q=test q=test as "account 1"`, `GET /api/tasks?q=test sort=age as "account 1"`, `POST /api/tasks title=test as ""`,
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}
