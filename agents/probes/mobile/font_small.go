package mobile

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/layout"
	"github.com/atelier-studio/atelier/agents/surface"
)

func fontSmall() *agents.Probe {
	return &agents.Probe{
		ID: "font-small", Title: "Text that is too small on a phone",
		Decides: "It fails when more than a fifth of a page's characters on a phone are smaller than 12 CSS pixels, of 200 at least.",
		Keeps:   "How many characters there are of each size.",
		Advice:  "Set text in rem, at 1rem for what people read and at no less than 0.75rem for the rest.",
		Needs:   agents.NeedsBrowser, Severity: agents.Low, References: []string{"MDN font-size"}, Skills: []string{"viewports"},
		Check: measured(func(_ *agents.Lab, _ *surface.Page, m *layout.Page) agents.Outcome {
			const least = 200 // characters, below which a share says nothing
			w := m.Phone.Words
			if w.Total < least || w.Small*5 <= w.Total {
				return agents.Pass()
			}
			rows := [][]string{{"Size", "Characters"}}
			for _, size := range slices.Sorted(maps.Keys(w.Sizes)) {
				rows = append(rows, []string{size + " px", strconv.Itoa(w.Sizes[size])})
			}
			return agents.Fail(agents.Finding{
				Text:     fmt.Sprintf("%d of %d characters (%d %%) are smaller than 12 pixels.", w.Small, w.Total, 100*w.Small/w.Total),
				Where:    agents.Place{Element: "body"},
				Evidence: []agents.Evidence{agents.Table("Sizes", agents.ByBrowser, rows...), agents.Shot("The page on a phone", m.Phone.Picture)},
			})
		}),
	}
}
