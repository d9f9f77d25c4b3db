package security

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func cspWeak() *agents.Probe {
	return &agents.Probe{
		ID: "csp-weak", Title: "Content Security Policy that lets foreign scripts run",
		Decides:  "Of all policies of a page none forbids inline scripts ('unsafe-inline' without nonce or hash), eval ('unsafe-eval'), scripts from anywhere (*, http:, https:, data:, or no bound), plug-ins (object-src) or another base (base-uri).",
		Keeps:    "The policy, and each directive with the word that makes it weak.",
		Advice:   "Allow scripts by nonce or hash instead of 'unsafe-inline' and wildcards, do without eval, and set object-src 'none' and base-uri 'none'.",
		Severity: agents.Medium, References: []string{"CWE-693"}, Skills: []string{"header policy"},
		Check: agents.Each(withPolicy, func(_ context.Context, _ *agents.Lab, p *surface.Page) agents.Outcome {
			policies := reading.Enforced(p.Answer)
			rows := [][]string{{"directive", "weak by", "what follows"}}
			var causes []string
			severity := agents.Low // a missing base-uri alone misleads links, and runs nothing
			for _, w := range weaknesses {
				directive, word := "", ""
				all := true
				for i := range policies { // what one policy allows another may still forbid
					d, by, weak := w.of(&policies[i])
					if !weak {
						all = false
						break
					}
					directive, word = d, by
				}
				if !all {
					continue
				}
				rows = append(rows, []string{directive, word, w.follows})
				causes = append(causes, w.name)
				if w.name != "base" || usesNonces(policies) {
					severity = agents.Medium
				}
			}
			if len(causes) == 0 {
				return agents.Pass()
			}
			var texts []string
			for _, policy := range policies {
				texts = append(texts, policy.Text)
			}
			return agents.Fail(agents.Finding{
				Severity: severity, Text: "The policy is set, but " + rows[1][2] + ".", Where: agents.Place{URL: p.URL, As: p.As},
				Cause:    at("Content-Security-Policy "+strings.Join(causes, " "), p.URL),
				Evidence: []agents.Evidence{agents.Table("weak directives", agents.ByReading, rows...), agents.Excerpt("policy", strings.Join(texts, "\n")), agents.Exchanged("answer", p.Answer)},
			})
		}),
	}
}

func withPolicy(s *surface.Surface) []*surface.Page {
	return slices.DeleteFunc(drawn(s), func(p *surface.Page) bool { return len(reading.Enforced(p.Answer)) == 0 })
}

// weakness is one way in which a policy is none; of says which directive makes it weak, and by which word.
type weakness struct {
	name, follows string
	of            func(p *reading.Policy) (directive, word string, weak bool)
}

var weaknesses = []weakness{
	{"any", "it sets no bound for scripts, so they may come from anywhere", func(p *reading.Policy) (string, string, bool) {
		_, from := p.Sources("script-src-elem")
		return "script-src", "not there", from == ""
	}},
	{"inline", "scripts that stand in the page run, also those that somebody smuggled in", func(p *reading.Policy) (string, string, bool) {
		values, from := p.Sources("script-src-elem")
		return from, "'unsafe-inline'", has(values, "'unsafe-inline'") && !trusts(values)
	}},
	{"eval", "texts are run as scripts", func(p *reading.Policy) (string, string, bool) {
		values, from := p.Sources("script-src")
		return from, "'unsafe-eval'", has(values, "'unsafe-eval'")
	}},
	{"everywhere", "scripts may come from every host", func(p *reading.Policy) (string, string, bool) {
		values, from := p.Sources("script-src-elem")
		for _, v := range values {
			switch strings.ToLower(v) {
			case "*", "http:", "https:", "data:", "http://*", "https://*", "*:*":
				return from, v, !has(values, "'strict-dynamic'")
			}
		}
		return "", "", false
	}},
	{"object", "plug-ins may come from anywhere", func(p *reading.Policy) (string, string, bool) {
		values, from := p.Sources("object-src")
		if from == "" {
			return "object-src", "not there", true
		}
		return from, strings.Join(values, " "), has(values, "*") || has(values, "https:") || has(values, "http:")
	}},
	{"base", "a base element that is smuggled in sends the page's own references elsewhere", func(p *reading.Policy) (string, string, bool) {
		values, from := p.Sources("base-uri")
		return "base-uri", cmp.Or(strings.Join(values, " "), "not there"), from == "" || has(values, "*")
	}},
}

func has(values []string, word string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, word) })
}

var nonceOrHash = regexp.MustCompile(`(?i)^'(?:nonce-|sha(?:256|384|512)-)[A-Za-z0-9+/_=-]+'$`)

// trusts tells whether a list of sources names a nonce or a hash: browsers then take no notice of 'unsafe-inline'.
func trusts(values []string) bool {
	return slices.ContainsFunc(values, nonceOrHash.MatchString) || has(values, "'strict-dynamic'")
}

func usesNonces(policies []reading.Policy) bool {
	return slices.ContainsFunc(policies, func(p reading.Policy) bool {
		values, _ := p.Sources("script-src-elem")
		return trusts(values)
	})
}
