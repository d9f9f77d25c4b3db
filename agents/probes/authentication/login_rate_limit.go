package authentication

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/door"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/wire"
)

func loginRateLimit() *agents.Probe {
	return &agents.Probe{
		ID: "login-rate-limit", Title: "Passwords can be tried without end",
		Decides:  "25 wrong passwords for one name, one after the other, are all answered alike: no status 429, 423 or 403, no Retry-After, no other text, no answer that takes longer.",
		Keeps:    "The 25 statuses and times.",
		Advice:   "Count wrong attempts by name and by address, let them wait longer each time, and tell whose account it is.",
		Needs:    intrusive,
		Severity: agents.Medium, References: []string{"CWE-307", "API4"}, Skills: []string{"login"},
		Check: agents.Each(door.SignIns, runLoginRateLimit),
	}
}

func runLoginRateLimit(ctx context.Context, lab *agents.Lab, d *door.Door) agents.Outcome {
	const tries = 25
	name := door.Newcomer(ctx, lab, d, 1) // some count only for names that there are
	if name == "" {
		name = d.Somebody(lab, 1)
	}
	rows := [][]string{{"try", "status", "time"}}
	var first *wire.Exchange
	var times []time.Duration
	for i := range tries {
		x, _ := d.Once(ctx, lab, name, lab.Marker(100+i)+"-Wrong-1")
		switch {
		case ctx.Err() != nil:
			return agents.Block("it took too long")
		case !x.Answered() && i == 0:
			return agents.BlockOn(x.Fault)
		case !x.Answered(), x.Status == http.StatusTooManyRequests, x.Status == http.StatusLocked, x.Status == http.StatusServiceUnavailable, x.Header.Get("Retry-After") != "":
			return agents.Pass() // it does not let go on
		}
		if first == nil {
			first = x
			if o := door.Unfit(ctx, x); o != nil {
				return *o
			}
			if x.Status == http.StatusForbidden && refusesAll(ctx, lab, d) {
				return agents.Block("it refuses whoever is right, too: it wants more than a name and a password")
			}
		}
		if x.Status != first.Status || similar.Of(first, x, name, lab.Marker(100)+"-Wrong-1", lab.Marker(100+i)+"-Wrong-1") < 0.98 {
			return agents.Pass() // it says something else: wait, a picture to read, a lock
		}
		times = append(times, x.First)
		rows = append(rows, []string{strconv.Itoa(i + 1), strconv.Itoa(x.Status), x.First.Round(time.Millisecond).String()})
	}
	if early, late := middle(times[:5]), middle(times[tries-5:]); late > 3*early && late-early > 200*time.Millisecond {
		return agents.Pass() // it takes longer and longer
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("%d wrong passwords for one name were all answered alike: whoever has a list of passwords can try them all.", tries),
		Where: d.Place(""), Cause: d.Cause("tries"), Evidence: []agents.Evidence{agents.Table("the tries", agents.ByHTTP, rows...), agents.Exchanged("the first of them", first)},
	})
}

// refusesAll tells whether a door refuses who is right as well: it wants something more, such as a header of its own scripts,
// and never looked at the password.
func refusesAll(ctx context.Context, lab *agents.Lab, d *door.Door) bool {
	for i := range lab.Accounts {
		if a := &lab.Accounts[i]; a.Password != "" {
			x, _ := d.Once(ctx, lab, a.User, a.Password)
			return x.Status == http.StatusForbidden
		}
	}
	return false
}

func middle(times []time.Duration) time.Duration {
	list := slices.Sorted(slices.Values(times))
	return list[len(list)/2]
}
