// Package try runs probes on a small target, the way that a campaign does: discovered, planned, made and confirmed. It is
// what tests of probes are written with.
package try

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/access"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/explore"
	"github.com/atelier-studio/atelier/agents/firefox"
	"github.com/atelier-studio/atelier/agents/journey"
)

// Options of a try.
type Options struct {
	Accounts  []campaign.Login
	Browser   bool // a real one; the test is skipped where there is none
	Intrusive bool
	TLS       bool
	More      []string // paths to begin with, besides /
	Baseline  *agents.Baseline
	PerSecond float64 // 500
	Restart   func(context.Context) error
	Journeys  []journey.Journey
	Access    access.Table
	// Model explores, Explorers try what it claims; Text is what it reads, Questions what it may be asked.
	Model     explore.Model
	Explorers []*agents.Probe
	Text      string
	Questions int
	Firefox   bool // a real one, besides the browser; the test is skipped where there is none
}

// Probe runs one probe on a target.
func Probe(t testing.TB, probe *agents.Probe, target http.Handler, o Options) *campaign.Result {
	t.Helper()
	return Probes(t, []*agents.Probe{probe}, target, o)
}

// Probes runs several probes on a target in one campaign.
func Probes(t testing.TB, list []*agents.Probe, target http.Handler, o Options) *campaign.Result {
	t.Helper()
	server := httptest.NewUnstartedServer(target)
	if o.TLS {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return At(t, list, server.URL, o)
}

// At runs several probes in one campaign on a target that is there already.
func At(t testing.TB, list []*agents.Probe, address string, o Options) *campaign.Result {
	t.Helper()
	persona := agents.Persona{ID: "tester", Name: "Tester", Area: agents.Functional}
	parts := campaign.Parts{Probes: map[string]*agents.Probe{}, Baseline: o.Baseline, Restart: o.Restart, Model: o.Model, Explorers: o.Explorers, Agent: "atelier-test"}
	for _, probe := range list {
		persona.Probes = append(persona.Probes, probe.ID)
		parts.Probes[probe.ID] = probe
	}
	if o.Browser {
		if testing.Short() {
			t.Skip("without a browser: -short")
		}
		path, err := browser.Find("")
		if err != nil {
			t.Skipf("without a browser: %v", err)
		}
		parts.BrowserPath = path
	}
	if o.Firefox {
		path, err := firefox.Find()
		if err != nil {
			t.Skip(err)
		}
		parts.FirefoxPath = path
	}
	if o.PerSecond == 0 {
		o.PerSecond = 500
	}
	settings := campaign.Settings{
		Target: address, Personas: []agents.Persona{persona}, Accounts: o.Accounts, Intrusive: o.Intrusive, Journeys: o.Journeys, Access: o.Access, Seed: 1, Specification: o.Text,
		Budget: campaign.Budget{PerSecond: o.PerSecond, Time: 5 * time.Minute, Questions: o.Questions},
	}
	for _, path := range o.More {
		settings.More = append(settings.More, address+path)
	}
	result, err := campaign.Run(t.Context(), settings, parts)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// Found are the findings of a probe.
func Found(r *campaign.Result, probe string) []campaign.Agreed {
	var list []campaign.Agreed
	for _, f := range r.Findings {
		if f.Probe == probe {
			list = append(list, f)
		}
	}
	return list
}

// Want says in the test's log what is wrong when a probe has not made that many findings, or could not test.
func Want(t testing.TB, r *campaign.Result, probe string, findings int) []campaign.Agreed {
	t.Helper()
	list := Found(r, probe)
	if len(list) != findings {
		t.Errorf("%s found %d, want %d", probe, len(list), findings)
		for _, f := range list {
			t.Logf("found at %+v: %s", f.Where, f.Text)
		}
	}
	if count := r.ByProbe[probe]; count == nil {
		t.Errorf("%s applied to nothing", probe)
	} else if count.NotTested+count.Blocked > 0 {
		t.Errorf("%s could not test all: %v", probe, count.Reasons)
	}
	return list
}
