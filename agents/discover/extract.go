package discover

import (
	"bytes"
	"mime"
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// take reads an answer: a page with its links, forms and assets, or something else that an address led to.
func (d *discovery) take(s step, x *wire.Exchange) {
	if !x.Answered() {
		return
	}
	if IsMissing(d.s, x, pathOf(s.address)) && s.via != surface.ByTarget && !d.isRoute(s, x) {
		return // the link says so itself
	}
	if s.as != "" && sameForAll(d.s, s.address, x) {
		return
	}
	if !isHTML(x) {
		d.asFile(s, x)
		return
	}
	page := &surface.Page{URL: x.URL, Shape: d.s.ShapeOf(x.URL), Origin: d.s.Elsewhere(x.URL), As: s.as, From: s.from, Via: s.via, Depth: s.depth, Answer: x}
	if x.URL != s.address {
		key := s.as + " " + x.URL
		if d.seen[key] && s.via != surface.ByTarget { // another address of the same page
			return
		}
		d.seen[key] = true
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(x.Body))
	if err != nil {
		return
	}
	page.Title = strings.Join(strings.Fields(doc.Find("title").First().Text()), " ")
	d.keepPage(page)
	d.document(page, doc)
}

// isRoute tells whether an address is drawn by the scripts that the target answers every address with: a page leads to it.
func (d *discovery) isRoute(s step, x *wire.Exchange) bool {
	return d.s.Missing.Shell && d.o.Browser != nil && x.OK() && isHTML(x) && (s.via == surface.ByLink || s.via == surface.ByBrowser)
}

// keepPage keeps a page. What an account is let into takes the place of what nobody was refused: one address is one page.
func (d *discovery) keepPage(page *surface.Page) {
	if page.As != "" && page.Answer.Status < 400 {
		for i, p := range d.s.Pages {
			if p.As == "" && p.URL == page.URL && p.Answer != nil && p.Answer.Status >= 400 {
				d.s.Pages[i] = page
				return
			}
		}
	}
	d.s.Pages = append(d.s.Pages, page)
}

// sameForAll tells whether an account sees what everybody sees.
func sameForAll(s *surface.Surface, address string, x *wire.Exchange) bool {
	for _, p := range s.Pages {
		if p.As == "" && p.URL == address && p.Answer != nil {
			return p.Answer.Status == x.Status && bytes.Equal(p.Answer.Body, x.Body)
		}
	}
	return false
}

func isHTML(x *wire.Exchange) bool {
	kind, _, err := mime.ParseMediaType(x.Header.Get("Content-Type"))
	if err != nil || kind == "" {
		return bytes.Contains(bytes.ToLower(x.Body[:min(len(x.Body), 512)]), []byte("<html"))
	}
	return kind == "text/html" || kind == "application/xhtml+xml"
}

// document reads what a page refers to.
func (d *discovery) document(page *surface.Page, doc *goquery.Document) {
	base, err := url.Parse(page.URL)
	if err != nil {
		return
	}
	if href, ok := doc.Find("base[href]").First().Attr("href"); ok {
		if b, err := base.Parse(href); err == nil && len(href) <= maxAddress {
			base = b
		}
	}
	doc.Find("a[href], area[href]").Each(func(_ int, e *goquery.Selection) { d.link(page, base, e, "href") })
	doc.Find("iframe[src], frame[src]").Each(func(_ int, e *goquery.Selection) { d.link(page, base, e, "src") })
	doc.Find(`link[href]`).Each(func(_ int, e *goquery.Selection) {
		rel := strings.ToLower(e.AttrOr("rel", ""))
		switch {
		case strings.Contains(rel, "stylesheet"):
			d.file(page, resolve(base, e.AttrOr("href", "")), surface.Style, e)
		case strings.Contains(rel, "manifest"):
			d.file(page, resolve(base, e.AttrOr("href", "")), surface.Manifest, e)
		case strings.Contains(rel, "icon"):
			d.file(page, resolve(base, e.AttrOr("href", "")), surface.Image, e)
		case strings.Contains(rel, "preload") && e.AttrOr("as", "") == "font":
			d.file(page, resolve(base, e.AttrOr("href", "")), surface.Font, e)
		case rel == "next", rel == "prev", rel == "canonical", strings.Contains(rel, "alternate"):
			d.add(resolve(base, e.AttrOr("href", "")), page.As, surface.ByLink, page.URL, page.Depth+1)
		}
	})
	doc.Find("script[src]").Each(func(_ int, e *goquery.Selection) {
		d.file(page, resolve(base, e.AttrOr("src", "")), surface.Script, e)
	})
	doc.Find("img[src], input[type=image][src]").Each(func(_ int, e *goquery.Selection) {
		d.file(page, resolve(base, e.AttrOr("src", "")), surface.Image, e)
	})
	doc.Find("video[src], audio[src], source[src], track[src], embed[src]").Each(func(_ int, e *goquery.Selection) {
		d.file(page, resolve(base, e.AttrOr("src", "")), surface.Media, e)
	})
	doc.Find("img[srcset], source[srcset]").Each(func(_ int, e *goquery.Selection) {
		for candidate := range strings.SplitSeq(e.AttrOr("srcset", ""), ",") {
			if fields := strings.Fields(candidate); len(fields) > 0 {
				d.file(page, resolve(base, fields[0]), surface.Image, e)
			}
		}
	})
	doc.Find("meta[http-equiv]").Each(func(_ int, e *goquery.Selection) {
		if strings.EqualFold(e.AttrOr("http-equiv", ""), "refresh") {
			if _, to, ok := strings.Cut(strings.ToLower(e.AttrOr("content", "")), "url="); ok {
				d.add(resolve(base, strings.Trim(to, `'" `)), page.As, surface.ByLink, page.URL, page.Depth+1)
			}
		}
	})
	for i, form := range forms(page, base, doc) {
		form.Index = i
		d.form(page, form)
	}
	doc.Find("script:not([src])").Each(func(_ int, e *goquery.Selection) { d.script(e.Text(), base, page.URL, page.As, page.Depth) })
	d.query(page)
}

// link keeps a link and queues where it leads.
func (d *discovery) link(page *surface.Page, base *url.URL, e *goquery.Selection, attribute string) {
	reference := strings.TrimSpace(e.AttrOr(attribute, ""))
	if reference == "" || strings.HasPrefix(reference, "javascript:") || strings.HasPrefix(reference, "mailto:") || strings.HasPrefix(reference, "tel:") || strings.HasPrefix(reference, "data:") {
		return
	}
	to, err := base.Parse(reference)
	if err != nil || to.Host == "" {
		return
	}
	address := to.String()
	if key := page.URL + " " + address; len(d.s.Links) < maxLinks && !d.linked[key] {
		d.linked[key] = true
		d.s.Links = append(d.s.Links, &surface.Link{
			Page: page.URL, URL: address, Text: text(e), Tag: tag(e), Origin: page.Origin, Inside: d.client.Scope().Allows(to), Anchors: strings.HasPrefix(reference, "#"),
		})
	}
	if e.AttrOr("download", "\x00") != "\x00" {
		return
	}
	d.add(address, page.As, surface.ByLink, page.URL, page.Depth+1)
}

// file keeps an asset.
func (d *discovery) file(page *surface.Page, address string, kind surface.AssetKind, e *goquery.Selection) {
	if address == "" || d.asset[address] || len(d.s.Assets) >= maxAssets {
		return
	}
	d.asset[address] = true
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	d.s.Assets = append(d.s.Assets, &surface.Asset{URL: address, Kind: kind, Page: page.URL, Tag: tag(e), Inside: d.client.Scope().Allows(u), Origin: d.s.Elsewhere(address)})
}

// asFile takes what is no page: a script, a description, an answer of an API.
func (d *discovery) asFile(s step, x *wire.Exchange) {
	base, err := url.Parse(x.URL)
	if err != nil {
		return
	}
	kind, _, _ := mime.ParseMediaType(x.Header.Get("Content-Type")) //nolint:errcheck // a kind that cannot be read is none
	switch {
	case strings.Contains(kind, "javascript"):
		d.script(string(x.Body), base, s.from, s.as, s.depth)
	case kind == "application/json" || strings.HasSuffix(kind, "+json"):
		d.answer("GET", x, s.as, s.from)
	}
}

// query makes inputs of what stands in a page's own address: its query, and the numbers and ids in its path.
func (d *discovery) query(page *surface.Page) {
	u, err := url.Parse(page.URL)
	if err != nil {
		return
	}
	for name, values := range u.Query() {
		d.input(&surface.Input{Method: "GET", URL: page.URL, In: surface.InQuery, Name: name, Known: values[0], Page: page.From, As: page.As}, 0)
	}
	shape := strings.Split(surface.ShapeOf(u.Scheme+"://"+u.Host+u.EscapedPath()), "/")
	for i, part := range strings.Split(u.EscapedPath(), "/") {
		if i < len(shape) && shape[i] != part && strings.HasPrefix(shape[i], "{") {
			d.input(&surface.Input{Method: "GET", URL: page.URL, In: surface.InPath, Name: surface.Segment(i), Known: part, Page: page.From, As: page.As}, 0)
		}
	}
}

func text(e *goquery.Selection) string {
	t := strings.Join(strings.Fields(e.Text()), " ")
	if t == "" {
		t = e.AttrOr("aria-label", e.Find("img[alt]").AttrOr("alt", ""))
	}
	return shorten(t, 200)
}

// tag is an element's own tag as it was written, shortened.
func tag(e *goquery.Selection) string {
	if len(e.Nodes) == 0 {
		return ""
	}
	n := e.Nodes[0]
	only := &html.Node{Type: n.Type, Data: n.Data, DataAtom: n.DataAtom, Attr: n.Attr}
	var b bytes.Buffer
	if err := html.Render(&b, only); err != nil {
		return "<" + n.Data + ">"
	}
	return shorten(closing.ReplaceAllString(b.String(), ""), 300)
}

var closing = regexp.MustCompile(`</[a-zA-Z0-9-]+>$`)

func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.EscapedPath()
}
