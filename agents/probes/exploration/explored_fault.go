package exploration

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/claim"
	"github.com/atelier-studio/atelier/agents/surface"
)

// severities are those of the norms, by how sure they are and what they cost people. What only a model expected is something
// to look at, and no fault.
var severities = map[claim.Norm]agents.Severity{
	claim.ServerError: agents.High, claim.MissingPage: agents.Medium, claim.ScriptError: agents.Medium, claim.RawValue: agents.Low,
	claim.Specified: agents.Medium, claim.Noticed: agents.Info,
}

var titles = map[claim.Norm]string{
	claim.ServerError: "Way through the application that ends with an error of the server",
	claim.MissingPage: "Control that leads to a page that is not there",
	claim.ScriptError: "Control with which a script fails",
	claim.RawValue:    "Raw value shown to people",
	claim.Specified:   "Application that does not do what its specification says",
	claim.Noticed:     "Something that a persona noticed and a person should look at",
}

func exploredFault() *agents.Probe {
	return &agents.Probe{
		ID: "explored-fault", Title: "Fault on a way that a persona explored",
		Decides:  "On a way that a language model went as a persona, and that is gone again without it, the server answers 500 or worse, a control leads to a missing page, a script fails, a raw value such as NaN is shown, or a text that the specification names is not there. What only the model expected is something to look at and never more than info.",
		Keeps:    "The steps as they were made again, with pictures; of what rests on words, the quotation.",
		Advice:   "Follow the steps, and mend what they end with.",
		Needs:    agents.NeedsModel | agents.NeedsBrowser,
		Severity: agents.Info, Skills: []string{"user journeys"}, Time: 4 * time.Minute,
		Check: agents.Each(of(surface.ClaimedFault), runFault),
	}
}

func runFault(ctx context.Context, lab *agents.Lab, item *surface.Claim) agents.Outcome {
	c, ok := claimed(lab, item.Name)
	if !ok {
		return agents.Block("the claim %q is not in this campaign any more", item.Name)
	}
	tab, err := lab.Open(ctx, c.As, browser.Setting{ReadOnly: !c.Changes, Agree: c.Changes, Timeout: 4 * time.Minute})
	if err != nil {
		return agents.BlockOn(err)
	}
	defer tab.Close()
	shown, err := c.Show(ctx, tab, lab.Client.Scope().Target(), func(address string) bool {
		u, err := url.Parse(address)
		return err == nil && lab.Client.Scope().Allows(u)
	})
	switch {
	case err != nil:
		return agents.BlockOn(err)
	case shown.Broke != "":
		return agents.Block("it could not be gone again: %s", shown.Broke)
	case shown.Wrong == nil:
		return agents.Pass()
	}
	what := shown.Wrong.What
	f := agents.Finding{
		Title: titles[c.Norm], Severity: severities[c.Norm], Cause: string(c.Norm) + " " + surface.ShapeOf(what), Where: agents.Place{URL: shown.URL, As: c.As}, Evidence: agents.Steps(shown.Steps, maxPictures),
		Text: fmt.Sprintf("After %d steps %s.", len(shown.Steps), shown.Wrong.Text) + words(c.Why),
	}
	switch c.Norm {
	case claim.Specified:
		f.Text = fmt.Sprintf("The specification says: “%s” After %d steps %s.", c.Quote, len(shown.Steps), shown.Wrong.Text) + words(c.Why)
		f.Cause = "specified " + claim.Fold(c.Quote)
		f.Evidence = append(f.Evidence, agents.Excerpt("what the specification says", c.Quote))
	case claim.Noticed:
		f.Text = fmt.Sprintf("A page says: “%s” After %d steps %s. That it should be otherwise is what the language model expected, and nobody else said.", c.Quote, len(shown.Steps), shown.Wrong.Text) + words(c.Why)
		f.Cause = "noticed " + item.Name
		f.Evidence = append(f.Evidence, agents.Excerpt("what a page says", c.Quote))
	case claim.ServerError, claim.MissingPage, claim.ScriptError, claim.RawValue:
	}
	return agents.Fail(f)
}

func claimed(lab *agents.Lab, name string) (claim.Claim, bool) {
	if lab.Book != nil {
		for _, c := range lab.Book.Claims {
			if c.Name() == name {
				return c, true
			}
		}
	}
	return claim.Claim{}, false
}
