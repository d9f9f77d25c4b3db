package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// outside counts what steps did to the world, by idempotency key.
type outside struct {
	mu    sync.Mutex
	count map[string]int
}

func (o *outside) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	o.mu.Lock()
	o.count[r.Header.Get("Idempotency-Key")]++
	o.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"ok": true}`)
}

// The server is killed at random moments while runs that it acknowledged are under way. Every acknowledged run
// finishes, every step finishes once, and the world sees an effect no more often than the journal has attempts of it:
// a step that had finished is not repeated.
func TestKills(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for most of a minute")
	}
	t.Parallel()
	const kills, concurrent = 50, 50
	world := &outside{count: map[string]int{}}
	target := httptest.NewServer(world)
	defer target.Close()
	s := startStudio(t, "ATELIER_ALLOW_ADDRESSES=127.0.0.1")
	post := func() m {
		return m{"kind": "http.request", "params": m{"method": "POST", "url": target.URL, "body_type": "json", "body": "={{ $json }}"}}
	}
	set := func() m {
		return m{"kind": "data.set", "params": m{"fields": []m{{"name": "seen", "value": "={{ $itemIndex }}"}}, "keep_others": true}}
	}
	id := s.create(chainOf("Effects", m{"kind": "trigger.webhook", "params": m{"path": "effects", "method": "POST", "respond": "at_once"}},
		set(), post(), set(), post(), post()))
	s.call("POST", "/workflows/"+id+"/active", m{"active": true}, nil)

	var mu sync.Mutex
	acknowledged := map[string]bool{}
	for round := range kills {
		var group sync.WaitGroup
		accepted := make(chan struct{}, concurrent)
		hooks := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: concurrent}}
		for i := range concurrent {
			group.Go(func() {
				req, err := http.NewRequestWithContext(t.Context(), "POST", s.url("/hooks/effects"), nil)
				if err != nil {
					t.Error(err)
					return
				}
				req.Header.Set("Idempotency-Key", fmt.Sprintf("%d-%d", round, i))
				res, err := hooks.Do(req)
				if err != nil { // killed before it answered: not acknowledged
					return
				}
				defer res.Body.Close()
				var answer struct {
					Run string `json:"run_id"`
				}
				if err := json.NewDecoder(res.Body).Decode(&answer); err == nil && res.StatusCode == http.StatusAccepted && answer.Run != "" {
					mu.Lock()
					acknowledged[answer.Run] = true
					mu.Unlock()
					accepted <- struct{}{}
				}
			})
		}
		// Somewhere between the first acknowledgement of the round and the end of its runs.
		enough := time.After(5 * time.Second)
		for wanted := 1 + rand.IntN(concurrent); wanted > 0; {
			select {
			case <-accepted:
				wanted--
			case <-enough:
				wanted = 0
			}
		}
		<-time.After(time.Duration(rand.IntN(30)) * time.Millisecond)
		s.kill()
		group.Wait()
		hooks.CloseIdleConnections()
		s.start()
	}
	if len(acknowledged) < kills {
		t.Fatalf("only %d runs were acknowledged in %d rounds: the test shows nothing", len(acknowledged), kills)
	}
	repeated := checkRuns(t, s, world, acknowledged)
	t.Logf("%d acknowledged runs over %d kills; all finished; %d effects under way at a kill were repeated with their key", len(acknowledged), kills, repeated)
}

// checkRuns waits for all acknowledged runs and compares their journals with the world.
func checkRuns(t *testing.T, s *studioProcess, world *outside, ids map[string]bool) (repeated int) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for id := range ids {
		var run struct{ Status, Error string }
		for run.Status != "succeeded" {
			s.call("GET", "/runs/"+id, nil, &run)
			if run.Status == "failed" || run.Status == "deciding" || time.Now().After(deadline) {
				t.Fatalf("run %s is %s: %s", id, run.Status, run.Error)
			}
			if run.Status != "succeeded" {
				<-time.After(50 * time.Millisecond)
			}
		}
		var journal struct {
			Events []struct{ Type, Node string }
		}
		s.call("GET", "/runs/"+id+"/events", nil, &journal)
		finished, attempts := map[string]int{}, map[string]int{}
		for _, e := range journal.Events {
			switch e.Type {
			case "step.finished":
				finished[e.Node]++
			case "step.started":
				attempts[e.Node]++
			}
		}
		for _, node := range []string{"n0", "n1", "n2", "n3", "n4", "n5"} {
			if finished[node] != 1 {
				t.Errorf("run %s: the step %s finished %d times", id, node, finished[node])
			}
		}
		for _, node := range []string{"n2", "n4", "n5"} {
			n := world.effects(id, node)
			if n < 1 || n > attempts[node] {
				t.Errorf("run %s: the step %s had %d effects in %d attempts", id, node, n, attempts[node])
			}
			repeated += n - 1
		}
	}
	return repeated
}

// effects counts what a step did. Its idempotency key is made of run, node and iteration; HTTP nodes may add the item.
func (o *outside) effects(run, node string) int {
	sum := sha256.Sum256([]byte(run + "\x00" + node + "\x00" + "0"))
	key := hex.EncodeToString(sum[:16])
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for k, c := range o.count {
		if strings.HasPrefix(k, key) {
			n += c
		}
	}
	return n
}
