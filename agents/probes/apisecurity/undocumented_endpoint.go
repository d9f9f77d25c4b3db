package apisecurity

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func undocumentedEndpoint() *agents.Probe {
	return &agents.Probe{
		ID: "undocumented-endpoint", Title: "API address that its description does not name", Severity: agents.Low, Needs: agents.NeedsHTTP, References: []string{"API9"},
		Decides: "An address beside the described ones was seen in scripts or traffic and answers with JSON, and no path of the description fits it.",
		Keeps:   "The address and where it was seen.",
		Advice:  "Describe the operation, or take it away: what is not in the inventory is not looked after.",
		Check:   agents.Each(observed, undocumented),
	}
}

// observed are the operations that were really seen, on targets that have a description.
func observed(s *surface.Surface) []*surface.Operation {
	if s.Spec == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.Operations), func(o *surface.Operation) bool {
		return len(o.Seen) == 0 || o.Page == s.Spec.URL || o.URL == s.Spec.URL
	})
}

func undocumented(ctx context.Context, lab *agents.Lab, o *surface.Operation) agents.Outcome {
	api, err := openapi.Read(lab.Surface.Spec.Data, lab.Surface.Spec.URL)
	if err != nil {
		return agents.Block("the description cannot be read, so that it cannot be compared")
	}
	u, err := url.Parse(o.Seen[0].URL)
	if err != nil {
		return agents.BlockOn(err)
	}
	beside := false // of the same API, and not of something else on this host
	for _, op := range api.Operations() {
		path := api.Base.Path + op.Path
		if template(path).MatchString(u.Path) {
			return agents.Pass()
		}
		beside = beside || family(path) != "" && family(path) == family(u.Path)
	}
	if o.Described || !beside || u.String() == lab.Surface.GraphQL || strings.HasSuffix(u.Path, ".json") || strings.HasSuffix(u.Path, ".yaml") {
		return agents.Pass()
	}
	x := o.Seen[0]
	if o.Method == http.MethodGet {
		x = lab.Send(ctx, wire.Request{URL: o.Seen[0].URL, As: o.As})
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		if discover.IsMissing(lab.Surface, x, u.Path) || asked(&surface.Operation{Seen: []*wire.Exchange{x}}) == nil {
			return agents.Pass()
		}
	}
	source := o.Page
	if source == "" {
		source = "traffic"
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("%s %s answers with %d, was seen at %s, and is not in the description %s.", o.Method, o.Path, x.Status, source, lab.Surface.Spec.URL),
		Where: agents.Place{URL: o.URL, Method: o.Method, As: o.As}, Cause: o.Key(),
		Evidence: []agents.Evidence{agents.Table("where it was seen", agents.ByReading, []string{"address", "source"}, []string{o.Method + " " + o.URL, source}), agents.Exchanged("answer", x)},
	})
}

var parameter = regexp.MustCompile(`\\\{[^/]*?\\\}`)

// template matches the paths that a described path stands for.
func template(path string) *regexp.Regexp {
	return regexp.MustCompile("^" + parameter.ReplaceAllString(regexp.QuoteMeta(path), `[^/]+`) + "/?$")
}

// family is what paths of one API begin with: /api/v1, or their first part.
func family(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if parts[0] == "api" && len(parts) > 1 {
		return "api" // of whatever version
	}
	if len(parts) > 1 {
		return parts[0]
	}
	return ""
}
