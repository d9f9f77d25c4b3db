package mobile

import (
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/atelier-studio/atelier/agents/reading"
)

func isViewport(_ int, e *goquery.Selection) bool {
	return strings.EqualFold(strings.TrimSpace(e.AttrOr("name", "")), "viewport")
}

// tags are the tags of a document's elements, one a line.
func tags(doc *reading.Document, selector string) string {
	var lines []string
	doc.Find(selector).EachWithBreak(func(i int, e *goquery.Selection) bool {
		lines = append(lines, reading.Tag(e))
		return i < 20
	})
	return strings.Join(lines, "\n")
}
