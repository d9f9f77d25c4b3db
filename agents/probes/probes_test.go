package probes_test

import (
	"slices"
	"strings"
	"testing"

	gocvss31 "github.com/pandatix/go-cvss/31"

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

// The severity of what has a vector is the vector's, by the formula of its specification.
func TestVectors(t *testing.T) {
	t.Parallel()
	rated := 0
	for id, probe := range probes.All() {
		if probe.Vector == "" {
			continue
		}
		rated++
		vector, err := gocvss31.ParseVector(probe.Vector)
		if err != nil {
			t.Errorf("%s: %q: %v", id, probe.Vector, err)
			continue
		}
		rating, err := gocvss31.Rating(vector.BaseScore())
		if err != nil || !strings.EqualFold(rating, probe.Severity.String()) {
			t.Errorf("%s: %s has a score of %.1f, which is %s and not %s (%v)", id, probe.Vector, vector.BaseScore(), rating, probe.Severity, err)
		}
	}
	if rated == 0 {
		t.Error("no probe has a vector")
	}
}
