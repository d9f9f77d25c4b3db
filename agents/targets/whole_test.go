package targets_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes"
	"github.com/atelier-studio/atelier/agents/targets"
	"github.com/atelier-studio/atelier/agents/targets/shop"
)

// patient are probes that take a minute or more of waiting, and are left out of short tests.
var patient = []string{"sqli-time", "timeout-header", "slow-client", "concurrency-correctness", "ramp-knee", "baseline-rps", "spike", "error-under-load"}

// made tells whether a test makes a probe.
func made(probe *agents.Probe) bool {
	return !testing.Short() || !probe.Needs.Has(agents.NeedsBrowser) && !slices.Contains(patient, probe.ID)
}

// whole lets everybody test a target, in a browser too where the test is not short.
func whole(t *testing.T, target http.Handler, limit time.Duration) *campaign.Result {
	t.Helper()
	server := httptest.NewUnstartedServer(target)
	server.Config.ReadHeaderTimeout, server.Config.ReadTimeout = 10*time.Second, 20*time.Second
	server.Start()
	t.Cleanup(server.Close)
	known, personas := probes.All(), everybody(t)
	for i := range personas {
		personas[i].Probes = slices.DeleteFunc(personas[i].Probes, func(id string) bool { return !made(known[id]) })
	}
	personas = slices.DeleteFunc(personas, func(p agents.Persona) bool { return len(p.Probes) == 0 })
	settings := campaign.Settings{
		Target: server.URL, Personas: personas, Intrusive: true, Seed: 7, Budget: campaign.Budget{PerSecond: 300, Requests: 200_000, Time: limit},
	}
	for _, a := range shop.Accounts() {
		settings.Accounts = append(settings.Accounts, campaign.Login{Role: a.Role, User: a.Name, Password: a.Password})
	}
	if _, ok := target.(*shop.Shop); ok {
		table, err := targets.Access()
		if err != nil {
			t.Fatal(err)
		}
		settings.Access = *table
	}
	parts := campaign.Parts{Probes: known, Agent: "atelier-test"}
	if !testing.Short() {
		path, err := browser.Find("")
		if err != nil {
			t.Skipf("without a browser: %v", err)
		}
		parts.BrowserPath = path
	}
	r, err := campaign.Run(t.Context(), settings, parts)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d cases, %d requests, %s", len(r.Cases), r.Requests, r.Ended.Sub(r.Begun).Round(time.Second))
	return r
}

// TestCleanShop holds that a clean application gets no finding.
func TestCleanShop(t *testing.T) {
	if testing.Short() {
		t.Parallel() // else they share one browser's machine
	}
	r := whole(t, shop.New(), 40*time.Minute)
	if r.Stopped != "" {
		t.Error(r.Stopped)
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Severity > agents.Info {
			t.Errorf("the clean shop has %s at %s %s %s: %s", f.Probe, f.Where.URL, f.Where.Parameter, f.Where.Element, f.Text)
		}
	}
}

// TestFlawedShop holds how much of what was planted is found, and how little that was not.
func TestFlawedShop(t *testing.T) {
	if testing.Short() {
		t.Parallel()
	}
	r := whole(t, shop.New(shop.All), 60*time.Minute)
	if r.Stopped != "" {
		t.Error(r.Stopped)
	}
	planted, err := targets.Defects()
	if err != nil {
		t.Fatal(err)
	}
	known := probes.All()
	could := slices.DeleteFunc(slices.Clone(planted), func(d targets.Defect) bool {
		return d.Needs != "" || !made(known[d.Probe])
	})
	found, of, wrong, findings := 0, 0, 0, 0
	explained := targets.Rate(planted, r.Findings) // by what nobody could look for, too
	scores := targets.Rate(could, r.Findings)
	for _, area := range agents.Areas {
		s := scores[area]
		if s == nil {
			continue
		}
		missed := make([]string, len(s.Missed))
		for i, d := range s.Missed {
			missed[i] = fmt.Sprintf("%s (%s)", d.ID, d.Probe)
		}
		t.Logf("%-14s planted %3d, found %3d, findings %3d, not explained %d; missed: %s", area, s.Planted, s.Found, s.Findings, len(explained[area].False), strings.Join(missed, ", "))
		for i := range explained[area].False {
			f := &explained[area].False[i]
			t.Logf("    not explained: %s at %s %s %s: %s", f.Probe, f.Where.URL, f.Where.Parameter, f.Where.Element, f.Text)
		}
		found, of, findings, wrong = found+s.Found, of+s.Planted, findings+s.Findings, wrong+len(explained[area].False)
	}
	if of < 80 || 10*found < 9*of {
		t.Errorf("%d of %d planted faults were found", found, of)
	}
	if 100*wrong > 3*findings {
		t.Errorf("%d of %d findings are explained by nothing that was planted", wrong, findings)
	}
}

// TestBrokenTarget holds that a target on which nothing works does not pass, and does not hold a campaign up.
func TestBrokenTarget(t *testing.T) {
	const limit = 20 * time.Second
	r := whole(t, targets.Broken(), limit)
	if took := r.Ended.Sub(r.Begun); took > 3*limit {
		t.Errorf("a campaign of %s took %s", limit, took)
	}
	if r.OK() || r.Worst() < agents.Medium {
		t.Errorf("a target on which nothing works: OK %v, the worst is %s, %d findings", r.OK(), r.Worst(), len(r.Findings))
	}
}
