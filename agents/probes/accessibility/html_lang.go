package accessibility

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/language"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func htmlLang() *agents.Probe {
	return &agents.Probe{
		ID: "html-lang", Title: "Page that does not say its language",
		Decides:    "It fails when the html element has no lang attribute, an empty one, or one whose language does not exist (W3C rules b5c3f8 and bf051a).",
		Keeps:      "The tag of the html element.",
		Advice:     `Write the language of the page into its first tag, such as <html lang="en">. Screen readers choose their voice by it.`,
		References: []string{"WCAG 3.1.1", "ACT b5c3f8", "ACT bf051a"}, Severity: agents.Medium, Skills: []string{"WCAG 2.2 A/AA"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			doc, reason := pages.Document(ctx, lab, p)
			if doc == nil {
				return agents.Skip("%s", reason)
			}
			root := doc.Find("html").First()
			lang, has := root.Attr("lang")
			var text, cause string
			switch {
			case !has:
				text, cause = "The html element has no lang attribute.", "missing"
			case strings.TrimSpace(lang) == "":
				text, cause = "The lang attribute of the html element is empty.", "empty"
			case !exists(lang):
				text, cause = fmt.Sprintf("The lang attribute of the html element says %q, which is no language that has a tag.", lang), "no language "+lang
			default:
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{Text: text, Cause: cause, Where: agents.Place{Element: "html", Line: doc.Line(root)},
				Evidence: []agents.Evidence{agents.Excerpt("The first tag", reading.Tag(root))}})
		}),
	}
}

// exists tells whether the language of a tag is one that is registered. What follows the language is not looked at: it
// does not change how a page is read aloud.
func exists(tag string) bool {
	tag = strings.TrimSpace(tag)
	first, _, _ := strings.Cut(tag, "-")
	if strings.EqualFold(first, "x") || strings.EqualFold(first, "i") { // private use, and tags older than the rule
		return strings.Contains(tag, "-")
	}
	if strings.Contains(first, "_") || len(first) < 2 || len(first) > 3 {
		return false
	}
	_, err := language.ParseBase(first)
	var unknown language.ValueError
	return err == nil && !errors.As(err, &unknown)
}
