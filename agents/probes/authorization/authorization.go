// Package authorization holds the probes of the access-control tester: what one account made must not open to another, what
// is for some roles not to the rest, and what needs an account not to nobody.
package authorization

import "github.com/atelier-studio/atelier/agents"

// Probes are the probes of the access-control tester.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		bolaRead(), bolaWrite(), bflaAdmin(), missingAuth(), ignoredAuth(), massAssignment(), verbTampering(), forcedBrowsing(), idPredictability(),
		accessTable(), accessTableChanges(),
	}
}

// What two accounts are compared with.
const two = agents.NeedsHTTP | agents.NeedsIntrusive | agents.NeedsAccount | agents.NeedsSecond
