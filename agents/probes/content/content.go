// Package content holds the probes of whoever reads what a site says: whether its signs arrive as they were written, whether
// it speaks the language that it says, and whether its words, numbers and descriptions are those of people.
package content

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/pages"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are all of them, in the order of reports.
func Probes() []*agents.Probe {
	return []*agents.Probe{
		mojibake(), declaredCharset(), langMismatch(), untranslated(), spelling(), readability(), dateNumber(), altTextQuality(), hreflang(), pseudoLong(),
	}
}

// onDocument makes a check of the document of every page that applies says to.
func onDocument(applies func(*reading.Document) bool, run func(*agents.Lab, *surface.Page, *reading.Document) agents.Outcome) agents.Check {
	return agents.Each(func(s *surface.Surface) []*surface.Page {
		list := pages.Drawn(s)
		return slices.DeleteFunc(list, func(p *surface.Page) bool {
			doc := reading.HTML(p.Answer)
			return doc != nil && !isFrame(doc) && applies != nil && !applies(doc)
		})
	}, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
		doc, reason := pages.Document(ctx, lab, p)
		if doc == nil {
			return agents.Skip("%s", reason)
		}
		if applies != nil && !applies(doc) {
			return agents.Pass()
		}
		return run(lab, p, doc)
	})
}

// isFrame tells whether scripts draw the page, so that its document says nothing before they have.
func isFrame(doc *reading.Document) bool {
	return doc.Find("script").Length() > 0 && doc.Find("p, a[href], form, img, h1").Length() == 0
}

// asCode are elements whose text is shown as it is: it need be no language.
var asCode = map[string]bool{
	"code": true, "pre": true, "kbd": true, "samp": true, "var": true, "textarea": true, "script": true, "style": true, "template": true, "noscript": true, "svg": true, "math": true,
	"iframe": true, "head": true, "select": true, "option": true, "datalist": true, "object": true,
}

// passages are the texts of blocks, without code and, where only is a language, without what is said to be in another.
func passages(doc *reading.Document, only string) []string {
	var list []string
	var at strings.Builder
	flush := func() {
		if text := strings.Join(strings.Fields(at.String()), " "); text != "" {
			list = append(list, text)
		}
		at.Reset()
	}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			at.WriteString(n.Data)
			return
		case n.Type != html.ElementNode || asCode[n.Data] || isHidden(n):
			return
		case only != "" && n.Data != "html" && n.Data != "body" && hasOther(n, only):
			return
		}
		block := !inline[n.Data]
		if block {
			flush()
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if block {
			flush()
		} else if n.Data == "br" {
			at.WriteByte(' ')
		}
	}
	for _, n := range doc.Find("body").Nodes {
		walk(n)
	}
	flush()
	return list
}

var inline = map[string]bool{
	"a": true, "abbr": true, "b": true, "bdi": true, "bdo": true, "br": true, "cite": true, "data": true, "del": true, "dfn": true, "em": true, "font": true, "i": true, "img": true,
	"ins": true, "mark": true, "q": true, "s": true, "small": true, "span": true, "strong": true, "sub": true, "sup": true, "time": true, "u": true, "wbr": true,
}

func isHidden(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "hidden" || a.Key == "style" && strings.Contains(strings.ReplaceAll(strings.ToLower(a.Val), " ", ""), "display:none") {
			return true
		}
	}
	return false
}

// hasOther tells whether an element is said to be in another language, or not to be translated.
func hasOther(n *html.Node, only string) bool {
	for _, a := range n.Attr {
		if a.Key == "lang" && baseOf(a.Val) != only || a.Key == "translate" && a.Val == "no" {
			return true
		}
	}
	return false
}

// baseOf is the language of a tag such as en-GB, in small letters.
func baseOf(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(strings.TrimSpace(tag), "_", "-")), "-")
	return base
}

// langOf is the language that a document says it is in.
func langOf(doc *reading.Document) string { return baseOf(doc.Find("html").AttrOr("lang", "")) }

var wordShape = regexp.MustCompile(`\pL[\pL\pM’']*`)

// wordsOf are the words of texts.
func wordsOf(texts []string) []string {
	var list []string
	for _, text := range texts {
		list = append(list, wordShape.FindAllString(text, -1)...)
	}
	return list
}

// pathOf is an address without its origin.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.RequestURI()
}

// inCode tells whether an element stands in what is shown as it is.
func inCode(e *goquery.Selection) bool {
	return e.Closest("code, pre, kbd, samp, textarea").Length() > 0
}
