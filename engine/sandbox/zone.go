package sandbox

import (
	"encoding/json"
	"sort"
	"strings"
	"time"
)

const maxZones = 8 // that one program may name

// zoneTable is {"name": …, "offsets": [[from, minutes east], …]}, from in milliseconds, from 1970 to 2050.
type zoneTable struct {
	name  string
	table []byte
}

// writeZones names the program's own time zone and those that it mentions; the interpreter knows none by itself. A zone
// without a name is written as its offset now.
func (j *JavaScript) writeZones(w *writer, p *program, now time.Time) []zoneTable {
	var tables []zoneTable
	if own := now.Location().String(); strings.Contains(own, "/") {
		tables = append(tables, j.zone(now.Location()))
		w.field("zone", own)
	} else if _, seconds := now.Zone(); seconds != 0 {
		w.field("zone", seconds/60)
	}
	var names []string
	for _, name := range p.zones {
		if len(names) == maxZones {
			break
		}
		if loc, err := time.LoadLocation(name); err == nil { // else it is another text with a slash in it
			tables = append(tables, j.zone(loc))
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		w.field("zones", names)
	}
	return tables
}

// zone makes the table of a named zone, or remembers it.
func (j *JavaScript) zone(loc *time.Location) zoneTable {
	name := loc.String()
	j.mu.Lock()
	b := j.zones[name]
	j.mu.Unlock()
	if b != nil {
		return zoneTable{name, b}
	}
	const firstMoment = -8.64e15 // of JavaScript's time
	offset := func(unix int64) int {
		_, seconds := time.Unix(unix, 0).In(loc).Zone()
		return seconds
	}
	offsets := [][2]float64{{firstMoment, float64(offset(0)) / 60}}
	const week = 7 * 24 * 3600
	last := time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	// Time.ZoneBounds would give the changes, but it does not move on past 2037 in some zones.
	for at := int64(0); at < last; at += week {
		before := offset(at)
		if offset(at+week) == before {
			continue
		}
		n := sort.Search(week, func(i int) bool { return offset(at+int64(i)) != before })
		offsets = append(offsets, [2]float64{float64(at+int64(n)) * 1000, float64(offset(at+int64(n))) / 60})
	}
	b, err := json.Marshal(map[string]any{"name": name, "offsets": offsets})
	if err != nil { // numbers and a string always marshal
		return zoneTable{}
	}
	j.mu.Lock()
	j.zones[name] = b
	j.mu.Unlock()
	return zoneTable{name, b}
}
