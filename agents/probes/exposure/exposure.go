// Package exposure holds the probes of the data-exposure tester: files that lie where everybody can ask for them, and
// answers that say more than they should.
package exposure

import "github.com/atelier-studio/atelier/agents"

// Probes are the probes of the data-exposure tester.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		exposedVCS(), exposedConfig(), backupFiles(), stackTrace(), debugError(), secretsInJS(), sourceMaps(), comments(), privateIP(), pii(), sourceDisclosure(), robotsSensitive(),
	}
}
