package discover

import (
	"math/rand/v2"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/surface"
)

// operations keeps what a description names, with the inputs of each operation.
func (d *discovery) operations(data []byte, at string) {
	api, err := openapi.Read(data, at)
	if err != nil {
		return // a probe says what is wrong with a description
	}
	known := map[string]*surface.Operation{}
	for _, o := range d.s.Operations {
		known[o.Method+" "+o.Path] = o
	}
	for _, op := range api.Operations() {
		random := rand.New(rand.NewPCG(d.o.Seed, 1)) //nolint:gosec // reproducible on purpose
		request, err := api.Request(op, random)
		if err != nil {
			continue
		}
		u, err := url.Parse(request.URL)
		if err != nil || !d.client.Scope().Allows(u) {
			continue
		}
		path := api.Base.Path + op.Path
		operation := &surface.Operation{Method: op.Method, Path: path, URL: request.URL, ID: op.OperationID, Described: true, Secured: op.Secured}
		if seen := known[op.Method+" "+surface.ShapeOf(u.Scheme+"://"+u.Host+u.EscapedPath())]; seen != nil {
			seen.Path, seen.ID, seen.Described, seen.Secured = path, op.OperationID, true, op.Secured
		} else {
			d.s.Operations = append(d.s.Operations, operation)
		}
		for name, values := range u.Query() {
			d.s.Inputs = append(d.s.Inputs, &surface.Input{Method: op.Method, URL: request.URL, In: surface.InQuery, Name: name, Known: values[0], Page: at})
		}
		segments := strings.Split(u.EscapedPath(), "/")
		for i, part := range strings.Split(path, "/") {
			if strings.HasPrefix(part, "{") && i < len(segments) {
				d.s.Inputs = append(d.s.Inputs, &surface.Input{Method: op.Method, URL: request.URL, In: surface.InPath, Name: surface.Segment(i), Known: segments[i], Page: at})
			}
		}
		if len(request.Body) > 0 {
			d.sent(op.Method, request, "", at)
		}
	}
}
