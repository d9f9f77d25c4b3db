package expr

import (
	"fmt"
	"io/fs"
	"strings"
)

// split cuts an expression into text and holes. Text is kept as it is, but \{{ stands for {{.
func split(src string) ([]segment, error) {
	var list []segment
	var text strings.Builder
	holes := 0
	for at := 1; at < len(src); {
		open := strings.Index(src[at:], "{{")
		if open < 0 {
			text.WriteString(src[at:])
			break
		}
		open += at
		if open > at && src[open-1] == '\\' {
			text.WriteString(src[at : open-1])
			text.WriteString("{{")
			at = open + 2
			continue
		}
		text.WriteString(src[at:open])
		length, ok := holeEnd(src[open+2:])
		if !ok {
			return nil, fmt.Errorf("%w: the {{ at %s is never closed by }}", fs.ErrInvalid, position(src, open))
		}
		if length > maxHole {
			return nil, fmt.Errorf("%w: the {{ at %s holds more than %d bytes; use a code node", fs.ErrInvalid, position(src, open), maxHole)
		}
		if holes++; holes > maxHoles {
			return nil, fmt.Errorf("%w: the text has more than %d {{ }}", fs.ErrInvalid, maxHoles)
		}
		if text.Len() > 0 {
			list = append(list, segment{text: text.String()})
			text.Reset()
		}
		list = append(list, segment{hole: true, source: trimProgram(src[open+2 : open+2+length])})
		at = open + 2 + length + 2
	}
	if text.Len() > 0 || len(list) == 0 {
		list = append(list, segment{text: text.String()})
	}
	return list, nil
}

// trimProgram takes away white space and the semicolons that people end an expression with.
func trimProgram(s string) string {
	for {
		t := strings.TrimSuffix(strings.TrimSpace(s), ";")
		if t == s {
			return s
		}
		s = t
	}
}

// holeEnd returns the length of the JavaScript before the }} that ends a hole: the first one that is outside of
// brackets, strings and comments, and, when the text is not balanced, simply the first one.
func holeEnd(s string) (int, bool) {
	first := strings.Index(s, "}}")
	if first < 0 {
		return 0, false
	}
	if !strings.ContainsAny(s[:first], "{\"'`/") {
		return first, true
	}
	if end, ok := balancedEnd(s, first+maxHole); ok {
		return end, true
	}
	return first, true
}

// balancedEnd walks over JavaScript and finds }} at depth zero. It gives up after limit bytes.
func balancedEnd(s string, limit int) (int, bool) {
	var closers []byte
	value := false // the last token was the end of a value: a slash divides
	for i := 0; i < len(s) && i < limit; {
		c := s[i]
		switch {
		case c == '}' && len(closers) == 0:
			return i, strings.HasPrefix(s[i:], "}}")
		case c == '}' && closers[len(closers)-1] == '`':
			closers = closers[:len(closers)-1]
			n, expression := templateEnd(s[i+1:])
			if n < 0 {
				return 0, false
			}
			if expression {
				closers = append(closers, '`')
			}
			i += 1 + n
			value = !expression
			continue
		case c == '"' || c == '\'':
			n := stringEnd(s[i:])
			if n < 0 {
				return 0, false
			}
			i += n
			value = true
			continue
		case c == '`':
			n, expression := templateEnd(s[i+1:])
			if n < 0 {
				return 0, false
			}
			if expression {
				closers = append(closers, '`')
			}
			i += 1 + n
			value = !expression
			continue
		case c == '/' && strings.HasPrefix(s[i:], "//"):
			n := strings.IndexByte(s[i:], '\n')
			if n < 0 {
				return 0, false
			}
			i += n
			continue
		case c == '/' && strings.HasPrefix(s[i:], "/*"):
			n := strings.Index(s[i+2:], "*/")
			if n < 0 {
				return 0, false
			}
			i += n + 4
			continue
		case c == '/' && !value:
			n := regexpEnd(s[i:])
			if n < 0 {
				return 0, false
			}
			i += n
			value = true
			continue
		case c == '(' || c == '[' || c == '{':
			closers = append(closers, c)
			value = false
		case c == ')' || c == ']' || c == '}':
			if len(closers) == 0 {
				return 0, false
			}
			closers = closers[:len(closers)-1]
			value = true
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		default:
			if n := wordEnd(s[i:]); n > 0 {
				word := s[i : i+n]
				value = word != "return" && word != "typeof" && word != "in" && word != "of" && word != "case"
				i += n
				continue
			}
			value = false
		}
		i++
	}
	return 0, false
}

// stringEnd returns the length of the quoted string that s begins with, or -1.
func stringEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '\n':
			return -1
		case s[0]:
			return i + 1
		}
	}
	return -1
}

// templateEnd returns the length up to and with the closing back-tick, or up to and with the ${ of an expression.
func templateEnd(s string) (n int, expression bool) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '`':
			return i + 1, false
		case s[i] == '$' && i+1 < len(s) && s[i+1] == '{':
			return i + 2, true
		}
	}
	return -1, false
}

func regexpEnd(s string) int {
	class := false
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '\n':
			return -1
		case '[':
			class = true
		case ']':
			class = false
		case '/':
			if !class {
				return i + 1
			}
		}
	}
	return -1
}

func position(src string, at int) string {
	line := 1 + strings.Count(src[:at], "\n")
	column := at - strings.LastIndexByte(src[:at], '\n')
	return fmt.Sprintf("line %d, column %d", line, column)
}
