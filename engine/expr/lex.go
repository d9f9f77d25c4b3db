package expr

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	end tokenKind = iota
	name
	number
	text     // a quoted string, or a template without ${ }
	template // a template with ${ }: text is what stands between the back-ticks
	punct
)

type token struct {
	kind   tokenKind
	text   string // name, punctuation, the value of a string
	number float64
	at     int // where it begins
	to     int // where it ends
}

// puncts are the operators and brackets of the native subset, longest first.
var puncts = []string{
	"===", "!==", "...", "**", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "<<", ">>",
	"(", ")", "[", "]", "{", "}", ".", ",", ":", "?", "+", "-", "*", "/", "%", "!", "<", ">", "=", "&", "|", "^", "~", ";",
}

// lex cuts a hole into tokens; what it does not know is not native.
func lex(s string) ([]token, error) {
	list := make([]token, 0, 16)
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case strings.HasPrefix(s[i:], "//"):
			n := strings.IndexByte(s[i:], '\n')
			if n < 0 {
				n = len(s) - i
			}
			i += n
		case strings.HasPrefix(s[i:], "/*"):
			n := strings.Index(s[i+2:], "*/")
			if n < 0 {
				return nil, errNotNative
			}
			i += n + 4
		case c == '"' || c == '\'':
			n := stringEnd(s[i:])
			if n < 0 {
				return nil, errNotNative
			}
			v, ok := unquote(s[i : i+n])
			if !ok {
				return nil, errNotNative
			}
			list = append(list, token{kind: text, text: v, at: i, to: i + n})
			i += n
		case c == '`':
			t, n, ok := lexTemplate(s[i:])
			if !ok {
				return nil, errNotNative
			}
			t.at, t.to = i, i+n
			list = append(list, t)
			i += n
		case c >= '0' && c <= '9' || c == '.' && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9':
			n := numberEnd(s[i:])
			v, err := strconv.ParseFloat(s[i:i+n], 64)
			if err != nil || n > 1 && c == '0' && s[i+1] != '.' || wordEnd(s[i+n:]) > 0 {
				return nil, errNotNative
			}
			list = append(list, token{kind: number, number: v, at: i, to: i + n})
			i += n
		default:
			if n := wordEnd(s[i:]); n > 0 {
				list = append(list, token{kind: name, text: s[i : i+n], at: i, to: i + n})
				i += n
				continue
			}
			p := ""
			for _, candidate := range puncts {
				if strings.HasPrefix(s[i:], candidate) {
					p = candidate
					break
				}
			}
			if p == "" {
				return nil, errNotNative
			}
			if p == "?." && i+2 < len(s) && s[i+2] >= '0' && s[i+2] <= '9' {
				p = "?" // a?.5:1 is a condition
			}
			list = append(list, token{kind: punct, text: p, at: i, to: i + len(p)})
			i += len(p)
		}
	}
	return append(list, token{kind: end, at: len(s), to: len(s)}), nil
}

// lexTemplate reads a template. One whose ${ } hold braces or back-ticks of their own is not native.
func lexTemplate(s string) (token, int, bool) {
	n, expression := templateEnd(s[1:])
	if n < 0 {
		return token{}, 0, false
	}
	if !expression {
		v, ok := unquote(s[:1+n])
		return token{kind: text, text: v}, 1 + n, ok
	}
	at := 1
	for expression {
		at += n
		stop := strings.IndexAny(s[at:], "{}`")
		if stop < 0 || s[at+stop] != '}' {
			return token{}, 0, false
		}
		at += stop + 1
		if n, expression = templateEnd(s[at:]); n < 0 {
			return token{}, 0, false
		}
	}
	at += n
	return token{kind: template, text: s[1 : at-1]}, at, true
}

func numberEnd(s string) int {
	i := 0
	digits := func() {
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
	}
	digits()
	if i < len(s) && s[i] == '.' {
		i++
		digits()
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		j := i
		if i++; i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if k := i; true {
			if digits(); i == k {
				i = j
			}
		}
	}
	return i
}

// unquote returns the value of a quoted JavaScript string.
func unquote(s string) (string, bool) {
	body := s[1 : len(s)-1]
	if strings.IndexByte(body, '\\') < 0 {
		return strings.ReplaceAll(body, "\r\n", "\n"), utf8.ValidString(body)
	}
	var b strings.Builder
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' {
			b.WriteByte(body[i])
			continue
		}
		if i++; i == len(body) {
			return "", false
		}
		switch c := body[i]; c {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'v':
			b.WriteByte('\v')
		case '\n':
		case 'u', 'x':
			size := 2
			if c == 'u' {
				size = 4
			}
			if i+size >= len(body)+0 && i+size > len(body)-1 {
				return "", false
			}
			v, err := strconv.ParseUint(body[i+1:i+1+size], 16, 32)
			if err != nil || v >= 0xd800 && v < 0xe000 { // \u{…} and surrogates are left to the interpreter
				return "", false
			}
			b.WriteRune(rune(v))
			i += size
		case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '\r':
			return "", false
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), utf8.ValidString(b.String())
}
