package security

import (
	"context"
	"regexp"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func serverVersion() *agents.Probe {
	return &agents.Probe{
		ID: "server-version", Title: "Headers that tell which version the server runs",
		Decides:  "A header such as Server, X-Powered-By or X-AspNet-Version names a version number.",
		Keeps:    "The header.",
		Advice:   "Turn the header off, or leave the version out of it.",
		Severity: agents.Low, References: []string{"CWE-200"}, Skills: []string{"exposure"},
		Check: agents.Each(drawn, func(_ context.Context, _ *agents.Lab, p *surface.Page) agents.Outcome {
			var findings []agents.Finding
			for _, name := range []string{"Server", "X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Generator", "X-Runtime-Version", "X-PHP-Version", "Liferay-Portal"} {
				for _, value := range p.Answer.Header.Values(name) {
					if !version.MatchString(value) {
						continue
					}
					findings = append(findings, agents.Finding{
						Text: "Who looks for a known fault learns that this one is there: " + name + ": " + value, Where: agents.Place{URL: p.URL, As: p.As}, Cause: at(name, p.URL),
						Evidence: []agents.Evidence{agents.Excerpt("header", reading.Lines(p.Answer.Header, name)), agents.Exchanged("answer", p.Answer)},
					})
					break
				}
			}
			return agents.Fail(findings...)
		}),
	}
}

var version = regexp.MustCompile(`(?:^|[/ v(-])\d+(?:\.\d+)+|/\d+\b`)
