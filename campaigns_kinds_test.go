package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// heldSite is a small application with a broken link. Its second page is held back as long as hold is full.
func heldSite(t *testing.T) (site *httptest.Server, hold chan struct{}) {
	t.Helper()
	hold = make(chan struct{}, 1)
	site = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch r.URL.Path {
		case "/":
			fmt.Fprint(w, `<!doctype html><html lang=en><title>Shop</title><h1>Shop</h1><a href="/missing">broken</a> <a href="/second">second</a>`)
		case "/second":
			for len(hold) > 0 {
				select {
				case <-r.Context().Done():
					return
				case <-time.After(5 * time.Millisecond):
				}
			}
			fmt.Fprint(w, `<!doctype html><html lang=en><title>Second</title><h1>Second</h1><a href="/">back</a>`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(site.Close)
	return site, hold
}

// Workflows send real personas: what they find comes out, the next time it is still there, a studio that is killed in the
// middle goes on with the same campaign, and a cancelled run takes its campaign along.
func TestCampaignsInWorkflows(t *testing.T) {
	t.Parallel()
	site, hold := heldSite(t)
	s := startStudio(t, "ATELIER_BROWSER=/none")
	s.call("POST", "/personas", m{"id": "mine", "name": "Mine", "role": "Mine", "area": "functional", "probes": []string{"broken-link"}}, nil)
	doc := m{"format": "atelier/v1", "name": "Nightly", "nodes": []m{
		{"id": "start", "kind": "trigger.manual", "name": "Start", "at": []int{0, 0}},
		{"id": "pool", "kind": "qa.pool", "name": "Send", "at": []int{200, 0}, "params": m{"target": site.URL, "personas": []string{"mine"}, "require": []m{{"area": "functional", "percent": 50}}}},
		{"id": "weigh", "kind": "qa.coordinate", "name": "Weigh", "at": []int{400, 0}, "params": m{"which": "open"}},
		{"id": "report", "kind": "qa.report", "name": "Report", "at": []int{400, 200}, "params": m{"days": 1}},
	}, "edges": []m{
		{"from": "start", "out": "main", "to": "pool", "in": "main"}, {"from": "pool", "out": "main", "to": "weigh", "in": "main"}, {"from": "pool", "out": "main", "to": "report", "in": "main"},
	}}
	id := s.create(doc)
	start := func() string {
		var run struct{ ID string }
		s.call("POST", "/workflows/"+id+"/runs", m{}, &run)
		return run.ID
	}
	gave := func(run, node string, port int) m {
		t.Helper()
		var step struct {
			Outputs [][]struct{ JSON m }
		}
		s.call("GET", "/runs/"+run+"/steps/"+node, nil, &step)
		if len(step.Outputs) <= port || len(step.Outputs[port]) != 1 {
			t.Fatalf("%s gave %+v", node, step)
		}
		return step.Outputs[port][0].JSON
	}
	campaigns := func() (list []struct{ ID, Status, Run string }) {
		t.Helper()
		var found struct {
			Campaigns []struct{ ID, Status, Run string } `json:"campaigns"`
		}
		s.call("GET", "/campaigns", nil, &found)
		return found.Campaigns
	}
	last := ""
	for n, want := range []string{"new", "still there", "still there"} {
		killed := n == 2
		if killed {
			hold <- struct{}{}
		}
		run := start()
		if killed {
			s.until("the campaign works", func() bool {
				newest := campaigns()[0]
				last = newest.ID
				return newest.Run == run && newest.Status == "working"
			})
			s.kill()
			<-hold
			s.start()
		}
		var state struct{ Status, Error string }
		s.until("the run ends", func() bool {
			s.call("GET", "/runs/"+run, nil, &state)
			return state.Status == "succeeded" || state.Status == "failed"
		})
		if state.Status == "failed" {
			t.Fatalf("the run failed: %s", state.Error)
		}
		found, summary, report := gave(run, "weigh", 0), gave(run, "weigh", 2), gave(run, "report", 0)
		if found["probe"] != "broken-link" || found["change"] != want || !strings.Contains(fmt.Sprint(found["text"]), "/missing") || !strings.Contains(fmt.Sprint(found["link"]), s.address) {
			t.Errorf("found %v", found)
		}
		if summary["verdict"] != "failed" || summary["count"] != 1.0 || !strings.Contains(fmt.Sprint(summary["text"]), "1 "+want) {
			t.Errorf("summed up as %v", summary)
		}
		res, err := s.client.Get(fmt.Sprint(report["shared"]))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK || report["campaign"] != found["campaign"] || killed && found["campaign"] != last {
			t.Errorf("reported as %v, %s", report, res.Status)
		}
		if list := campaigns(); len(list) != n+1 {
			t.Errorf("%d runs made %d campaigns", n+1, len(list))
		}
	}

	hold <- struct{}{}
	run := start()
	s.until("the campaign works", func() bool { return campaigns()[0].Run == run && campaigns()[0].Status == "working" })
	s.call("POST", "/runs/"+run+"/cancel", m{}, nil)
	s.until("the campaign is stopped", func() bool { return campaigns()[0].Status == "stopped" })
}
