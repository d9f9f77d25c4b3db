package nodes

import (
	"bytes"
	"cmp"
	"context"
	"strings"

	htmltomarkdown "github.com/JohannesKaufmann/html-to-markdown/v2"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.markdown", Title: "Markdown", Group: "Data", Icon: "heading", PerItem: true, Class: engine.CPU,
		Summary: "Turns Markdown into HTML, or HTML into Markdown.",
		Doc: `Markdown is CommonMark with tables, strikethrough, task lists and bare links. The HTML that comes out is safe to show: scripts, event handlers and odd addresses are taken out, also when they came as HTML inside the Markdown.

From HTML, what Markdown cannot say (forms, scripts, styles) is dropped. Texts larger than 1 MiB (HTML: 4 MiB) are refused, and such that are made to keep readers busy.`,
		Keywords: []string{"html", "convert", "text", "format", "render"},
		Examples: []engine.Example{
			{Name: "To HTML", Params: params("field", "text", "into", "html"), Input: in(obj("text", "**Hi** <script>alert(1)</script>")), Output: out(obj("text", "**Hi** <script>alert(1)</script>", "html", "<p><strong>Hi</strong> </p>\n"))},
			{Name: "From HTML", Params: params("operation", "from_html", "field", "html", "into", "text"), Input: in(obj("html", "<h1>News</h1><p>Read <a href=\"/a\">this</a></p>")), Output: out(obj("html", "<h1>News</h1><p>Read <a href=\"/a\">this</a></p>", "text", "# News\n\nRead [this](/a)"))},
		},
	}, dataMarkdown{Operation: "to_html", Field: "text"}, runDataMarkdown)
}

type dataMarkdown struct {
	Operation string `json:"operation" form:"Do" options:"to_html=Markdown to HTML,from_html=HTML to Markdown"`
	Field     string `json:"field" form:"Field" widget:"field" required:"true"`
	Into      string `json:"into" form:"Into" help:"Empty: the same field."`
}

func runDataMarkdown(_ context.Context, _ *Deps, p dataMarkdown, c *engine.Call) (engine.Outputs, error) {
	it := c.Item()
	v, _ := field(it.JSON, p.Field)
	source, ok := v.(string)
	if !ok {
		return nil, bad("field", "the field %q holds no text", p.Field)
	}
	var result string
	switch p.Operation {
	case "to_html":
		if err := checkMarkdown(source); err != nil {
			return nil, bad("field", "%s", err)
		}
		var b bytes.Buffer
		if err := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe())).Convert([]byte(source), &b); err != nil {
			return nil, about("field", err, "the Markdown cannot be read: %s", err)
		}
		result = string(bluemonday.UGCPolicy().SanitizeBytes(b.Bytes()))
	case "from_html":
		if len(source) > maxHTML {
			return nil, bad("field", "the HTML is larger than %d MiB", maxHTML>>20)
		}
		var err error
		if result, err = htmltomarkdown.ConvertString(source); err != nil {
			return nil, about("field", err, "the HTML cannot be read: %s", err)
		}
		result = strings.TrimSpace(result)
	default:
		return nil, bad("operation", "there is no operation %q", p.Operation)
	}
	m := own(it.JSON)
	withField(m, cmp.Or(p.Into, p.Field), result)
	return engine.One([]engine.Item{changedItem(it, m)}), nil
}
