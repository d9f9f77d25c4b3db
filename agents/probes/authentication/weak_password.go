package authentication

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/door"
)

func weakPassword() *agents.Probe {
	return &agents.Probe{
		ID: "weak-password", Title: "An account can be opened with a password that everybody tries",
		Decides:  "Opening an account with the password \"password1\", or with one of six characters, succeeds: whoever it is for can sign in with it.",
		Keeps:    "The answer.",
		Advice:   "Ask for eight characters or better twelve, compare with a list of passwords that are known, and forbid nothing else.",
		Needs:    intrusive,
		Severity: agents.Medium, References: []string{"CWE-521"}, Skills: []string{"login"},
		Check: agents.Each(door.Registrations, runWeakPassword),
	}
}

func runWeakPassword(ctx context.Context, lab *agents.Lab, d *door.Door) agents.Outcome {
	for i, password := range []string{"password1", "abc123"} {
		name := d.Somebody(lab, 20+i)
		x, opened := door.Register(ctx, lab, d, name, password)
		if stop := door.Unfit(ctx, x); stop != nil {
			return *stop
		}
		if opened {
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("An account was opened with the password %q, which is among the first that are tried.", password),
				Where: d.Place("password"), Cause: d.Cause("weak password"), Evidence: []agents.Evidence{agents.Exchanged("the account that was opened with it", x)},
			})
		}
	}
	if _, opened := door.Register(ctx, lab, d, d.Somebody(lab, 40), door.Strong); !opened {
		return agents.Skip("no account can be opened here at all, so that nothing can be said of its password")
	}
	return agents.Pass()
}
