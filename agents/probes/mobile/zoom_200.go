package mobile

import (
	"fmt"
	"maps"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/layout"
	"github.com/atelier-studio/atelier/agents/surface"
)

func zoom200() *agents.Probe {
	return &agents.Probe{
		ID: "zoom-200", Title: "Page that loses something when it is enlarged",
		Decides: "The window of 1280 by 800 is zoomed to 200 %. It fails when text is cut off there that is whole at 100 %, text does not grow since its size follows the window, or controls are gone without another that opens them.",
		Keeps:   "What is lost, and pictures of both.",
		Advice:  "Let boxes grow with their text (min-height instead of height), set sizes of text in rem, and put what does not fit behind a button.",
		Needs:   agents.NeedsBrowser, Severity: agents.Medium, References: []string{"WCAG 1.4.4"}, Skills: []string{"zoom"},
		Check: measured(func(_ *agents.Lab, _ *surface.Page, m *layout.Page) agents.Outcome {
			pictures := []agents.Evidence{agents.Shot("At 100 %", m.Wide.Picture), agents.Shot("At 200 %", m.Zoomed.Picture)}
			var findings []agents.Finding
			for _, c := range newlyCut(m.Zoomed.Cut, m.Wide.Cut) {
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("At 200 %% %s cuts a text off: %q.", c.Selector, c.Text),
					Cause: c.Sort, Where: agents.Place{Element: c.Selector}, Evidence: append([]agents.Evidence{agents.Excerpt("Element", c.Selector+"\n"+c.HTML+"\n"+c.Text)}, pictures...),
				})
			}
			if stays := staying(m); len(stays) > 1 {
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("Text does not grow when the page is enlarged: its size follows the width of the window. First: %s.", stays[1][0]),
					Cause: "size follows the window", Where: agents.Place{Element: stays[1][0]}, Evidence: append([]agents.Evidence{agents.Table("Text that stays as small as it is", agents.ByBrowser, stays...)}, pictures...),
				})
			}
			if gone := gone(m); len(gone) > 0 {
				rows := [][]string{{"Control", "Element"}}
				for _, t := range gone {
					rows = append(rows, []string{t.Label, t.Selector})
				}
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("At 200 %% %d controls are gone, and nothing opens them, such as %s.", len(gone), words(&gone[0].Part)),
					Cause: "gone " + gone[0].Sort, Where: agents.Place{Element: gone[0].Selector}, Evidence: append([]agents.Evidence{agents.Table("Controls that are gone", agents.ByBrowser, rows...)}, pictures...),
				})
			}
			return agents.Fail(findings...)
		}),
	}
}

// newlyCut are the boxes that cut text off and did not before, one of each sort.
func newlyCut(now, before []layout.Cut) []layout.Cut {
	known := map[string]bool{}
	for _, c := range before {
		known[c.Sort] = true
	}
	var list []layout.Cut
	for _, c := range now {
		if c.Ellipsis || c.Clamp || c.Tag == "body" || c.Tag == "html" || known[c.Sort] {
			continue
		}
		known[c.Sort] = true
		list = append(list, c)
	}
	return list
}

// staying are texts that look as large at 200 % as they did: rows for a table, with their head.
func staying(m *layout.Page) [][]string {
	const (
		grows  = 1.1 // times; what is set in units of the window stays at 1
		enough = 1.9 // what is large and shrinks with the window is large enough again at 400 %
		least  = 20  // characters
	)
	rows := [][]string{{"Element", "At 100 %", "At 200 %, on the screen"}}
	total := 0
	for _, at := range slices.Sorted(maps.Keys(m.Wide.Words.BySort)) {
		was := m.Wide.Words.BySort[at]
		is, ok := m.Zoomed.Words.BySort[at]
		if !ok || was.Size <= 0 || is.Size*2 >= was.Size*grows {
			continue
		}
		if narrow, ok := m.Narrow.Words.BySort[at]; ok && narrow.Size*1280/320 >= was.Size*enough {
			continue
		}
		total += was.N
		if len(rows) < 20 {
			rows = append(rows, []string{at, fmt.Sprintf("%.1f px", was.Size), fmt.Sprintf("%.1f px", is.Size*2)})
		}
	}
	if total < least {
		return rows[:1]
	}
	return rows
}

// gone are controls that are not there any more although no other control has come that could open them.
func gone(m *layout.Page) []layout.Target {
	before, now := map[string]bool{}, map[string]bool{}
	for _, t := range m.Wide.Targets {
		before[t.Label+"\x00"+t.Link] = true
	}
	for _, t := range m.Zoomed.Targets {
		now[t.Label+"\x00"+t.Link] = true
		if !before[t.Label+"\x00"+t.Link] || t.Tag == "summary" {
			return nil
		}
	}
	links := map[string]bool{}
	for _, t := range m.Zoomed.Targets {
		links[t.Link] = true
	}
	var list []layout.Target
	for _, t := range m.Wide.Targets {
		if !now[t.Label+"\x00"+t.Link] && t.Label != "" && (t.Link == "" || !links[t.Link]) {
			list = append(list, t)
		}
	}
	return list
}
