package exposure

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func sourceMaps() *agents.Probe {
	return &agents.Probe{
		ID: "source-maps", Title: "The source map of a script is served",
		Decides:  "The map that a script names, or the one beside it, is served and is one.",
		Keeps:    "Its size, and how many sources it has.",
		Advice:   "Keep maps for yourself, where the source is not public: upload them to what collects errors and do not serve them.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.Info, References: []string{"CWE-540"},
		Check: agents.Each(scripts, runSourceMaps),
	}
}

// scripts are the target's own scripts that were served.
func scripts(s *surface.Surface) []*surface.Asset {
	var list []*surface.Asset
	for _, a := range s.Assets {
		if a.Inside && a.Kind == surface.Script && a.Answer != nil && a.Answer.OK() {
			list = append(list, a)
		}
	}
	return list
}

var mapping = regexp.MustCompile(`//[#@]\s*sourceMappingURL=([^\s*]+)`)

func runSourceMaps(ctx context.Context, lab *agents.Lab, a *surface.Asset) agents.Outcome {
	base, err := url.Parse(a.URL)
	if err != nil {
		return agents.Pass()
	}
	beside := *base
	beside.Path, beside.RawPath = base.Path+".map", ""
	addresses := []string{beside.String()}
	if m := mapping.FindSubmatch(a.Answer.Body); m != nil {
		if strings.HasPrefix(string(m[1]), "data:") {
			return agents.Pass() // it is part of the script, and so meant
		}
		if to, err := base.Parse(string(m[1])); err == nil && lab.Client.Scope().Allows(to) {
			addresses = []string{to.String()}
		}
	}
	for _, address := range addresses {
		x := file(ctx, lab, address)
		if ctx.Err() != nil {
			return agents.Block("it took too long")
		}
		if x == nil {
			continue
		}
		var chart struct {
			Version int      `json:"version"`
			Sources []string `json:"sources"`
		}
		if x.Cut || json.Unmarshal(x.Body, &chart) == nil && chart.Version > 0 && len(chart.Sources) > 0 {
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("%s is served: %d bytes, from which the %d sources of the script can be read.", address, len(x.Body), len(chart.Sources)),
				Where: agents.Place{URL: a.URL}, Cause: "source maps", Evidence: []agents.Evidence{agents.Excerpt("the map", fmt.Sprintf("%d bytes, %d sources: %s", len(x.Body), len(chart.Sources), strings.Join(chart.Sources[:min(len(chart.Sources), 5)], ", ")))},
			})
		}
	}
	return agents.Pass()
}
