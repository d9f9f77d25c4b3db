package nodes_test

import (
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
)

func TestCron(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, line, zone, from string
		want                   []string
	}{
		{"weekdays at nine", "0 9 * * 1-5", "Europe/Berlin", "2026-01-02T12:00:00Z", []string{"2026-01-05T09:00:00+01:00", "2026-01-06T09:00:00+01:00"}},
		{"seven is Sunday", "0 9 * * 7", "", "2026-01-02T12:00:00Z", []string{"2026-01-04T09:00:00Z"}},
		{"a range up to seven", "0 9 * * 6-7", "", "2026-01-02T12:00:00Z", []string{"2026-01-03T09:00:00Z", "2026-01-04T09:00:00Z", "2026-01-10T09:00:00Z"}},
		{"seconds", "*/20 0 0 * * *", "", "2026-01-02T00:00:00Z", []string{"2026-01-02T00:00:20Z", "2026-01-02T00:00:40Z", "2026-01-03T00:00:00Z"}},
		{"leap day", "0 0 29 2 *", "", "2026-01-01T00:00:00Z", []string{"2028-02-29T00:00:00Z"}},
		{"a descriptor", "@monthly", "", "2026-01-15T00:00:00Z", []string{"2026-02-01T00:00:00Z"}},
		{"an interval", "@every 90m", "", "2026-01-01T00:00:00Z", []string{"2026-01-01T01:30:00Z", "2026-01-01T03:00:00Z"}},
		{"a skipped hour fires at the change", "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", []string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"}},
		{"a skipped hour west of Greenwich", "30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", []string{"2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"}},
		{"many lines in a skipped hour fire once", "*/15 2 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", []string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00"}},
		{"a repeated hour fires once, the first time", "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", []string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"}},
		{"a repeated hour west of Greenwich", "30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", []string{"2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"}},
		{"every half hour follows elapsed time", "*/30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", []string{"2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00", "2026-10-25T03:00:00+01:00"}},
		{"midnight that does not exist", "0 0 * * *", "America/Santiago", "2026-09-05T12:00:00Z", []string{"2026-09-06T01:00:00-03:00", "2026-09-07T00:00:00-03:00"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			from, err := time.Parse(time.RFC3339, tt.from)
			must(t, err)
			got, err := nodes.NextTimes(tt.line, tt.zone, from, len(tt.want))
			must(t, err)
			for i, at := range got {
				if s := at.Format(time.RFC3339); s != tt.want[i] {
					t.Errorf("time %d is %s, want %s", i+1, s, tt.want[i])
				}
			}
		})
	}
}

func TestCronRefusals(t *testing.T) {
	t.Parallel()
	kind, _ := nodes.Catalogue(&nodes.Deps{}).Kind("trigger.schedule")
	for line, want := range map[string]string{
		"": "empty", "0 0 30 2 *": "never fires", "0 0 31 4,6,9,11 *": "never fires", "60 * * * *": "cannot be read", "* * * *": "cannot be read",
		"*/0 * * * *": "cannot be read", "TZ=UTC": "time zone", "CRON_TZ=UTC 0 0 * * *": "time zone", "@often": "cannot be read", "0 0 * * mo": "cannot be read",
		"@every -5m": "", strings.Repeat("1,", 200) + "1 * * * *": "256 characters",
	} {
		_, err := nodes.NextTimes(line, "", time.Now(), 1)
		found := kind.Check(nodes.Schedule{Cron: line})
		if want == "" {
			continue // either answer is fine as long as there is one
		}
		if err == nil || !strings.Contains(err.Error(), want) || len(found) != 1 || found[0].Param != "cron" {
			t.Errorf("%q: error %v and %v, want %q", line, err, found, want)
		}
	}
	if found := kind.Check(nodes.Schedule{Cron: "@daily", Timezone: "Mars/Olympus"}); len(found) != 1 || found[0].Param != "timezone" {
		t.Errorf("a zone that there is not: %v", found)
	}
	doc := &engine.Workflow{Nodes: []engine.Node{{ID: "s", Kind: "trigger.schedule", Name: "S", Params: map[string]any{"cron": "0 0 30 2 *"}}}}
	if p := engine.Validate(doc, nodes.Catalogue(&nodes.Deps{})); len(p) != 1 || p[0].Warning {
		t.Errorf("validating a line that never fires: %v", p)
	}
}

func FuzzCron(f *testing.F) {
	for _, line := range []string{"0 9 * * 1-5", "@every 1h30m", "*/5 2,3 1-7/2 jan-mar mon#1", "TZ=", "0 0 29 2 *", "59 59 23 31 12 7"} {
		f.Add(line, int64(1_800_000_000))
	}
	f.Fuzz(func(t *testing.T, line string, at int64) {
		from := time.Unix(at%4_000_000_000, 0)
		times, err := nodes.NextTimes(line, "Europe/Berlin", from, 5)
		if (err == nil) != (len(times) > 0) {
			t.Fatalf("%d times and error %v", len(times), err)
		}
		for _, next := range times {
			if !next.After(from) {
				t.Fatalf("%s does not come after %s", next, from)
			}
			from = next
		}
	})
}
