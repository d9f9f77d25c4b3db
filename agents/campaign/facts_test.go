package campaign_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/surface"
)

func TestFactsReachIntrusiveProbesInOrder(t *testing.T) {
	t.Parallel()
	server := shop(t)
	for _, active := range []int{1, 27} {
		var heard, early []string
		tells := func(id string) *agents.Probe {
			return &agents.Probe{ID: id, Title: id, Check: agents.Each(pages, func(_ context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
				for range 2 {
					lab.Tell(agents.Fact{Kind: agents.FactPath, Text: p.Title, URL: strings.TrimPrefix(p.URL, server.URL)})
				}
				lab.Tell(agents.Fact{Kind: agents.FactTrace, Text: "elsewhere"})
				if len(lab.Facts(agents.FactPath)) > 0 {
					return agents.Fail(agents.Finding{Severity: agents.High, Text: "heard early"})
				}
				return agents.Pass()
			})}
		}
		hears := &agents.Probe{ID: "hears", Title: "hears", Needs: agents.NeedsIntrusive, Check: agents.Whole(func(_ context.Context, lab *agents.Lab) agents.Outcome {
			for _, f := range lab.Facts(agents.FactPath) {
				heard = append(heard, f.From+" "+f.URL)
			}
			return agents.Pass()
		})}
		personas := []agents.Persona{
			{ID: "first", Name: "First", Area: agents.Security, Probes: []string{"one", "hears"}}, {ID: "second", Name: "Second", Area: agents.Security, Probes: []string{"two"}},
		}
		r, err := campaign.Run(t.Context(), campaign.Settings{Target: server.URL, Personas: personas, Intrusive: true, Seed: 1, Budget: campaign.Budget{Active: active, PerSecond: 1000}},
			campaign.Parts{Probes: map[string]*agents.Probe{"one": tells("one"), "two": tells("two"), "hears": hears}})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			early = append(early, f.Text)
		}
		want := []string{"one /", "one /one", "one /three", "one /two", "two /", "two /one", "two /three", "two /two"}
		if len(early) > 0 || !slices.Equal(slices.DeleteFunc(heard, func(s string) bool { return strings.Contains(s, "private") || strings.Contains(s, "sign-in") }), want) {
			t.Errorf("with %d active it heard %v, early %v", active, heard, early)
		}
	}
}
