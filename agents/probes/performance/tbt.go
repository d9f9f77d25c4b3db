package performance

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

// What keeps a page from answering people.
const (
	mostBlocking = 200.0 // milliseconds, in all
	shortTask    = 50.0  // nobody notices
)

func tbt() *agents.Probe {
	return &agents.Probe{
		ID: "tbt", Title: "Scripts keep the page from answering while it loads",
		Decides:  "What tasks of the main thread take beyond 50 ms each, after the first paint, comes to more than 200 ms in the median of three loads. Tasks count with the processor time that was really used.",
		Keeps:    "The long tasks with the scripts that ran.",
		Advice:   "Split long work into pieces, do it when somebody needs it, or in a worker.",
		Severity: agents.Medium, References: []string{"Lighthouse: total-blocking-time"}, Needs: agents.NeedsBrowser, Skills: []string{"web vitals"},
		Check: agents.Each(drawn, answersWhileLoading),
	}
}

func answersWhileLoading(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return agents.BlockOn(err)
	}
	if blocking(v.Measured) <= mostBlocking {
		return agents.Pass()
	}
	var all []float64
	var worst browser.Measured
	for range samples {
		m, err := load(ctx, lab, p, 0)
		if err != nil {
			return agents.BlockOn(err)
		}
		if all = append(all, blocking(m)); blocking(m) >= blocking(worst) {
			worst = m
		}
	}
	slices.Sort(all)
	median := all[len(all)/2]
	if median <= mostBlocking {
		return agents.Pass()
	}
	rows, script := tasks(worst)
	cause := p.Shape
	if script != "" && script != v.Final {
		cause = pathOf(script)
	}
	return agents.Fail(agents.Finding{
		Cause: cause, Text: fmt.Sprintf("For %.0f ms in all, the page could not answer while it loaded%s.", median, by(script)),
		Evidence: []agents.Evidence{
			agents.Table("Long tasks", agents.ByBrowser, rows...), agents.Table("Samples", agents.ByTiming, []string{"blocked for"}, []string{fmt.Sprintf("%.0f, %.0f and %.0f ms", all[0], all[1], all[2])}),
		},
	})
}

// blocking is what long tasks take beyond what nobody notices.
func blocking(m browser.Measured) float64 {
	sum, share := 0.0, own(m)
	for _, task := range m.Long {
		if task.Start >= m.FCP-task.MS {
			sum += max(0, task.MS*share-shortTask)
		}
	}
	return sum
}

// own is the share of the time of long tasks that was the page's own: when they took longer than the main thread worked at
// all, the machine was busy with something else.
func own(m browser.Measured) float64 {
	long := 0.0
	for _, task := range m.Long {
		long += task.MS
	}
	if long == 0 || m.Worked >= long {
		return 1
	}
	return m.Worked / long
}

// tasks are the long ones as a table, with the script of the longest frame.
func tasks(m browser.Measured) (rows [][]string, script string) {
	rows = [][]string{{"began", "took", "script"}}
	longest := 0.0
	for _, f := range m.Frames {
		if f.MS > longest && f.From != "" {
			longest, script = f.MS, f.From
		}
	}
	for _, task := range m.Long {
		from := task.From
		for _, f := range m.Frames {
			if from == "" && task.Start >= f.Start-1 && task.Start < f.Start+f.MS {
				from = f.From
			}
		}
		rows = append(rows, []string{fmt.Sprintf("%.0f ms", task.Start), fmt.Sprintf("%.0f ms", task.MS), from})
	}
	return rows, script
}

func by(script string) string {
	if script == "" {
		return ""
	}
	return ", mostly because of " + pathOf(script)
}

// settle is how long a page is given to answer what was done to it.
const settle = 250 * time.Millisecond
