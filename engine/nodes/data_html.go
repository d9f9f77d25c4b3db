package nodes

import (
	"cmp"
	"context"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"

	"github.com/atelier-studio/atelier/engine"
)

func init() {
	define(engine.Kind{
		Name: "data.html", Title: "HTML", Group: "Data", Icon: "code-xml",
		Summary: "Takes values out of HTML by CSS selectors, or writes items as a table.",
		Doc: `*Extract* looks in the HTML of each item for every entry of the list: a name, a CSS selector, and what to take: the **text**, the **HTML** inside, or an **attribute**. With *all* it takes a list of every match, without it the first; no match gives nothing (null), or an empty list.

*Table* writes all items as one HTML table; everything in it is escaped. *Text* takes the readable text without markup, without scripts and styles.`,
		Keywords: []string{"scrape", "css", "selector", "extract", "web page", "table", "xpath", "parse"},
		Check:    typed(checkHTML),
		Examples: []engine.Example{
			{Name: "Title and links", Params: params("field", "page", "values", list(obj("name", "title", "selector", "h1"), obj("name", "links", "selector", "a", "take", "attribute", "attribute", "href", "all", true))),
				Input:  in(obj("page", `<h1> News </h1><a href="/a">A</a><a href="/b">B</a>`)),
				Output: out(obj("title", "News", "links", list("/a", "/b")))},
			{Name: "A table", Params: params("operation", "table", "field", "html", "columns", list("name")), Input: in(obj("name", "<b>Ada</b>")),
				Output: out(obj("html", "<table>\n<thead><tr><th>name</th></tr></thead>\n<tbody>\n<tr><td>&lt;b&gt;Ada&lt;/b&gt;</td></tr>\n</tbody>\n</table>\n"))},
			{Name: "Readable text", Params: params("operation", "text", "field", "page", "into", "text"), Input: in(obj("page", "<p>One</p><script>x()</script><p>two</p>")), Output: out(obj("page", "<p>One</p><script>x()</script><p>two</p>", "text", "One\ntwo"))},
			{Name: "A wrong selector", Params: params("field", "page", "values", list(obj("name", "x", "selector", "a["))), Input: in(obj("page", "")), Error: "selector"},
		},
	}, dataHTML{Operation: "extract", Field: "html"}, runDataHTML)
}

type dataHTML struct {
	Operation string      `json:"operation" form:"Do" options:"extract=Extract values,text=Readable text,table=Write a table"`
	Field     string      `json:"field" form:"Field" widget:"field" help:"Where the HTML is, or goes to when writing."`
	Into      string      `json:"into" form:"Into" show:"operation=text"`
	Values    []htmlValue `json:"values" form:"Values" show:"operation=extract"`
	Columns   []string    `json:"columns" form:"Columns" widget:"fields" help:"Empty: all fields." show:"operation=table"`
	Keep      bool        `json:"keep_others" form:"Keep other fields" show:"operation=extract"`
}

type htmlValue struct {
	Name      string `json:"name" form:"Name" required:"true"`
	Selector  string `json:"selector" form:"CSS selector" placeholder:"article h2 > a" required:"true"`
	Take      string `json:"take" form:"Take" options:"text=Text,html=HTML,attribute=Attribute"`
	Attribute string `json:"attribute" form:"Attribute" placeholder:"href" show:"take=attribute"`
	All       bool   `json:"all" form:"All matches"`
}

func checkHTML(p dataHTML) []engine.Problem {
	var found []engine.Problem
	for i, v := range p.Values {
		if _, err := compileSelector(v.Selector); err != nil && !strings.HasPrefix(v.Selector, "=") {
			found = append(found, problem("values."+strconv.Itoa(i+1)+".selector", "selector", err)...)
		}
	}
	return found
}

func runDataHTML(_ context.Context, _ *Deps, p dataHTML, c *engine.Call) (engine.Outputs, error) {
	if p.Operation == "table" {
		m := map[string]any{}
		withField(m, cmp.Or(p.Field, "html"), p.table(c.Items()))
		return engine.One([]engine.Item{{JSON: m, From: allOrigins(len(c.Items()))}}), nil
	}
	out := make([]engine.Item, len(c.Items()))
	for i, it := range c.Items() {
		v, _ := field(it.JSON, p.Field)
		source, ok := v.(string)
		if !ok {
			return nil, bad("field", "item %d: the field %q holds no HTML text", i+1, p.Field)
		}
		if len(source) > maxHTML {
			return nil, bad("field", "item %d: the HTML is larger than %d MiB", i+1, maxHTML>>20)
		}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(source))
		if err != nil {
			return nil, about("field", err, "item %d: the HTML cannot be read: %s", i+1, err)
		}
		m := own(it.JSON)
		if p.Operation == "text" {
			withField(m, cmp.Or(p.Into, p.Field), readable(doc.Selection))
		} else {
			if !p.Keep {
				m = map[string]any{}
			}
			if err := p.extract(doc, m); err != nil {
				return nil, err
			}
		}
		out[i] = engine.Item{JSON: m, Files: it.Files, From: fromItem(i)}
	}
	return engine.One(out), nil
}

// compileSelector reads a selector of bounded length: its parts may be in each other, and the reader follows them all.
func compileSelector(s string) (cascadia.Selector, error) {
	if len(s) > maxSelector {
		return nil, errSelectorLength
	}
	return cascadia.Compile(s)
}

func (p dataHTML) extract(doc *goquery.Document, m map[string]any) error {
	for i, v := range p.Values {
		param := "values." + strconv.Itoa(i+1)
		if v.Name == "" {
			return bad(param+".name", "the value has no name")
		}
		selector, err := compileSelector(v.Selector)
		if err != nil {
			return bad(param+".selector", "%q is no CSS selector: %s", excerpt(v.Selector, 80), err)
		}
		found := doc.FindMatcher(selector)
		all := []any{}
		for j := range found.Length() {
			taken, err := v.take(found.Eq(j))
			if err != nil {
				return err
			}
			if all = append(all, taken); !v.All {
				break
			}
		}
		if v.All {
			withField(m, v.Name, all)
		} else {
			withField(m, v.Name, at(all, 0))
		}
	}
	return nil
}

func (v htmlValue) take(s *goquery.Selection) (any, error) {
	switch v.Take {
	case "html":
		inner, err := s.Html()
		return strings.TrimSpace(inner), err
	case "attribute":
		if value, ok := s.Attr(v.Attribute); ok {
			return value, nil
		}
		return nil, nil //nolint:nilnil // an attribute that is not there is a null in the item
	}
	return strings.TrimSpace(s.Text()), nil
}

// readable returns the text of a page, a line a block.
func readable(s *goquery.Selection) string {
	s.Find("script,style,template,noscript,head").Remove()
	s.Find("br").ReplaceWithHtml("\n")
	s.Find("p,div,section,article,header,footer,li,tr,h1,h2,h3,h4,h5,h6,blockquote,pre,table,ul,ol").AppendHtml("\n")
	var lines []string
	for line := range strings.SplitSeq(s.Text(), "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func (p dataHTML) table(items []engine.Item) string {
	columns := names(p.Columns)
	if len(columns) == 0 {
		all := map[string]bool{}
		for _, it := range items {
			for k := range it.JSON {
				all[k] = true
			}
		}
		columns = slices.Sorted(maps.Keys(all))
	}
	var b strings.Builder
	b.WriteString("<table>\n<thead><tr>")
	for _, name := range columns {
		b.WriteString("<th>" + html.EscapeString(name) + "</th>")
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for _, it := range items {
		b.WriteString("<tr>")
		for _, name := range columns {
			v, _ := field(it.JSON, name)
			b.WriteString("<td>" + html.EscapeString(text(v)) + "</td>")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>\n")
	return b.String()
}
