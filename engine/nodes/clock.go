package nodes

import (
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// timezone finds an IANA zone. The server's own ("Local") is refused: a workflow must mean the same everywhere.
func timezone(name string) (*time.Location, error) {
	if strings.EqualFold(name, "local") {
		return nil, fmt.Errorf("the time zone %q depends on the server: choose one such as Europe/Berlin: %w", name, fs.ErrInvalid)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("there is no time zone %q: write one such as Europe/Berlin or UTC: %w", name, fs.ErrInvalid)
	}
	return loc, nil
}

// layouts are the forms of dates that are read without being told.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999 -0700",
	"2006-01-02 15:04:05.999999999", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly, "2006/01/02 15:04:05", "2006/01/02",
	"02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006", time.RFC1123Z, time.RFC1123, time.RFC850, time.ANSIC, time.UnixDate, time.RubyDate,
	"Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 MST", "2 Jan 2006", "2 January 2006", "January 2, 2006", "Jan 2, 2006", "02/Jan/2006:15:04:05 -0700", "20060102T150405Z", "20060102",
}

// readTime reads a time from text in a common form, or from a number: seconds since 1970, or milliseconds when it is
// larger than 100 thousand million. Text without a zone is in loc.
func readTime(v any, loc *time.Location) (time.Time, bool) {
	switch t := v.(type) {
	case time.Time:
		return t.In(loc), true
	case string:
		t = strings.TrimSpace(t)
		if len(t) < 6 || len(t) > 64 {
			return time.Time{}, false
		}
		for _, l := range layouts {
			if at, err := time.ParseInLocation(l, t, loc); err == nil {
				return at.In(loc), true
			}
		}
		if n, ok := looseNumber(t); ok && len(t) >= 9 {
			return unix(n).In(loc), true
		}
		return time.Time{}, false
	}
	if n, ok := number(v); ok && n > -1e15 && n < 1e15 {
		return unix(n).In(loc), true
	}
	return time.Time{}, false
}

func unix(n float64) time.Time {
	if n > 1e11 || n < -1e11 {
		return time.UnixMilli(int64(n))
	}
	return time.UnixMicro(int64(n * 1e6))
}
