package main

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// The whole studio on Postgres: a run that a kill interrupts goes on in the next process, when the lease of the dead
// one has ended.
func TestStudioOnPostgres(t *testing.T) {
	address := os.Getenv("DATABASE_URL_TEST")
	if address == "" {
		t.Skip("DATABASE_URL_TEST names no Postgres")
	}
	t.Parallel()
	s := startStudio(t, "DATABASE_URL="+freshSchema(t, address), "ATELIER_ALLOW_ADDRESSES=127.0.0.1")
	hold := make(chan struct{})
	reached := make(chan string, 10)
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		reached <- r.Header.Get("Idempotency-Key")
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	}))
	defer target.Close()
	id := s.create(chainOf("Held", m{"kind": "trigger.manual"}, m{"kind": "http.request", "params": m{"method": "POST", "url": target.URL, "any_status": true}}))
	var run struct{ ID, Status, Error string }
	s.call("POST", "/workflows/"+id+"/runs", m{}, &run)
	first := <-reached
	s.kill()
	close(hold)
	s.start()
	for deadline := time.Now().Add(time.Minute); run.Status != "succeeded"; {
		s.call("GET", "/runs/"+run.ID, nil, &run)
		if run.Status == "failed" || time.Now().After(deadline) {
			t.Fatalf("the run is %s: %s", run.Status, run.Error)
		}
		<-time.After(100 * time.Millisecond)
	}
	if second := <-reached; second != first {
		t.Errorf("the effect was repeated with the key %q, not with %q", second, first)
	}
}

// freshSchema makes an empty schema and returns the address that works in it.
func freshSchema(t *testing.T, address string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	name := "studio_" + strings.ToLower(rand.Text()[:12])
	if _, err := conn.Exec(t.Context(), "CREATE SCHEMA "+name); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}
