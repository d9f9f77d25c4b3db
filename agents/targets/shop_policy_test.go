package targets_test

import (
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes/clientside"
	"github.com/atelier-studio/atelier/agents/probes/security"
	"github.com/atelier-studio/atelier/agents/probes/session"
	"github.com/atelier-studio/atelier/agents/probes/transport"
	"github.com/atelier-studio/atelier/agents/probes/try"
	"github.com/atelier-studio/atelier/agents/targets"
	"github.com/atelier-studio/atelier/agents/targets/shop"
)

// TestPolicies runs what needs no browser on the shop: clean, where it finds nothing, and with its faults, where it finds
// them all.
func TestPolicies(t *testing.T) {
	t.Parallel()
	var list []*agents.Probe
	for _, p := range slices.Concat(security.Probes(), transport.Probes(), session.Probes(), clientside.Probes()) {
		if !p.Needs.Has(agents.NeedsBrowser) {
			list = append(list, p)
		}
	}
	var logins []campaign.Login
	for _, a := range shop.Accounts() {
		logins = append(logins, campaign.Login{Role: a.Role, User: a.Name, Password: a.Password})
	}
	defects, err := targets.Defects()
	if err != nil {
		t.Fatal(err)
	}
	for _, faults := range [][]string{nil, {shop.All}} {
		server := httptest.NewServer(shop.New(faults...))
		t.Cleanup(server.Close)
		r := try.At(t, list, server.URL, try.Options{Accounts: logins, Intrusive: true})
		for _, f := range r.Findings {
			if f.Severity > agents.Info && faults == nil {
				t.Errorf("the clean shop has %s at %s: %s", f.Probe, f.Where.URL, f.Text)
			}
		}
		if faults != nil {
			for _, d := range defects {
				if slices.ContainsFunc(list, func(p *agents.Probe) bool { return p.ID == d.Probe }) && len(try.Found(r, d.Probe)) == 0 {
					t.Errorf("missed %s (%s): %+v", d.ID, d.Probe, r.ByProbe[d.Probe])
				}
			}
		}
	}
}
