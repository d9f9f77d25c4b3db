package weight

import (
	"context"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// smallFile is a picture that is too small to save anything on.
const smallFile = 12_000

func imageSize() *agents.Probe {
	return &agents.Probe{
		ID: "image-size", Title: "Picture with far more pixels than are shown",
		Decides:  "A picture of more than 12 kB is more than twice as wide and more than twice as high as it is shown, so that even a screen of double density throws pixels away.",
		Keeps:    "The element with its two sizes, and a screenshot.",
		Advice:   "Offer the picture in the sizes that it is shown in, with srcset and sizes.",
		Severity: agents.Low, References: []string{"Lighthouse: uses-responsive-images"}, Needs: agents.NeedsBrowser, Skills: []string{"images", "bytes"},
		Check: agents.Each(drawn, fits),
	}
}

func fits(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return agents.BlockOn(err)
	}
	doc := reading.Parse([]byte(v.HTML), v.Final)
	if doc == nil {
		return agents.Pass()
	}
	files := map[string]browser.Request{}
	for _, q := range came(v) {
		files[q.URL] = q
	}
	var findings []agents.Finding
	told := map[string]bool{}
	for _, e := range v.Snapshot.Elements {
		if e.Tag != "img" || !e.Seen || e.Natural == nil || e.Href == "" {
			continue
		}
		u := doc.Resolve(e.Href)
		if u == nil || strings.HasPrefix(e.Href, "data:") {
			continue
		}
		file, asked := files[u.String()]
		if !asked || file.Bytes <= smallFile || strings.Contains(file.MIME, "svg") || e.Natural.W <= 2*e.Box.W || e.Natural.H <= 2*e.Box.H {
			continue
		}
		cause := nameOf(u.String())
		if told[cause] {
			continue
		}
		told[cause] = true
		findings = append(findings, agents.Finding{
			Cause: cause, Where: agents.Place{URL: p.URL, Element: e.Selector},
			Text: fmt.Sprintf("%s has %.0f by %.0f pixels (%s) and is shown at %.0f by %.0f.", pathOf(u.String()), e.Natural.W, e.Natural.H, kilobytes(file.Bytes), e.Box.W, e.Box.H),
			Evidence: []agents.Evidence{
				agents.Excerpt("Element", e.HTML), agents.Table("Sizes", agents.ByBrowser, []string{"file", "shown", "bytes"},
					[]string{fmt.Sprintf("%.0f × %.0f", e.Natural.W, e.Natural.H), fmt.Sprintf("%.0f × %.0f", e.Box.W, e.Box.H), kilobytes(file.Bytes)}),
				agents.Shot("The page", browser.Marked(v.Picture, e.Box)),
			},
		})
	}
	return agents.Fail(findings...)
}
