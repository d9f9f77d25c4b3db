package main

import (
	"testing"
	"time"
)

// A workflow that calls another goes on with it after the server was killed, whether the called one sleeps or works;
// the called one runs once.
func TestKillDuringCall(t *testing.T) {
	t.Parallel()
	s := startStudio(t)
	s.create(chainOf("Child", m{"kind": "trigger.manual"}, m{"kind": "flow.wait", "params": m{"amount": 3, "unit": "seconds"}},
		m{"kind": "data.set", "params": m{"fields": []m{{"name": "by", "value": "child"}}, "keep_others": true}}))
	id := s.create(chainOf("Parent", m{"kind": "trigger.manual"}, m{"kind": "flow.call", "params": m{"workflow": "Child"}},
		m{"kind": "data.set", "params": m{"fields": []m{{"name": "after", "value": "={{ $json.by }}"}}}}))
	var runs []string
	for range 3 {
		var run struct{ ID string }
		s.call("POST", "/workflows/"+id+"/runs", m{"input": m{"n": 1}}, &run)
		runs = append(runs, run.ID)
		<-time.After(400 * time.Millisecond)
		s.kill()
		s.start()
	}
	deadline := time.Now().Add(30 * time.Second)
	for _, run := range runs {
		for {
			var got struct{ Status, Error string }
			s.call("GET", "/runs/"+run, nil, &got)
			if got.Status == "succeeded" {
				break
			}
			if got.Status == "failed" || time.Now().After(deadline) {
				t.Fatalf("the run is %s: %s", got.Status, got.Error)
			}
			<-time.After(50 * time.Millisecond)
		}
	}
	var list struct {
		Runs []struct {
			Trigger, Status string
			Parent          string `json:"parent"`
		}
	}
	s.call("GET", "/runs", nil, &list)
	children := map[string]int{}
	for _, r := range list.Runs {
		if r.Trigger == "call" {
			children[r.Parent]++
		}
	}
	for _, run := range runs {
		if children[run] != 1 {
			t.Errorf("the run %s called %d runs, want 1", run, children[run])
		}
	}
}
