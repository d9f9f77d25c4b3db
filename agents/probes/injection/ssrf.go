package injection

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func ssrf() *agents.Probe {
	return &agents.Probe{
		ID: "ssrf", Title: "A value from the request makes the server ask an address of the sender's choice",
		Decides:  "An address of the campaign's own listener in a value is asked for by the target.",
		Keeps:    "Who called the listener and as what, and the exchange.",
		Advice:   "Fetch only from a list of hosts; resolve the name first and refuse addresses of this machine and of the network inside, also after redirects.",
		Needs:    needs,
		Severity: agents.High, References: []string{"CWE-918", "WSTG-INPV-19"},
		Check: agents.Each(taking, runSSRF),
	}
}

var (
	addressName  = regexp.MustCompile(`(?i)ur[il]|link|href|src|host|site|domain|callback|webhook|hook|feed|fetch|proxy|remote|image|img|avatar|import|target|dest|redirect|return|next|continue|to$|load|source|endpoint|server`)
	addressValue = regexp.MustCompile(`(?i)^(?:https?:)?//|^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?(?:/|$)`)
)

// taking are the inputs that may take an address: no numbers and no choices.
func taking(s *surface.Surface) []*surface.Input {
	var list []*surface.Input
	for _, in := range inputs(s) {
		switch in.Type {
		case "number", "range", "date", "time", "month", "week", "datetime-local", "color", "checkbox", "password":
			continue
		}
		if in.In == surface.InPath && !addressName.MatchString(in.Name) || strings.Trim(in.Known, "0123456789") == "" && in.Known != "" {
			continue
		}
		list = append(list, in)
	}
	return list
}

func runSSRF(ctx context.Context, lab *agents.Lab, in *surface.Input) agents.Outcome {
	if lab.Listener == nil {
		return agents.Skip("the target cannot reach this machine, so that nobody could hear whom it asks")
	}
	a, stop := at(ctx, lab, in)
	if stop != nil {
		return *stop
	}
	defer a.close()
	likely := addressName.MatchString(in.Name) || addressValue.MatchString(in.Known) || in.Type == "url"
	values := []string{lab.Listener.Address(lab.Marker(1))}
	wait := 20 * time.Millisecond // for most inputs it is not meant at all, and who fetches does it before answering
	if likely {
		wait = 1500 * time.Millisecond
		values = append(values, strings.TrimPrefix(lab.Listener.Address(lab.Marker(2)), "http:"), strings.TrimPrefix(lab.Listener.Address(lab.Marker(3)), "http://"))
	}
	for i, value := range values {
		x := a.direct(ctx, value)
		if x.Answered() { // one that waits for what it fetches may well time out
			if stop := unfit(ctx, x); stop != nil {
				return *stop
			}
		}
		timed, cancel := context.WithTimeout(ctx, wait)
		from, agent, ok := lab.Listener.Heard(timed, lab.Marker(i+1))
		cancel()
		if ok {
			return agents.Fail(a.finding(fmt.Sprintf("The server asks the address that stands in %s: whoever sends it reaches with the server's own rights what only the server can reach.", in.Name),
				agents.Evidence{Name: "who called the listener", Text: fmt.Sprintf("%s asked for %s as %q", from, value, agent), Kind: agents.ByCallback}, agents.Exchanged("the request with the address", x)))
		}
		wait = min(wait, 300*time.Millisecond)
	}
	if ctx.Err() != nil {
		return agents.Block("it took too long")
	}
	return agents.Pass()
}
