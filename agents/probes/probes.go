// Package probes lists all probes that the studio has. Each persona's are in a package of their own, one file a probe.
package probes

import (
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/probes/accessibility"
	"github.com/atelier-studio/atelier/agents/probes/apisecurity"
	"github.com/atelier-studio/atelier/agents/probes/authentication"
	"github.com/atelier-studio/atelier/agents/probes/authorization"
	"github.com/atelier-studio/atelier/agents/probes/clientside"
	"github.com/atelier-studio/atelier/agents/probes/compat"
	"github.com/atelier-studio/atelier/agents/probes/content"
	"github.com/atelier-studio/atelier/agents/probes/contract"
	"github.com/atelier-studio/atelier/agents/probes/exploration"
	"github.com/atelier-studio/atelier/agents/probes/exposure"
	"github.com/atelier-studio/atelier/agents/probes/forms"
	"github.com/atelier-studio/atelier/agents/probes/functional"
	"github.com/atelier-studio/atelier/agents/probes/injection"
	"github.com/atelier-studio/atelier/agents/probes/integrity"
	"github.com/atelier-studio/atelier/agents/probes/keyboard"
	"github.com/atelier-studio/atelier/agents/probes/load"
	"github.com/atelier-studio/atelier/agents/probes/mobile"
	"github.com/atelier-studio/atelier/agents/probes/ops"
	"github.com/atelier-studio/atelier/agents/probes/performance"
	"github.com/atelier-studio/atelier/agents/probes/privacy"
	"github.com/atelier-studio/atelier/agents/probes/regression"
	"github.com/atelier-studio/atelier/agents/probes/resilience"
	"github.com/atelier-studio/atelier/agents/probes/security"
	"github.com/atelier-studio/atelier/agents/probes/session"
	"github.com/atelier-studio/atelier/agents/probes/transport"
	"github.com/atelier-studio/atelier/agents/probes/uiux"
	"github.com/atelier-studio/atelier/agents/probes/weight"
	"github.com/atelier-studio/atelier/agents/probes/workflow"
)

// All are all probes, by id.
func All() map[string]*agents.Probe {
	all := map[string]*agents.Probe{}
	for _, group := range [][]*agents.Probe{
		accessibility.Probes(),
		apisecurity.Probes(), contract.Probes(), forms.Probes(), integrity.Probes(),
		clientside.Probes(),
		content.Probes(),
		privacy.Probes(),
		compat.Probes(),
		authentication.Probes(), authorization.Probes(),
		exposure.Probes(),
		functional.Probes(),
		injection.Probes(),
		keyboard.Probes(),
		mobile.Probes(),
		ops.Probes(),
		regression.Probes(),
		resilience.Probes(),
		security.Probes(),
		session.Probes(),
		transport.Probes(),
		uiux.Probes(),
		weight.Probes(),
		workflow.Probes(),
		load.Probes(),
		performance.Probes(),
	} {
		for _, probe := range group {
			if all[probe.ID] != nil {
				panic(fmt.Sprintf("two probes are called %q", probe.ID))
			}
			all[probe.ID] = probe
		}
	}
	for id, vector := range vectors {
		if all[id] == nil {
			panic(fmt.Sprintf("there is no probe %q to have a vector", id))
		}
		all[id].Vector = vector
	}
	return all
}

// Explorers are the probes that try what a language model claims. No persona lists them.
func Explorers() []*agents.Probe { return exploration.Probes() }

// WithExplorers are all probes and those that no persona lists, by id: whoever tells of findings needs them.
func WithExplorers() map[string]*agents.Probe {
	all := All()
	for _, probe := range Explorers() {
		all[probe.ID] = probe
	}
	return all
}
