package security

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func httpMethods() *agents.Probe {
	return &agents.Probe{
		ID: "http-methods", Title: "Methods that nobody should be allowed",
		Decides:  "TRACE is answered 200 and echoes the request; or PUT or DELETE of a file that is not there, asked without a body and on a condition that cannot hold, is taken where an unknown method is not.",
		Keeps:    "The status and the answer, and what OPTIONS names.",
		Advice:   "Turn TRACE off, and let the server take PUT and DELETE only where the application means them.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.Medium, References: []string{"CWE-650", "WSTG-CONF-06"}, Skills: []string{"misconfiguration"},
		Check: agents.Whole(func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			options := lab.Send(ctx, wire.Request{Method: http.MethodOptions, URL: lab.Surface.Target})
			if !options.Answered() {
				return agents.BlockOn(options.Fault)
			}
			allow := agents.Excerpt("OPTIONS", reading.Lines(options.Header, "Allow", "Access-Control-Allow-Methods"))
			var findings []agents.Finding
			if x := echoes(ctx, lab); x != nil {
				findings = append(findings, agents.Finding{
					Text: "TRACE sends back what it was sent, headers too.", Where: agents.Place{URL: x.URL, Method: http.MethodTrace}, Cause: "TRACE",
					Evidence: []agents.Evidence{agents.Exchanged("TRACE", x), allow},
				})
			}
			for _, method := range []string{http.MethodPut, http.MethodDelete} {
				if x := takes(ctx, lab, method); x != nil {
					findings = append(findings, agents.Finding{
						Text:  method + " of a file among those that pages load is taken, from somebody who is not signed in.",
						Where: agents.Place{URL: x.URL, Method: method}, Cause: method, Evidence: []agents.Evidence{agents.Exchanged(method, x), allow},
					})
				}
			}
			if ctx.Err() != nil && len(findings) == 0 {
				return agents.BlockOn(ctx.Err())
			}
			return agents.Fail(findings...)
		}),
	}
}

// echoes returns the answer to TRACE when it is one.
func echoes(ctx context.Context, lab *agents.Lab) *wire.Exchange {
	word := lab.Marker(1)
	x := lab.Send(ctx, wire.Request{Method: http.MethodTrace, URL: lab.Surface.Target, Header: http.Header{"X-Atelier": {word}}})
	if x.Status == http.StatusOK && strings.Contains(string(x.Body), word) && strings.Contains(string(x.Body), "TRACE ") {
		return x
	}
	return nil
}

// takes returns the answer to a method on a file that is not there when it says that it was done. What answers any method
// alike, as pages that scripts route do, takes none.
func takes(ctx context.Context, lab *agents.Lab, method string) *wire.Exchange {
	address := beside(lab.Surface, lab.Marker(2)+".txt")
	condition := http.Header{"If-Match": {`"` + lab.Marker(3) + `"`}}
	asked := lab.Get(ctx, address)
	unknown := lab.Send(ctx, wire.Request{Method: "ATELIER", URL: address, Header: condition})
	if !asked.Answered() || asked.Status < 300 && !discover.IsMissing(lab.Surface, asked, pathOf(address)) {
		return nil
	}
	x := lab.Send(ctx, wire.Request{Method: method, URL: address, Header: condition})
	done := x.Status == http.StatusCreated || x.Status == http.StatusNoContent || x.Status == http.StatusAccepted || x.Status == http.StatusOK
	if !done || x.Status == unknown.Status || x.Status == asked.Status {
		return nil
	}
	if method == http.MethodPut { // leave nothing behind
		lab.Send(ctx, wire.Request{Method: http.MethodDelete, URL: address})
	}
	return x
}

// beside is an address next to a file that pages load, or at the root where they load none.
func beside(s *surface.Surface, name string) string {
	u, err := url.Parse(s.Target)
	if err != nil {
		return s.Target
	}
	u.Path, u.RawQuery = "/", ""
	for _, a := range s.Assets {
		if of, err := url.Parse(a.URL); err == nil && a.Inside && a.Answer != nil && a.Answer.OK() {
			u.Path = path.Dir(of.Path)
			break
		}
	}
	return u.JoinPath(name).String()
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.EscapedPath()
}
