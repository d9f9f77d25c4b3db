package authentication

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/door"
	"github.com/atelier-studio/atelier/agents/reading"
)

func defaultCredentials() *agents.Probe {
	return &agents.Probe{
		ID: "default-credentials", Title: "An account has the password that it came with",
		Decides:  "One of five usual pairs of name and password is let in.",
		Keeps:    "The cookie or the token of the session, masked.",
		Advice:   "Ask for a password of its own when an application is set up, and take accounts away that came with it.",
		Needs:    intrusive,
		Severity: agents.Critical, References: []string{"CWE-1392"}, Skills: []string{"login"},
		Check: agents.Each(door.SignIns, runDefaultCredentials),
	}
}

// pairs are the five that are tried, no more: an account that is locked helps nobody.
var pairs = [5][2]string{{"admin", "admin"}, {"admin", "password"}, {"root", "root"}, {"test", "test"}, {"guest", "guest"}}

func runDefaultCredentials(ctx context.Context, lab *agents.Lab, d *door.Door) agents.Outcome {
	name, password := d.Somebody(lab, 1), lab.Marker(2)+"-Wrong-1"
	wrong, _ := d.Once(ctx, lab, name, password)
	if stop := door.Unfit(ctx, wrong); stop != nil {
		return *stop
	}
	for _, pair := range pairs {
		user := pair[0]
		if d.WantsMail() {
			user += "@example.org"
		}
		given := false
		for _, a := range lab.Accounts {
			given = given || a.User == pair[0] || a.User == user
		}
		if given {
			continue // an account of the campaign: whoever gave it knows its password
		}
		x, cookies := d.Once(ctx, lab, user, pair[1])
		if stop := door.Unfit(ctx, x); stop != nil {
			return *stop
		}
		if !door.IsIn(x, wrong, user, pair[1], name, password) {
			continue
		}
		evidence := []agents.Evidence{agents.Exchanged("a made-up name", wrong), agents.Exchanged("the usual pair", x)}
		if token := door.TokenIn(x); token != "" {
			evidence = append(evidence, agents.Excerpt("the token of the session", reading.Mask(token)))
		}
		for _, cookie := range cookies {
			evidence = append(evidence, agents.Excerpt("a cookie of the session", cookie.Name+"="+reading.Mask(cookie.Value)))
		}
		return agents.Fail(agents.Finding{Text: fmt.Sprintf("%s with the password %s is let in: it is among the first that everybody tries.", user, pair[1]), Where: d.Place(""), Cause: d.Cause("pair " + user), Evidence: evidence})
	}
	return agents.Pass()
}
