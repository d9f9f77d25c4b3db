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

	mostRounds = 3
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
	none, second, counted := "0", "1", 0
	if l.counts {
		var stop *agents.Outcome
		if counted, stop = a.calibrate(ctx, l); counted == 0 {
			return nil, stop
		}
		none, second = "1", fmt.Sprint(counted)
	} else if x := a.direct(ctx, l.with(second)); took(x) < a.base.First+enough {
		return nil, unfit(ctx, x)
	}
	for range mostRounds {
		last, rows, shortest, stop := a.pairs(ctx, l.with(none), l.with(second))
		switch {
		case stop != nil:
			return nil, stop
		case shortest >= enough:
			f := a.finding(fmt.Sprintf("%s makes the database wait when its value says so (%s): the value is part of a statement, and whoever asks can learn all that the database holds by how long it takes.", a.in.Name, l.database),
				agents.Table("how long the answers took", agents.ByTiming, rows...), agents.Exchanged("the answer that took longer", last))
			return &f, nil
		case !l.counts || shortest < enough/4:
			return nil, nil
		}
		counted = min(counted*2, lastStep) // it counts, and faster than when it was calibrated
		second = fmt.Sprint(counted)
	}
	return nil, nil
}

// pairs measures three pairs, until one of them differs too little.
func (a *aim) pairs(ctx context.Context, none, second string) (last *wire.Exchange, rows [][]string, shortest time.Duration, stop *agents.Outcome) {
	rows = [][]string{{"pair", "without waiting", "with a second"}}
	for i := range 3 {
		fast := a.direct(ctx, none)
		last = a.direct(ctx, second)
		for _, x := range []*wire.Exchange{fast, last} {
			if stop := unfit(ctx, x); stop != nil {
				return nil, nil, 0, stop
			}
		}
		if longer := took(last) - took(fast); i == 0 || longer < shortest {
			shortest = longer
		}
		if shortest < enough {
			break
		}
		rows = append(rows, []string{fmt.Sprint(i + 1), took(fast).Round(time.Millisecond).String(), took(last).Round(time.Millisecond).String()})
	}
	return last, rows, shortest, nil
}

// calibrate finds how far a database that cannot wait has to count for a second and some; 0 when it does not count.
func (a *aim) calibrate(ctx context.Context, l late) (int, *agents.Outcome) {
	const aim, sign, most = 1200 * time.Millisecond, 30 * time.Millisecond, 4
	fast := a.direct(ctx, l.with("1"))
	if stop := unfit(ctx, fast); stop != nil {
		return 0, stop
	}
	n := firstStep
	for range most { // what else the machine does may change from one to the next
		slow := a.direct(ctx, l.with(fmt.Sprint(n)))
		if stop := unfit(ctx, slow); stop != nil {
			return 0, stop
		}
		longer := took(slow) - took(fast)
		if longer < sign {
			return 0, nil
		}
		if longer >= aim*9/10 {
			return n, nil
		}
		n = min(int(float64(n)*max(1.2, float64(aim)/float64(longer))), lastStep)
	}
	return n, nil
}
