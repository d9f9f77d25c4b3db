package session

import (
	"cmp"
	"context"
	"fmt"
	"regexp"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func sessionEntropy() *agents.Probe {
	return &agents.Probe{
		ID: "session-entropy", Title: "Session ids that can be guessed",
		Decides:  "Of 20 fresh session ids those parts that vary are worth less than 64 bits, or they count up, or are the hash of a number or a time. Where only signing in gives an id, those of the campaign's accounts are judged by their length.",
		Keeps:    "The ids.",
		Advice:   "Draw session ids of at least 128 bits from the system's source of randomness.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.High, References: []string{"CWE-331"}, Skills: []string{"cookies"},
		Check: agents.Each(sessions, func(ctx context.Context, lab *agents.Lab, c *surface.Cookie) agents.Outcome {
			ids, from, fault := fresh(ctx, lab, c.Name)
			if fault != nil {
				return agents.BlockOn(fault)
			}
			guess := ""
			if len(ids) >= few {
				guess = guessable(ids, lab.Now())
			}
			for _, w := range lab.Client.Written() {
				if p, ok := reading.ParseCookie(w.Line); ok && p.Name == c.Name && w.As != "" && p.Value != "" && guess == "" && isID.MatchString(c.Name) {
					ids = append(ids, p.Value)
					if bits := atMost(p.Value); bits < least {
						guess = fmt.Sprintf("an id of this length has %.0f bits at most", bits)
					}
				}
			}
			switch {
			case guess == "" && len(ids) == 0:
				return agents.Skip("no answer sets the cookie by itself")
			case guess == "":
				return agents.Pass()
			}
			rows := [][]string{{"number", "id"}}
			for i, id := range ids {
				rows = append(rows, []string{fmt.Sprint(i + 1), id})
			}
			return agents.Fail(agents.Finding{
				Text:  "Who has a few session ids can guess those of others: " + guess + ".",
				Where: agents.Place{URL: cmp.Or(from, c.URL), Parameter: c.Name}, Cause: "cookie " + c.Name, Evidence: []agents.Evidence{agents.Table("session ids, in the order that they were given", agents.ByHTTP, rows...)},
			})
		}),
	}
}

// isID are names of cookies that hold an id, and not a name that is remembered.
var isID = regexp.MustCompile(`(?i)sess|sid|token|jwt|auth`)

const (
	many  = 20   // ids that are asked for
	few   = 5    // below, nothing is said about what varies
	least = 64.0 // bits
)

// fresh asks as nobody for new ids where nobody was given one before.
func fresh(ctx context.Context, lab *agents.Lab, name string) (ids []string, from string, fault *wire.Fault) {
	for _, w := range lab.Client.Written() {
		p, ok := reading.ParseCookie(w.Line)
		if !ok || p.Name != name || w.As != "" || p.Value == "" {
			continue
		}
		ids = nil
		for range many {
			x := lab.Get(ctx, w.URL)
			if !x.Answered() {
				return nil, w.URL, x.Fault
			}
			for _, c := range reading.Cookies(x) {
				if c.Name == name && c.Value != "" {
					ids = append(ids, c.Value)
				}
			}
			if len(ids) == 0 { // another method, or only the first time
				break
			}
		}
		if len(ids) >= few {
			return ids, w.URL, nil
		}
	}
	return nil, "", nil
}
