package discover

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// maxAsked bounds how many described operations are asked once.
const maxAsked = 80

// operations keeps what a description names, with the inputs of each operation, and asks once for what only reads.
func (d *discovery) operations(ctx context.Context, data []byte, at string) {
	api, err := openapi.Read(data, at)
	if err != nil {
		return // a probe says what is wrong with a description
	}
	known := map[string]*surface.Operation{}
	for _, o := range d.s.Operations {
		known[o.Method+" "+o.Origin+o.Path] = o
	}
	for _, op := range api.Operations() {
		if ctx.Err() != nil {
			return
		}
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
		operation := &surface.Operation{Method: op.Method, Path: path, URL: request.URL, ID: op.OperationID, Described: true, Secured: op.Secured, Origin: d.s.Elsewhere(request.URL)}
		if seen := known[op.Method+" "+d.s.ShapeOf(u.Scheme+"://"+u.Host+u.EscapedPath())]; seen != nil {
			seen.Path, seen.ID, seen.Described, seen.Secured = path, op.OperationID, true, op.Secured
			belongs(seen)
			operation = seen
		} else {
			d.s.Operations = append(d.s.Operations, operation)
			d.once(ctx, operation)
		}
		as := ""
		if op.Method == http.MethodGet { // what changes something is not tried on what an account has
			as = operation.As
		}
		for name, values := range u.Query() {
			d.input(&surface.Input{Method: op.Method, URL: request.URL, In: surface.InQuery, Name: name, Known: values[0], Page: at, As: as}, 0)
		}
		segments := strings.Split(u.EscapedPath(), "/")
		for i, part := range strings.Split(path, "/") {
			if strings.HasPrefix(part, "{") && i < len(segments) {
				d.input(&surface.Input{Method: op.Method, URL: request.URL, In: surface.InPath, Name: surface.Segment(i), Known: segments[i], Page: at, As: as}, 0)
			}
		}
		if len(request.Body) > 0 {
			d.sent(op.Method, request, "", at)
		}
	}
}

// belongs gives an operation that nobody was let into, as long as it was only guessed at, to the account that was.
func belongs(o *surface.Operation) {
	if o.As != "" || slices.ContainsFunc(o.Seen, func(x *wire.Exchange) bool { return x.OK() && x.Request.As == "" }) {
		return
	}
	if i := slices.IndexFunc(o.Seen, func(x *wire.Exchange) bool { return x.OK() }); i >= 0 {
		o.As = o.Seen[i].Request.As
		o.Seen[0], o.Seen[i] = o.Seen[i], o.Seen[0]
	}
}

// once asks for a described operation that reads, as nobody and, where that is refused, as the first account: what it
// answers is what probes read.
func (d *discovery) once(ctx context.Context, o *surface.Operation) {
	u, err := url.Parse(o.URL)
	if err != nil || o.Method != http.MethodGet || d.described >= maxAsked || Changes(u) {
		return
	}
	d.described++
	for _, as := range append([]string{""}, d.o.Accounts[:min(1, len(d.o.Accounts))]...) {
		x := d.client.Send(ctx, wire.Request{URL: o.URL, As: as, Follow: true, Header: http.Header{"Accept": {"application/json, */*;q=0.5"}}})
		if x.OK() && !IsMissing(d.s, x, u.Path) {
			o.Seen, o.As = append(o.Seen, x), as
			return
		}
	}
}
