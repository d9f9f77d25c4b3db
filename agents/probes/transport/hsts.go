package transport

import (
	"context"
	"strconv"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/wire"
)

func hsts() *agents.Probe {
	return &agents.Probe{
		ID: "hsts", Title: "Browsers are not told to come back with TLS only",
		Decides:  "The answer over TLS comes without Strict-Transport-Security, or with a max-age of less than 180 days.",
		Keeps:    "The header.",
		Advice:   "Send Strict-Transport-Security: max-age=31536000; includeSubDomains with every answer over TLS.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.Medium, References: []string{"CWE-319", "RFC 6797"}, Skills: []string{"TLS", "header policy"},
		Check: agents.WholeIf(usesTLS, func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			const shortest = 180 * 24 * time.Hour
			x := lab.Send(ctx, wire.Request{URL: lab.Surface.Target, Follow: true})
			if !x.Answered() {
				return agents.BlockOn(x.Fault)
			}
			var text string
			age, there := reading.Settings(x.Header, "Strict-Transport-Security", ';')["max-age"]
			seconds, err := strconv.ParseInt(age, 10, 64)
			switch {
			case len(x.Header.Values("Strict-Transport-Security")) == 0:
				text = "Nothing tells browsers to come with TLS the next time, so the first request of every visit can be turned to plain HTTP on the way."
			case !there || err != nil:
				text = "The header has no max-age that browsers understand, so they take no notice of it."
			case seconds < int64(shortest/time.Second):
				text = "Browsers forget after " + strconv.FormatInt(seconds/86400, 10) + " days that they should come with TLS."
			default:
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text: text, Where: agents.Place{URL: x.URL}, Cause: "Strict-Transport-Security at " + hostOf(lab.Surface),
				Evidence: []agents.Evidence{agents.Excerpt("header", reading.Lines(x.Header, "Strict-Transport-Security")), agents.Exchanged("answer", x)},
			})
		}),
	}
}
