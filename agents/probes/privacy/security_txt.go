package privacy

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/wire"
)

func number(n int) string { return strconv.Itoa(n) }

func securityTxt() *agents.Probe {
	return &agents.Probe{
		ID: "security-txt", Title: "Nobody to tell of a vulnerability",
		Decides:    "/.well-known/security.txt is not there, names no Contact, or its Expires lies in the past or is missing.",
		Keeps:      "The answer.",
		Advice:     "Publish /.well-known/security.txt with Contact and Expires, so that who finds something tells you first.",
		References: []string{"RFC 9116"}, Severity: agents.Info, Needs: agents.NeedsHTTP, Skills: []string{"notices"},
		Check: agents.Whole(func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			const path = "/.well-known/security.txt"
			target, err := url.Parse(lab.Surface.Target)
			if err != nil {
				return agents.BlockOn(err)
			}
			x := lab.Send(ctx, wire.Request{URL: wire.Origin(target) + path, Follow: true})
			if !x.Answered() {
				return agents.BlockOn(x.Fault)
			}
			var fault string
			if discover.IsMissing(lab.Surface, x, path) || x.Status != 200 || reading.IsHTML(x) {
				fault = "There is no " + path + "."
			} else {
				fault = faultOf(string(x.Body), lab.Now())
			}
			if fault == "" {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{Text: fault, Cause: "security.txt", Where: agents.Place{URL: x.Request.URL}, Evidence: []agents.Evidence{agents.Exchanged("The answer", x)}})
		}),
	}
}

// faultOf says what is wrong with a security.txt; "" when nothing is.
func faultOf(text string, now time.Time) string {
	contact, expires := "", ""
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "contact":
			if ok {
				contact = strings.TrimSpace(value)
			}
		case "expires":
			expires = strings.TrimSpace(value)
		}
	}
	switch at, err := time.Parse(time.RFC3339, strings.ToUpper(expires)); {
	case contact == "":
		return "security.txt names no Contact."
	case expires == "":
		return "security.txt does not say until when it holds (Expires)."
	case err != nil:
		return fmt.Sprintf("The Expires of security.txt, %q, is no date as RFC 3339 writes it.", reading.Shorten(expires, 60))
	case at.Before(now):
		return fmt.Sprintf("security.txt expired on %s.", at.Format(time.DateOnly))
	}
	return ""
}
