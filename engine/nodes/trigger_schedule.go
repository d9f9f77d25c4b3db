package nodes

import (
	"context"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "trigger.schedule", Title: "Schedule", Group: "Triggers", Icon: "calendar-clock", Trigger: true,
		Summary: "Starts the workflow at times that a cron line gives.",
		Doc: `The line has five fields: minute, hour, day of month, month, weekday (0 or 7 is Sunday). Six fields begin with seconds. ` + "`@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly` and `@every 10m`" + ` work too.

| line | fires |
|---|---|
| ` + "`0 9 * * 1-5`" + ` | at nine on weekdays |
| ` + "`*/15 * * * *`" + ` | every quarter of an hour |
| ` + "`0 0 1 * *`" + ` | at midnight on the first of the month |

Times are meant in the **time zone**; without one in the workflow's, else UTC. Where clocks change, a line with fixed hours still fires once that day: a skipped time fires at the moment of the change, a repeated one the first time.

The item holds the time that was meant: ` + "`timestamp`, `timezone`, `cron`, `year`, `month`, `day`, `hour`, `minute`, `weekday`" + `.

When the server was off at a time, the run that was missed last is started when it is back; earlier ones are not made up for.`,
		Keywords: []string{"cron", "timer", "interval", "daily", "hourly", "time", "clock"},
		Check:    typed(checkSchedule),
		Examples: []engine.Example{
			{Name: "Weekdays at nine in Berlin", Params: params("cron", "0 9 * * 1-5", "timezone", "Europe/Berlin")},
			{Name: "What a run is given", Params: params("cron", "@hourly"),
				Input:  in(obj("timestamp", "2026-03-01T10:00:00.000Z", "cron", "@hourly")),
				Output: out(obj("timestamp", "2026-03-01T10:00:00.000Z", "cron", "@hourly"))},
		},
	}, Schedule{Cron: "0 9 * * *"}, runSchedule)
}

// Schedule holds the parameters of trigger.schedule.
type Schedule struct {
	Cron     string `json:"cron" form:"When" widget:"cron" placeholder:"0 9 * * 1-5" required:"true" expr:"no"`
	Timezone string `json:"timezone" form:"Time zone" widget:"timezone" placeholder:"Europe/Berlin" expr:"no"`
}

// checkSchedule refuses lines that cannot be read or never fire. Whether a line fires does not depend on when one asks:
// the search spans five years, and with it a leap year.
func checkSchedule(s Schedule) []engine.Problem {
	if s.Timezone != "" {
		if _, err := timezone(s.Timezone); err != nil {
			return problem("timezone", "timezone", err)
		}
	}
	_, err := NextTimes(s.Cron, s.Timezone, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 1)
	return problem("cron", "cron", err)
}

func runSchedule(_ context.Context, d *Deps, s Schedule, c *engine.Call) (engine.Outputs, error) {
	if items := c.Items(); given(items) {
		return engine.One(items), nil
	}
	loc, err := zone(s.Timezone, c)
	if err != nil {
		return nil, err
	}
	return engine.One([]engine.Item{{JSON: ScheduleItem(s.Cron, d.now().In(loc))}}), nil
}

// ScheduleItem is what a run of a schedule begins with when a person starts it: the same fields as when its time came.
func ScheduleItem(line string, at time.Time) map[string]any {
	return map[string]any{
		"timestamp": at.Format("2006-01-02T15:04:05.000Z07:00"), "timezone": at.Location().String(), "cron": line,
		"year": float64(at.Year()), "month": float64(at.Month()), "day": float64(at.Day()), "hour": float64(at.Hour()),
		"minute": float64(at.Minute()), "weekday": at.Weekday().String(),
	}
}
