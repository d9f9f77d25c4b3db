package nodes

import (
	"cmp"
	"context"
	"math"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.datetime", Title: "Date and time", Group: "Data", Icon: "calendar", PerItem: true,
		Summary: "Reads, writes, shifts and compares dates and times.",
		Doc: `A date may come as ISO 8601, in most other common forms, or as seconds or milliseconds since 1970. Without a zone in it, it is read in the **time zone** chosen here, else the workflow's, else UTC. Day before month or after it cannot be told from the text: 03/04/2026 needs a **pattern**.

Patterns are made of ` + "`yyyy yy MMMM MMM MM M dd d EEEE EEE HH H hh h mm m ss s SSS a ZZ`" + `; text goes between single quotes.

*Add* and *subtract* count months and years by the calendar: a month after 31 January is the last day of February. Days keep the time of day where clocks change. *Difference* is how much later the second date is, with fractions. *Round down* goes to the beginning of the unit; weeks begin on Monday.`,
		Keywords: []string{"date", "time", "now", "today", "format", "timestamp", "add days", "duration", "timezone", "luxon", "moment"},
		Check:    typed(checkDatetime),
		Examples: []engine.Example{
			{Name: "Written for people", Params: params("operation", "format", "value", "={{ $json.at }}", "format", "pattern", "pattern", "dd.MM.yyyy HH:mm", "timezone", "Europe/Vienna"),
				Input: in(obj("at", "2026-07-01T10:05:00Z")), Output: out(obj("at", "2026-07-01T10:05:00Z", "date", "01.07.2026 12:05"))},
			{Name: "A month later", Params: params("operation", "add", "value", "2026-01-31", "amount", 1, "unit", "months", "format", "date"), Input: in(obj()), Output: out(obj("date", "2026-02-28"))},
			{Name: "Days between", Params: params("operation", "difference", "value", "2026-03-01", "to", "2026-03-08T12:00:00Z", "unit", "days", "into", "days"), Input: in(obj()), Output: out(obj("days", 7.5))},
			{Name: "Read by pattern", Params: params("operation", "parse", "value", "={{ $json.d }}", "pattern", "dd/MM/yyyy"), Input: in(obj("d", "03/04/2026")), Output: out(obj("d", "03/04/2026", "date", "2026-04-03T00:00:00.000Z"))},
			{Name: "The weekday", Params: params("operation", "part", "value", "2026-03-01", "part", "weekday", "into", "weekday"), Input: in(obj()), Output: out(obj("weekday", 7))},
			{Name: "Not a date", Params: params("operation", "format", "value", "next week"), Input: in(obj()), Error: "cannot be read as a date"},
		},
	}, dataDatetime{Operation: "now", Format: "iso", Unit: "days", Amount: 1, Part: "year", Into: "date"}, runDataDatetime)
}

type dataDatetime struct {
	Operation string  `json:"operation" form:"Do" options:"now=Now,format=Write,parse=Read,add=Add,subtract=Subtract,difference=Difference,round=Round down,part=Take a part"`
	Value     any     `json:"value" form:"Date" placeholder:"={{ $json.created }}" show:"operation=format|parse|add|subtract|difference|round|part"`
	To        any     `json:"to" form:"Until" show:"operation=difference"`
	Amount    float64 `json:"amount" form:"How much" show:"operation=add|subtract"`
	Unit      string  `json:"unit" form:"Unit" options:"milliseconds,seconds,minutes,hours,days,weeks,months,years" show:"operation=add|subtract|difference|round"`
	Part      string  `json:"part" form:"Part" options:"year,month,day,hour,minute,second,weekday,week,quarter,day_of_year=day of the year" show:"operation=part"`
	Format    string  `json:"format" form:"Write as" options:"iso=ISO 8601,date=Date,time=Time,unix=Seconds since 1970,unix_ms=Milliseconds since 1970,rfc2822=As in mails,pattern=Pattern" show:"operation=now|format|parse|add|subtract|round"`
	Pattern   string  `json:"pattern" form:"Pattern" placeholder:"yyyy-MM-dd HH:mm" help:"For reading, or for writing as pattern."`
	Timezone  string  `json:"timezone" form:"Time zone" widget:"timezone"`
	Into      string  `json:"into" form:"Into"`
}

func checkDatetime(p dataDatetime) []engine.Problem {
	if p.Timezone == "" {
		return nil
	}
	_, err := timezone(p.Timezone)
	return problem("timezone", "timezone", err)
}

func runDataDatetime(_ context.Context, d *Deps, p dataDatetime, c *engine.Call) (engine.Outputs, error) {
	loc, err := zone(p.Timezone, c)
	if err != nil {
		return nil, about("timezone", err, "%s", err)
	}
	result, err := p.result(d.now().In(loc), loc)
	if err != nil {
		return nil, err
	}
	it := c.Item()
	m := own(it.JSON)
	withField(m, cmp.Or(p.Into, "date"), result)
	return engine.One([]engine.Item{changedItem(it, m)}), nil
}

func (p dataDatetime) result(now time.Time, loc *time.Location) (any, error) {
	if p.Operation == "now" {
		return p.written(now)
	}
	pattern := ""
	if p.Operation == "parse" {
		pattern = p.Pattern
	}
	t, err := p.read("value", p.Value, pattern, loc)
	if err != nil {
		return nil, err
	}
	switch p.Operation {
	case "format", "parse":
		return p.written(t)
	case "add", "subtract":
		amount := p.Amount
		if p.Operation == "subtract" {
			amount = -amount
		}
		if math.IsNaN(amount) || math.Abs(amount) > 1e12 {
			return nil, bad("amount", "%v is too much", p.Amount)
		}
		shifted, err := shift(t, amount, p.Unit)
		if err != nil {
			return nil, err
		}
		return p.written(shifted)
	case "difference":
		to, err := p.read("to", p.To, "", loc)
		if err != nil {
			return nil, err
		}
		return difference(t, to, p.Unit)
	case "round":
		return p.rounded(t)
	case "part":
		return part(t, p.Part)
	}
	return nil, bad("operation", "there is no operation %q", p.Operation)
}

func (p dataDatetime) read(param string, v any, pattern string, loc *time.Location) (time.Time, error) {
	if pattern != "" {
		t, err := time.ParseInLocation(goLayout(pattern), strings.TrimSpace(text(v)), loc)
		if err != nil {
			return t, bad(param, "%q does not look like %s", excerpt(text(v), 40), pattern)
		}
		return t.In(loc), nil
	}
	t, ok := readTime(v, loc)
	if !ok {
		return t, bad(param, "%q cannot be read as a date: give a pattern, or write for example 2026-03-01 09:00", excerpt(text(v), 40))
	}
	return t, nil
}

// written writes the time in the chosen format.
func (p dataDatetime) written(t time.Time) (any, error) {
	if y := t.Year(); y < 1 || y > 9999 {
		return nil, bad("amount", "the year %d is out of range", y)
	}
	switch p.Format {
	case "iso", "":
		return t.Format("2006-01-02T15:04:05.000Z07:00"), nil
	case "date":
		return t.Format(time.DateOnly), nil
	case "time":
		return t.Format(time.TimeOnly), nil
	case "unix":
		return float64(t.Unix()), nil
	case "unix_ms":
		return float64(t.UnixMilli()), nil
	case "rfc2822":
		return t.Format(time.RFC1123Z), nil
	case "pattern":
		if p.Pattern == "" {
			return nil, bad("pattern", "the pattern is missing: write for example yyyy-MM-dd HH:mm")
		}
		return formatTime(t, p.Pattern), nil
	}
	return nil, bad("format", "there is no format %q", p.Format)
}

func shift(t time.Time, amount float64, unit string) (time.Time, error) {
	whole := amount == math.Trunc(amount)
	switch unit {
	case "years", "months":
		if !whole {
			return t, bad("amount", "only whole %s can be added, not %v", unit, amount)
		}
		if unit == "years" {
			amount *= 12
		}
		if math.Abs(amount) > 12*10000 {
			return t, bad("amount", "%v months are too many", amount)
		}
		first := time.Date(t.Year(), t.Month()+time.Month(int(amount)), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
		last := first.AddDate(0, 1, -1).Day()
		return first.AddDate(0, 0, min(t.Day(), last)-1), nil
	case "days", "weeks":
		if unit == "weeks" {
			amount *= 7
		}
		if math.Abs(amount) > 4e6 {
			return t, bad("amount", "%v days are too many", amount)
		}
		days := math.Trunc(amount)
		return t.AddDate(0, 0, int(days)).Add(time.Duration((amount - days) * float64(24*time.Hour))), nil
	}
	d, ok := units[unit]
	if !ok {
		return t, bad("unit", "there is no unit %q", unit)
	}
	if span := amount * float64(d); math.Abs(span) < math.MaxInt64 {
		return t.Add(time.Duration(span)), nil
	}
	return t, bad("amount", "%v %s are too many", amount, unit)
}

func difference(from, to time.Time, unit string) (any, error) {
	if unit == "months" || unit == "years" {
		months := float64((to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month()))
		anchor, err := shift(from, months, "months")
		if err != nil {
			return nil, err
		}
		step := 1.0
		if anchor.After(to) {
			step = -1
		}
		next, err := shift(from, months+step, "months")
		if err != nil {
			return nil, err
		}
		months += step * float64(to.Sub(anchor)) / float64(next.Sub(anchor))
		if unit == "years" {
			return months / 12, nil
		}
		return months, nil
	}
	d, ok := units[unit]
	if !ok {
		return nil, bad("unit", "there is no unit %q", unit)
	}
	return float64(to.UnixMilli()-from.UnixMilli()) / float64(d.Milliseconds()), nil
}

func (p dataDatetime) rounded(t time.Time) (any, error) {
	y, m, d := t.Date()
	at := func(y int, m time.Month, d, h, mi, s int) time.Time {
		return time.Date(y, m, d, h, mi, s, 0, t.Location())
	}
	switch p.Unit {
	case "years":
		t = at(y, 1, 1, 0, 0, 0)
	case "months":
		t = at(y, m, 1, 0, 0, 0)
	case "weeks":
		t = at(y, m, d-(int(t.Weekday())+6)%7, 0, 0, 0)
	case "days":
		t = at(y, m, d, 0, 0, 0)
	case "hours":
		t = t.Add(-time.Duration(t.Minute())*time.Minute - time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
	case "minutes":
		t = t.Add(-time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
	case "seconds":
		t = t.Add(-time.Duration(t.Nanosecond()))
	case "milliseconds":
		t = t.Truncate(time.Millisecond)
	default:
		return nil, bad("unit", "there is no unit %q", p.Unit)
	}
	return p.written(t)
}

func part(t time.Time, name string) (any, error) {
	var n int
	switch name {
	case "year":
		n = t.Year()
	case "month":
		n = int(t.Month())
	case "day":
		n = t.Day()
	case "hour":
		n = t.Hour()
	case "minute":
		n = t.Minute()
	case "second":
		n = t.Second()
	case "weekday":
		n = (int(t.Weekday())+6)%7 + 1
	case "week":
		_, n = t.ISOWeek()
	case "quarter":
		n = (int(t.Month())-1)/3 + 1
	case "day_of_year":
		n = t.YearDay()
	default:
		return nil, bad("part", "there is no part %q", name)
	}
	return float64(n), nil
}
