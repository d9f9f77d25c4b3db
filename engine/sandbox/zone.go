package sandbox

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"
)

const maxZones = 8 // that one program may name

// writeZones gives the program its own time zone and those that it names, for the interpreter knows none.
func (j *JavaScript) writeZones(w *writer, p *program, own *time.Location) error {
	w.raw("zone", j.zone(own))
	if len(p.zones) == 0 {
		return nil
	}
	w.key("zones")
	w.object(func() {
		for i, name := range p.zones {
			if i == maxZones {
				return
			}
			if loc, err := time.LoadLocation(name); err == nil { // else it is another text with a slash in it
				w.raw(name, j.zone(loc))
			}
		}
	})
	return nil
}

// zone is {"name": …, "offsets": [[from, minutes east], …]}, from in milliseconds, from 1970 to 2050.
func (j *JavaScript) zone(loc *time.Location) []byte {
	name := loc.String()
	named := name == "UTC" || strings.Contains(name, "/") // others may share a name
	j.mu.Lock()
	b := j.zones[name]
	j.mu.Unlock()
	if b != nil && named {
		return b
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
	b, err := json.Marshal(map[string]any{"name": zoneTitle(name, offset(0)), "offsets": offsets})
	if err != nil { // numbers and a string always marshal
		b = fmt.Appendf(nil, `{"name":"UTC","offsets":[[%d,0]]}`, int64(firstMoment))
	}
	j.mu.Lock()
	if named {
		j.zones[name] = b
	}
	j.mu.Unlock()
	return b
}

// zoneTitle is the name that people see; a zone of Go without a name is its offset.
func zoneTitle(name string, seconds int) string {
	if name != "" {
		return name
	}
	if seconds == 0 {
		return "UTC"
	}
	return fmt.Sprintf("UTC%+d", seconds/3600)
}
