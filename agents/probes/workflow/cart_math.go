package workflow

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/claim"
	"github.com/atelier-studio/atelier/agents/explore"
)

func cartMath() *agents.Probe {
	return &agents.Probe{
		ID: explore.CartMath, Title: "Sum that does not add up",
		Decides:  "A rule about amounts that a language model proposed for this application (such as a total that is the sum of its lines) holds in two states with different numbers and not in another, or holds nowhere though the page calls the number a total and shows nothing that would explain the difference. The numbers are read and reckoned without the model.",
		Keeps:    "The states with their numbers, with a picture of each.",
		Advice:   "Follow the steps, and mend what calculates there.",
		Needs:    agents.NeedsModel | agents.NeedsBrowser,
		Severity: agents.Medium, Skills: []string{"user journeys"}, Time: 5 * time.Minute,
		Check: agents.Whole(func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			if lab.Book == nil || len(lab.Book.Rules) == 0 {
				return agents.Skip("the language model proposed no rule about amounts that could be tried")
			}
			var findings []agents.Finding
			decided := false
			why := ""
			for i := range lab.Book.Rules {
				r := &lab.Book.Rules[i]
				w, err := weigh(ctx, lab, r)
				if err != nil {
					return agents.BlockOn(err)
				}
				if w.Why != "" {
					why = w.Why
					continue
				}
				decided = true
				if w.Broken != nil {
					findings = append(findings, wrongSum(r, &w))
				}
			}
			if !decided {
				return agents.Skip("%s", why)
			}
			return agents.Fail(findings...)
		}),
	}
}

func weigh(ctx context.Context, lab *agents.Lab, r *claim.Rule) (claim.Weighed, error) {
	tab, err := lab.Open(ctx, r.As, browser.Setting{ReadOnly: !r.Changes, Timeout: 5 * time.Minute})
	if err != nil {
		return claim.Weighed{}, err
	}
	defer tab.Close()
	target := lab.Client.Scope().Target()
	return r.Weigh(ctx, tab, target, explore.Alike(lab.Surface, r.As, claim.Start(target, r.Steps)))
}

// wrongSum tells of a rule that does not hold.
func wrongSum(r *claim.Rule, w *claim.Weighed) agents.Finding {
	rows := [][]string{{"state", "parts", "whole", "holds"}}
	var shots []agents.Evidence
	for i := range w.States {
		s := &w.States[i]
		var parts []string
		for _, n := range s.Parts {
			parts = append(parts, strconv.FormatFloat(n, 'f', -1, 64))
		}
		rows = append(rows, []string{s.Name, strings.Join(parts, ", "), strconv.FormatFloat(s.Whole, 'f', -1, 64), map[bool]string{true: "yes", false: "no"}[s.Holds]})
		const most = 4
		if len(s.Picture) > 0 && len(shots) < most {
			shots = append(shots, agents.Shot(s.Name, s.Picture))
		}
	}
	text := fmt.Sprintf("The %s of the numbers does not fit %s: %s.", r.Relation, w.Broken.Name, r.Says(w.Broken))
	if r.Why != "" {
		text += fmt.Sprintf(" The language model that proposed the rule says: “%s”", r.Why)
	}
	return agents.Finding{
		Text: text, Where: agents.Place{URL: w.Broken.URL, Element: r.Whole, As: r.As}, Cause: string(r.Relation) + " " + r.Whole,
		Evidence: append([]agents.Evidence{agents.Table("numbers", agents.ByBrowser, rows...)}, shots...),
	}
}
