package uiux

import (
	"context"
	"fmt"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func titleH1() *agents.Probe {
	return &agents.Probe{
		ID: "title-h1", Title: "Page whose title or heading does not say which page it is",
		Decides:    "It fails when a page has no title, the title of a page of another shape, no heading of the first level that is seen, or several of them.",
		Keeps:      "The titles and headings, and the pages that share them.",
		Advice:     `Give each page one h1 that says what it is, and a title that begins with it: "Orders - Shop".`,
		References: []string{"WCAG 2.4.2"}, Severity: agents.Low, Skills: []string{"usability heuristics"},
		Check: agents.Each(pages.Drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			doc, reason := pages.Document(ctx, lab, p)
			if doc == nil {
				return agents.Skip("%s", reason)
			}
			var findings []agents.Finding
			title := titleOf(doc)
			switch same := sharing(ctx, lab, p, doc, title); {
			case title == "" && (lab.Also == nil || !lab.Also("page-title")):
				findings = append(findings, agents.Finding{Text: "The page has no title.", Cause: "no title " + p.Shape, Where: agents.Place{Element: "title"}, Evidence: []agents.Evidence{agents.Excerpt("Title", title)}})
			case title != "" && len(same) > 0:
				findings = append(findings, agents.Finding{
					Text: fmt.Sprintf("Different pages have the title %q, among them %s.", title, same[0]), Cause: "title " + title, Where: agents.Place{Element: "title"},
					Evidence: []agents.Evidence{agents.Excerpt("Pages with this title", p.URL+"\n"+strings.Join(same, "\n"))},
				})
			}
			switch headings := headingsOf(doc); {
			case len(headings) == 0 && doc.Find("[role=heading][aria-level='1']").Length() == 0:
				findings = append(findings, agents.Finding{Text: "The page has no heading of the first level.", Cause: "no h1 " + habit(lab.Surface, p, func(h []string) bool { return len(h) == 0 }), Where: agents.Place{Element: "h1"}, Evidence: []agents.Evidence{agents.Excerpt("Headings", otherHeadings(doc))}})
			case len(headings) > 1:
				findings = append(findings, agents.Finding{
					Text: fmt.Sprintf("The page has %d headings of the first level.", len(headings)), Cause: "several h1 " + habit(lab.Surface, p, func(h []string) bool { return len(h) > 1 }), Where: agents.Place{Element: "h1"},
					Evidence: []agents.Evidence{agents.Excerpt("Headings of the first level", strings.Join(headings, "\n"))},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}

// titleOf is the title of a document, and not that of a drawing in it.
func titleOf(doc *reading.Document) string {
	found := doc.Find("title").FilterFunction(func(_ int, e *goquery.Selection) bool { return e.Nodes[0].Namespace == "" }).First()
	return strings.Join(strings.Fields(found.Text()), " ")
}

// sharing are pages of other shapes with the same title and other headings: what differs in both is not the same page
// under two addresses. Pages that scripts draw are compared as they are drawn.
func sharing(ctx context.Context, lab *agents.Lab, p *surface.Page, doc *reading.Document, title string) []string {
	if title == "" {
		return nil
	}
	others := pages.Written(lab.Surface)
	drawn := p.Answer == nil || discover.IsShell(p.Answer)
	if drawn {
		others = pages.Drawn(lab.Surface)
	} else if doc = reading.HTML(p.Answer); doc == nil {
		return nil
	}
	const (
		most = 5  // pages that are told of
		more = 30 // that are looked at for one
	)
	if drawn {
		others = others[:min(more, len(others))]
	}
	path := func(shape string) string { before, _, _ := strings.Cut(shape, "?"); return before }
	own := strings.Join(headingsOf(doc), "\n")
	var list []string
	for _, o := range others {
		if o.URL == p.URL || path(o.Shape) == path(p.Shape) {
			continue
		}
		other := reading.HTML(o.Answer)
		if drawn {
			other, _ = pages.Document(ctx, lab, o)
		}
		if other == nil || titleOf(other) != title || strings.Join(headingsOf(other), "\n") == own && own != "" {
			continue
		}
		if strings.Join(strings.Fields(other.Text()), " ") != strings.Join(strings.Fields(doc.Text()), " ") {
			list = append(list, o.URL)
		}
		if drawn && len(list) == most {
			break
		}
	}
	return list
}

// habit is where a fault of headings comes from: the page's own shape, or, where most pages have it, what they are all made of.
func habit(s *surface.Surface, p *surface.Page, has func(headings []string) bool) string {
	all, with := 0, 0
	for _, o := range pages.Written(s) {
		if all++; has(headingsOf(reading.HTML(o.Answer))) {
			with++
		}
	}
	if with >= 3 && with > all/2 {
		return "on most pages"
	}
	return p.Shape
}

// headingsOf are the texts of headings of the first level that are seen, as far as the document tells.
func headingsOf(doc *reading.Document) []string {
	var list []string
	doc.Find("h1").Each(func(_ int, e *goquery.Selection) {
		text := strings.Join(strings.Fields(e.Text()), " ")
		if e.Closest("[hidden], template, noscript, dialog, [role=dialog], [aria-hidden=true], [style*='display:none'], [style*='display: none'], svg").Length() == 0 && (text != "" || e.Find("img[alt], svg").Length() > 0) {
			list = append(list, text)
		}
	})
	return list
}

func otherHeadings(doc *reading.Document) string {
	var lines []string
	doc.Find("h2, h3, h4").EachWithBreak(func(i int, e *goquery.Selection) bool {
		lines = append(lines, goquery.NodeName(e)+": "+strings.Join(strings.Fields(e.Text()), " "))
		return i < 10
	})
	return strings.Join(lines, "\n")
}
