package apisecurity

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"regexp"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func jsonp() *agents.Probe {
	return &agents.Probe{
		ID: "jsonp", Title: "API answer that any page can load as a script", Severity: agents.Medium, Needs: agents.NeedsIntrusive, References: []string{"CWE-346"},
		Decides: "With a parameter such as callback, the answer is a call of the function that was named.",
		Keeps:   "The beginning of the answer.",
		Advice:  "Take JSONP away and allow the origins that need the answer by CORS.",
		Check:   agents.Each(readers, padded),
	}
}

func padded(ctx context.Context, lab *agents.Lab, o *surface.Operation) agents.Outcome {
	mark := lab.Marker(0)
	calls := regexp.MustCompile(`^(?:/\*.{0,20}?\*/)?\s*(?:typeof ` + mark + ` === 'function' && )?` + mark + `\s*\(`)
	for _, name := range []string{"callback", "jsonp", "cb", "jsoncallback"} {
		x := lab.Send(ctx, wire.Request{URL: with(asked(o).Request.URL, name, mark), As: o.As, Header: http.Header{"Authorization": nil}}) // a browser sends cookies by itself, and no token
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		body := bytes.TrimSpace(x.Body)
		if !x.OK() || !calls.Match(body) || reading.IsHTML(x) {
			continue
		}
		return agents.Fail(agents.Finding{
			Text:  fmt.Sprintf("%s answers as a call of the function that %s names: a page of anybody can load it as a script and read what it says to whoever is signed in.", o.Path, name),
			Where: agents.Place{URL: x.URL, Method: http.MethodGet, Parameter: name, As: o.As}, Cause: o.Key() + " " + name,
			Evidence: []agents.Evidence{agents.Excerpt("beginning of the answer", reading.Shorten(string(body), 200)), agents.Exchanged("answer", x)},
		})
	}
	return agents.Pass()
}
