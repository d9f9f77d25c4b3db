package reading

import (
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// Outline is what a document says at its head: what people find their way by.
type Outline struct {
	Title string
	Heads []string // its h1
	Nav   []string // the words of its navigation, in their order
}

const (
	maxOutline = 60  // headings, or links of the navigation
	maxWords   = 200 // bytes of one
)

// Outline is the document's.
func (d *Document) Outline() Outline {
	words := func(selector string) (list []string) {
		d.Find(selector).EachWithBreak(func(_ int, e *goquery.Selection) bool {
			if text := Shorten(strings.Join(strings.Fields(e.Text()), " "), maxWords); text != "" && !slices.Contains(list, text) {
				list = append(list, text)
			}
			return len(list) < maxOutline
		})
		return list
	}
	return Outline{Title: strings.Join(strings.Fields(d.Find("title").First().Text()), " "), Heads: words("h1"), Nav: words("nav a, [role=navigation] a, body > header a")}
}
