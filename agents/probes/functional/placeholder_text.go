package functional

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func placeholderText() *agents.Probe {
	return &agents.Probe{
		ID: "placeholder-text", Title: "Placeholder in place of a text",
		Decides:  "What people read contains filler text, the name of a missing value (undefined, NaN, [object Object]) where a value belongs, or a template that nothing filled in. What is shown as code is left out.",
		Keeps:    "The text with what stands around it.",
		Advice:   "Write the text, or give the value a word for the case that it is missing.",
		Severity: agents.Medium, Skills: []string{"errors", "content"},
		Check: agents.Each(drawn, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			doc, seen := reading.HTML(p.Answer), ""
			scripted := doc != nil && doc.Find("script").Length() > 0
			if lab.Browser != nil { // scripts fill templates in
				v, err := lab.Visits.Visit(ctx, p.URL, p.As)
				if err != nil {
					return agents.BlockOn(err)
				}
				if len(strangers(v, "Script")) > 0 {
					scripted = true
				} else {
					scripted, seen = false, v.Snapshot.Text
				}
				doc = reading.Parse([]byte(v.HTML), v.Final)
			}
			if doc == nil {
				return agents.Skip("there is no browser to draw this page")
			}
			var findings []agents.Finding
			kinds := map[string]bool{}
			for _, text := range texts(doc) {
				for _, k := range placeholders {
					at := k.pattern.FindStringIndex(text)
					if at == nil || kinds[k.name] || k.template && scripted || seen != "" && !strings.Contains(strings.ToLower(squeeze(seen)), strings.ToLower(text)) {
						continue
					}
					kinds[k.name] = true
					excerpt := reading.Around(text, at[0], at[1], 80)
					findings = append(findings, agents.Finding{
						Text:  fmt.Sprintf("%s shows %s: %q", pathOf(p.URL), k.what, text[at[0]:at[1]]),
						Where: agents.Place{URL: p.URL, As: p.As}, Cause: p.Shape + " " + k.name,
						Evidence: []agents.Evidence{agents.Excerpt("text", excerpt)},
					})
				}
			}
			return agents.Fail(findings...)
		}),
	}
}

var placeholders = []struct {
	name, what string
	template   bool // that a script may fill in
	pattern    *regexp.Regexp
}{
	{"filler", "filler text", false, regexp.MustCompile(`(?i)\blorem ipsum\b|\bdolor sit amet\b`)},
	{"object", "an object in place of its words", false, regexp.MustCompile(`\[object (?:Object|Undefined|Null|Promise)\]`)},
	// The whole text, after a colon or a currency, before a unit, or as somebody's name: a sentence may speak of these words.
	{"missing", "the name of a missing value", false, regexp.MustCompile(`^(?:undefined|NaN)$|[:$€£¥#]\s?(?:undefined|NaN)\b|\b(?:undefined|NaN)\s?(?:[€£¥%]|EUR|USD|items?|pieces|minutes?|days?|undefined)|^(?:Hello|Hi|Welcome|Hallo|Willkommen|Hola|Bonjour),? (?:undefined|null)\b|\bInvalid Date\b`)},
	{"template", "a template that nothing filled in", true, regexp.MustCompile(`\{\{\s*[A-Za-z_$][\w.$]*(?:\s*\|\s*\w+)?\s*\}\}|\$\{[A-Za-z_][\w.]*\}|<%=?\s*[\w.@]+\s*%>`)},
}

// asCode are elements whose text is shown as it is, or not at all.
var asCode = map[string]bool{"script": true, "style": true, "template": true, "noscript": true, "code": true, "pre": true, "kbd": true, "samp": true, "var": true, "textarea": true, "select": true, "svg": true, "iframe": true}

// texts are the texts of a document's elements, each with its inline elements, without code.
func texts(doc *reading.Document) []string {
	var list []string
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && (asCode[n.Data] || attribute(n, "contenteditable")) {
			return
		}
		if n.Type == html.TextNode {
			if text := squeeze(n.Data); text != "" && (text != "undefined" && text != "NaN" || isValue(n)) {
				list = append(list, text)
			}
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	for _, n := range doc.Find("body").Nodes {
		walk(n)
	}
	return list
}

// isValue tells whether a text stands where a value does, and not as a word of a sentence.
func isValue(n *html.Node) bool {
	at := n.Parent
	for at != nil && inline[at.Data] {
		at = at.Parent
	}
	const label = 60
	return at == nil || len(squeeze(goquery.NewDocumentFromNode(at).Text())) <= label
}

var inline = map[string]bool{"a": true, "b": true, "i": true, "em": true, "strong": true, "span": true, "small": true, "mark": true, "q": true, "u": true, "abbr": true, "time": true, "data": true, "output": true, "label": true}

func attribute(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
