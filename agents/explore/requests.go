package explore

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/claim"
	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/surface"
)

// contractSkill is that of whoever reads descriptions of APIs.
const contractSkill = "OpenAPI conformance"

// Bounds of what is asked about a description.
const (
	maxAsked      = 4 // questions
	perQuestion   = 8 // operations
	maxDescribed  = 9000
	maxOperations = maxAsked * perQuestion
)

var requestsSchema = json.RawMessage(object(`
	"requests": {"type": "array", "items": ` + object(`
		"method": {"type": "string", "enum": ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH"]},
		"path": {"type": "string", "description": "With its query, such as /products?limit=5; every parameter with a value."},
		"body": {"type": "string", "description": "JSON, or empty."},
		"want": {"type": "integer", "enum": [2, 4], "description": "2: it has to be answered with 2xx; 4: it has to be refused with 4xx."},
		"quote": {"type": "string", "description": "Word for word: the sentence of the description that says so of this operation."},
		"why": {"type": "string", "description": "What the request is to show, in one sentence."}`) + `}`))

const requestsText = `You are given a description of an API or an application. Propose requests that show whether it does what is described, above all at bounds that a sentence names and a schema does not: what just fits (2) and what just does not (4). Requests of methods that change something are proposed only where they have to be refused. At most 12 requests.`

// requests asks for cases from the description of the target's API, and from what a person wrote.
func (e *Explorer) requests(ctx context.Context, personas []agents.Persona) {
	if len(personas) == 0 {
		return
	}
	p := &personas[0]
	if i := slices.IndexFunc(personas, func(p agents.Persona) bool { return slices.Contains(p.Skills, contractSkill) }); i >= 0 {
		p = &personas[i]
	}
	api := apiOf(e.Surface.Spec)
	var texts []string
	if api != nil {
		texts = described(api)
	}
	if e.Text != "" {
		texts = append(texts, cut(e.Text, maxDescribed))
	}
	for _, text := range texts[:min(len(texts), maxAsked)] {
		if ctx.Err() != nil || e.left() <= 0 {
			return
		}
		answer, err := ask[struct{ Requests []claim.Sample }](ctx, e, Question{System: e.role(p) + "\n" + requestsText, Text: e.data("DESCRIPTION", text), Schema: requestsSchema, Tokens: 2500})
		if err != nil {
			continue
		}
		const most = 20
		for _, s := range answer.Requests[:min(len(answer.Requests), most)] {
			e.propose(ctx, s, api)
		}
	}
}

// propose takes a request into the book where it is really foretold, and answered otherwise.
func (e *Explorer) propose(ctx context.Context, s claim.Sample, api *openapi.API) {
	s.Why = short(s.Why, 900)
	if api != nil && s.Want != 0 && len(e.Accounts) > 0 && secured(api, &s) {
		s.As = e.Accounts[0]
	}
	switch {
	case s.Check(e.Scope) != nil:
		e.drop("it is no request that is sent")
		return
	case !s.Safe() && !e.Changes:
		e.drop("it may change something, which is not allowed")
		return
	case s.Foretold(api, e.Text) != nil:
		e.drop("what it quotes does not say so")
		return
	}
	sent := s.Try(ctx, e.Send, e.Scope.Target(), e.Surface.Knows)
	switch {
	case sent.Why != "":
		e.drop("a request: " + sent.Why)
	case sent.Wrong == "":
		e.drop("the application does what it should")
	case !e.keep(func(b *claim.Book) bool {
		if len(b.Samples) >= claim.MaxSamples || slices.ContainsFunc(b.Samples, func(o claim.Sample) bool { return o.Name() == s.Name() }) {
			return false
		}
		b.Samples = append(b.Samples, s)
		return true
	}):
		e.drop("it was claimed before")
	}
}

func secured(api *openapi.API, s *claim.Sample) bool {
	path, _, _ := strings.Cut(s.Path, "?")
	return slices.ContainsFunc(api.Operations(), func(op openapi.Op) bool {
		return op.Method == s.Method && op.Secured && claim.Fits(api.Base.Path+op.Path, path)
	})
}

// described is a description in words: of every operation what it says of itself, some operations a text.
func described(api *openapi.API) []string {
	var list []string
	var b strings.Builder
	n := 0
	for _, op := range api.Operations() {
		if n == maxOperations {
			break
		}
		if !says(&op) {
			continue
		}
		fmt.Fprintf(&b, "%s %s%s", op.Method, api.Base.Path, op.Path)
		for _, text := range []string{op.Summary, op.Description} {
			if text != "" {
				fmt.Fprintf(&b, "\n  %s", cut(claim.Fold(text), 600))
			}
		}
		for _, p := range op.Parameters {
			if p.Value == nil {
				continue
			}
			fmt.Fprintf(&b, "\n  parameter %s in %s", p.Value.Name, p.Value.In)
			if p.Value.Required {
				b.WriteString(", required")
			}
			if p.Value.Schema != nil && p.Value.Schema.Value != nil {
				if schema, err := json.Marshal(p.Value.Schema.Value); err == nil {
					fmt.Fprintf(&b, ", %s", cut(string(schema), 300))
				}
			}
			if p.Value.Description != "" {
				fmt.Fprintf(&b, ": %s", cut(claim.Fold(p.Value.Description), 300))
			}
		}
		if _, schema := op.Takes(); schema != nil {
			if text, err := json.Marshal(schema.Value); err == nil {
				fmt.Fprintf(&b, "\n  body %s", cut(string(text), 800))
			}
		}
		if op.Responses != nil {
			for _, status := range slices.Sorted(maps.Keys(op.Responses.Map())) {
				if r := op.Responses.Value(status); r != nil && r.Value != nil && r.Value.Description != nil {
					fmt.Fprintf(&b, "\n  answer %s: %s", status, cut(claim.Fold(*r.Value.Description), 300))
				}
			}
		}
		b.WriteString("\n\n")
		if n++; n%perQuestion == 0 || b.Len() > maxDescribed {
			list = append(list, cut(b.String(), maxDescribed))
			b.Reset()
		}
	}
	if b.Len() > 0 {
		list = append(list, cut(b.String(), maxDescribed))
	}
	return list
}

// says tells whether a description says anything of an operation in words.
func says(op *openapi.Op) bool {
	if op.Description != "" || len(op.Summary) > 20 {
		return true
	}
	return slices.ContainsFunc(op.Parameters, func(p *openapi3.ParameterRef) bool { return p.Value != nil && p.Value.Description != "" })
}

// apiOf reads the description that was found; nil where there is none that can be read.
func apiOf(d *surface.Document) *openapi.API {
	if d == nil {
		return nil
	}
	api, err := openapi.Read(d.Data, d.URL)
	if err != nil {
		return nil
	}
	return api
}
