package authentication

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/door"
	"github.com/atelier-studio/atelier/agents/reading"
)

func authBypassSQLi() *agents.Probe {
	return &agents.Probe{
		ID: "auth-bypass-sqli", Title: "A condition in place of a name or a password signs in",
		Decides:  "A true condition of SQL as the name or the password is answered like somebody who was let in, while a wrong password and a false condition are not.",
		Keeps:    "Both answers.",
		Advice:   "Give values to statements as parameters, fetch the account by its name alone, and compare the password's hash in the application.",
		Needs:    intrusive,
		Severity: agents.Critical, References: []string{"CWE-287"}, Skills: []string{"login"},
		Check: agents.Each(door.SignIns, runAuthBypassSQLi),
	}
}

// conditions are true ones with their false twins.
var conditions = []struct{ yes, no string }{
	{"x' OR '1'='1", "x' OR '1'='2"},
	{"x' OR 1=1-- ", "x' OR 1=2-- "},
	{`x" OR "1"="1`, `x" OR "1"="2`},
	{"x') OR ('1'='1", "x') OR ('1'='2"},
	{"x' OR 1=1#", "x' OR 1=2#"},
	{"x' OR 1=1 LIMIT 1-- ", "x' OR 1=2 LIMIT 1-- "},
}

func runAuthBypassSQLi(ctx context.Context, lab *agents.Lab, d *door.Door) agents.Outcome {
	password := lab.Marker(1) + "-Wrong-1"
	name := d.Somebody(lab, 2)
	wrong, _ := d.Once(ctx, lab, name, password)
	if stop := door.Unfit(ctx, wrong); stop != nil {
		return *stop
	}
	for i, c := range conditions {
		for _, field := range []string{"name", "password"} {
			with := func(value string) (string, string) {
				if field == "name" {
					return value, password
				}
				return d.Somebody(lab, 10+i), value // a name of its own, as names are counted
			}
			n, p := with(c.yes)
			x, cookies := d.Once(ctx, lab, n, p)
			if stop := door.Unfit(ctx, x); stop != nil {
				return *stop
			}
			if !door.IsIn(x, wrong, n, p, name, password) {
				continue
			}
			n, p = with(c.no)
			if no, _ := d.Once(ctx, lab, n, p); door.IsIn(no, wrong, n, p, name, password) {
				continue // whatever is entered is let in, which is another fault
			}
			evidence := []agents.Evidence{agents.Exchanged("a wrong name and password", wrong), agents.Exchanged("the condition", x)}
			for _, cookie := range cookies {
				evidence = append(evidence, agents.Excerpt("a cookie of the session", cookie.Name+"="+reading.Mask(cookie.Value)))
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("With %s as the %s the target lets in whoever asks, without an account.", c.yes, field),
				Where: d.Place(field), Cause: d.Cause("condition"), Evidence: evidence,
			})
		}
	}
	return agents.Pass()
}
