package workflow

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
)

func cartMath() *agents.Probe {
	return &agents.Probe{
		ID: "cart-math", Title: "Sum that does not add up",
		Decides:  "A rule about amounts that a language model proposed for this application (such as a total that is the sum of its lines) does not hold when it is turned into steps and made in a browser.",
		Keeps:    "The steps, with a picture after each.",
		Advice:   "Follow the steps, and mend what calculates there.",
		Needs:    agents.NeedsModel | agents.NeedsBrowser,
		Severity: agents.Medium, Skills: []string{"user journeys"},
		Check: agents.Whole(func(context.Context, *agents.Lab) agents.Outcome { return agents.Skip("no language model") }),
	}
}
