package security

import (
	"context"
	"net/http"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func corsReflect() *agents.Probe {
	return &agents.Probe{
		ID: "cors-reflect", Title: "Every site may read answers with the visitor's own rights",
		Decides:  "Asked with the Origin https://evil.invalid or null, an answer allows it, or allows *, together with Access-Control-Allow-Credentials: true.",
		Keeps:    "The request and the two headers.",
		Advice:   "Compare the Origin with a list of those that may read, and allow credentials only to them.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.High, References: []string{"CWE-942", "WSTG-CLNT-07"}, Skills: []string{"misconfiguration", "header policy"},
		Check: agents.Each(readable, func(ctx context.Context, lab *agents.Lab, item surface.Item) agents.Outcome {
			as := ""
			switch item := item.(type) {
			case *surface.Page:
				as = item.As
			case *surface.Operation:
				as = item.As
			}
			for _, origin := range []string{"https://evil.invalid", "null"} {
				x := lab.Send(ctx, wire.Request{URL: item.Address(), As: as, Header: http.Header{"Origin": {origin}}})
				if !x.Answered() {
					return agents.BlockOn(x.Fault)
				}
				allowed, credentials := x.Header.Get("Access-Control-Allow-Origin"), x.Header.Get("Access-Control-Allow-Credentials")
				if credentials != "true" || allowed != origin && allowed != "*" {
					continue
				}
				return agents.Fail(agents.Finding{
					Text:  "A site that somebody visits while signed in here can read what this one says to them: it allows the origin " + allowed + " with credentials.",
					Where: agents.Place{URL: item.Address(), As: as, Parameter: "Origin"}, Cause: at("Access-Control-Allow-Origin", item.Address()),
					Evidence: []agents.Evidence{agents.Excerpt("headers", "Origin: "+origin+"\n\n"+reading.Lines(x.Header, "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials")), agents.Exchanged("request and answer", x)},
				})
			}
			return agents.Pass()
		}),
	}
}

// readable are the pages, one of every shape, and the operations that are read.
func readable(s *surface.Surface) []surface.Item {
	var list []surface.Item
	for _, p := range s.ByShape() {
		if p.Answer != nil && p.Answer.Fault == nil {
			list = append(list, p)
		}
	}
	for _, o := range s.Operations {
		if o.Method == http.MethodGet && o.URL != "" && !slices.ContainsFunc(list, func(i surface.Item) bool { return i.Address() == o.URL }) {
			list = append(list, o)
		}
	}
	return list
}
