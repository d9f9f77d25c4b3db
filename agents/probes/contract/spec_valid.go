package contract

import (
	"context"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/surface"
)

func specValid() *agents.Probe {
	return &agents.Probe{
		ID: "spec-valid", Title: "API description that is not valid", Severity: agents.Medium, Needs: agents.NeedsHTTP, References: []string{"OpenAPI 3.x"},
		Decides: "The description does not keep to the format that it says it has. Patterns, examples and defaults are not judged: tools differ in them.",
		Keeps:   "What is wrong and where.",
		Advice:  "Mend what is named, and check the description with a validator whenever it is built.",
		Check:   agents.WholeIf(hasSpec, validated),
	}
}

func hasSpec(s *surface.Surface) bool { return s.Spec != nil }

func validated(ctx context.Context, lab *agents.Lab) agents.Outcome {
	spec := lab.Surface.Spec
	// The description as it is served now: what was found once may have been mended.
	if x := lab.Get(ctx, spec.URL); x.OK() && !x.Cut {
		spec = &surface.Document{URL: spec.URL, Data: x.Body}
	} else if !x.Answered() {
		return agents.BlockOn(x.Fault)
	}
	api, err := openapi.Read(spec.Data, spec.URL)
	switch {
	case err != nil && strings.Contains(err.Error(), "external"):
		return agents.Skip("the description refers to other files, which are not read")
	case err == nil && api.Doc.OpenAPI == "": // an older format, which was only read to be converted
		return agents.Pass()
	case err == nil:
		err = validate(ctx, api)
	}
	if err == nil {
		return agents.Pass()
	}
	words, _, _ := strings.Cut(err.Error(), "\nSchema:")
	return agents.Fail(agents.Finding{
		Text:  "The description of the API is not valid, so that clients, tests and documentation that are made of it break: " + firstLine(words),
		Where: agents.Place{URL: spec.URL}, Cause: "description", Evidence: []agents.Evidence{agents.Excerpt("what is wrong", words)},
	})
}

func validate(ctx context.Context, api *openapi.API) (err error) {
	defer func() { // a validator that breaks says nothing about what it reads
		if recover() != nil {
			err = nil
		}
	}()
	return api.Doc.Validate(ctx, openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation(), openapi3.DisableSchemaPatternValidation())
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
