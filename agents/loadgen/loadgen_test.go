package loadgen_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents/loadgen"
	"github.com/atelier-studio/atelier/agents/wire"
)

// against starts a target, and a client for it with a budget.
func against(t *testing.T, handler http.HandlerFunc, requests int, pace float64) (*wire.Client, loadgen.Plan) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	scope, err := wire.NewScope(server.URL, nil, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	client := wire.NewClient(scope, wire.NewBudget(requests, pace), "atelier-test", time.Now)
	t.Cleanup(client.Close)
	return client, loadgen.Plan{Next: func(int) wire.Request { return wire.Request{URL: server.URL + "/"} }}
}

// A target that stands still once has as many slow answers as requests would have come meanwhile, not one.
func TestStandstillIsCounted(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	var one sync.Mutex
	client, plan := against(t, func(http.ResponseWriter, *http.Request) {
		one.Lock()
		defer one.Unlock()
		if asked.Add(1) == 20 {
			<-time.After(800 * time.Millisecond)
		}
	}, 0, 0)
	plan.Steps = []loadgen.Step{{Rate: 100, For: 1500 * time.Millisecond}}
	load := loadgen.Run(t.Context(), client, plan)
	if len(load.Stages) != 1 || load.Stages[0].Arrived != 150 || load.Stages[0].Errors() != 0 || load.Ended != "" {
		t.Fatalf("%+v", load)
	}
	// A closed loop would see one of 150, and none at the 90th percentile.
	if got := load.Stages[0].At(90); got < 300*time.Millisecond {
		t.Errorf("the 90th percentile is %s: those that arrived meanwhile did not wait", got)
	}
	if rows := load.Rows(); len(rows) != 2 || len(load.Timeline()) < 2 {
		t.Errorf("%v", rows)
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	client, plan := against(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) }, 60, 20)
	plan.Steps = []loadgen.Step{{Rate: 10_000, For: 200 * time.Millisecond}, {Rate: 80, For: time.Hour}}
	load := loadgen.Run(t.Context(), client, plan)
	if load.Stages[0].Rate != 80 {
		t.Errorf("at %v a second, where four times the pace is the most", load.Stages[0].Rate)
	}
	if n := asked.Load(); n != 30 || client.Budget().Sent() != 30 {
		t.Errorf("%d requests, where half of what is left is the most", n)
	}
}

func TestEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		cancel bool
		why    string
	}{
		"errors throughout": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, false, "the target answered with errors throughout"},
		"breaks off":        {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false, "the target answered with errors throughout"},
		"hangs":             {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, false, "the target answers nothing any more"},
		"cancelled":         {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, true, "it was stopped"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			client, plan := against(t, func(w http.ResponseWriter, r *http.Request) {
				if c.cancel {
					cancel()
				}
				c.answer(w, r)
			}, 0, 0)
			plan.Steps = []loadgen.Step{{Rate: 40, For: time.Minute}}
			load := loadgen.Run(ctx, client, plan)
			if load.Ended != c.why || load.Stages[0].Arrived >= 40*60 || load.Stages[0].Errors() != 1 {
				t.Errorf("%q after %d requests, %v of them errors", load.Ended, load.Stages[0].Arrived, load.Stages[0].Errors())
			}
		})
	}
}
