package reading

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// longestTag bounds the characters of a tag in words.
const longestTag = 300

var closing = regexp.MustCompile(`</[a-zA-Z0-9-]+>$`)

// Tag is an element's own tag, shortened, for people to find it by: `<input type="password" name="pass">`.
func Tag(e *goquery.Selection) string {
	if len(e.Nodes) == 0 {
		return ""
	}
	n := e.Nodes[0]
	var b bytes.Buffer
	if err := html.Render(&b, &html.Node{Type: n.Type, Data: n.Data, DataAtom: n.DataAtom, Attr: n.Attr}); err != nil {
		return "<" + n.Data + ">"
	}
	return Shorten(closing.ReplaceAllString(b.String(), ""), longestTag)
}

// Selector is a CSS selector of an element that stays the same as long as its template does: names and ids, never the
// place among its siblings. Elements that one template draws share it, so it says what has to be changed.
func Selector(e *goquery.Selection) string {
	const longest = 4 // elements
	var parts []string
	for at := e.First(); at.Length() > 0 && len(parts) < longest; at = at.Parent() {
		name := goquery.NodeName(at)
		if name == "#document" || name == "html" || name == "body" && len(parts) > 0 {
			break
		}
		part, unique := simple(at)
		parts = append([]string{part}, parts...)
		if unique {
			break
		}
	}
	return strings.Join(parts, " > ")
}

var (
	plain   = regexp.MustCompile(`^[A-Za-z][A-Za-z_-]{0,60}$`)
	changes = regexp.MustCompile(`\d`)
)

// simple is an element alone, and whether there is most likely no other.
func simple(e *goquery.Selection) (selector string, unique bool) {
	name := goquery.NodeName(e)
	if id := e.AttrOr("id", ""); plain.MatchString(id) {
		return name + "#" + id, true
	}
	for _, attribute := range []string{"name", "data-testid", "type", "rel"} {
		if value, ok := e.Attr(attribute); ok && plain.MatchString(value) {
			return name + "[" + attribute + "=" + value + "]", false
		}
	}
	for class := range strings.FieldsSeq(e.AttrOr("class", "")) {
		if plain.MatchString(class) && !changes.MatchString(class) {
			return name + "." + class, false
		}
	}
	return name, false
}

// Shorten cuts a text to so many bytes, at a whole character.
func Shorten(text string, longest int) string {
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…"
}

// Mask hides the middle of what is secret: enough stays to find it again.
func Mask(secret string) string {
	const shown = 4
	if len(secret) <= 2*shown {
		return strings.Repeat("•", min(len(secret), 2*shown))
	}
	return strings.ToValidUTF8(secret[:shown], "") + "…" + strings.ToValidUTF8(secret[len(secret)-2:], "")
}

// Around is the text around a place in it, on one line, for an excerpt.
func Around(text string, begin, end, margin int) string {
	from, to := max(0, begin-margin), min(len(text), end+margin)
	excerpt := strings.Join(strings.Fields(strings.ToValidUTF8(text[from:to], "")), " ")
	if from > 0 {
		excerpt = "…" + excerpt
	}
	if to < len(text) {
		excerpt += "…"
	}
	return excerpt
}
