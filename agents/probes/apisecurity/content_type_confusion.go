package apisecurity

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/resource"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func contentTypeConfusion() *agents.Probe {
	return &agents.Probe{
		ID: "content-type-confusion", Title: "API that takes JSON as something that a foreign form can send", Severity: agents.Medium, Needs: agents.NeedsIntrusive, References: []string{"CWE-436"},
		Decides: "An operation that rests on a cookie makes an object from JSON that is sent as text/plain, or from the fields of a form, with the Origin of another site.",
		Keeps:   "The answers to JSON, to text/plain and to a form.",
		Advice:  "Take application/json only and answer 415 to everything else, or check the Origin header of what changes something.",
		Check:   agents.Each(creators, confused),
	}
}

// creators are the resources of an API whose objects can be made with JSON.
func creators(s *surface.Surface) []*resource.Resource {
	var list []*resource.Resource
	for _, r := range resource.With()(s) {
		if r.API() {
			list = append(list, r)
		}
	}
	return list
}

func confused(ctx context.Context, lab *agents.Lab, r *resource.Resource) agents.Outcome {
	s := resource.Open(lab, r)
	defer s.Close(ctx)
	base, err := s.Make(ctx, 0, nil)
	if err != nil {
		return agents.Skip("no object could be made of it: %v", err)
	}
	request := base.Made.Request
	if request.Header.Get("Content-Type") != "application/json" {
		return agents.Pass() // it is meant for forms
	}
	if s.As == "" || len(lab.Client.Cookies(s.As, lab.Client.Scope().Target())) == 0 {
		return agents.Pass() // without a cookie, a foreign site sends nothing that anybody else could not
	}
	title := r.Title()
	if title == nil {
		return agents.Skip("it has no text to be told apart by")
	}
	for n, kind := range []string{"text/plain", "application/x-www-form-urlencoded"} {
		sent := map[string]any{}
		for name, v := range base.Sent {
			sent[name] = v
		}
		sent[title.Name] = lab.Marker(n + 1)
		body, err := json.Marshal(sent)
		if err != nil {
			return agents.BlockOn(err)
		}
		if n == 1 {
			values := url.Values{}
			for name, v := range sent {
				values.Set(name, resource.Words(v))
			}
			body = []byte(values.Encode())
		}
		x := lab.Send(ctx, wire.Request{
			Method: request.Method, URL: request.URL, As: s.As, Body: body,
			Header: http.Header{"Content-Type": {kind}, "Origin": {"https://evil.invalid"}, "Sec-Fetch-Site": {"cross-site"}, "Accept": {"application/json"}, "Authorization": nil}, // a browser sends cookies by itself, and no token
		})
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		if o := s.Adopt(ctx, x, sent); o == nil || o.ID == base.ID {
			continue
		}
		return agents.Fail(agents.Finding{
			Text:  fmt.Sprintf("%s takes a body of type %s with the Origin of another site, and makes an object of it: a page elsewhere can send it in the name of whoever is signed in, without a preflight.", r.Path, kind),
			Where: agents.Place{URL: request.URL, Method: request.Method, Parameter: "Content-Type", As: s.As}, Cause: r.Key(),
			Evidence: []agents.Evidence{agents.Exchanged("JSON", base.Made), agents.Exchanged("as "+kind, x)},
		})
	}
	return agents.Pass()
}
