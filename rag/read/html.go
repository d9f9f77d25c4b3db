package read

import (
	"bytes"
	"context"
	"net/url"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"github.com/go-shiori/go-readability"
	"golang.org/x/net/html"
)

// maxHTMLDepth is how deep elements may lie in each other: what walks through them does so with its stack.
const maxHTMLDepth = 500

// readHTML reads a page: its article without menus, scripts and adverts, or all of it where no article can be made out.
// What it says is kept as Markdown.
func readHTML(_ context.Context, _ string, data []byte) (*Document, error) {
	source := decode(data)
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		if strings.Contains(err.Error(), "open stack") {
			return nil, refused("elements of the page lie more than %d deep in each other", maxHTMLDepth)
		}
		return nil, refused("the page cannot be read: %v", err)
	}
	if err := strip(root, 0); err != nil {
		return nil, err
	}
	title := titleIn(root)
	body := root
	if article, err := readability.FromDocument(root, new(url.URL)); err == nil && article.Node != nil && len(strings.TrimSpace(article.TextContent)) > 200 {
		body = article.Node
		if article.Title != "" {
			title = article.Title
		}
	}
	var page bytes.Buffer
	if err := html.Render(&page, body); err != nil {
		return nil, refused("the page cannot be read: %v", err)
	}
	text, err := converter.NewConverter(converter.WithPlugins(base.NewBasePlugin(), commonmark.NewCommonmarkPlugin(), table.NewTablePlugin())).ConvertString(page.String())
	if err != nil {
		return nil, refused("the page cannot be read: %v", err)
	}
	doc := Markdown(clean(text))
	if title = oneLine(title); title != "" {
		doc.Title = title
	}
	return doc, nil
}

// unread are elements that say nothing to a reader.
var unread = map[string]bool{"script": true, "style": true, "noscript": true, "template": true, "iframe": true, "object": true, "embed": true, "svg": true, "form": true, "button": true, "input": true, "select": true, "textarea": true}

// strip takes out what is not read.
func strip(n *html.Node, depth int) error {
	if depth > maxHTMLDepth {
		return refused("elements of the page lie more than %d deep in each other", maxHTMLDepth)
	}
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type == html.CommentNode || c.Type == html.ElementNode && unread[c.Data] {
			n.RemoveChild(c)
		} else if err := strip(c, depth+1); err != nil {
			return err
		}
		c = next
	}
	return nil
}

func titleIn(n *html.Node) string {
	if n.Type == html.ElementNode && n.Data == "title" && n.FirstChild != nil {
		return n.FirstChild.Data
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if t := titleIn(c); t != "" {
			return t
		}
	}
	return ""
}
