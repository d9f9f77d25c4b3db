package resource

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/wire"
)

// api is the way through an API.
type api struct {
	origin string
	calls  map[Step]*call
	// parameter names the object in the path of one.
	parameter string
}

// call is one operation.
type call struct {
	method, path string // a template: /api/products/{id}
	// request makes a request and the body that goes with it; the same each time. Nil where nothing but the address is needed.
	request func() (wire.Request, map[string]any, error)
	// knows tells whether the body may have a field; nil: any.
	knows func(field string) bool
	// whole tells that the body replaces the object, and does not only change it.
	whole bool
}

// address is where the call goes for an object.
func (c *call) address(origin, id string) string {
	path := c.path
	if i := strings.LastIndex(path, "{"); i >= 0 && strings.HasSuffix(path, "}") {
		path = path[:i] + url.PathEscape(id)
	}
	return origin + path
}

func (w *api) make(ctx context.Context, s *Session, give map[string]any) (*Object, error) {
	r, sent, err := w.ask(ctx, s, give)
	if err != nil {
		return nil, err
	}
	x := s.send(ctx, r)
	if o := w.take(ctx, s, x, sent); o != nil {
		return o, nil
	}
	return nil, &refused{status: x.Status, x: x}
}

func (w *api) ask(_ context.Context, _ *Session, give map[string]any) (wire.Request, map[string]any, error) {
	r, body, err := w.calls[Create].request()
	if err != nil {
		return r, nil, err
	}
	sent := maps.Clone(body)
	if sent == nil {
		sent = map[string]any{}
	}
	maps.Copy(sent, give)
	return r, sent, write(&r, sent)
}

// take finds what an answer made: by its Location, the id in its body, the field of what was sent that names it, or at
// last in the collection.
func (w *api) take(ctx context.Context, s *Session, x *wire.Exchange, sent map[string]any) *Object {
	if x.Fault != nil || x.Status < 200 || x.Status >= 300 {
		return nil
	}
	o := &Object{Sent: sent, Made: x}
	switch {
	case x.Header.Get("Location") != "" && !strings.HasSuffix(strings.TrimSuffix(x.Header.Get("Location"), "/"), w.calls[Create].path):
		o.ID = lastPart(x.Header.Get("Location"))
	default:
		o.ID = reading.ID(reading.JSON(x.Body), w.parameter)
	}
	if o.ID == "" {
		if name, ok := sent[w.parameter].(string); ok {
			o.ID = name
		}
	}
	if o.ID == "" {
		o.ID = w.among(ctx, s, sent)
	}
	if o.ID == "" {
		return nil
	}
	if c := w.calls[Read]; c != nil {
		o.URL = c.address(w.origin, o.ID)
	}
	return o
}

// among finds the id of what was just made in the collection.
func (w *api) among(ctx context.Context, s *Session, sent map[string]any) string {
	title := s.Resource.Title()
	if title == nil || w.calls[List] == nil {
		return ""
	}
	mark, ok := sent[title.Name].(string)
	if !ok {
		return ""
	}
	x := w.list(ctx, s)
	for _, item := range reading.Items(reading.JSON(x.Body)) {
		if fields, ok := item.(map[string]any); ok && fields[title.Name] == mark {
			return reading.ID(fields, w.parameter)
		}
	}
	return ""
}

func (w *api) step(ctx context.Context, s *Session, step Step, o *Object, give map[string]any) *wire.Exchange {
	if step == Update {
		r, ok := w.change(ctx, s, o, give)
		if !ok {
			return nil
		}
		return s.send(ctx, r)
	}
	c := w.calls[step]
	if c == nil {
		return nil
	}
	r := wire.Request{Method: c.method, Header: http.Header{"Accept": {"application/json, */*;q=0.5"}}}
	if c.request != nil {
		made, _, err := c.request()
		if err != nil {
			return nil
		}
		r = made
	}
	c.aim(&r, w.origin, o.ID)
	return s.send(ctx, r)
}

// aim lets a request go to an object; what its address asks for besides stays.
func (c *call) aim(r *wire.Request, origin, id string) {
	query := ""
	if i := strings.IndexByte(r.URL, '?'); i >= 0 {
		query = r.URL[i:]
	}
	r.URL = c.address(origin, id) + query
}

func (w *api) change(_ context.Context, _ *Session, o *Object, give map[string]any) (wire.Request, bool) {
	c := w.calls[Update]
	if c == nil {
		return wire.Request{}, false
	}
	r, usual, err := c.request()
	if err != nil {
		return r, false
	}
	body := maps.Clone(usual)
	if body == nil {
		body = map[string]any{}
	}
	for name, v := range o.Sent {
		if _, there := body[name]; there || c.whole && (c.knows == nil || c.knows(name)) {
			body[name] = v
		}
	}
	maps.Copy(body, give)
	if write(&r, body) != nil {
		return r, false
	}
	if o.Tag != "" {
		r.Header.Set("If-Match", o.Tag)
	}
	c.aim(&r, w.origin, o.ID)
	return r, true
}

func (w *api) list(ctx context.Context, s *Session) *wire.Exchange {
	c := w.calls[List]
	if c == nil {
		return nil
	}
	r := wire.Request{URL: w.origin + c.path, Header: http.Header{"Accept": {"application/json, */*;q=0.5"}}}
	if c.request != nil {
		made, _, err := c.request()
		if err != nil {
			return nil
		}
		r = made
	}
	return s.send(ctx, r)
}

func (w *api) value(x *wire.Exchange, o *Object, field string) (any, bool) {
	return valueIn(reading.JSON(x.Body), o, w.parameter, field)
}

// write puts fields into a request's body, in the form that it has.
func write(r *wire.Request, fields map[string]any) error {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		values := url.Values{}
		for name, v := range fields {
			values.Set(name, Words(v))
		}
		r.Body = []byte(strings.ReplaceAll(values.Encode(), "+", "%20"))
		return nil
	}
	data, err := json.Marshal(fields)
	r.Body = data
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return err
}
