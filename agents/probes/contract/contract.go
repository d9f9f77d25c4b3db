// Package contract holds the probes of the API contract tester: whether an API does what its description says, and what it
// makes of requests that the description allows, or forbids.
package contract

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Probes are the persona's, in its order.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		specValid(), statusConformance(), schemaConformance(), contentTypeConformance(), positiveRejected(), negativeAccepted(),
		operationServerError(), useAfterDelete(), createdAvailable(), unsupportedMethod(), idempotency(), errorFormat(),
	}
}

// described are the operations that the description names.
func described(s *surface.Surface) []*surface.Operation {
	return slices.DeleteFunc(slices.Clone(s.Operations), func(o *surface.Operation) bool { return !o.Described })
}

// reads are those of them that read.
func reads(s *surface.Surface) []*surface.Operation {
	return slices.DeleteFunc(described(s), func(o *surface.Operation) bool { return o.Method != http.MethodGet })
}

// find finds an operation in the description.
func find(s *surface.Surface, o *surface.Operation) (api *openapi.API, op openapi.Op, ok bool) {
	if s.Spec == nil {
		return nil, op, false
	}
	api, err := openapi.Read(s.Spec.Data, s.Spec.URL)
	if err != nil {
		return nil, op, false
	}
	for _, op := range api.Operations() {
		if op.Method == o.Method && api.Base.Path+op.Path == o.Path {
			return api, op, true
		}
	}
	return api, op, false
}

// speaker is who asks for an operation: the first account where credentials are wanted, and else nobody.
func speaker(lab *agents.Lab, o *surface.Operation) string {
	if a, ok := lab.Account(""); ok && (o.Secured || o.As != "") {
		return a.Name
	}
	return ""
}

// look asks for an operation that reads, in the ways that bring out its answers: as it is described, with what it does not
// allow in the query, for what is not there, and as nobody where credentials are wanted.
func look(ctx context.Context, lab *agents.Lab, o *surface.Operation) (op openapi.Op, api *openapi.API, answers []*wire.Exchange) {
	api, op, ok := find(lab.Surface, o)
	if !ok {
		return op, nil, nil
	}
	as := speaker(lab, o)
	header := http.Header{"Accept": {"application/json, */*;q=0.5"}}
	ask := func(r wire.Request) {
		if ctx.Err() == nil {
			answers = append(answers, lab.Send(ctx, r))
		}
	}
	address := addressOf(lab.Surface, o)
	ask(wire.Request{URL: address, As: as, Header: header})
	if o.Secured && as != "" {
		ask(wire.Request{URL: address, Header: header})
	}
	c, err := api.Case(op, lab.Random)
	if err != nil {
		return op, api, answers
	}
	const most = 3
	n := 0
	for _, v := range api.Violating(c) {
		if r, err := api.Send(v.Case); err == nil && strings.HasPrefix(v.At, "query ") && n < most {
			r.As = as
			n++
			ask(r)
		}
	}
	for slot := range c.Given {
		if slot.In != "path" || strings.Count(op.Path, "{") != 1 {
			continue
		}
		for _, p := range op.Parameters {
			if p.Value == nil || p.Value.Name != slot.Name || p.Value.Schema == nil || p.Value.Schema.Value == nil {
				continue
			}
			var nothing any = lab.Marker(0)
			if t := p.Value.Schema.Value.Type; t.Is("integer") || t.Is("number") {
				nothing = 987654321
			}
			if r, err := api.Send(c.With(slot, nothing)); err == nil && len(api.Fits(p.Value.Schema.Value, nothing)) == 0 {
				r.As = as
				ask(r)
			}
		}
	}
	return op, api, answers
}

// addressOf is an address of an operation that most likely answers: one that did, or the one of an object that its
// collection lists.
func addressOf(s *surface.Surface, o *surface.Operation) string {
	if len(o.Seen) > 0 && o.Seen[0].Request.URL != "" {
		return o.Seen[0].Request.URL
	}
	i := strings.LastIndexByte(o.Path, '/')
	if i < 0 || strings.Count(o.Path, "{") != 1 || !strings.HasPrefix(o.Path[i:], "/{") {
		return o.URL
	}
	for _, list := range s.Operations {
		if list.Method != http.MethodGet || list.Path != o.Path[:i] {
			continue
		}
		for _, x := range list.Seen {
			for _, item := range reading.Items(reading.JSON(x.Body)) {
				if id := reading.ID(item, "id"); id != "" {
					at, _, _ := strings.Cut(x.URL, "?")
					return strings.TrimSuffix(at, "/") + "/" + url.PathEscape(id)
				}
			}
		}
	}
	return o.URL
}

// silent says why answers say nothing; ok is false when they do.
func silent(answers []*wire.Exchange) (o agents.Outcome, ok bool) {
	if len(answers) == 0 {
		return agents.Block("the operation is not in the description any more"), true
	}
	if x := answers[0]; !x.Answered() {
		return agents.BlockOn(x.Fault), true
	}
	return o, false
}

// expected tells whether a status says nothing about a contract: the server is busy, or something stands before it.
func expected(status int) bool {
	return status == 0 || status == http.StatusTooManyRequests || status == http.StatusNotImplemented || status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Path
}
