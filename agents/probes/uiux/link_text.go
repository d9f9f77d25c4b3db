package uiux

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// vague are texts that do not say where a link leads, in the languages that the studio speaks.
var vague = regexp.MustCompile(`(?i)^(?:click (?:here|this|me)|here|this|link|this link|press here|tap here|(?:hier|bitte hier)(?: klicken)?|klicken sie hier|ici|cliquez ici|cliquer ici|aquí|haga clic aquí|haz clic aquí|pincha aquí|clic aquí|点击这里|点击此处|点这里|这里)[.!»>]*$`)

func linkText() *agents.Probe {
	return &agents.Probe{
		ID: "link-text", Title: "Link that does not say where it leads",
		Decides:    `It fails when a link says no more than "click here" or the like, has no text at all, or when two links with the same text lead to different places and nothing around them tells them apart: no cell, list item, heading or paragraph of their own.`,
		Keeps:      "The links with their lines.",
		Advice:     "Let the text of a link say what is there: people go through a page from link to link.",
		References: []string{"WCAG 2.4.4"}, Severity: agents.Low, Skills: []string{"usability heuristics"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			doc, reason := pages.Document(ctx, lab, p)
			if doc == nil {
				return agents.Skip("%s", reason)
			}
			var findings []agents.Finding
			add := func(e *goquery.Selection, text, cause string) {
				findings = append(findings, agents.Finding{
					Text: text, Cause: cause, Where: agents.Place{Element: reading.Selector(e), Line: doc.Line(e)},
					Evidence: []agents.Evidence{agents.Excerpt("The link", fmt.Sprintf("line %d: %s\n%s", doc.Line(e), reading.Tag(e), nameOf(doc, e)))},
				})
			}
			others := lab.Also != nil && (lab.Also("ax-name") || lab.Also("axe-wcag-a"))
			byText := map[string]*goquery.Selection{}
			told := map[string]bool{}
			doc.Find("a[href]").Each(func(_ int, e *goquery.Selection) {
				if away(e) {
					return
				}
				name := nameOf(doc, e)
				switch key := strings.ToLower(name); {
				case name == "":
					if cause := "empty " + reading.Selector(e); !others && !told[cause] {
						told[cause] = true
						add(e, "A link has no text, and nothing in it has one.", cause)
					}
				case vague.MatchString(name):
					if cause := "vague " + reading.Selector(e); !told[cause] {
						told[cause] = true
						add(e, fmt.Sprintf("The link %q does not say where it leads.", name), cause)
					}
				case byText[key] == nil:
					byText[key] = e
				case !told[key] && elsewhere(doc, byText[key], e) && !tellsApart(byText[key], e):
					told[key] = true
					add(e, fmt.Sprintf("Two links say %q and lead to different places: %s and %s.", name, byText[key].AttrOr("href", ""), e.AttrOr("href", "")), "same text "+key)
				}
			})
			return agents.Fail(findings...)
		}),
	}
}

// away tells whether a link is hidden, as far as the document tells.
func away(e *goquery.Selection) bool {
	return e.Closest("[hidden], [aria-hidden=true], template, noscript, [style*='display:none'], [style*='display: none']").Length() > 0
}

// nameOf are the words of a link, for whoever sees it and for whoever hears it.
func nameOf(doc *reading.Document, e *goquery.Selection) string {
	name := e.AttrOr("aria-label", "")
	for id := range strings.FieldsSeq(e.AttrOr("aria-labelledby", "")) {
		name += " " + doc.Find("[id]").FilterFunction(func(_ int, x *goquery.Selection) bool { return x.AttrOr("id", "") == id }).Text()
	}
	if strings.TrimSpace(name) == "" {
		name = e.Text()
		e.Find("img[alt], [aria-label], svg title").Each(func(_ int, x *goquery.Selection) {
			if !x.Is("title") { // whose text is in the link's already
				name += " " + x.AttrOr("alt", "") + x.AttrOr("aria-label", "")
			}
		})
	}
	if strings.TrimSpace(name) == "" {
		name = e.AttrOr("title", "")
	}
	return strings.Join(strings.Fields(name), " ")
}

// elsewhere tells whether two links lead to different pages: what stands after ? often sorts or turns the same one.
func elsewhere(doc *reading.Document, a, b *goquery.Selection) bool {
	one, other := doc.Resolve(a.AttrOr("href", "")), doc.Resolve(b.AttrOr("href", ""))
	return one != nil && other != nil && (one.Host != other.Host || strings.TrimSuffix(one.Path, "/") != strings.TrimSuffix(other.Path, "/"))
}

// tellsApart tells whether each of two links stands in something of its own that says what it is about.
func tellsApart(a, b *goquery.Selection) bool {
	const own = "li, td, th, tr, p, article, section, dd, figure, fieldset, details, blockquote, [role=listitem], [role=row], [role=group], [role=article]"
	one, other := a.Closest(own), b.Closest(own)
	if one.Length() > 0 && other.Length() > 0 && one.Nodes[0] != other.Nodes[0] {
		link, around := len(strings.TrimSpace(a.Text())), len(strings.TrimSpace(one.Text()))
		return around > link || one.Is("li") && one.ParentsFiltered("li").Length() > 0
	}
	// Boxes without a meaning of their own, as long as each has words of its own.
	if x, y := saying(a), saying(b); x.Length() > 0 && y.Length() > 0 && x.Nodes[0] != y.Nodes[0] {
		return true
	}
	return a.AttrOr("aria-describedby", "") != "" || a.AttrOr("title", "") != b.AttrOr("title", "")
}

// saying is the closest box around a link that says more than the link.
func saying(e *goquery.Selection) *goquery.Selection {
	link := len(strings.Join(strings.Fields(e.Text()), " "))
	at := e.Parent()
	for at.Length() > 0 && len(strings.Join(strings.Fields(at.Text()), " ")) < link+3 {
		at = at.Parent()
	}
	return at
}
