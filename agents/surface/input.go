package surface

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents/wire"
)

// Input is one place where a value goes into the target.
type Input struct {
	Method string `json:"method"`
	URL    string `json:"url"` // with the known values in it
	In     In     `json:"in"`
	Name   string `json:"name"`
	// Known is a value that the target is known to take.
	Known string `json:"known"`
	// Others are the fields that go along, of a form or a body in JSON. All inputs of one share them, so that this one may be
	// among them; they are not written to.
	Others   url.Values `json:"others,omitempty"`
	Encoding string     `json:"encoding,omitempty"`
	// Header are headers that the target may want with it, such as X-Requested-With. They are not written to.
	Header http.Header `json:"header,omitempty"`
	Page   string      `json:"page"` // where it was found
	As     string      `json:"as,omitempty"`
	Origin string      `json:"origin,omitempty"` // when it is not the target's
	// Form is the key of the form that it is a field of.
	Form string `json:"form,omitempty"`
	Type string `json:"type,omitempty"` // of the form's field
}

// In is where a value stands in a request.
type In string

// The places of a value.
const (
	InQuery  In = "query"
	InPath   In = "path" // Name is Segment(n)
	InBody   In = "body"
	InHeader In = "header"
	InCookie In = "cookie"
)

// Key implements Item.
func (i *Input) Key() string {
	return "input " + i.Method + " " + i.Origin + ShapeOf(i.URL) + " " + string(i.In) + " " + i.Name
}

// Address implements Item.
func (i *Input) Address() string { return i.URL }

// Changes tells whether sending it is meant to change something.
func (i *Input) Changes() bool { return i.Method != http.MethodGet && i.Method != http.MethodHead }

// Request is the request with value in place of what is known.
func (i *Input) Request(value string) (wire.Request, error) {
	r := wire.Request{Method: i.Method, URL: i.URL, As: i.As, Header: http.Header{}}
	maps.Copy(r.Header, i.Header)
	if i.Page != "" {
		r.Header.Set("Referer", i.Page)
	}
	u, err := url.Parse(i.URL)
	if err != nil {
		return r, err
	}
	others := url.Values{}
	for name, values := range i.Others {
		others[name] = values
	}
	switch i.In {
	case InQuery:
		query := u.Query()
		query.Set(i.Name, value)
		u.RawQuery = encode(query)
		r.URL = u.String()
	case InPath:
		segments := strings.Split(u.EscapedPath(), "/")
		for n := range segments {
			if i.Name == Segment(n) {
				segments[n] = url.PathEscape(value)
			}
		}
		r.URL = Absolute(u, strings.Join(segments, "/"))
	case InHeader:
		r.Header.Set(i.Name, value)
	case InCookie:
		r.Header.Set("Cookie", i.Name+"="+url.QueryEscape(value))
	case InBody:
		others.Set(i.Name, value)
	}
	if !i.Changes() {
		return r, nil
	}
	if i.Encoding == "application/json" {
		return jsonRequest(r, others)
	}
	if i.Encoding == "multipart/form-data" {
		form := Form{Method: i.Method, Action: r.URL, Page: i.Page, Encoding: i.Encoding, As: i.As}
		sent, err := form.Request(others)
		maps.Copy(sent.Header, i.Header)
		return sent, err
	}
	r.Body = []byte(encode(others))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r, nil
}

// Segment names the nth part of a path, from 0, as an input in it does.
func Segment(n int) string { return "segment " + strconv.Itoa(n) }

// Absolute is an escaped path and the query of u, at its origin.
func Absolute(u *url.URL, path string) string {
	address := wire.Origin(u) + path
	if u.RawQuery != "" {
		address += "?" + u.RawQuery
	}
	return address
}

// encode writes values in the order of their names, spaces as %20: a plus sign is a plus to many a reader.
func encode(values url.Values) string { return strings.ReplaceAll(values.Encode(), "+", "%20") }

func keys(values url.Values) []string {
	var list []string
	for name := range values {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// jsonRequest sends values as an object; a name with dots is a path into it.
func jsonRequest(r wire.Request, values url.Values) (wire.Request, error) {
	object := map[string]any{}
	for _, name := range keys(values) {
		at := object
		path := strings.Split(name, ".")
		for _, part := range path[:len(path)-1] {
			next, ok := at[part].(map[string]any)
			if !ok {
				next = map[string]any{}
				at[part] = next
			}
			at = next
		}
		at[path[len(path)-1]] = jsonValue(values.Get(name))
	}
	body, err := json.Marshal(object)
	if err != nil {
		return r, err
	}
	r.Body = body
	r.Header.Set("Content-Type", "application/json")
	return r, nil
}

// jsonValue is what a text stands for: a number or a truth value where it was one, and else the text.
func jsonValue(text string) any {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err == nil {
		switch v.(type) {
		case float64, bool, nil:
			return json.RawMessage(text)
		}
	}
	return text
}
