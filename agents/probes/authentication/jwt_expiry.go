package authentication

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/atelier-studio/atelier/agents"
)

func jwtExpiry() *agents.Probe {
	return &agents.Probe{
		ID: "jwt-expiry", Title: "A token of a session lives too long",
		Decides:  "A token that the target gave out has no end, or ends more than 24 hours after it was given.",
		Keeps:    "Its times.",
		Advice:   "Let tokens that open something end after minutes or hours, and renew them by one that can be called back.",
		Severity: agents.Low, References: []string{"CWE-613"},
		Check: agents.WholeIf(signsIn, runJWTExpiry),
	}
}

const longestToken = 24 * time.Hour

func runJWTExpiry(ctx context.Context, lab *agents.Lab) agents.Outcome {
	list := tokens(ctx, lab, false)
	if len(list) == 0 {
		return untold(lab)
	}
	for _, t := range list {
		end, ends := t.claims["exp"].(float64)
		begin, begins := t.claims["iat"].(float64)
		if !begins {
			begin = float64(lab.Now().Unix())
		}
		var text string
		switch life := time.Duration((end - begin) * float64(time.Second)); {
		case !ends:
			text = "A token of a session never ends: whoever finds one, years later, is let in."
		case end-begin > longestToken.Seconds():
			text = fmt.Sprintf("A token of a session lives for %s: whoever finds one is let in for so long.", life.Round(time.Minute))
		default:
			continue
		}
		times := map[string]any{}
		for _, name := range []string{"iat", "nbf", "exp"} {
			if v, ok := t.claims[name]; ok {
				times[name] = v
			}
		}
		data, err := json.Marshal(times)
		if err != nil {
			return agents.BlockOn(err)
		}
		return agents.Fail(agents.Finding{Text: text, Where: agents.Place{URL: lab.Surface.Target}, Cause: "life of tokens", Evidence: []agents.Evidence{agents.Excerpt("its times", string(data))}})
	}
	return agents.Pass()
}
