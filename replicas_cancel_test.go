package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// heldTarget is a server outside that answers no request before its gate is opened.
type heldTarget struct {
	t             testing.TB
	url           string
	reached, gone chan struct{} // a request came; one was given up by who asked
	gate          chan struct{}
}

func newHeldTarget(t testing.TB) *heldTarget {
	t.Helper()
	h := &heldTarget{t: t, reached: make(chan struct{}, 100), gone: make(chan struct{}, 100), gate: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		h.reached <- struct{}{}
		select {
		case <-h.gate:
		case <-q.Context().Done():
			h.gone <- struct{}{}
		}
	}))
	h.url = server.URL
	t.Cleanup(server.Close)
	return h
}

// chain draws a workflow whose second step asks the target.
func (h *heldTarget) chain(name string) m {
	return chainOf(name, m{"kind": "trigger.manual"}, m{"kind": "http.request", "params": m{"url": h.url}}, m{"kind": "flow.noop"})
}

func (h *heldTarget) wait(c chan struct{}, what string) {
	h.t.Helper()
	select {
	case <-c:
	case <-time.After(20 * time.Second):
		h.t.Fatalf("%s has not come", what)
	}
}

// ended checks that a run was cancelled, as both servers see it, and ended once.
func (r *replicas) ended(t *testing.T, id string) {
	t.Helper()
	for _, s := range []*studioProcess{r.here, r.there} {
		if s.cmd.ProcessState != nil { // it was killed
			continue
		}
		var run struct{ Status string }
		s.call("GET", "/runs/"+id, nil, &run)
		var journal struct{ Events []struct{ Type string } }
		s.call("GET", "/runs/"+id+"/events", nil, &journal)
		ends := 0
		for _, e := range journal.Events {
			if e.Type == "run.finished" {
				ends++
			}
		}
		if run.Status != "cancelled" || ends != 1 {
			t.Errorf("the run is %s with %d ends: %v", run.Status, ends, journal.Events)
		}
	}
}

func (s *studioProcess) run(workflow string) string {
	s.t.Helper()
	var run struct{ ID string }
	s.call("POST", "/workflows/"+workflow+"/runs", m{}, &run)
	return run.ID
}

// cancel cancels a run and checks that it had ended when the answer came.
func (s *studioProcess) cancel(id string) {
	s.t.Helper()
	status, body := s.send("POST", "/runs/"+id+"/cancel", nil)
	if status != http.StatusOK {
		s.t.Fatalf("cancelling gave %d: %s", status, body)
	}
}

// A run is cancelled from a server that does not execute it: the step under way is really stopped.
func TestReplicasCancel(t *testing.T) {
	t.Parallel()
	r := startReplicas(t)
	target := newHeldTarget(t)

	held := r.here.run(r.here.create(target.chain("Held")))
	target.wait(target.reached, "the request of the step")
	r.there.cancel(held)
	target.wait(target.gone, "the end of the request")
	r.ended(t, held)
	if status, body := r.there.send("POST", "/runs/"+held+"/cancel", nil); status != http.StatusUnprocessableEntity {
		t.Errorf("cancelling what has ended gave %d: %s", status, body)
	}

	// One that waits for its turn, and the one that it waits for.
	doc := target.chain("One by one")
	doc["settings"] = m{"concurrency": 1}
	id := r.here.create(doc)
	first := r.here.run(id)
	target.wait(target.reached, "the request of the first run")
	second := r.here.run(id)
	for _, run := range []string{second, first} {
		r.there.cancel(run)
		r.ended(t, run)
	}
	target.wait(target.gone, "the end of the first run's request")

	// One that sleeps.
	asleep := r.here.create(chainOf("Asleep", m{"kind": "trigger.manual"}, m{"kind": "flow.wait", "params": m{"amount": 1, "unit": "hours"}}))
	var sleeper struct{ ID, Status string }
	r.here.call("POST", "/workflows/"+asleep+"/runs?wait=20s", m{}, &sleeper)
	if sleeper.Status != "waiting" {
		t.Fatalf("the run is %s", sleeper.Status)
	}
	r.there.cancel(sleeper.ID)
	r.ended(t, sleeper.ID)

	// One that calls a workflow, which sleeps.
	caller := r.here.create(chainOf("Calls", m{"kind": "trigger.manual"}, m{"kind": "flow.call", "params": m{"workflow": asleep}}))
	var calling struct{ ID, Status string }
	r.here.call("POST", "/workflows/"+caller+"/runs?wait=20s", m{}, &calling)
	r.there.cancel(calling.ID)
	r.ended(t, calling.ID)
	var all struct{ Runs []struct{ ID, Status string } }
	r.there.call("GET", "/runs?workflow="+asleep, nil, &all)
	for _, run := range all.Runs {
		r.ended(t, run.ID)
	}
	if len(all.Runs) != 2 {
		t.Errorf("%d runs slept, not 2", len(all.Runs))
	}
}

// Both servers cancel runs that come to their end at this very moment: each has one end, and every answer is in words.
func TestReplicasCancelWhatEnds(t *testing.T) {
	t.Parallel()
	r := startReplicas(t)
	target := newHeldTarget(t)
	id := r.here.create(target.chain("Held"))
	var runs []string
	for range 20 {
		runs = append(runs, r.here.run(id))
	}
	for range runs {
		target.wait(target.reached, "the request of a run")
	}
	var group sync.WaitGroup
	for i, run := range runs {
		for _, s := range []*studioProcess{r.there, r.here, r.there} {
			group.Go(func() {
				if status, body := s.send("POST", "/runs/"+run+"/cancel", nil); status != http.StatusOK && status != http.StatusUnprocessableEntity {
					t.Errorf("cancelling gave %d: %s", status, body)
				}
			})
		}
		if i == len(runs)/2 {
			group.Go(func() { close(target.gate) })
		}
	}
	group.Wait()
	for _, run := range runs {
		var journal struct{ Events []struct{ Type string } }
		r.there.call("GET", "/runs/"+run+"/events", nil, &journal)
		ends := 0
		for _, e := range journal.Events {
			if e.Type == "run.finished" {
				ends++
			}
		}
		if last := journal.Events[len(journal.Events)-1].Type; ends != 1 || last != "run.finished" {
			t.Errorf("a run has %d ends and is at %s", ends, last)
		}
	}
}

// The server that executes a run is killed: whoever cancels the run ends it when that server has given no sign for long
// enough, and else whoever takes the run over does.
func TestReplicasCancelOfTheDead(t *testing.T) {
	t.Parallel()
	r := startReplicas(t)
	target := newHeldTarget(t)
	id := r.here.create(target.chain("Held"))
	runs := []string{r.here.run(id), r.here.run(id)}
	for range runs {
		target.wait(target.reached, "the request of a run")
	}
	db, err := pgx.Connect(t.Context(), r.database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(t.Context()) }()
	var owner string
	if err := db.QueryRow(t.Context(), "SELECT owner FROM runs WHERE id = $1", runs[0]).Scan(&owner); err != nil {
		t.Fatal(err)
	}
	r.here.kill()

	// Nobody knows yet that it is dead.
	asked := make(chan error, 1)
	go func() {
		status, body := r.there.send("POST", "/runs/"+runs[0]+"/cancel", nil)
		if status != http.StatusOK {
			asked <- fmt.Errorf("cancelling gave %d: %s", status, body)
			return
		}
		asked <- nil
	}()
	for asked, late := false, time.Now().Add(20*time.Second); !asked; {
		if err := db.QueryRow(t.Context(), "SELECT cancel > 0 FROM runs WHERE id = $1", runs[0]).Scan(&asked); err != nil {
			t.Fatal(err)
		}
		if !asked && time.Now().After(late) {
			t.Fatal("it was not noted that the run is to be cancelled")
		}
	}
	if _, err := db.Exec(t.Context(), "UPDATE processes SET seen = 0 WHERE owner = $1", owner); err != nil {
		t.Fatal(err)
	}
	if err := <-asked; err != nil {
		t.Fatal(err)
	}
	r.ended(t, runs[0])

	status, body := r.there.send("POST", "/runs/"+runs[1]+"/cancel", nil)
	if status != http.StatusOK {
		t.Fatalf("cancelling what was left behind gave %d: %s", status, body)
	}
	r.ended(t, runs[1])
}
