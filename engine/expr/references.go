package expr

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// reference is one mention of a node: src[start:end] is the part to replace when the node is renamed, and quote the
// quotation mark around it, or 0 for $node.Name, where start is at the dot.
type reference struct {
	start, end int
	quote      byte
	name       string
}

// ReferencedNodes returns the names of the nodes that JavaScript reads by $('A'), $node["B"], $node.C or $items("D").
func ReferencedNodes(code string) []string {
	var names []string
	for _, r := range references(code) {
		names = addName(names, r.name)
	}
	return names
}

// RenameNode returns a parameter text, or the code of a code node, with the references to one node changed to its new
// name. In an expression only what stands between {{ and }} is touched, and text that is no expression and has no
// reference stays as it is.
func RenameNode(src, from, to string) string {
	if !strings.Contains(src, "$") || from == to || from == "" {
		return src
	}
	return inCode(src, func(code string) string { return rename(code, from, to, references(code)) })
}

// ReferencedVariables returns the names that JavaScript reads by $vars.A, $vars?.B or $vars["C"].
func ReferencedVariables(code string) []string {
	var names []string
	for _, r := range variables(code) {
		names = addName(names, r.name)
	}
	return names
}

// RenameVariable is RenameNode for the names behind $vars.
func RenameVariable(src, from, to string) string {
	if !strings.Contains(src, "$vars") || from == to || from == "" {
		return src
	}
	return inCode(src, func(code string) string { return rename(code, from, to, variables(code)) })
}

// inCode changes what is JavaScript: all of a text that is no expression, and of an expression what stands between
// {{ and }}.
func inCode(src string, change func(code string) string) string {
	if !IsExpression(src) {
		return change(src)
	}
	var b strings.Builder
	at := 0
	for at < len(src) {
		open := strings.Index(src[at:], "{{")
		if open < 0 {
			break
		}
		open += at + 2
		b.WriteString(src[at:open])
		at = open
		if open > 2 && src[open-3] == '\\' {
			continue
		}
		length, ok := holeEnd(src[open:])
		if !ok {
			break
		}
		b.WriteString(change(src[open : open+length]))
		b.WriteString("}}")
		at = open + length + 2
	}
	b.WriteString(src[at:])
	return b.String()
}

func rename(code, from, to string, list []reference) string {
	var b strings.Builder
	at := 0
	for _, r := range list {
		if r.name != from {
			continue
		}
		b.WriteString(code[at:r.start])
		switch {
		case r.quote != 0:
			b.WriteString(quoted(to, r.quote))
		case isName(to):
			b.WriteString("." + to)
		default:
			b.WriteString("[" + quoted(to, '"') + "]")
		}
		at = r.end
	}
	if at == 0 {
		return code
	}
	b.WriteString(code[at:])
	return b.String()
}

// references finds mentions without parsing, so that code which does not parse can be renamed too.
func references(code string) []reference {
	var list []reference
	for i := 0; i < len(code); {
		n := strings.IndexByte(code[i:], '$')
		if n < 0 {
			break
		}
		at := i + n
		i = at + 1
		if before, _ := utf8.DecodeLastRuneInString(code[:at]); at > 0 && isNameRune(before) {
			continue
		}
		word := code[at : at+max(1, wordEnd(code[at:]))]
		rest := at + len(word)
		var open byte
		switch word {
		case "$", "$items":
			open = '('
		case "$node":
			open = '['
			if p := skipSpace(code, rest); p < len(code) && code[p] == '.' {
				q := skipSpace(code, p+1)
				if n := wordEnd(code[q:]); n > 0 {
					list = append(list, reference{start: p, end: q + n, name: code[q : q+n]})
				}
				continue
			}
		default:
			i = rest
			continue
		}
		p := skipSpace(code, rest)
		if p >= len(code) || code[p] != open {
			continue
		}
		p = skipSpace(code, p+1)
		if p >= len(code) || (code[p] != '\'' && code[p] != '"' && code[p] != '`') {
			continue
		}
		n = stringEnd(code[p:])
		if n < 0 || code[p] == '`' && strings.Contains(code[p:p+n], "${") {
			continue
		}
		name, ok := unquote(code[p : p+n])
		if !ok {
			continue
		}
		list = append(list, reference{start: p, end: p + n, quote: code[p], name: name})
		i = p + n
	}
	return list
}

// variables finds mentions of $vars, as references does those of nodes.
func variables(code string) []reference {
	var list []reference
	for i := 0; i < len(code); {
		n := strings.Index(code[i:], "$vars")
		if n < 0 {
			break
		}
		at := i + n
		i = at + len("$vars")
		if before, _ := utf8.DecodeLastRuneInString(code[:at]); at > 0 && isNameRune(before) || wordEnd(code[at:]) != len("$vars") {
			continue
		}
		p := skipSpace(code, i)
		if strings.HasPrefix(code[p:], "?.") && !strings.HasPrefix(code[p:], "?.[") {
			p++
		} else if strings.HasPrefix(code[p:], "?.[") {
			p += 2
		}
		if p >= len(code) {
			break
		}
		switch code[p] {
		case '.':
			q := skipSpace(code, p+1)
			if n := wordEnd(code[q:]); n > 0 {
				list = append(list, reference{start: p, end: q + n, name: code[q : q+n]})
				i = q + n
			}
		case '[':
			q := skipSpace(code, p+1)
			if q >= len(code) || code[q] != '\'' && code[q] != '"' {
				continue
			}
			n := stringEnd(code[q:])
			if n < 0 {
				continue
			}
			if name, ok := unquote(code[q : q+n]); ok {
				list = append(list, reference{start: q, end: q + n, quote: code[q], name: name})
				i = q + n
			}
		}
	}
	return list
}

func addName(list []string, name string) []string {
	if slices.Contains(list, name) {
		return list
	}
	return append(list, name)
}

func skipSpace(s string, at int) int {
	for at < len(s) && (s[at] == ' ' || s[at] == '\t' || s[at] == '\n' || s[at] == '\r') {
		at++
	}
	return at
}

// quoted writes a JavaScript string with the given quotation mark.
func quoted(s string, quote byte) string {
	var b strings.Builder
	b.WriteByte(quote)
	for i := range len(s) {
		switch c := s[i]; {
		case c == quote || c == '\\' || quote == '`' && c == '$':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte(quote)
	return b.String()
}

// wordEnd returns the length of the name that s begins with, 0 when it does not begin with one.
func wordEnd(s string) int {
	for i, r := range s {
		if !isNameRune(r) || i == 0 && r >= '0' && r <= '9' {
			return i
		}
	}
	return len(s)
}

func isName(s string) bool { return s != "" && wordEnd(s) == len(s) }

func isNameRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '$' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r))
}
