package uiux

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/layout"
)

func fontConsistency() *agents.Probe {
	return &agents.Probe{
		ID: "font-consistency", Title: "Many sizes or families of fonts on one page",
		Decides: "It says so when a page uses more than six sizes of text, or more than six families. That is a matter of taste, and no fault.",
		Keeps:   "The sizes and families, with how many characters each has.",
		Advice:  "Choose a scale of few sizes, and keep to it.",
		Needs:   agents.NeedsBrowser, Severity: agents.Info, References: []string{"Nielsen 4"}, Skills: []string{"layout"},
		Check: measured(func(_ *agents.Lab, look *layout.Look) agents.Outcome {
			const most = 6
			w := look.Words
			if len(w.Sizes) <= most && len(w.Families) <= most {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text: fmt.Sprintf("The page has text of %d sizes and %d families.", len(w.Sizes), len(w.Families)), Cause: "fonts", Where: agents.Place{Element: "body"},
				Evidence: []agents.Evidence{agents.Table("Sizes in pixels", agents.ByBrowser, counted(w.Sizes)...), agents.Table("Families", agents.ByBrowser, counted(w.Families)...)},
			})
		}),
	}
}

func counted(list map[string]int) [][]string {
	rows := [][]string{{"What", "Characters"}}
	for _, name := range slices.Sorted(maps.Keys(list)) {
		rows = append(rows, []string{name, strconv.Itoa(list[name])})
	}
	return rows
}
