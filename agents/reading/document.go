package reading

import (
	"bytes"
	"net/url"
	"strings"
	"sync"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/atelier-studio/atelier/agents/wire"
)

// maxDocument bounds the HTML that is parsed; what comes after it is left out.
const maxDocument = 3 << 20

// Document is HTML, parsed as browsers do. It is shared: read it, and do not change it.
type Document struct {
	*goquery.Document
	// Base is what its references are relative to.
	Base *url.URL

	source []byte
	once   sync.Once
	lines  map[*html.Node]int
}

// HTML is the document of an answer; nil when it is no HTML, has none, or is nested without end. It is parsed once for all
// who ask at about the same time.
func HTML(x *wire.Exchange) *Document {
	if x == nil || len(x.Body) == 0 || !IsHTML(x) {
		return nil
	}
	return wire.Derived(x, func() *Document { return Parse(x.Body, x.URL) })
}

// Parse is the document of a source that came from an address, such as what a browser has drawn; nil when it is nested
// without end.
func Parse(source []byte, address string) *Document {
	source = source[:min(len(source), maxDocument)]
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(source))
	if err != nil {
		return nil
	}
	d := &Document{Document: doc, source: source}
	if d.Base, err = url.Parse(address); err != nil {
		d.Base = &url.URL{}
	}
	if href, ok := doc.Find("base[href]").First().Attr("href"); ok {
		if base, err := d.Base.Parse(strings.TrimSpace(href)); err == nil {
			d.Base = base
		}
	}
	return d
}

// Resolve makes an address of a reference in the document; nil when it is none.
func (d *Document) Resolve(reference string) *url.URL {
	u, err := d.Base.Parse(strings.TrimSpace(reference))
	if err != nil {
		return nil
	}
	return u
}

// Line is the line that an element begins in, from 1; 0 when it does not stand in the source.
func (d *Document) Line(e *goquery.Selection) int {
	if len(e.Nodes) == 0 {
		return 0
	}
	d.once.Do(d.number)
	return d.lines[e.Nodes[0]]
}

// number finds the lines of all elements. The parser does not keep them, so the tags of the source are read once more: the
// nth tag of a name and attributes is the nth element with these, wherever browsers' rules have moved it.
func (d *Document) number() {
	written := map[string][]int{}
	line := 1
	for z := html.NewTokenizer(bytes.NewReader(d.source)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		breaks := bytes.Count(z.Raw(), []byte("\n"))
		if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
			token := z.Token()
			mark := markOf(token.Data, token.Attr)
			written[mark] = append(written[mark], line)
		}
		line += breaks
	}
	d.lines = map[*html.Node]int{}
	for n := range d.Nodes[0].Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		mark := markOf(n.Data, n.Attr)
		if at := written[mark]; len(at) > 0 {
			d.lines[n], written[mark] = at[0], at[1:]
		}
	}
}

func markOf(name string, attributes []html.Attribute) string {
	var b strings.Builder
	b.WriteString(strings.ToLower(name))
	seen := map[string]bool{}
	for _, a := range attributes {
		key := strings.ToLower(a.Key)
		if _, local, ok := strings.Cut(key, ":"); ok { // xlink:href is written so, and read as href of a name space
			key = local
		}
		if !seen[key] {
			seen[key] = true
			b.WriteString("\x00" + key + "\x01" + a.Val)
		}
	}
	return b.String()
}
