package read

import (
	"bytes"
	"strconv"
)

// pdfToken is an operand or an operator of what a page draws (ISO 32000-1, 7.8.2).
type pdfToken struct {
	kind byte // see below
	num  float64
	text string
	list []pdfToken
}

// The kinds of tokens.
const (
	tokNumber   = 'n'
	tokString   = 's'
	tokName     = '/'
	tokArray    = 'a'
	tokOperator = 'o'
	tokOther    = '-' // a dictionary, true, null
)

// pdfLexer cuts what a page draws into tokens.
type pdfLexer struct {
	data []byte
	at   int
}

// maxOperands is how many operands are kept for an operator, and how many entries of an array.
const maxOperands = 20_000

// next returns the next token; ok is false at the end.
func (l *pdfLexer) next(depth int) (t pdfToken, ok bool) {
	l.space()
	if l.at >= len(l.data) {
		return t, false
	}
	switch c := l.data[l.at]; {
	case c == '(':
		return pdfToken{kind: tokString, text: l.literal()}, true
	case c == '<' && l.at+1 < len(l.data) && l.data[l.at+1] == '<':
		l.at += 2
		l.until(">>", depth)
		return pdfToken{kind: tokOther}, true
	case c == '<':
		return pdfToken{kind: tokString, text: l.hex()}, true
	case c == '/':
		l.at++
		return pdfToken{kind: tokName, text: nameText(l.word())}, true
	case c == '[':
		l.at++
		return pdfToken{kind: tokArray, list: l.until("]", depth)}, true
	case c == ']' || c == '{' || c == '}' || c == ')':
		l.at++
		return pdfToken{kind: tokOperator, text: string(c)}, true
	case c == '>':
		l.at++
		if l.at < len(l.data) && l.data[l.at] == '>' {
			l.at++
			return pdfToken{kind: tokOperator, text: ">>"}, true
		}
		return pdfToken{kind: tokOperator, text: ">"}, true
	}
	word := string(l.word())
	if word == "" {
		l.at++
		return pdfToken{kind: tokOther}, true
	}
	if c := word[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
		if n, err := strconv.ParseFloat(word, 64); err == nil {
			return pdfToken{kind: tokNumber, num: n}, true
		}
		return pdfToken{kind: tokNumber}, true
	}
	if word == "true" || word == "false" || word == "null" {
		return pdfToken{kind: tokOther}, true
	}
	return pdfToken{kind: tokOperator, text: word}, true
}

// until reads the tokens of an array or a dictionary.
func (l *pdfLexer) until(end string, depth int) (list []pdfToken) {
	const maxDepth = 20
	for {
		if depth > maxDepth {
			l.at = len(l.data)
			return nil
		}
		t, ok := l.next(depth + 1)
		if !ok || t.kind == tokOperator && t.text == end {
			return list
		}
		if len(list) < maxOperands {
			list = append(list, t)
		}
	}
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func (l *pdfLexer) space() {
	for l.at < len(l.data) {
		switch c := l.data[l.at]; {
		case isSpace(c):
			l.at++
		case c == '%':
			if end := bytes.IndexAny(l.data[l.at:], "\r\n"); end >= 0 {
				l.at += end
			} else {
				l.at = len(l.data)
			}
		default:
			return
		}
	}
}

func (l *pdfLexer) word() []byte {
	start := l.at
	for l.at < len(l.data) && !isSpace(l.data[l.at]) && bytes.IndexByte([]byte("()<>[]{}/%"), l.data[l.at]) < 0 {
		l.at++
	}
	return l.data[start:l.at]
}

// nameText replaces the #xx of a name.
func nameText(raw []byte) string {
	if bytes.IndexByte(raw, '#') < 0 {
		return string(raw)
	}
	var out []byte
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) {
			if n, err := strconv.ParseUint(string(raw[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(n))
				i += 2
				continue
			}
		}
		out = append(out, raw[i])
	}
	return string(out)
}

func (l *pdfLexer) hex() string {
	l.at++
	var out []byte
	half, n := false, byte(0)
	for ; l.at < len(l.data) && l.data[l.at] != '>'; l.at++ {
		d, err := strconv.ParseUint(string(l.data[l.at]), 16, 8)
		if err != nil {
			continue
		}
		if half {
			out = append(out, n<<4|byte(d))
		}
		n, half = byte(d), !half
	}
	l.at++
	if half {
		out = append(out, n<<4)
	}
	return string(out)
}

func (l *pdfLexer) literal() string {
	l.at++
	var out []byte
	for deep := 1; l.at < len(l.data); l.at++ {
		c := l.data[l.at]
		switch c {
		case '(':
			deep++
		case ')':
			if deep--; deep == 0 {
				l.at++
				return string(out)
			}
		case '\\':
			if l.at++; l.at < len(l.data) {
				out = l.escape(out)
			}
			continue
		}
		out = append(out, c)
	}
	return string(out)
}

// escape reads what stands after a backslash.
func (l *pdfLexer) escape(out []byte) []byte {
	switch c := l.data[l.at]; c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case '\n':
		return out
	case '\r':
		if l.at+1 < len(l.data) && l.data[l.at+1] == '\n' {
			l.at++
		}
		return out
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n := 0
		for i := 0; i < 3 && l.at < len(l.data) && l.data[l.at] >= '0' && l.data[l.at] <= '7'; i++ {
			n = n<<3 | int(l.data[l.at]-'0')
			l.at++
		}
		l.at--
		return append(out, byte(n))
	default:
		return append(out, c)
	}
}

// image passes over the bytes of an image that stands in the page itself, up to its end mark.
func (l *pdfLexer) image() {
	for {
		i := bytes.Index(l.data[l.at:], []byte("EI"))
		if i < 0 {
			l.at = len(l.data)
			return
		}
		start := l.at + i
		l.at = start + 2
		if start > 0 && isSpace(l.data[start-1]) && (l.at >= len(l.data) || isSpace(l.data[l.at])) {
			return
		}
	}
}
