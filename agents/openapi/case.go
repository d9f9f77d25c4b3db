package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/atelier-studio/atelier/agents/wire"
)

// Case are the values of one request of an operation.
type Case struct {
	Op    Op
	Given map[Slot]any // the parameters that are sent
	// Media is the type of the body; "" sends none.
	Media string
	Body  any
	// Raw is sent in place of the body when it is not nil: one that is no JSON at all.
	Raw []byte
}

// Slot is the place of a parameter.
type Slot struct{ In, Name string }

// ErrNoBody says that an operation takes a body that cannot be made.
var ErrNoBody = errors.New("its body is of a type that cannot be made")

// The types of bodies that can be made.
const (
	mediaJSON = "application/json"
	mediaForm = "application/x-www-form-urlencoded"
)

// Case makes values that fit an operation: of its parameters those that are required, and a body. The same random numbers
// give the same values. The error wraps ErrNoBody.
func (a *API) Case(op Op, random *rand.Rand) (*Case, error) {
	c := &Case{Op: op, Given: map[Slot]any{}}
	m := newMaker(random)
	for _, p := range op.Parameters {
		if p.Value != nil && (p.Value.Required || p.Value.In == openapi3.ParameterInPath) {
			c.Given[slotOf(p.Value)] = m.parameter(p.Value)
		}
	}
	media, schema := op.Takes()
	if media == "" {
		if op.RequestBody != nil && op.RequestBody.Value != nil && op.RequestBody.Value.Required {
			return c, ErrNoBody
		}
		return c, nil
	}
	c.Media = media
	if c.Body = op.RequestBody.Value.Content.Get(media).Example; c.Body == nil {
		c.Body = m.value(schema, 0)
	}
	return c, nil
}

// Takes is the type and the schema of the body that an operation takes; "" when it takes none that can be made.
func (o *Op) Takes() (media string, schema *openapi3.SchemaRef) {
	if o.RequestBody == nil || o.RequestBody.Value == nil {
		return "", nil
	}
	content := o.RequestBody.Value.Content
	for _, name := range slices.Sorted(maps.Keys(content)) { // application/merge-patch+json and its like
		if strings.HasSuffix(name, "+json") && content.Get(mediaJSON) == nil && content[name] != nil && content[name].Schema != nil {
			return name, content[name].Schema
		}
	}
	for _, name := range []string{mediaJSON, mediaForm} {
		if m := content.Get(name); m != nil && m.Schema != nil {
			return name, m.Schema
		}
	}
	return "", nil
}

func slotOf(p *openapi3.Parameter) Slot { return Slot{p.In, p.Name} }

// With is the case with another value of a parameter.
func (c *Case) With(at Slot, value any) *Case {
	d := *c
	d.Given = maps.Clone(c.Given)
	d.Given[at] = value
	return &d
}

// Without is the case without a parameter.
func (c *Case) Without(at Slot) *Case {
	d := *c
	d.Given = maps.Clone(c.Given)
	delete(d.Given, at)
	return &d
}

// WithBody is the case with another body.
func (c *Case) WithBody(body any) *Case {
	d := *c
	d.Body = body
	return &d
}

// Queried are the parameters of its query that a case does not give, with values that fit.
func (c *Case) Queried(random *rand.Rand) url.Values {
	m, more := newMaker(random), url.Values{}
	for _, p := range c.Op.Parameters {
		if p.Value == nil || p.Value.In != openapi3.ParameterInQuery {
			continue
		}
		if _, given := c.Given[slotOf(p.Value)]; !given {
			value := m.parameter(p.Value)
			if list, ok := value.([]any); ok && len(list) > 0 {
				value = list[0]
			}
			more.Set(p.Value.Name, text(value))
		}
	}
	return more
}

// Request makes a request that fits the description: required parameters and body with values of their schemas. The same
// random numbers give the same request.
func (a *API) Request(op Op, random *rand.Rand) (wire.Request, error) {
	c, err := a.Case(op, random)
	if err != nil && !errors.Is(err, ErrNoBody) {
		return wire.Request{}, err
	}
	r, bad := a.Send(c)
	return r, errors.Join(err, bad)
}

// Send is a case as a request. The error says which value cannot be written.
func (a *API) Send(c *Case) (wire.Request, error) {
	r := wire.Request{Method: c.Op.Method, Header: http.Header{"Accept": {"application/json, */*;q=0.5"}}}
	path := c.Op.Path
	query := url.Values{}
	for _, p := range c.Op.Parameters {
		if p.Value == nil {
			continue
		}
		value, given := c.Given[slotOf(p.Value)]
		if !given {
			continue
		}
		switch p.Value.In {
		case openapi3.ParameterInPath:
			path = strings.ReplaceAll(path, "{"+p.Value.Name+"}", url.PathEscape(text(value)))
		case openapi3.ParameterInQuery:
			if list, ok := value.([]any); ok && (p.Value.Explode == nil || *p.Value.Explode) {
				for _, v := range list {
					query.Add(p.Value.Name, text(v))
				}
				continue
			}
			query.Set(p.Value.Name, text(value))
		case openapi3.ParameterInHeader:
			r.Header.Set(p.Value.Name, strings.Map(printable, text(value)))
		case openapi3.ParameterInCookie:
			r.Header.Add("Cookie", p.Value.Name+"="+url.QueryEscape(text(value)))
		}
	}
	r.URL = a.Base.String() + path
	if len(query) > 0 {
		r.URL += "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
	}
	if c.Media == "" {
		return r, nil
	}
	r.Header.Set("Content-Type", c.Media)
	if c.Raw != nil {
		r.Body = c.Raw
		return r, nil
	}
	if c.Media == mediaForm {
		values := url.Values{}
		if object, ok := c.Body.(map[string]any); ok {
			for name, v := range object {
				values.Set(name, text(v))
			}
		}
		r.Body = []byte(strings.ReplaceAll(values.Encode(), "+", "%20"))
		return r, nil
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(c.Body)
	r.Body = bytes.TrimSpace(b.Bytes())
	return r, err
}

// printable takes out what a header cannot carry.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

func (m *maker) parameter(p *openapi3.Parameter) any {
	if p.Example != nil {
		return p.Example
	}
	for _, name := range slices.Sorted(keysOf(p.Examples)) {
		if e := p.Examples[name]; e.Value != nil && e.Value.Value != nil {
			return e.Value.Value
		}
	}
	if p.Schema != nil {
		return m.value(p.Schema, 0)
	}
	return "1"
}
