package weight

import (
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

// largeScript is a script of which it matters how much is used.
const largeScript = 100_000 // characters

func unusedJS() *agents.Probe {
	return &agents.Probe{
		ID: "unused-js", Title: "Large script of which most is not used",
		Decides:  "Of a script with more than 100 kB, less than half is executed by the time the page is drawn.",
		Keeps:    "Size and used part of each script.",
		Advice:   "Split the script, and load what only some pages or some clicks need when they need it.",
		Severity: agents.Info, References: []string{"Lighthouse: unused-javascript"}, Needs: agents.NeedsBrowser, Skills: []string{"bytes"},
		Check: agents.Each(withScripts, unused),
	}
}

// withScripts are pages to draw that may load a large script: those of a target none of whose scripts is large cannot.
func withScripts(s *surface.Surface) []*surface.Page {
	large := false
	for _, a := range s.Assets {
		large = large || a.Kind == surface.Script && a.Inside && (a.Answer == nil || len(a.Answer.Body) > largeScript)
	}
	if !large {
		return nil
	}
	return drawn(s)
}

func unused(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return agents.BlockOn(err)
	}
	if !loadsLarge(lab.Surface, v) {
		return agents.Pass()
	}
	tab, err := lab.Open(ctx, p.As, browser.Setting{})
	if err != nil {
		return agents.BlockOn(err)
	}
	defer tab.Close()
	if err := tab.Cover(ctx); err != nil {
		return agents.BlockOn(err)
	}
	if err := tab.Go(ctx, p.URL); err != nil {
		return agents.BlockOn(err)
	}
	uses, err := tab.Covered(ctx)
	if err != nil {
		return agents.BlockOn(err)
	}
	var findings []agents.Finding
	for _, u := range uses {
		if u.URL == v.Final || !strings.HasPrefix(u.URL, "http") || u.Size <= largeScript || 2*u.Used >= u.Size {
			continue
		}
		findings = append(findings, agents.Finding{
			Cause: nameOf(u.URL),
			Text:  fmt.Sprintf("Of %s with %s, %d %% were executed.", pathOf(u.URL), kilobytes(u.Size), 100*u.Used/u.Size),
			Evidence: []agents.Evidence{agents.Table("Used", agents.ByBrowser, []string{"address", "characters", "executed", "not executed"},
				[]string{u.URL, fmt.Sprint(u.Size), fmt.Sprint(u.Used), fmt.Sprintf("%d %%", 100-100*u.Used/u.Size)})},
		})
	}
	return agents.Fail(findings...)
}

// loadsLarge tells whether a page loads a script that is large once it is unpacked.
func loadsLarge(s *surface.Surface, v *browser.Visit) bool {
	sizes := map[string]int{}
	for _, a := range served(s) {
		sizes[a.URL] = len(a.Answer.Body)
	}
	for _, q := range came(v) {
		const leastPacked = largeScript / 10
		if size, known := sizes[q.URL]; q.Type == "Script" && (size > largeScript || !known && q.Bytes > leastPacked) {
			return true
		}
	}
	return false
}
