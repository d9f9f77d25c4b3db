package discover

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"

	"github.com/atelier-studio/atelier/agents/openapi"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// usual are headers that go along with requests whatever they ask for, and those that hold for one request only.
var usual = regexp.MustCompile(`(?i)^(?:accept|content|if|sec|upgrade|proxy|access-control)-|^(?:accept|authorization|cookie|user-agent|referer|origin|host|connection|cache-control|pragma|range|dnt|priority|te|idempotency-key|x-request-id|x-correlation-id|traceparent|tracestate)$`)

var (
	// forgery are headers that protect from requests of other sites. They hold in one session.
	forgery = regexp.MustCompile(`(?i)csrf|xsrf|forgery`)
	// secret are headers that say who asks. Accounts bring their own.
	secret = regexp.MustCompile(`(?i)auth|key|sess|sid$|secret|jwt|token|passw|credential|bearer`)
)

// Carried are the headers of a request that the target may want with each of its kind, such as X-Requested-With; nil when
// there are none.
func Carried(all http.Header) http.Header {
	var carried http.Header
	for name, values := range all {
		if usual.MatchString(name) || secret.MatchString(name) && !forgery.MatchString(name) {
			continue
		}
		if carried == nil {
			carried = http.Header{}
		}
		carried[name] = values
	}
	return carried
}

// anonymous is a header without what a description made up to say who asks.
func anonymous(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range []string{"Authorization", "Proxy-Authorization", "Cookie"} {
		h.Del(name)
	}
	return h
}

// Reads tells whether asking for an operation changes nothing, as far as its method and its address tell.
func Reads(o *surface.Operation) bool {
	u, err := url.Parse(o.URL)
	return err == nil && o.Method == http.MethodGet && !Changes(u)
}

// RequestOf is a request of an operation as its description has it, with the headers and the body that scripts were seen to
// send. Who sends it is not set.
func RequestOf(s *surface.Surface, o *surface.Operation) (wire.Request, error) {
	r := wire.Request{Method: o.Method, URL: o.URL, Header: http.Header{}}
	if s.Spec != nil && o.Described {
		api, err := openapi.Read(s.Spec.Data, s.Spec.URL)
		if err != nil {
			return r, err
		}
		for _, op := range api.Operations() {
			if op.Method != o.Method || api.Base.Path+op.Path != o.Path {
				continue
			}
			made, err := api.Request(op, rand.New(rand.NewPCG(1, 7))) //nolint:gosec // reproducible on purpose
			if err != nil {
				return r, err
			}
			r.Header, r.Body = anonymous(made.Header), made.Body
		}
	}
	if len(o.Seen) > 0 {
		seen := o.Seen[0].Request
		for name, values := range Carried(seen.Header) {
			if !forgery.MatchString(name) {
				r.Header[name] = values
			}
		}
		if len(seen.Body) > 0 {
			r.Body = seen.Body
			r.Header.Set("Content-Type", seen.Header.Get("Content-Type"))
		}
	}
	return r, nil
}
