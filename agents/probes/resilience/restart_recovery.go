package resilience

import (
	"context"
	"fmt"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/wire"
)

const (
	comesBack = time.Minute
	asksAgain = 500 * time.Millisecond
)

func restartRecovery() *agents.Probe {
	return &agents.Probe{
		ID: "restart-recovery", Title: "Restart that loses what it should not",
		Decides:  "After the restart command that the campaign was given, the target does not answer again within a minute, or an account that was signed in is not any more.",
		Keeps:    "The answers before and after, with their times.",
		Advice:   "Keep sessions where they outlive the process, and let it answer as soon as it can serve.",
		Needs:    agents.NeedsIntrusive,
		Severity: agents.Medium, Skills: []string{"recovery"}, Time: 3 * time.Minute, Once: true,
		Check: agents.Whole(func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			if lab.Restart == nil {
				return agents.Skip("the campaign was given no command to restart the target")
			}
			page, as := kept(lab)
			before := lab.Send(ctx, wire.Request{URL: page, As: as})
			if !before.OK() {
				return agents.Block("%s did not answer before the restart", pathOf(page))
			}
			begun := lab.Now()
			if err := lab.Restart(ctx); err != nil {
				return agents.Block("the target could not be restarted: %v", err)
			}
			after, err := back(ctx, lab, wire.Request{URL: page, As: as})
			if err != nil {
				return agents.BlockOn(err)
			}
			evidence := []agents.Evidence{agents.Exchanged("before", before), agents.Exchanged("after", after)}
			switch {
			case !after.Answered() || after.Status >= 500:
				return agents.Fail(agents.Finding{Text: fmt.Sprintf("%s does not answer again within %s after the restart.", pathOf(page), comesBack), Where: agents.Place{URL: page, As: as}, Cause: "health", Evidence: evidence})
			case as != "" && (after.Status != before.Status || similar.Of(before, after) < alikeEnough):
				return agents.Fail(agents.Finding{
					Text:  fmt.Sprintf("%s answers %d after the restart, %s later, and not as to somebody who is signed in.", pathOf(page), after.Status, lab.Now().Sub(begun).Round(time.Second)),
					Where: agents.Place{URL: page, As: as}, Cause: "sessions", Evidence: evidence,
				})
			}
			return agents.Pass()
		}),
	}
}

const alikeEnough = 0.7

// kept is a page that shows whether somebody is signed in; the target's own address where there is none.
func kept(lab *agents.Lab) (address, as string) {
	for _, p := range lab.Surface.Pages {
		if p.As != "" && p.Answer != nil && p.Answer.OK() && len(p.Answer.Hops) == 0 {
			return p.URL, p.As
		}
	}
	return lab.Surface.Target, ""
}

// back asks until the target answers again, and then once more: the first may have come from the process that ends.
func back(ctx context.Context, lab *agents.Lab, r wire.Request) (*wire.Exchange, error) {
	r.Timeout, r.Fresh = 5*time.Second, true
	end := time.NewTimer(comesBack)
	defer end.Stop()
	ticker := time.NewTicker(asksAgain)
	defer ticker.Stop()
	answered := 0
	for {
		x := lab.Send(ctx, r)
		if x.Answered() && x.Status < 500 {
			if answered++; answered == 3 {
				return x, nil
			}
		}
		select {
		case <-ticker.C:
		case <-end.C:
			return x, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
