package functional

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

func deadControl() *agents.Probe {
	return &agents.Probe{
		ID: "dead-control", Title: "Control that does nothing",
		Decides:  "Clicking a button twice changes nothing within a second each time: not the document, the address, the focus, the scroll position, what is stored, nor the console; and nothing is sent. Controls that may rest, such as the tab that is open already, are left out.",
		Keeps:    "The control, a picture of it, and fingerprints of the document before and after.",
		Advice:   "Connect the control with what it promises, or take it away; a control that has nothing to do now should be disabled.",
		Needs:    agents.NeedsBrowser,
		Severity: agents.Low, Skills: []string{"interactions"},
		Check: onVisit(func(ctx context.Context, lab *agents.Lab, p *surface.Page, v *browser.Visit) agents.Outcome {
			controls := few(v.Snapshot.Harmless(), promises)
			if len(controls) == 0 || paints(&v.Snapshot) {
				return agents.Pass()
			}
			h, err := take(ctx, lab, p)
			if err != nil {
				return agents.BlockOn(err)
			}
			defer h.tab.Close()
			var findings []agents.Finding
			for _, e := range controls {
				t, err := h.touch(ctx, e, time.Second)
				if err != nil {
					return agents.BlockOn(err)
				}
				if t == nil || !t.quiet() {
					continue
				}
				if t, err = h.touch(ctx, e, time.Second); err != nil {
					return agents.BlockOn(err)
				}
				if t != nil && t.quiet() {
					findings = append(findings, dead(ctx, h, e, t))
				}
			}
			if hosts := strangers(v, "Script"); len(findings) > 0 && len(hosts) > 0 {
				return withoutStrangers(hosts)
			}
			return agents.Fail(findings...)
		}),
	}
}

func dead(ctx context.Context, h *hand, e browser.Element, t *touch) agents.Finding {
	f := agents.Finding{
		Text:  fmt.Sprintf("Clicking %q on %s changes nothing.", nameOf(e), pathOf(h.page.URL)),
		Where: agents.Place{URL: h.page.URL, Element: e.Selector, As: h.page.As}, Cause: alike(e) + " " + nameOf(e),
		Evidence: []agents.Evidence{agents.Table("click", agents.ByBrowser, []string{"control", "document before", "document after", "requests", "changes"}, []string{e.HTML, t.Before, t.After, "0", "0"})},
	}
	if picture, err := h.tab.ShotOf(ctx, e.Selector); err == nil {
		f.Evidence = append(f.Evidence, agents.Shot("the control", picture))
	}
	return f
}

var (
	// resting are states in which a control has nothing to do.
	resting = regexp.MustCompile(`(?i)aria-(?:selected|pressed|current|checked)="(?:true|page|step|location|date)"|class="[^"]*\b(?:active|current|selected|is-active)\b`)
	// unseen are words of controls whose effect no page shows, or that have none at the first or last of a list.
	unseen = regexp.MustCompile(`(?i)\b(?:cop(?:y|ied)|kopieren|copiar|copier|prev(?:ious)?|zurück|anterior|précédent|next|weiter|siguiente|suivant|first|last|undo|redo|top|full ?screen|play|pause|mute|speak|listen|zoom)\b|复制|上一|下一|播放|[←→‹›«»<>]`)
)

// promises tells whether a control is one that must do something: a button, or what looks like one.
func promises(e browser.Element) bool {
	if e.Tag != "button" && e.Role != "button" && (e.Tag != "a" || e.Href != "#") && (e.Tag != "input" || e.Type != "button") {
		return false
	}
	return !resting.MatchString(e.HTML) && !unseen.MatchString(e.Label+" "+e.Text+" "+e.ID)
}

// paints tells whether the page draws where no document tells of it.
func paints(s *browser.Snapshot) bool {
	for _, e := range s.Elements {
		switch e.Tag {
		case "canvas", "video", "audio", "object", "embed":
			return true
		}
	}
	return false
}
