package nodes

import (
	"context"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// longestWait bounds how far ahead a wait may reach.
const longestWait = 5 * 366 * 24 * time.Hour

func init() {
	define(engine.Kind{
		Name: "flow.wait", Title: "Wait", Group: "Flow", Icon: "timer",
		Summary: "Lets time pass, then hands on what came in.",
		Doc: `The run goes to sleep in the store and costs nothing until then; it survives restarts. A time that has passed does not wait at all.

**Until** takes dates such as ` + "`2026-03-01 09:00`" + `, read in the time zone given here, else the workflow's, else UTC. A wait reaches at most five years ahead.`,
		Keywords: []string{"delay", "sleep", "pause", "timer", "later", "until"},
		Check:    typed(checkWait),
		Examples: []engine.Example{
			{Name: "A time that has passed", Params: params("mode", "until", "until", "2020-01-01T00:00:00Z"),
				Input: in(obj("a", 1)), Output: out(obj("a", 1))},
			{Name: "No time", Params: params("amount", 0, "unit", "hours"), Input: in(obj("a", 1)), Output: out(obj("a", 1))},
			{Name: "Not a time", Params: params("mode", "until", "until", "soon"), Input: in(obj()), Error: "cannot be read as a time"},
		},
	}, flowWait{Mode: "for", Amount: 1, Unit: "minutes"}, runFlowWait)
}

type flowWait struct {
	Mode     string  `json:"mode" form:"Wait" options:"for=For some time,until=Until a time"`
	Amount   float64 `json:"amount" form:"How long" min:"0" show:"mode=for"`
	Unit     string  `json:"unit" form:"Unit" options:"seconds,minutes,hours,days" show:"mode=for"`
	Until    any     `json:"until" form:"Until" placeholder:"2026-03-01 09:00" show:"mode=until"`
	Timezone string  `json:"timezone" form:"Time zone" widget:"timezone" show:"mode=until"`
}

var units = map[string]time.Duration{
	"milliseconds": time.Millisecond, "seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour, "weeks": 7 * 24 * time.Hour,
}

func checkWait(p flowWait) []engine.Problem {
	if p.Mode == "for" && p.Amount*float64(units[p.Unit]) > float64(longestWait) {
		return []engine.Problem{{Param: "amount", Code: "long-wait", Text: "a wait reaches at most five years ahead"}}
	}
	return nil
}

func runFlowWait(_ context.Context, d *Deps, p flowWait, c *engine.Call) (engine.Outputs, error) {
	if c.Wake != nil {
		return engine.One(c.Items()), nil
	}
	now := d.now()
	var until time.Time
	switch p.Mode {
	case "until":
		loc, err := zone(p.Timezone, c)
		if err != nil {
			return nil, about("timezone", err, "%s", err)
		}
		var ok bool
		if until, ok = readTime(p.Until, loc); !ok {
			return nil, bad("until", "%q cannot be read as a time: write for example 2026-03-01 09:00", excerpt(text(p.Until), 40))
		}
	default:
		unit, ok := units[p.Unit]
		if !ok {
			return nil, bad("unit", "%q is not a unit of time: seconds, minutes, hours or days", p.Unit)
		}
		if wait := p.Amount * float64(unit); wait > float64(longestWait) {
			return nil, bad("amount", "a wait reaches at most five years ahead")
		} else if wait > 0 {
			until = now.Add(time.Duration(wait))
		}
	}
	if until.Sub(now) > longestWait {
		return nil, bad("until", "a wait reaches at most five years ahead, %s is further", until.Format(time.DateOnly))
	}
	if !until.After(now) {
		return engine.One(c.Items()), nil
	}
	return nil, &engine.Wait{Until: until}
}
