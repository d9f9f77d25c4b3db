package compat

import (
	"context"
	"fmt"
	"regexp"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func vendorPrefix() *agents.Probe {
	return &agents.Probe{
		ID: "vendor-prefix", Title: "Property that is written for one browser only",
		Decides:  "A rule sets a property with a prefix (-webkit-, -moz-, -ms-) and not the property itself, which all browsers have.",
		Keeps:    "The rule.",
		Advice:   "Write the property without a prefix, after those with one as long as they are needed.",
		Severity: agents.Info, Skills: []string{"standards"},
		Check: agents.Each(written, func(_ context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			var findings []agents.Finding
			seen := map[string]bool{}
			for _, s := range styles(lab.Surface, p) {
				for _, b := range blocks(s.text) {
					names := map[string]bool{}
					for _, d := range b.declarations {
						names[d.name] = true
					}
					for _, d := range b.declarations {
						found := prefixed.FindStringSubmatch(d.name)
						if found == nil || names[found[2]] || seen[d.name] || len(findings) == 20 {
							continue
						}
						if f, ok := known().properties[found[2]]; !ok || f.Since == "" {
							continue
						}
						seen[d.name] = true
						findings = append(findings, agents.Finding{
							Text: fmt.Sprintf("%s sets %s and not %s.", b.prelude, d.name, found[2]), Cause: d.name, Where: s.place(d.line),
							Evidence: []agents.Evidence{agents.Excerpt("The rule", b.prelude+" {\n  "+d.name+": "+d.value+";\n}")},
						})
					}
				}
			}
			return agents.Fail(findings...)
		}),
	}
}

var prefixed = regexp.MustCompile(`^-(webkit|moz|ms|o)-([a-z-]+)$`)
