package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	qadesk "github.com/atelier-studio/atelier/agents/desk"
)

// wall is a small application that notes what is written to it.
type wall struct {
	mu      sync.Mutex
	written map[string]int
	asked   chan struct{} // gets one for each writing, as long as somebody takes it
}

func newWall(t *testing.T) (*wall, string) {
	t.Helper()
	w := &wall{written: map[string]int{}, asked: make(chan struct{})}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	return w, server.URL
}

func (w *wall) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	switch r.URL.Path {
	case "/", "/wall", "/contact", "/order":
		if r.Method == http.MethodPost {
			body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
			w.mu.Lock()
			w.written[r.URL.Path+" "+string(body)]++
			w.mu.Unlock()
			select {
			case w.asked <- struct{}{}:
			default:
			}
		}
		fmt.Fprint(rw, `<!doctype html><html lang="en"><title>Wall</title><body><h1>Wall</h1><a href="/wall">wall</a> <a href="/contact">contact</a> <a href="/order">order</a>
<form method="post" action="`+r.URL.Path+`"><label>Name <input name="name" required></label><label>Words <textarea name="words"></textarea></label><button>Send</button></form>`)
	default:
		http.NotFound(rw, r)
	}
}

// counts are what was written, and how often.
func (w *wall) counts() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	counts := map[string]int{}
	for what, n := range w.written {
		counts[what] = n
	}
	return counts
}

// A studio is killed while personas write to a target. Started again, the campaign goes on to its end, and nothing is
// written more often than by a campaign that nobody disturbed.
func TestCampaignSurvivesKills(t *testing.T) {
	t.Parallel()
	settings := func(target string) m {
		return m{"target": target, "personas": []string{"injection_tester", "form_validation_tester"}, "intrusive": true, "seed": 5, "budget": m{"per_second": 500}}
	}
	nobrowser := "ATELIER_BROWSER=" + filepath.Join(t.TempDir(), "none")
	s := startStudio(t, nobrowser)
	ended := func(id string) (c qadesk.Campaign) {
		t.Helper()
		for deadline := time.Now().Add(2 * time.Minute); ; {
			s.call("GET", "/campaigns/"+id, nil, &c)
			if !c.Status.Open() {
				return c
			}
			if time.Now().After(deadline) {
				t.Fatalf("the campaign does not end: %+v", c.Board)
			}
			<-time.After(100 * time.Millisecond)
		}
	}
	undisturbed, address := newWall(t)
	var made struct{ ID string }
	s.call("POST", "/campaigns", settings(address), &made)
	if c := ended(made.ID); c.Status != qadesk.Done {
		t.Fatalf("the campaign that nobody disturbs is %s: %s", c.Status, c.Error)
	}
	usual := undisturbed.counts()
	if len(usual) < 20 {
		t.Fatalf("only %d things were written: the test shows nothing", len(usual))
	}

	disturbed, address := newWall(t)
	s.call("POST", "/campaigns", settings(address), &made)
	for range 3 {
		for range len(usual) / 6 {
			select {
			case <-disturbed.asked:
			case <-time.After(30 * time.Second):
				t.Fatal("nothing is written any more")
			}
		}
		s.kill()
		s.start()
	}
	c := ended(made.ID)
	if c.Status != qadesk.Done || c.Restarts != 3 {
		t.Errorf("after three kills the campaign is %s, begun again %d times: %s", c.Status, c.Restarts, c.Error)
	}
	for what, n := range disturbed.counts() {
		if most := max(usual[what], 1); n > most {
			t.Errorf("written %d times, and %d times where nobody disturbs it: %s", n, most, what)
		}
	}
}
