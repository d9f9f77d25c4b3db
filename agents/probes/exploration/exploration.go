// Package exploration holds the probes that try what a language model claimed when it explored. No persona lists them: they
// are made for whoever claimed something, and where no model is there is nothing that they apply to.
package exploration

import (
	"fmt"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are all of them, in the order of reports.
func Probes() []*agents.Probe { return []*agents.Probe{exploredFault(), specifiedBehaviour()} }

// of picks claims of a sort.
func of(sort surface.ClaimSort) func(*surface.Surface) []*surface.Claim {
	return func(s *surface.Surface) []*surface.Claim {
		return slices.DeleteFunc(slices.Clone(s.Claims), func(c *surface.Claim) bool { return c.Sort != sort })
	}
}

// words are what a model said to it: marked as such, and apart from what shows it.
func words(why string) string {
	if why == "" {
		return ""
	}
	return fmt.Sprintf(" The language model that led there says: “%s”", why)
}

// maxPictures bounds the pictures of one way: the last ones tell most.
const maxPictures = 4
