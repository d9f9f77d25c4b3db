package ops

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// enoughWords is a text that two pages do not share by chance, in characters.
const enoughWords = 250

func canonical() *agents.Probe {
	return &agents.Probe{
		ID: "canonical", Title: "The same page at several addresses, none of which is named as the right one",
		Decides:  "Two addresses that everybody can open show the same title and text, and neither names a canonical address nor keeps search engines away.",
		Keeps:    "The pairs.",
		Advice:   "Redirect to one address, or name it with <link rel=\"canonical\"> on all of them.",
		Severity: agents.Info, References: []string{"RFC 6596"}, Skills: []string{"SEO"},
		Check: agents.Each(public, single),
	}
}

// public are the pages that everybody can open.
func public(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range s.Pages {
		if p.As == "" && p.Answer != nil && p.Answer.OK() && reading.HTML(p.Answer) != nil {
			list = append(list, p)
		}
	}
	return list
}

func single(_ context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	mine := wordsOf(p)
	if len(mine) < enoughWords || settled(p) {
		return agents.Pass()
	}
	var others []string
	for _, other := range public(lab.Surface) {
		if other.URL == p.URL || settled(other) || wordsOf(other) != mine {
			continue
		}
		if other.URL < p.URL { // said there already
			return agents.Pass()
		}
		others = append(others, other.URL)
	}
	if len(others) == 0 {
		return agents.Pass()
	}
	rows := [][]string{{"address", "the same as"}}
	for _, other := range others[:min(len(others), 20)] {
		rows = append(rows, []string{p.URL, other})
	}
	return agents.Fail(agents.Finding{
		Cause: p.Shape, Text: fmt.Sprintf("%d other addresses show the same as %s.", len(others), pathOf(p.URL)), Evidence: []agents.Evidence{agents.Table("Pairs", agents.ByReading, rows...)},
	})
}

func wordsOf(p *surface.Page) string {
	return p.Title + "\n" + strings.Join(strings.Fields(reading.HTML(p.Answer).Text()), " ")
}

// settled tells whether a page says which address is the right one, or is not to be found at all.
func settled(p *surface.Page) bool {
	doc := reading.HTML(p.Answer)
	if doc.Find(`link[rel~="canonical"][href]`).Length() > 0 || strings.Contains(p.Answer.Header.Get("Link"), "canonical") {
		return true
	}
	robots := append(reading.List(p.Answer.Header, "X-Robots-Tag"), strings.Split(doc.Find(`meta[name="robots"]`).AttrOr("content", ""), ",")...)
	return slices.ContainsFunc(robots, func(word string) bool { return strings.EqualFold(strings.TrimSpace(word), "noindex") })
}
