package campaign_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/surface"
)

// What was found and could not be tried again stays, and is not said to be confirmed; whoever goes on with the campaign
// tries it again, and nothing that is settled.
func TestConfirm(t *testing.T) {
	t.Parallel()
	server := shop(t)
	var tries, loud, once, stuck atomic.Int64
	var stop context.CancelFunc
	whole := func(id string, needs agents.Needs, run func() agents.Outcome) *agents.Probe {
		return &agents.Probe{ID: id, Title: id, Severity: agents.High, Needs: needs, Once: id == "once", Check: agents.Whole(func(context.Context, *agents.Lab) agents.Outcome { return run() })}
	}
	fault := func() agents.Outcome { return agents.Fail(agents.Finding{Text: "It is broken."}) }
	probes := map[string]*agents.Probe{}
	for _, p := range []*agents.Probe{
		whole("once", 0, func() agents.Outcome { once.Add(1); return fault() }),
		whole("loud", agents.NeedsHTTP|agents.NeedsIntrusive, func() agents.Outcome { loud.Add(1); return fault() }),
		whole("later", 0, func() agents.Outcome {
			switch tries.Add(1) {
			case 2: // while it is confirmed
				stop()
				return agents.Block("stopped")
			default:
				return fault()
			}
		}),
		whole("stuck", 0, func() agents.Outcome {
			if stuck.Add(1) == 1 {
				return fault()
			}
			return agents.Block("it took too long")
		}),
	} {
		probes[p.ID] = p
	}
	tester := agents.Persona{ID: "tester", Name: "Tester", Area: agents.Security, Probes: []string{"once", "loud", "later", "stuck"}}
	kept := &notebook{cases: map[string]campaign.Case{}}
	s := campaign.Settings{Target: server.URL, Personas: []agents.Persona{tester}, Intrusive: true, Budget: campaign.Budget{PerSecond: 1000}}
	ctx, cancel := context.WithCancel(t.Context())
	stop = cancel
	if _, err := campaign.Run(ctx, s, campaign.Parts{Probes: probes, Keep: kept}); err == nil {
		t.Fatal("it was not stopped")
	}
	if x := kept.cases["later site"]; x.Settled || x.Outcome.Verdict != agents.Failed {
		t.Errorf("what was broken off is settled: %+v", x)
	}
	r, err := campaign.Run(t.Context(), s, campaign.Parts{Probes: probes, Keep: kept})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, f := range r.Findings {
		word := " seen once"
		if f.Confirmed {
			word = " confirmed"
		}
		said = append(said, f.Probe+word)
	}
	slices.Sort(said)
	if got := strings.Join(said, ", "); got != "later confirmed, loud confirmed, once seen once, stuck seen once" {
		t.Error(got)
	}
	if loud.Load() != 2 || once.Load() != 1 {
		t.Errorf("the intrusive case was made %d times, the one that is made once %d", loud.Load(), once.Load())
	}
	// Once more, with an item that is not there any more and an intrusive case that was being confirmed.
	gone := kept.cases["later site"]
	gone.ID, gone.Outcome.Findings = "later page /gone", []agents.Finding{{Probe: "later", Title: "later", Severity: agents.High, Cause: "gone"}}
	kept.cases[gone.ID] = gone
	broken := kept.cases["loud site"]
	broken.State, broken.Settled, broken.Confirmed = campaign.Confirming, false, false
	kept.cases[broken.ID] = broken
	r, err = campaign.Run(t.Context(), s, campaign.Parts{Probes: probes, Keep: kept})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) != 5 || loud.Load() != 2 {
		t.Errorf("%d findings; the intrusive case was made %d times", len(r.Findings), loud.Load())
	}
	for _, f := range r.Findings {
		if f.Probe == "loud" && f.Confirmed {
			t.Error("a confirmation that was broken off counts")
		}
	}
}

// An answer that was wrong for a moment is no fault: it is asked for again before anybody is told.
func TestConfirmAsksAgain(t *testing.T) {
	t.Parallel()
	var moment, always atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch {
		case r.URL.Path == "/moment" && moment.Add(1) == 1, r.URL.Path == "/always" && always.Add(1) > 0:
			w.WriteHeader(http.StatusInternalServerError)
		case r.URL.Path != "/" && r.URL.Path != "/moment":
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, `<title>Page</title><a href=/moment>1</a><a href=/always>2</a>`)
	}))
	t.Cleanup(server.Close)
	reads := &agents.Probe{ID: "reads", Title: "Error", Severity: agents.High, Check: agents.Each(pages, func(_ context.Context, _ *agents.Lab, p *surface.Page) agents.Outcome {
		if p.Answer.Status >= 500 {
			return agents.Fail(agents.Finding{Text: "It answers 500."})
		}
		return agents.Pass()
	})}
	tester := agents.Persona{ID: "tester", Name: "Tester", Area: agents.Functional, Probes: []string{"reads"}}
	r, err := campaign.Run(t.Context(), campaign.Settings{Target: server.URL, Personas: []agents.Persona{tester}, Budget: campaign.Budget{PerSecond: 1000}}, campaign.Parts{Probes: map[string]*agents.Probe{"reads": reads}})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) != 1 || !strings.HasSuffix(r.Findings[0].Where.URL, "/always") || !r.Findings[0].Confirmed {
		t.Errorf("%+v", r.Findings)
	}
}
