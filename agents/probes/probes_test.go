package probes_test

import (
	"slices"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/probes"
)

func TestPersonasHaveTheirProbes(t *testing.T) {
	t.Parallel()
	personas, err := agents.Personas()
	if err != nil {
		t.Fatal(err)
	}
	all := probes.All()
	made := map[string]bool{}
	for _, p := range personas {
		var missing []string
		for _, id := range p.Probes {
			made[id] = true
			if all[id] == nil {
				missing = append(missing, id)
			}
		}
		if len(missing) > 0 {
			t.Errorf("%s misses %v", p.ID, missing)
		}
	}
	for id, probe := range all {
		if !made[id] {
			t.Errorf("no persona makes %s", id)
		}
		if probe.Title == "" || probe.Decides == "" || probe.Keeps == "" || probe.Advice == "" || probe.Check == nil {
			t.Errorf("%s does not say what it is: %+v", id, probe)
		}
		if slices.Contains(probe.References, "") {
			t.Errorf("%s has an empty reference", id)
		}
	}
}
