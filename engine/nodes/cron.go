package nodes

import (
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Cron is a parsed cron line in a time zone.
type Cron struct {
	schedule cron.Schedule
	loc      *time.Location
	wall     bool
}

// everyHour is the mark that the parser leaves in a field that began with a star.
const everyHour = 1 << 63

// ParseCron reads five fields (minute, hour, day, month, weekday), six (seconds first), or a descriptor such as @daily
// or "@every 10m". The zone is an IANA name; "" means UTC. Errors wrap fs.ErrInvalid.
//
// A line with fixed hours fires once a day even when clocks change: a time that the change skips fires at the moment
// of the change, one that comes twice fires the first time. A line with "*" for the hour follows elapsed time.
func ParseCron(line, tz string) (*Cron, error) {
	line = strings.TrimSpace(line)
	switch {
	case line == "":
		return nil, fmt.Errorf("the cron line is empty: write for example 0 9 * * 1-5 (weekdays at nine): %w", fs.ErrInvalid)
	case len(line) > 256:
		return nil, fmt.Errorf("the cron line has more than 256 characters: %w", fs.ErrInvalid)
	case strings.Contains(line, "TZ="):
		return nil, fmt.Errorf("the time zone does not belong in the cron line: choose it beside it: %w", fs.ErrInvalid)
	}
	loc := time.UTC
	if tz != "" {
		var err error
		if loc, err = timezone(tz); err != nil {
			return nil, err
		}
	}
	parser := cron.NewParser(cron.SecondOptional | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)
	s, err := parser.Parse(sundays(line))
	if err != nil {
		return nil, fmt.Errorf("the cron line %q cannot be read: %s. It has five fields (minute hour day month weekday), or six with seconds first: %w",
			line, strings.TrimPrefix(err.Error(), "failed to parse "), fs.ErrInvalid)
	}
	c := &Cron{schedule: s, loc: loc}
	if spec, ok := s.(*cron.SpecSchedule); ok {
		c.wall = spec.Hour&everyHour == 0
		spec.Location = time.Local // the parser's word for: the zone of the time it is asked about
	}
	return c, nil
}

// sundays lets 7 stand for Sunday, as in other crons.
func sundays(line string) string {
	fields := strings.Fields(line)
	if len(fields) != 5 && len(fields) != 6 {
		return line
	}
	days := strings.Split(fields[len(fields)-1], ",")
	for i, d := range days {
		switch from, isRange := strings.CutSuffix(d, "-7"); {
		case d == "7":
			days[i] = "0"
		case isRange && from == "7":
			days[i] = "0"
		case isRange:
			days[i] = from + "-6,0"
		}
	}
	fields[len(fields)-1] = strings.Join(days, ",")
	return strings.Join(fields, " ")
}

// Next returns the first time after from at which the line fires; zero when there is none within five years.
func (c *Cron) Next(from time.Time) time.Time {
	from = from.In(c.loc)
	if !c.wall {
		return c.schedule.Next(from)
	}
	y, mo, d := from.Date()
	h, mi, s := from.Clock()
	wall := time.Date(y, mo, d, h, mi, s, 0, time.UTC)
	for range 100_000 {
		if wall = c.schedule.Next(wall); wall.IsZero() {
			return wall
		}
		if t := atWall(wall, c.loc); t.After(from) {
			return t
		}
	}
	return time.Time{}
}

// atWall returns the moment at which clocks in loc show the same as w: the first of two, or where clocks skip it, the
// moment of the change.
func atWall(w time.Time, loc *time.Location) time.Time {
	y, mo, d := w.Date()
	h, mi, s := w.Clock()
	t := time.Date(y, mo, d, h, mi, s, 0, loc)
	start, end := t.ZoneBounds()
	if shown := t.Hour()*3600 + t.Minute()*60; shown != h*3600+mi*60 || t.Day() != d {
		shownAt := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
		if shownAt.After(w) && !start.IsZero() {
			return start
		}
		if !end.IsZero() {
			return end
		}
		return t
	}
	if !start.IsZero() {
		_, now := t.Zone()
		_, before := start.Add(-time.Second).Zone()
		if earlier := t.Add(-time.Duration(before-now) * time.Second); before > now && earlier.Before(start) {
			return earlier
		}
	}
	return t
}

// NextTimes returns the next n times (at most 1,000) after from at which a cron line fires, in its zone. A line that
// never fires, such as the 30th of February, is an error that wraps fs.ErrInvalid.
func NextTimes(line, tz string, from time.Time, n int) ([]time.Time, error) {
	c, err := ParseCron(line, tz)
	if err != nil {
		return nil, err
	}
	var out []time.Time
	for range min(max(n, 1), 1000) {
		next := c.Next(from)
		if next.IsZero() {
			break
		}
		out = append(out, next)
		from = next
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("the cron line %q never fires: there is no such day within five years: %w", line, fs.ErrInvalid)
	}
	return out, nil
}
