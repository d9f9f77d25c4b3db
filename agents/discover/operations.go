package discover

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// maxAsked bounds how many described operations are asked once.
const maxAsked = 80

// operations keeps what a description names, with the inputs of each operation, and asks once for what only reads: first
// what is asked for as it stands, then what has an id in its path that is in an answer.
func (d *discovery) operations(ctx context.Context, data []byte, at string) {
	api, err := openapi.Read(data, at)
	if err != nil {
		return // a probe says what is wrong with a description
	}
	known := map[string]*surface.Operation{}
	for _, o := range d.s.Operations {
		known[o.Method+" "+o.Origin+o.Path] = o
	}
	list := api.Operations()
	slices.SortStableFunc(list, func(a, b openapi.Op) int { return strings.Count(a.Path, "{") - strings.Count(b.Path, "{") })
	for _, op := range list {
		if ctx.Err() != nil {
			return
		}
		random := rand.New(rand.NewPCG(d.o.Seed, 1)) //nolint:gosec // reproducible on purpose
		c, err := api.Case(op, random)
		if err != nil && !errors.Is(err, openapi.ErrNoBody) {
			continue
		}
		if op.Method == http.MethodGet { // what changes something is not tried on what is there
			d.identify(api, c)
		}
		request, err := api.Send(c)
		if err != nil {
			continue
		}
		u, err := url.Parse(request.URL)
		if err != nil || !d.client.Scope().Allows(u) {
			continue
		}
		operation := known[op.Method+" "+d.s.ShapeOf(u.Scheme+"://"+u.Host+u.EscapedPath())]
		if operation == nil {
			operation = &surface.Operation{Method: op.Method, URL: request.URL, Origin: d.s.Elsewhere(request.URL)}
			d.s.Operations = append(d.s.Operations, operation)
		}
		operation.Path, operation.ID, operation.Described, operation.Secured = api.Base.Path+op.Path, op.OperationID, true, op.Secured
		sentence, _, _ := strings.Cut(op.Description, ". ") // what follows is of particulars
		operation.Words = shorten(op.Summary+" | "+sentence, maxWords)
		belongs(operation)
		if answerOf(operation) == nil {
			d.once(ctx, operation, anonymous(request.Header))
		}
		d.described(c, operation, request, at)
	}
}

// maxWords bounds what is kept of what a description says of an operation.
const maxWords = 500

// described makes inputs of the parameters and the body of a described operation. Those that are not given, too, where it
// only reads.
func (d *discovery) described(c *openapi.Case, o *surface.Operation, request wire.Request, at string) {
	u, err := url.Parse(request.URL)
	if err != nil {
		return
	}
	as, query, carried := "", u.Query(), Carried(request.Header)
	if c.Op.Method == http.MethodGet { // what changes something is not tried on what an account has
		as = o.As
		maps.Copy(query, c.Queried(rand.New(rand.NewPCG(d.o.Seed, 1)))) //nolint:gosec // reproducible on purpose
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		d.input(&surface.Input{Method: c.Op.Method, URL: request.URL, In: surface.InQuery, Name: name, Known: query.Get(name), Page: at, As: as, Header: carried}, 0)
	}
	segments := strings.Split(u.EscapedPath(), "/")
	for i, part := range strings.Split(o.Path, "/") {
		if strings.HasPrefix(part, "{") && i < len(segments) {
			d.input(&surface.Input{Method: c.Op.Method, URL: request.URL, In: surface.InPath, Name: surface.Segment(i), Known: segments[i], Page: at, As: as, Header: carried}, 0)
		}
	}
	if len(request.Body) > 0 {
		d.sent(c.Op.Method, request, "", at)
	}
}

// acts is how paths end that do something with what they name, also where they are asked for.
var acts = regexp.MustCompile(`(?i)/(?:cancel|accept|approve|reject|decline|read|mark\w*|confirm|(?:de)?activate|enable|disable|(?:un)?archive|(?:un)?publish|send|resend|retry|run|start|stop|pause|resume|close|open|pay|refund|vote|(?:un)?like|(?:un)?follow|join|leave|ack\w*|reset|renew|return|lock|unlock|trigger|execute|apply|use|claim)\b`)

// identify gives the ids in a path that the answers of collections have: /orders/{id} the first of /orders.
func (d *discovery) identify(api *openapi.API, c *openapi.Case) {
	for rest, at := c.Op.Path, 0; ; {
		i := strings.Index(rest[at:], "/{")
		if i < 0 {
			return
		}
		collection := api.Base.Path + rest[:at+i]
		name, _, _ := strings.Cut(rest[at+i+2:], "}")
		at += i + 2
		if _, after, _ := strings.Cut(rest[at:], "}"); acts.MatchString(after) {
			return // asking for it may do something
		}
		for _, o := range d.s.Operations {
			if x := answerOf(o); o.Method == http.MethodGet && o.Path == collection && x != nil {
				if list := reading.Items(reading.JSON(x.Body)); len(list) > 0 && reading.ID(list[0], name) != "" {
					c.Given[openapi.Slot{In: openapi3.ParameterInPath, Name: name}] = reading.ID(list[0], name)
				}
			}
		}
	}
}

// answerOf is an answer to an operation that was kept with its body; nil where there is none.
func answerOf(o *surface.Operation) *wire.Exchange {
	i := slices.IndexFunc(o.Seen, func(x *wire.Exchange) bool { return x.OK() && len(x.Body) > 0 })
	if i < 0 {
		return nil
	}
	return o.Seen[i]
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

// once asks for a described operation that reads, as nobody and, where that is refused, as the first accounts, or as the one
// that was seen asking: what it answers is what probes read.
func (d *discovery) once(ctx context.Context, o *surface.Operation, header http.Header) {
	const most = 3
	u, err := url.Parse(o.URL)
	if err != nil || !Reads(o) || d.asking >= maxAsked {
		return
	}
	d.asking++
	who := append([]string{""}, d.o.Accounts[:min(most, len(d.o.Accounts))]...)
	if o.As != "" {
		who = []string{o.As}
	}
	for _, as := range who {
		x := d.client.Send(ctx, wire.Request{URL: o.URL, As: as, Follow: true, Header: header.Clone()})
		if x.OK() && !IsMissing(d.s, x, u.Path) {
			o.Seen, o.As = slices.Insert(o.Seen, 0, x), as
			return
		}
	}
}
