// Package injection holds the probes of the injection specialist: what is typed into a target must stay data, and not become
// markup, SQL, a command, a template, a path or an address. What a probe expects back is computed by the target (71*709 is
// 50339), so that a page that merely shows what it was sent proves nothing.
package injection

import "github.com/atelier-studio/atelier/agents"

// Probes are the probes of the injection specialist.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		xssReflected(), xssStored(), htmlInjection(),
		sqliError(), sqliBoolean(), sqliUnion(), sqliTime(),
		osCommand(), ssti(), xxe(), xpathLDAPNoSQL(), crlf(), pathTraversal(), ssrf(),
	}
}

// What all of them need: to send what the target may act upon.
const needs = agents.NeedsHTTP | agents.NeedsIntrusive

// The product that targets compute when they should not.
const (
	product  = "71*709"
	computed = "50339"
)
