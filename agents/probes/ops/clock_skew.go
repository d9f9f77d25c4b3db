package ops

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// mostSkew is how far a clock may be off.
const mostSkew = 30 * time.Second

func clockSkew() *agents.Probe {
	return &agents.Probe{
		ID: "clock-skew", Title: "The server's clock is wrong",
		Decides:  "The Date of every fresh answer (one without Age) is more than 30 s away from this machine's clock, all in the same direction.",
		Keeps:    "Dates and times of the answers.",
		Advice:   "Keep the server's clock by NTP: tokens, cookies and logs rest on it.",
		Severity: agents.Low, Skills: []string{"logs"},
		Check: agents.WholeIf(dated, inTimeWithUs),
	}
}

func dates(s *surface.Surface) []*wire.Exchange {
	var list []*wire.Exchange
	for _, p := range s.Pages {
		if p.Answer != nil && p.Answer.Header.Get("Date") != "" && p.Answer.Header.Get("Age") == "" {
			list = append(list, p.Answer)
		}
	}
	return list
}

func dated(s *surface.Surface) bool { return len(dates(s)) > 0 }

func inTimeWithUs(_ context.Context, lab *agents.Lab) agents.Outcome {
	rows := [][]string{{"address", "its Date", "our time", "off by"}}
	var skews []time.Duration
	for _, x := range dates(lab.Surface) {
		theirs, err := http.ParseTime(x.Header.Get("Date"))
		if err != nil {
			continue
		}
		ours := x.At.Add(x.Took) // the date is set when the answer is written, at some time until then
		skew := theirs.Sub(ours).Round(time.Second)
		if theirs.Before(ours) && theirs.After(x.At.Add(-time.Second)) {
			skew = 0
		}
		skews = append(skews, skew)
		if len(rows) <= 10 {
			rows = append(rows, []string{x.URL, x.Header.Get("Date"), ours.UTC().Format(time.RFC1123), skew.String()})
		}
	}
	if len(skews) == 0 {
		return agents.Pass()
	}
	least, most := slices.Min(skews), slices.Max(skews)
	if least <= mostSkew && most >= -mostSkew {
		return agents.Pass()
	}
	slices.Sort(skews)
	return agents.Fail(agents.Finding{
		Cause:    "clock",
		Text:     fmt.Sprintf("The server's clock is off by %s.", skews[len(skews)/2]),
		Evidence: []agents.Evidence{agents.Table("Dates", agents.ByHTTP, rows...)},
	})
}
