// Package integrity holds the probes of the data integrity tester: whether what is stored comes back as it was given, once,
// and to nobody's loss.
package integrity

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Probes are the persona's, in its order.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		roundtrip(), lostUpdate(), raceUnique(), pagination(), sortFilter(), deleteCascade(), timezone(), csvInjection(), deserialization(), auditTrail(),
	}
}

// list is an operation that lists, what it answered, and the parameters that its address may have.
type list struct {
	*surface.Operation
	answer *wire.Exchange
	// may are the names of its parameters, with the values that the description or the address gives for them.
	may map[string][]string
	// flags are parameters that are yes or no, by the description: one with the name of a field asks something else of it
	// (available=true of a number that is available).
	flags map[string]bool
}

// lists are the operations that were seen to answer with a list of objects, and take parameters that match.
func lists(s *surface.Surface, name *regexp.Regexp) []*surface.Operation {
	return slices.DeleteFunc(slices.Clone(s.Operations), func(o *surface.Operation) bool {
		l := listOf(s, o)
		return l == nil || l.named(name) == ""
	})
}

// listOf reads an operation as one that lists; nil when it does not.
func listOf(s *surface.Surface, o *surface.Operation) *list {
	if o.Method != http.MethodGet {
		return nil
	}
	l := &list{Operation: o, may: map[string][]string{}, flags: map[string]bool{}}
	for _, x := range o.Seen {
		if x.OK() && len(objects(x)) > 0 {
			l.answer = x
		}
	}
	if l.answer == nil {
		return nil
	}
	if u, err := url.Parse(l.answer.Request.URL); err == nil {
		for name, values := range u.Query() {
			l.may[name] = values
		}
	}
	if s.Spec == nil || !o.Described {
		return l
	}
	api, err := openapi.Read(s.Spec.Data, s.Spec.URL)
	if err != nil {
		return l
	}
	for _, op := range api.Operations() {
		if op.Method != o.Method || api.Base.Path+op.Path != o.Path {
			continue
		}
		for _, p := range op.Parameters {
			if p.Value == nil || p.Value.In != "query" {
				continue
			}
			if _, known := l.may[p.Value.Name]; !known {
				l.may[p.Value.Name] = nil
			}
			if p.Value.Schema != nil && p.Value.Schema.Value != nil {
				l.flags[p.Value.Name] = p.Value.Schema.Value.Type.Is("boolean")
				for _, v := range p.Value.Schema.Value.Enum {
					l.may[p.Value.Name] = append(l.may[p.Value.Name], resource.Words(v))
				}
			}
		}
	}
	return l
}

// named is the parameter whose name matches; "" when there is none.
func (l *list) named(name *regexp.Regexp) string {
	var found []string
	for n := range l.may {
		if name.MatchString(n) {
			found = append(found, n)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return slices.Min(found)
}

// with is the list's address with other values of parameters.
func (l *list) with(pairs ...string) string {
	u, err := url.Parse(l.answer.Request.URL)
	if err != nil {
		return l.URL
	}
	query := u.Query()
	for i := 0; i+1 < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return u.String()
}

// objects are the entries of a list that are objects.
func objects(x *wire.Exchange) []map[string]any {
	var all []map[string]any
	for _, item := range reading.Items(reading.JSON(x.Body)) {
		if fields, ok := item.(map[string]any); ok {
			all = append(all, fields)
		}
	}
	return all
}

// sequence is evidence of exchanges, each with what it did.
func sequence(names []string, exchanges ...*wire.Exchange) []agents.Evidence {
	var all []agents.Evidence
	for i, x := range exchanges {
		if x != nil {
			all = append(all, agents.Exchanged(names[i], x))
		}
	}
	return all
}
