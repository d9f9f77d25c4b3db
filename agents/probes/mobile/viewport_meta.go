package mobile

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func viewportMeta() *agents.Probe {
	return &agents.Probe{
		ID: "viewport-meta", Title: "Page that phones draw too small, or cannot enlarge",
		Decides:    "It fails when a page has no meta element for the viewport, or one that forbids enlarging (user-scalable=no) or allows less than twice the size (maximum-scale below 2).",
		Keeps:      "The meta element.",
		Advice:     `Write <meta name="viewport" content="width=device-width, initial-scale=1">, and nothing about enlarging.`,
		References: []string{"WCAG 1.4.4", "ACT b4f0c3"}, Severity: agents.Medium, Skills: []string{"zoom"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			doc, reason := pages.Document(ctx, lab, p)
			if doc == nil {
				return agents.Skip("%s", reason)
			}
			meta := doc.Find("meta[name]").FilterFunction(isViewport)
			if meta.Length() == 0 {
				return agents.Fail(agents.Finding{
					Text: "The page does not say how wide it is: phones draw it 980 pixels wide and shrink it.", Cause: "missing", Where: agents.Place{Element: "head"},
					Evidence: []agents.Evidence{agents.Excerpt("The meta elements", tags(doc, "meta"))},
				})
			}
			last := meta.Last()
			content := last.AttrOr("content", "")
			why := forbids(content)
			if why == "" {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text: fmt.Sprintf("The page cannot be enlarged to twice its size: %s.", why), Cause: why, Where: agents.Place{Element: "meta[name=viewport]", Line: doc.Line(last)},
				Evidence: []agents.Evidence{agents.Excerpt("The meta element", reading.Tag(last))},
			})
		}),
	}
}

// forbids says what of a viewport's content forbids enlarging; "" when nothing does.
func forbids(content string) string {
	for _, part := range strings.FieldsFunc(content, func(r rune) bool { return r == ',' || r == ';' }) {
		name, value, _ := strings.Cut(part, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.ToLower(strings.TrimSpace(value))
		n, err := strconv.ParseFloat(value, 64)
		switch {
		case name == "user-scalable" && (value == "no" || err == nil && n > -1 && n < 1):
			return name + "=" + value
		case name == "maximum-scale" && (value == "yes" || err == nil && n >= 0 && n < 2): // yes is read as 1, a negative number is not read
			return name + "=" + value
		}
	}
	return ""
}
