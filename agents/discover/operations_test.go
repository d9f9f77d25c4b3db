package discover_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
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
			"get":{"parameters":[{"name":"q","in":"query","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"ok"}}},
			"post":{"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["title"],"properties":{"title":{"type":"string"}}}}}},"responses":{"201":{"description":"made"}}}}}}`)
	})
	mux.HandleFunc("/api/tasks", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != "Bearer ada" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		fmt.Fprint(w, `[]`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	of := client(t, server)
	of.Carry("account 1", "Authorization", "Bearer ada")
	s, err := discover.Surface(t.Context(), of, discover.Options{Accounts: []string{"account 1"}})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, o := range s.Operations {
		got[o.Method] = o.As
		if o.Method == http.MethodGet && (len(o.Seen) < 2 || !o.Seen[0].OK()) {
			t.Errorf("%d answers", len(o.Seen))
		}
	}
	for _, i := range s.Inputs {
		got[i.Name] = i.As
	}
	if fmt.Sprint(got) != `map[GET:account 1 POST: q:account 1 title:]` {
		t.Error(got)
	}
}
