package targets_test

import (
	"net/http/httptest"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/probes"
	"github.com/atelier-studio/atelier/agents/targets"
	"github.com/atelier-studio/atelier/agents/targets/shop"
)

// The shop does as its table of roles says, unless it has a fault.
func TestShopRoles(t *testing.T) {
	t.Parallel()
	table, err := targets.Access()
	if err != nil {
		t.Fatal(err)
	}
	settings := campaign.Settings{Access: *table, Seed: 1, Personas: []agents.Persona{{ID: "tester", Name: "Tester", Area: agents.Security, Probes: []string{"access-table"}}}, Budget: campaign.Budget{PerSecond: 500}}
	for _, a := range shop.Accounts() {
		settings.Accounts = append(settings.Accounts, campaign.Login{Role: a.Role, User: a.Name, Password: a.Password})
	}
	for fault, want := range map[string]string{"": "", "journal-for-customers": "let in GET /admin/journal", "open-operation": "let in GET /api/v1/me"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(shop.New(fault))
			t.Cleanup(server.Close)
			settings := settings
			settings.Target = server.URL
			r, err := campaign.Run(t.Context(), settings, campaign.Parts{Probes: probes.All()})
			if err != nil {
				t.Fatal(err)
			}
			found := ""
			for _, f := range r.Findings {
				found += f.Cause
			}
			if count := r.ByProbe["access-table"]; found != want || count.NotTested+count.Blocked > 0 {
				t.Errorf("found %q, want %q; %+v", found, want, count)
			}
		})
	}
}
