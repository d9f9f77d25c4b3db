package content

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

func dateNumber() *agents.Probe {
	return &agents.Probe{
		ID: "date-number", Title: "Dates or numbers written in several ways on one page",
		Decides:  "A page writes dates in digits in two orders or with two separators (2026-03-04, 04/03/2026, 04.03.2026), dates in words in two orders, or numbers with both the comma and the point before their fractions.",
		Keeps:    "An example of each form.",
		Advice:   "Let one function write all dates and one all numbers, in the format of the reader's language: 04/03 is read as April by some and as March by others.",
		Severity: agents.Info, Skills: []string{"language"},
		Check: onDocument(func(doc *reading.Document) bool {
			return forms(strings.Join(passages(doc, ""), "\n")) != nil
		}, func(_ *agents.Lab, p *surface.Page, doc *reading.Document) agents.Outcome {
			found := forms(strings.Join(passages(doc, ""), "\n"))
			var findings []agents.Finding
			for _, kind := range []string{"dates", "dates in words", "numbers"} {
				examples := found[kind]
				if len(examples) < 2 {
					continue
				}
				findings = append(findings, agents.Finding{
					Text:  fmt.Sprintf("%s writes %s in %d ways: %s.", pathOf(p.URL), kind, len(examples), strings.Join(examples, ", ")),
					Cause: p.Shape + " " + kind, Where: agents.Place{URL: p.URL, As: p.As}, Evidence: []agents.Evidence{agents.Excerpt("One of each form", strings.Join(examples, "\n"))},
				})
			}
			return agents.Fail(findings...)
		}),
	}
}

const monthNames = `(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)`

var written = []struct {
	kind, name string
	shape      *regexp.Regexp
}{
	{"dates", "year-month-day", regexp.MustCompile(`\b(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b`)},
	{"dates", "with slashes", regexp.MustCompile(`\b(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01])/(?:19|20)\d\d\b`)},
	{"dates", "with points", regexp.MustCompile(`\b(?:0?[1-9]|[12]\d|3[01])\.\s?(?:0?[1-9]|1[0-2])\.\s?(?:19|20)\d\d\b`)},
	{"dates in words", "month first", regexp.MustCompile(`\b` + monthNames + `\.? \d{1,2}(?:st|nd|rd|th)?, (?:19|20)\d\d\b`)},
	{"dates in words", "day first", regexp.MustCompile(`\b\d{1,2}(?:st|nd|rd|th)? ` + monthNames + `\.? (?:19|20)\d\d\b`)},
	{"numbers", "point", regexp.MustCompile(`(?:[$€£¥]\s?|\b)\d{1,3}(?:,\d{3})+\.\d{1,2}\b|[$€£¥]\s?\d{1,6}\.\d{2}\b|\b\d{1,6}\.\d{2}\s?(?:€|EUR|USD|GBP|CHF)`)},
	{"numbers", "comma", regexp.MustCompile(`\b\d{1,3}(?:[.\x{a0}\x{202f}]\d{3})+,\d{1,2}\b|[$€£¥]\s?\d{1,6},\d{2}\b|\b\d{1,6},\d{2}\s?(?:€|EUR|USD|GBP|CHF)`)},
}

// forms are the ways in which a text writes dates and numbers, each by its first example; nil when it writes none.
func forms(text string) map[string][]string {
	var found map[string][]string
	for _, form := range written {
		if example := form.shape.FindString(text); example != "" {
			if found == nil {
				found = map[string][]string{}
			}
			found[form.kind] = append(found[form.kind], strings.TrimSpace(example))
		}
	}
	for _, examples := range found {
		slices.Sort(examples)
	}
	return found
}
