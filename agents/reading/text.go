package reading

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// maxText bounds the words of a document.
const maxText = 1 << 20

// Text is what people see of the document as far as its HTML tells: no scripts, no styles, nothing that is hidden. Blocks
// are lines; space is as drawn.
func (d *Document) Text() string { return Visible(d.Find("body")) }

// Visible is what people see of elements.
func Visible(e *goquery.Selection) string {
	var b strings.Builder
	for _, n := range e.Nodes {
		write(&b, n)
	}
	var lines []string
	for line := range strings.SplitSeq(b.String(), "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// write is at most 512 deep: deeper documents are not parsed.
func write(b *strings.Builder, n *html.Node) {
	if b.Len() > maxText {
		return
	}
	switch {
	case n.Type == html.TextNode:
		b.WriteString(strings.NewReplacer("\n", " ", "\r", " ").Replace(n.Data))
		return
	case n.Type == html.ElementNode && unseen(n):
		return
	}
	block := n.Type == html.ElementNode && !inline[n.Data]
	if block {
		b.WriteByte('\n')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		write(b, c)
	}
	if block {
		b.WriteByte('\n')
	}
}

// unseen tells whether an element is drawn by no browser.
func unseen(n *html.Node) bool {
	switch n.Data {
	case "script", "style", "template", "noscript", "head", "title", "meta", "link", "iframe", "object", "svg", "math", "datalist":
		return true
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return !strings.EqualFold(a.Val, "until-found")
		case "type":
			if n.Data == "input" && strings.EqualFold(a.Val, "hidden") {
				return true
			}
		case "style":
			style := strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
			if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") {
				return true
			}
		}
	}
	return false
}

var inline = map[string]bool{
	"a": true, "abbr": true, "b": true, "bdi": true, "bdo": true, "button": true, "cite": true, "code": true, "data": true, "del": true, "dfn": true, "em": true,
	"font": true, "i": true, "ins": true, "kbd": true, "label": true, "mark": true, "output": true, "q": true, "s": true, "samp": true, "small": true, "span": true,
	"strong": true, "sub": true, "sup": true, "time": true, "tt": true, "u": true, "var": true, "wbr": true, "img": true, "input": true,
}
