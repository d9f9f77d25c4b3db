package keyboard

import (
	"fmt"
	"strconv"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
)

// sequence is evidence of where the focus went.
func sequence(name string, stops []browser.Stop) agents.Evidence {
	rows := [][]string{{"Key", "Element", "Words", "Place"}}
	for i, s := range stops {
		if i == 40 {
			break
		}
		if s.Nowhere {
			rows = append(rows, []string{strconv.Itoa(i + 1), "(nothing: the focus left the page)", "", ""})
			continue
		}
		rows = append(rows, []string{strconv.Itoa(i + 1), s.Selector, s.Label, at(s.Box)})
	}
	return agents.Table(name, agents.ByBrowser, rows...)
}

func at(b browser.Box) string { return fmt.Sprintf("%.0f, %.0f, %.0f × %.0f", b.X, b.Y, b.W, b.H) }

// words are what people know an element by.
func words(p *browser.Part) string {
	if p.Label != "" {
		return fmt.Sprintf("%q", p.Label)
	}
	return p.Selector
}

// shots adds a picture where there is one.
func shots(list []agents.Evidence, name string, picture []byte) []agents.Evidence {
	if len(picture) == 0 {
		return list
	}
	return append(list, agents.Shot(name, picture))
}
