package campaign_test

import (
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

// A persona that has used up its limits takes no more; what nobody else may make is not tested, and says why.
func TestLimits(t *testing.T) {
	t.Parallel()
	server := shop(t)
	roomy := agents.Persona{ID: "alone", Name: "Alone", Area: agents.Functional, Probes: []string{"errors"}, Limits: agents.Limits{Requests: 900, Time: time.Minute}}
	r, err := campaign.Run(t.Context(), campaign.Settings{Target: server.URL, Personas: []agents.Persona{roomy}, Budget: campaign.Budget{PerSecond: 1000}}, campaign.Parts{Probes: (&world{}).probes()})
	if err != nil {
		t.Fatal(err)
	}
	if n := r.Counts[agents.Functional]; n.Passed == 0 || n.Executed != n.Applicable {
		t.Errorf("within its limits: %+v", n)
	}
	for _, c := range []struct {
		name   string
		limits agents.Limits
	}{
		{"requests", agents.Limits{Requests: 2}},
		{"time", agents.Limits{Time: time.Nanosecond}},
	} {
		probes := (&world{}).probes()
		alone := agents.Persona{ID: "alone", Name: "Alone", Area: agents.Functional, Probes: []string{"errors"}, Limits: c.limits}
		r, err := campaign.Run(t.Context(), campaign.Settings{Target: server.URL, Personas: []agents.Persona{alone}, Budget: campaign.Budget{PerSecond: 1000}}, campaign.Parts{Probes: probes})
		if err != nil {
			t.Fatal(err)
		}
		executed, left := 0, 0
		for _, x := range r.Cases {
			switch {
			case x.Outcome.Verdict == agents.Passed || x.Outcome.Verdict == agents.Failed:
				executed++
			case x.Outcome.Verdict == agents.NotTested && strings.Contains(x.Outcome.Reason, "limited to"):
				left++
			}
		}
		if executed > c.limits.Requests || left == 0 || r.Counts[agents.Functional].Applicable != len(r.Cases) {
			t.Errorf("%s: %d of %d executed, %d left", c.name, executed, len(r.Cases), left)
		}
		helper := agents.Persona{ID: "helper", Name: "Helper", Area: agents.Functional, Skills: []string{"http"}, Probes: []string{"stumbles"}}
		r, err = campaign.Run(t.Context(), campaign.Settings{Target: server.URL, Personas: []agents.Persona{alone, helper}, Budget: campaign.Budget{PerSecond: 1000}}, campaign.Parts{Probes: probes})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range r.Cases {
			if x.Outcome.Verdict == agents.NotTested {
				t.Errorf("%s: nobody took over %s: %s", c.name, x.ID, x.Outcome.Reason)
			}
		}
	}
}
