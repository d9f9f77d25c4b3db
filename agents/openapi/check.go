package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/atelier-studio/atelier/agents/wire"
)

// Fault is where a value does not fit its schema.
type Fault struct {
	Pointer string // of JSON: /items/0/price
	Keyword string
	Text    string
}

// Place is the pointer with numbers of lists taken out: the same for all entries.
func (f *Fault) Place() string {
	parts := strings.Split(f.Pointer, "/")
	for i, part := range parts {
		if _, err := strconv.Atoi(part); err == nil {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

// Fits says where a value that is sent does not fit a schema; nothing when it does.
func (a *API) Fits(schema *openapi3.Schema, v any) []Fault {
	return a.visit(schema, plainOf(v), openapi3.VisitAsRequest())
}

func (a *API) visit(schema *openapi3.Schema, v any, as openapi3.SchemaValidationOption) (faults []Fault) {
	defer func() { // a schema of strangers that makes the validator panic says nothing
		if recover() != nil {
			faults = nil
		}
	}()
	options := append(a.Doc.GetSchemaValidationOptions(), as, openapi3.MultiErrors())
	if a.Doc.IsOpenAPI31OrLater() {
		options = append(options, openapi3.EnableJSONSchema2020())
	}
	return flat(schema.VisitJSON(v, options...))
}

// flat are the faults in an error of the validator.
func flat(err error) []Fault {
	const most = 50
	var (
		list   []Fault
		many   openapi3.MultiError
		single *openapi3.SchemaError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &many):
		for _, e := range many {
			list = append(list, flat(e)...)
		}
		return list[:min(len(list), most)]
	case errors.As(err, &single):
		pointer := "/" + strings.Join(single.JSONPointer(), "/")
		return []Fault{{Pointer: pointer, Keyword: single.SchemaField, Text: single.Reason}}
	}
	return []Fault{{Pointer: "/", Text: err.Error()}}
}

// Described is what the description says of a status of an operation: by the status itself, by its class (4XX), or by
// default; nil when it says nothing.
func (o *Op) Described(status int) *openapi3.Response {
	if o.Responses == nil {
		return nil
	}
	for _, ref := range []*openapi3.ResponseRef{o.Responses.Status(status), o.Responses.Default()} {
		if ref != nil && ref.Value != nil {
			return ref.Value
		}
	}
	return nil
}

// Statuses are those that the description names for an operation, for people.
func (o *Op) Statuses() string {
	if o.Responses == nil {
		return "none"
	}
	return strings.Join(slices.Sorted(keysOf(o.Responses.Map())), ", ")
}

// Media tells whether an answer is of a type that its description names. It is not known where there is no body, or where
// the description names no types.
func (o *Op) Media(x *wire.Exchange) (is string, known bool, described string) {
	r := o.Described(x.Status)
	kind := strings.ToLower(strings.TrimSpace(x.Header.Get("Content-Type")))
	if r == nil || len(r.Content) == 0 || len(bytes.TrimSpace(x.Body)) == 0 {
		return kind, true, ""
	}
	if kind == "" {
		return "", false, strings.Join(slices.Sorted(keysOf(r.Content)), ", ")
	}
	return kind, r.Content.Get(kind) != nil, strings.Join(slices.Sorted(keysOf(r.Content)), ", ")
}

// Body says where the body of an answer does not fit its described schema. It is not checked where there is no JSON, or no
// schema for it.
func (a *API) Body(o *Op, x *wire.Exchange) (faults []Fault, checked bool) {
	r := o.Described(x.Status)
	if r == nil || x.Cut {
		return nil, false
	}
	kind, _, err := mime.ParseMediaType(x.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" && !strings.HasSuffix(kind, "+json") {
		return nil, false
	}
	media := r.Content.Get(x.Header.Get("Content-Type"))
	if media == nil || media.Schema == nil || media.Schema.Value == nil {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(x.Body))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return []Fault{{Pointer: "/", Keyword: "json", Text: fmt.Sprintf("the body is no JSON: %v", err)}}, true
	}
	return a.visit(media.Schema.Value, v, openapi3.VisitAsResponse()), true
}

// At is the operation that an address belongs to: of those with its method the one with the fewest parameters; ok is false
// when none does.
func (a *API) At(method, path string) (op Op, ok bool) {
	best := -1
	for _, o := range a.Operations() {
		if o.Method != method {
			continue
		}
		pattern := "^" + parameterPart.ReplaceAllString(regexp.QuoteMeta(a.Base.Path+o.Path), `[^/]+`) + "/?$"
		matches, err := regexp.MatchString(pattern, path)
		if err != nil || !matches {
			continue
		}
		if n := strings.Count(o.Path, "{"); best < 0 || n < best {
			op, ok, best = o, true, n
		}
	}
	return op, ok
}

var parameterPart = regexp.MustCompile(`\\\{[^/]*?\\\}`)

// number is a number as JSON writes it, without an exponent where it need not have one.
func number(f float64) json.Number { return json.Number(strconv.FormatFloat(f, 'f', -1, 64)) }
