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
	"github.com/atelier-studio/atelier/agents/surface"
)

func cartMath() *agents.Probe {
	return &agents.Probe{
		ID: explore.CartMath, Title: "Sum that does not add up",
		Decides:  "A rule about amounts that a language model proposed for this application (such as a total that is the sum of its lines) holds in two states with different numbers and not in another, or holds nowhere though the page calls the number a total and shows nothing that would explain the difference. The numbers are read and reckoned without the model.",
		Keeps:    "The states with their numbers, with a picture of each.",
		Advice:   "Follow the steps, and mend what calculates there.",
		Needs:    agents.NeedsModel | agents.NeedsBrowser,
		Severity: agents.Medium, Skills: []string{"user journeys"}, Time: 5 * time.Minute,
		Check: agents.Each(rules, func(ctx context.Context, lab *agents.Lab, item *surface.Claim) agents.Outcome {
			r := ruleOf(lab, item.Name)
			if r == nil {
				return agents.Skip("the language model proposed no rule about amounts that could be tried")
			}
			w, err := weigh(ctx, lab, r)
			switch {
			case err != nil:
				return agents.BlockOn(err)
			case w.Why != "":
				return agents.Skip("%s", w.Why)
			case w.Broken == nil:
				return agents.Pass()
			}
			return agents.Fail(wrongSum(r, &w))
		}),
	}
}

// rules are those that a language model proposed, or one that stands for none.
func rules(s *surface.Surface) []*surface.Claim {
	var list []*surface.Claim
	for _, c := range s.Claims {
		if c.Sort == surface.ClaimedRule {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return []*surface.Claim{{Name: "none", Sort: surface.ClaimedRule, Start: s.Target}}
	}
	return list
}

func ruleOf(lab *agents.Lab, name string) *claim.Rule {
	if lab.Book != nil {
		for i := range lab.Book.Rules {
			if lab.Book.Rules[i].Name() == name {
				return &lab.Book.Rules[i]
			}
		}
	}
	return nil
}

func weigh(ctx context.Context, lab *agents.Lab, r *claim.Rule) (claim.Weighed, error) {
	tab, err := lab.Open(ctx, r.As, browser.Setting{ReadOnly: !r.Changes, Agree: r.Changes, Timeout: 5 * time.Minute})
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
