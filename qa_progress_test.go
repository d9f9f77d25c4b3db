package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

// A row that is wider than the terminal, or a board that is higher, could not be taken away again.
func TestQABoardFitsTheTerminal(t *testing.T) {
	t.Parallel()
	s := campaign.Snapshot{Stage: "testing", Of: 5000, Done: 12}
	q := &qaProgress{names: map[string]string{}, begun: time.Now(), at: "http://shop.test/" + strings.Repeat("x", 300)}
	for i := range 27 {
		m := campaign.Member{Persona: fmt.Sprint(i), Queue: 100, Done: 1234, Found: 56}
		if i >= 20 {
			m.Probe, m.At = "session-fixation", "http://shop.test/"+strings.Repeat("路", 60)
		}
		q.names[m.Persona] = "Persona 有一个很长的名字 " + strings.Repeat("w", 60)
		s.Members = append(s.Members, m)
	}
	for _, size := range [][2]int{{80, 24}, {200, 60}, {118, 28}, {40, 5}, {10, 3}, {80, 2}, {1, 24}} {
		q.size = func() (int, int) { return size[0], size[1] }
		list := q.board(&s)
		if len(list) > max(0, size[1]-2) {
			t.Errorf("%v: %d lines", size, len(list))
		}
		for _, line := range list {
			if n := utf8.RuneCountInString(line) + strings.Count(line, "路"); n >= size[0] || strings.Contains(line, "\n") {
				t.Errorf("%v: %d columns: %s", size, n, line)
			}
		}
		all := strings.Join(list, "\n")
		switch size {
		case [2]int{80, 24}:
			if strings.Count(all, "session-fixa") != 7 || !strings.HasSuffix(all, "and 7 more") {
				t.Error(all)
			}
		case [2]int{200, 60}:
			if strings.Contains(all, "more") || len(list) != 28 {
				t.Error(all)
			}
		}
	}
}

// What was seen once is no fact yet, and what turned out to be none is not left standing.
func TestQAProgressTellsWhatWasDropped(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	q := newQAProgress(&out, nil, campaign.Settings{}, &campaign.Parts{Control: &campaign.Control{}, Probes: map[string]*agents.Probe{"long": {Once: true}}})
	stays, goes := agents.Finding{Title: "Stays", Severity: agents.High, Cause: "a"}, agents.Finding{Title: "Goes", Severity: agents.Low, Cause: "b"}
	q.event(campaign.Event{Kind: campaign.Ended, Case: "1", Probe: "short", Findings: []agents.Finding{stays, goes}})
	q.event(campaign.Event{Kind: campaign.Ended, Case: "2", Probe: "long", Findings: []agents.Finding{{Title: "Once", Severity: agents.Medium}}})
	q.event(campaign.Event{Kind: campaign.Ended, Case: "3", Probe: "short", Findings: []agents.Finding{stays}}) // at one more place
	q.event(campaign.Event{Kind: campaign.Confirmed, Case: "1", Probe: "short", Findings: []agents.Finding{stays}})
	q.close()
	for _, want := range []string{"high, to be confirmed: Stays", "low, to be confirmed: Goes", "medium: Once", "not seen again: Goes"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("nobody says %q", want)
		}
	}
	if strings.Contains(out.String(), "seen again: Stays") || strings.Count(out.String(), "Stays") != 1 {
		t.Error(out.String())
	}
}

// A folder that is full or closed at the end does not take what was found with it.
func TestQATellsWhatItCannotWrite(t *testing.T) {
	t.Parallel()
	var out, errs strings.Builder
	r := &campaign.Result{Settings: campaign.Settings{Target: "http://shop.test/"}, Findings: []campaign.Agreed{{Finding: agents.Finding{Title: "Hard to find", Severity: agents.High}}}}
	code := (&qaFlags{out: "/proc/self"}).tell(context.Background(), &process{stdout: &out, stderr: &errs}, r, nil, agents.Low)
	if code != exitUsage || !strings.Contains(out.String(), "Hard to find") || !strings.Contains(errs.String(), "--out") || strings.Contains(out.String(), "report.html") {
		t.Errorf("%d %s %s", code, out.String(), errs.String())
	}
}
