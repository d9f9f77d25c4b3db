package weight

import (
	"context"
	"fmt"
	"net/http"
	"path"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func cacheValidators() *agents.Probe {
	return &agents.Probe{
		ID: "cache-validators", Title: "A validator that the server does not honour",
		Decides:  "A file comes with an ETag or Last-Modified, and asking for it with that very value gives it whole once more in place of 304.",
		Keeps:    "Both answers.",
		Advice:   "Answer 304 when If-None-Match or If-Modified-Since shows that the browser has the file already; behind a proxy that compresses, keep the ETag as it is sent and as it is compared the same.",
		Severity: agents.Low, References: []string{"RFC 9110"}, Needs: agents.NeedsHTTP, Skills: []string{"caching"},
		Check: agents.Each(validated, honoured),
	}
}

// validated are assets with a validator, one of each folder and ending: one handler serves them all.
func validated(s *surface.Surface) []*surface.Asset {
	seen := map[string]bool{}
	var list []*surface.Asset
	for _, a := range served(s) {
		if a.Answer.Header.Get("ETag") == "" && a.Answer.Header.Get("Last-Modified") == "" {
			continue
		}
		if key := folder(a); !seen[key] {
			seen[key] = true
			list = append(list, a)
		}
	}
	return list
}

func folder(a *surface.Asset) string { return path.Dir(pathOf(a.URL)) + "/*" + path.Ext(pathOf(a.URL)) }

func honoured(ctx context.Context, lab *agents.Lab, a *surface.Asset) agents.Outcome {
	ask := func(name, value string) *wire.Exchange {
		r := wire.Request{URL: a.Answer.URL, Header: http.Header{"Accept": {"*/*"}}}
		if name != "" {
			r.Header.Set(name, value)
		}
		return lab.Send(ctx, r)
	}
	first := ask("", "")
	if !first.Answered() {
		return agents.BlockOn(first.Fault)
	}
	name, value := "If-None-Match", first.Header.Get("ETag")
	if value == "" {
		name, value = "If-Modified-Since", first.Header.Get("Last-Modified")
	}
	if first.Status != http.StatusOK || value == "" {
		return agents.Pass() // it changed meanwhile
	}
	second := ask(name, value)
	if !second.Answered() {
		return agents.BlockOn(second.Fault)
	}
	if second.Status != http.StatusOK || len(second.Body) == 0 {
		return agents.Pass()
	}
	again := ask("", "")
	if same := again.Header.Get("ETag") == first.Header.Get("ETag") && again.Header.Get("Last-Modified") == first.Header.Get("Last-Modified"); !again.OK() || name == "If-Modified-Since" && !same {
		return agents.Pass() // the file itself changes from answer to answer
	}
	return agents.Fail(agents.Finding{
		Cause:    folder(a),
		Text:     fmt.Sprintf("Asked with %s: %s, as it had sent it itself, the server answered 200 with all %d bytes in place of 304.", name, value, len(second.Body)),
		Evidence: []agents.Evidence{agents.Exchanged("First answer", first), agents.Exchanged("Asked with its validator", second)},
	})
}
