// Package accessibility holds the probes of the accessibility tester: the rules of WCAG that axe-core decides by itself, on
// every page, in its states, its dark colours and at the width of a phone, and what is said of the document as a whole.
package accessibility

import "github.com/atelier-studio/atelier/agents"

// Probes are all of them, in the order of the persona.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		axeA(), axeAA(), axeBestPractice(), axeIncomplete(), axeDark(), axeStates(), axe320(), axeFrames(), htmlLang(), pageTitle(),
	}
}
