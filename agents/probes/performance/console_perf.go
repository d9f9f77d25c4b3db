package performance

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

// What a browser would complain about.
const (
	longForced = 30.0  // milliseconds of laying out again
	longFrame  = 150.0 // of one frame
)

func consolePerf() *agents.Probe {
	return &agents.Probe{
		ID: "console-perf", Title: "Frames that take long",
		Decides:  "While the page loads, scripts make the browser lay it out again for more than 30 ms of one frame, or a frame takes more than 150 ms; both are counted with the processor time that was really used.",
		Keeps:    "The frames with their scripts.",
		Advice:   "Read sizes and positions before anything is changed, not in turn with it, and split what takes long.",
		Severity: agents.Info, References: []string{"Long Animation Frames API"}, Needs: agents.NeedsBrowser, Skills: []string{"web vitals"},
		Check: agents.Each(drawn, framesWell),
	}
}

func framesWell(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return agents.BlockOn(err)
	}
	rows, worst, script := [][]string{{"began", "took", "laying out again", "script"}}, 0.0, ""
	share := own(v.Measured)
	for _, f := range v.Measured.Frames {
		if share*f.Forced <= longForced && share*f.MS <= longFrame || f.From == "" {
			continue
		}
		rows = append(rows, []string{fmt.Sprintf("%.0f ms", f.Start), fmt.Sprintf("%.0f ms", f.MS), fmt.Sprintf("%.0f ms", f.Forced), f.From})
		if f.MS > worst {
			worst, script = f.MS, f.From
		}
	}
	if len(rows) == 1 {
		return agents.Pass()
	}
	cause := p.Shape
	if script != v.Final {
		cause = pathOf(script)
	}
	return agents.Fail(agents.Finding{
		Cause: cause, Text: fmt.Sprintf("%d frames took long, the longest %.0f ms%s.", len(rows)-1, worst, by(script)),
		Evidence: []agents.Evidence{agents.Table("Frames", agents.ByBrowser, rows...)},
	})
}
