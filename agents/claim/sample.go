package claim

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/wire"
)

var safe = map[string]bool{http.MethodGet: true, http.MethodHead: true, http.MethodOptions: true}

// Safe tells whether a request changes nothing.
func (s *Sample) Safe() bool { return safe[s.Method] }

// Check tells whether a request can be sent.
func (s *Sample) Check(scope *wire.Scope) error {
	switch {
	case !safe[s.Method] && s.Method != http.MethodPost && s.Method != http.MethodPut && s.Method != http.MethodPatch:
		return bad("%q is no method that is sent", s.Method)
	case s.Want != 2 && s.Want != 4:
		return bad("a request wants an answer of 2xx or 4xx")
	case !safe[s.Method] && s.Want != 4:
		return bad("what changes something is only sent where it has to be refused")
	case safe[s.Method] && s.Body != "":
		return bad("a request that changes nothing has no body")
	case len(s.Path) > maxWords || len(s.Body) > 4*maxWords || len(s.Quote) > maxWords || len(s.Why) > maxWords:
		return bad("a request has more than %d characters", maxWords)
	case strings.TrimSpace(s.Quote) == "":
		return bad("a request quotes nothing")
	case !strings.HasPrefix(s.Path, "/") || strings.HasPrefix(s.Path, "//") || strings.Contains(s.Path, "\\"):
		return bad("%s is no path", s.Path)
	}
	to, err := scope.Target().Parse(s.Path)
	if err != nil || !scope.Allows(to) {
		return bad("%s does not belong to the target", s.Path)
	}
	return nil
}

// Foretold tells whether what a request wants is really said: by the description of an API about this very operation, or by
// a person's specification in one breath with the path. A refusal is wanted only of a request that breaks what is
// described, and no other of one that does. The error says what is missing.
func (s *Sample) Foretold(api *openapi.API, text string) error {
	const shortest = 12
	if len(Fold(s.Quote)) < shortest {
		return bad("the quotation is too short to say anything")
	}
	path, query, _ := strings.Cut(s.Path, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return bad("its query cannot be read")
	}
	if api != nil {
		for _, op := range api.Operations() {
			if given, ok := fits(api.Base.Path+op.Path, path); ok && op.Method == s.Method && s.said(&op, values) {
				if s.breaks(api, &op, given, values) == (s.Want == 4) {
					return nil
				}
				return bad("the request does not break what is described, or does so where it should not")
			}
		}
	}
	if Quotes(text, s.Quote) && path != "/" {
		if s.Want == 2 && strings.Contains(s.Quote, s.Path) || s.Want == 4 && strings.Contains(s.Quote, path) && statusIn(s.Quote, 4) && beyond(s.Quote, values) {
			return nil
		}
	}
	return bad("the quotation is not in what is said of %s %s, or does not say it", s.Method, path)
}

// said looks for the quotation in what a description says of an operation. A refusal has to be foretold by the description
// of that answer, or by words with its number.
func (s *Sample) said(op *openapi.Op, values url.Values) bool {
	if op.Responses != nil {
		for status, r := range op.Responses.Map() {
			if r.Value == nil || r.Value.Description == nil || !strings.HasPrefix(status, strconv.Itoa(s.Want)) || !Quotes(*r.Value.Description, s.Quote) {
				continue
			}
			// An answer that most operations have (no such thing, not signed in) does not say when it is given.
			if s.Want == 2 || status == "400" || status == "422" || strings.EqualFold(status, "4XX") {
				return true
			}
		}
	}
	texts := []string{op.Summary, op.Description}
	for _, p := range op.Parameters {
		if p.Value != nil && (p.Value.In == openapi3.ParameterInPath || values.Has(p.Value.Name)) {
			texts = append(texts, p.Value.Description)
		}
	}
	for _, text := range texts {
		if Quotes(text, s.Quote) && (s.Want == 2 || statusIn(s.Quote, 4) || beyond(s.Quote, values)) {
			return true
		}
	}
	return false
}

// breaks tells whether a request is not as its operation is described: by a schema, by what is required, or by a bound that
// the quotation names.
func (s *Sample) breaks(api *openapi.API, op *openapi.Op, path map[string]string, values url.Values) bool {
	for _, p := range op.Parameters {
		if p.Value == nil {
			continue
		}
		given, has := path[p.Value.Name], true
		if p.Value.In == openapi3.ParameterInQuery {
			given, has = values.Get(p.Value.Name), values.Has(p.Value.Name)
		} else if p.Value.In != openapi3.ParameterInPath {
			continue
		}
		switch {
		case !has && p.Value.Required:
			return true
		case has && p.Value.Schema != nil && p.Value.Schema.Value != nil && len(api.Fits(p.Value.Schema.Value, typed(p.Value.Schema.Value, given))) > 0:
			return true
		}
	}
	media, schema := op.Takes()
	if media != "" && schema != nil && schema.Value != nil {
		var body any
		if s.Body == "" || json.Unmarshal([]byte(s.Body), &body) != nil {
			return op.RequestBody.Value.Required
		}
		if len(api.Fits(schema.Value, body)) > 0 {
			return true
		}
	}
	return beyond(s.Quote, values)
}

// typed is a value of an address as its schema wants it, where it can be that.
func typed(schema *openapi3.Schema, text string) any {
	switch {
	case schema.Type.Includes(openapi3.TypeInteger), schema.Type.Includes(openapi3.TypeNumber):
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return n
		}
	case schema.Type.Includes(openapi3.TypeBoolean):
		if b, err := strconv.ParseBool(text); err == nil {
			return b
		}
	case schema.Type.Includes(openapi3.TypeArray), schema.Type.Includes(openapi3.TypeObject):
		var v any
		if json.Unmarshal([]byte(text), &v) == nil {
			return v
		}
	}
	return text
}

var (
	atMost  = regexp.MustCompile(`(?i)(?:at most|maxim(?:um|al)(?: (?:of|is))?|max|above|more than|over|up to|exceeds?|exceed|larger than|greater than|longer than)[^\d.]{0,12}(\d+(?:\.\d+)?)`)
	atLeast = regexp.MustCompile(`(?i)(?:at least|minim(?:um|al)(?: (?:of|is))?|min|below|less than|under|smaller than|fewer than|shorter than)[^\d.]{0,12}(\d+(?:\.\d+)?)`)
)

// beyond tells whether a value lies beyond a bound that a text names.
func beyond(text string, values url.Values) bool {
	for _, list := range values {
		for _, value := range list {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				continue
			}
			if m := atMost.FindStringSubmatch(text); m != nil && n > parse(m[1]) {
				return true
			}
			if m := atLeast.FindStringSubmatch(text); m != nil && n < parse(m[1]) {
				return true
			}
		}
	}
	return false
}

func parse(digits string) float64 {
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return 0
	}
	return n
}

var status = regexp.MustCompile(`\b([245])(?:\d\d|xx|XX)\b`)

// statusIn tells whether a text names a status of a class.
func statusIn(text string, class int) bool {
	for _, m := range status.FindAllStringSubmatch(text, -1) {
		if m[1] == strconv.Itoa(class) {
			return true
		}
	}
	return false
}

// Fits tells whether a path is one of a template.
func Fits(template, path string) bool {
	_, ok := fits(template, path)
	return ok
}

// fits tells whether a path is one of a template, and what stands for its parameters.
func fits(template, path string) (given map[string]string, ok bool) {
	want, is := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(is) {
		return nil, false
	}
	given = map[string]string{}
	for i, part := range want {
		if name, variable := strings.CutPrefix(part, "{"); variable && is[i] != "" {
			value, err := url.PathUnescape(is[i])
			if err != nil {
				return nil, false
			}
			given[strings.TrimSuffix(name, "}")] = value
		} else if part != is[i] {
			return nil, false
		}
	}
	return given, true
}

// Sent is what came of trying a request.
type Sent struct {
	Exchange *wire.Exchange
	// Wrong says what is wrong; "" when nothing is. Why says why nothing can be said.
	Wrong, Why string
}

// Try sends a request, and says whether it is answered as it was foretold. Being asked to sign in, to wait, and not finding a
// thing that the model made up say nothing about that.
func (s *Sample) Try(ctx context.Context, send func(context.Context, wire.Request) *wire.Exchange, target *url.URL, known func(address string) bool) Sent {
	to, err := target.Parse(s.Path)
	if err != nil {
		return Sent{Why: err.Error()}
	}
	r := wire.Request{Method: s.Method, URL: to.String(), As: s.As, Header: http.Header{"Accept": {"application/json, */*;q=0.5"}}}
	if s.Body != "" {
		r.Body = []byte(s.Body)
		r.Header.Set("Content-Type", "application/json")
	}
	x := send(ctx, r)
	sent := Sent{Exchange: x}
	class := x.Status / 100
	switch {
	case !x.Answered():
		sent.Why = "it was not answered"
		if x.Fault != nil {
			sent.Why = x.Fault.Error()
		}
	case class == s.Want:
	case class == 5:
		sent.Wrong = fmt.Sprintf("it answers %d", x.Status)
	case class == 3, x.Status == 401, x.Status == 403, x.Status == 405, x.Status == 429:
		sent.Why = fmt.Sprintf("it answers %d, which says nothing about it", x.Status)
	case s.Want == 2 && (x.Status == 404 || x.Status == 409 || x.Status == 410) && !known(r.URL):
		sent.Why = "there is no such thing, and the model may have made it up"
	default:
		sent.Wrong = fmt.Sprintf("it answers %d, where %dxx is foretold", x.Status, s.Want)
	}
	return sent
}
