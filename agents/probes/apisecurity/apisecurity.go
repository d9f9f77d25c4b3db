// Package apisecurity holds the probes of the API security tester: what interfaces give away, let through and can be worn
// out with.
package apisecurity

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Probes are the persona's, in its order.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		excessiveData(), debugEndpoint(), undocumentedEndpoint(), rateLimitAPI(), pageSize(), contentTypeConfusion(),
		graphqlIntrospection(), graphqlDepth(), jsonp(), wsOrigin(), redos(),
	}
}

// asked is what an operation answered when it was seen last, with JSON; nil when it was not.
func asked(o *surface.Operation) *wire.Exchange {
	for i := len(o.Seen) - 1; i >= 0; i-- {
		if x := o.Seen[i]; x.OK() && reading.IsJSON(x) && len(x.Body) > 0 {
			return x
		}
	}
	return nil
}

// readers are the operations that read JSON, and were seen to.
func readers(s *surface.Surface) []*surface.Operation {
	var list []*surface.Operation
	for _, o := range s.Operations {
		if o.Method == http.MethodGet && asked(o) != nil {
			list = append(list, o)
		}
	}
	return list
}

// with is an address with another value of a parameter of its query.
func with(address, name, value string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	query := u.Query()
	query.Set(name, value)
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return u.String()
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
