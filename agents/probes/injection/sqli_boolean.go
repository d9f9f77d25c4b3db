package injection

import (
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

func sqliBoolean() *agents.Probe {
	return &agents.Probe{
		ID: "sqli-boolean", Title: "A value from the request becomes part of an SQL statement: it decides by a condition in it",
		Decides:  "With a true condition added to a value the target answers as without (0.98 alike or more), with a false one it does not, and so again with other constants.",
		Keeps:    "The similarities of the answers, and the exchanges.",
		Advice:   "Give values to statements as parameters, never as part of their text.",
		Needs:    needs,
		Severity: agents.Critical, References: []string{"CWE-89"}, Skills: []string{"SQLi"},
		Check: agents.Each(inputs, runSQLIBoolean),
	}
}

// condition is a true and a false condition behind a value. In them {v} is the value, {n} and {m} are two numbers, {a} and
// {b} two words of five letters, which are others in every trial.
type condition struct {
	yes, no string
	// widens tells that the true one selects more, and not that the false one selects less; cuts that it comments the rest
	// of the statement out. Neither is sent where something is changed.
	widens, cuts bool
}

var sqlConditions = []condition{
	{yes: "{v} AND {n}={n}", no: "{v} AND {n}={m}"},
	{yes: "{v}' AND '{a}'='{a}", no: "{v}' AND '{a}'='{b}"},
	{yes: "{v}%' AND {n}={n}-- ", no: "{v}%' AND {n}={m}-- ", cuts: true},
	{yes: "{v}') AND {n}={n}-- ", no: "{v}') AND {n}={m}-- ", cuts: true},
	{yes: `{v}" AND "{a}"="{a}`, no: `{v}" AND "{a}"="{b}`},
	{yes: "{v}' OR {n}={n}-- ", no: "{v}' OR {n}={m}-- ", widens: true, cuts: true},
	{yes: "{v} OR {n}={n}", no: "{v} OR {n}={m}", widens: true},
	{yes: "{v}') OR {n}={n}-- ", no: "{v}') OR {n}={m}-- ", widens: true, cuts: true},
}

func runSQLIBoolean(ctx context.Context, lab *agents.Lab, in *surface.Input) agents.Outcome {
	a, stop := at(ctx, lab, in)
	if stop != nil {
		return *stop
	}
	defer a.close()
	d, stop := a.differential(ctx)
	if stop != nil {
		return *stop
	}
	asks := isAsking(lab.Surface, in)
	for _, c := range sqlConditions {
		if (c.widens || c.cuts) && !asks {
			continue
		}
		seen, stop := d.decides(ctx, c)
		if stop != nil {
			return *stop
		}
		if seen != nil {
			how := "selects what it did without it, and with a false one something else"
			if c.widens {
				how = "selects more than without it, and with a false one the same"
			}
			return agents.Fail(a.finding(fmt.Sprintf("%s with a true condition behind its value %s: the value is part of the statement, and whoever asks can learn all that the database holds, one condition at a time.", in.Name, how), seen.evidence()...))
		}
	}
	return agents.Pass()
}

// write makes the values with the true and with the false condition.
func (c condition) write(known string, n int) (yes, no string) {
	r := strings.NewReplacer("{v}", known, "{n}", fmt.Sprint(n), "{m}", fmt.Sprint(n+1), "{a}", word(n), "{b}", word(n+1))
	return r.Replace(c.yes), r.Replace(c.no)
}

// word is a number in letters, so that it cannot be one to anybody.
func word(n int) string {
	var b strings.Builder
	b.WriteByte('k')
	for _, d := range fmt.Sprint(n) {
		b.WriteByte("bcdfghjmnp"[d-'0'])
	}
	return b.String()
}
