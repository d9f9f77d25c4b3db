package contract

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// stage is an operation made ready to be asked for with generated cases: who asks, and an object of its own where it is
// about one.
type stage struct {
	lab     *agents.Lab
	api     *openapi.API
	op      openapi.Op
	plain   *openapi.Case
	session *resource.Session // nil where no object is needed
	creates bool
	as      string
	sent    int
}

// dangerous are operations that would cut off the account that the campaign works with, or all that the target keeps.
var dangerous = regexp.MustCompile(`(?i)log-?out|sign-?out|password|deactivat|/reset|createdb|drop|shutdown|restart|purge|wipe|truncate`)

// prepare makes an operation ready. The caller closes the stage; it is nil when the outcome says why not.
func prepare(ctx context.Context, lab *agents.Lab, o *surface.Operation) (*stage, agents.Outcome) {
	api, op, ok := find(lab.Surface, o)
	if !ok {
		return nil, agents.Block("the operation is not in the description any more")
	}
	if dangerous.MatchString(o.Path) {
		return nil, agents.Skip("it would end or lock the account, or take away all that the target keeps")
	}
	plain, err := api.Case(op, lab.Random)
	if err != nil {
		return nil, agents.Skip("no request can be made: %v", err)
	}
	g := &stage{lab: lab, api: api, op: op, plain: plain, as: speaker(lab, o)}
	r, step := resource.Of(lab.Surface, o.Method, o.Path)
	switch {
	case r != nil && step != resource.List && r.Can(resource.Create) && (step != resource.Read || strings.Contains(op.Path, "{")):
		g.session = resource.Open(lab, r)
		made, err := g.session.Make(ctx, 0, nil)
		if err != nil {
			g.session = nil
			if step == resource.Create {
				return g, agents.Pass() // what it refuses is what is looked at
			}
			return nil, agents.Skip("no object of its own could be made to try it on: %v", err)
		}
		g.as, g.creates = g.session.As, step == resource.Create
		g.own(made, step)
	case o.Changes() && strings.Contains(op.Path, "{"):
		return nil, agents.Skip("no object of its own could be made to try it on, and it would change somebody's")
	case len(o.Seen) > 0 && strings.Contains(op.Path, "{"):
		g.knownPath(pathOf(o.Seen[0].Request.URL))
	}
	return g, agents.Pass()
}

// own puts the object into the plain case: its id into the path, its fields into the body.
func (g *stage) own(o *resource.Object, step resource.Step) {
	if step != resource.Create {
		for slot := range g.plain.Given {
			if slot.In == "path" && strings.HasSuffix(g.op.Path, "{"+slot.Name+"}") {
				g.plain = g.plain.With(slot, o.ID)
			}
		}
	}
	if body, ok := g.plain.Body.(map[string]any); ok {
		body = maps.Clone(body)
		for name := range body {
			if v, there := o.Sent[name]; there {
				body[name] = v
			}
		}
		g.plain = g.plain.WithBody(body)
	}
}

// knownPath takes the values of the path from an address that was answered.
func (g *stage) knownPath(path string) {
	names, values := strings.Split(g.api.Base.Path+g.op.Path, "/"), strings.Split(path, "/")
	for i, name := range names {
		if i < len(values) && strings.HasPrefix(name, "{") && strings.HasSuffix(name, "}") {
			g.plain = g.plain.With(openapi.Slot{In: "path", Name: strings.Trim(name, "{}")}, values[i])
		}
	}
}

// send sends a case. What makes an object is given texts of its own, so that nothing is refused for being there twice, and
// what it made is taken away in the end.
func (g *stage) send(ctx context.Context, c *openapi.Case) *wire.Exchange {
	g.sent++
	if g.creates && c.Raw == nil {
		body, ok := c.Body.(map[string]any)
		usual, _ := g.plain.Body.(map[string]any) //nolint:errcheck // one that is no object has no fields
		if ok {
			body = maps.Clone(body)
			for name, v := range g.session.Texts(g.sent) {
				if was, there := body[name]; there && fmt.Sprint(was) == fmt.Sprint(usual[name]) {
					body[name] = v
				}
			}
			c = c.WithBody(body)
		}
	}
	r, err := g.api.Send(c)
	if err != nil {
		return &wire.Exchange{Request: r, URL: r.URL, Fault: &wire.Fault{Kind: wire.Unsendable, Text: err.Error()}}
	}
	r.As = g.as
	x := g.lab.Send(ctx, r)
	if g.creates && x.OK() {
		body, _ := c.Body.(map[string]any) //nolint:errcheck // as above
		g.session.Adopt(ctx, x, body)
	}
	return x
}

func (g *stage) close(ctx context.Context) {
	if g.session != nil {
		g.session.Close(ctx)
	}
}

// curl is a request as a command that repeats it.
func curl(r wire.Request) string {
	var b strings.Builder
	b.WriteString("curl -i -X " + quote(r.Method))
	for _, name := range []string{"Content-Type", "Accept"} {
		if v := r.Header.Get(name); v != "" {
			b.WriteString(" -H " + quote(name+": "+v))
		}
	}
	if r.As != "" {
		b.WriteString(" -H " + quote("Cookie: (as "+r.As+")"))
	}
	if len(r.Body) > 0 {
		const longest = 2000
		body := string(r.Body)
		if len(body) > longest {
			body = body[:longest] + "…(" + strconv.Itoa(len(r.Body)) + " bytes)"
		}
		b.WriteString(" --data-raw " + quote(body)) // which reads no file
	}
	b.WriteString(" --url " + quote(r.URL))
	return b.String()
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
