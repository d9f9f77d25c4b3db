package compat

import "strings"

// block is what stands between braces in a style sheet.
type block struct {
	prelude      string // the selector, or the at-rule with what follows it
	declarations []declaration
	line         int
	within       []string // the preludes around it, from outside
}

type declaration struct {
	name, value string
	line        int
}

// Bounds of a style sheet.
const (
	maxBlocks = 20_000
	maxDepth  = 50
)

// blocks reads a style sheet as far as browsers' rules of braces and semicolons go; comments are left out, and what stands
// in quotation marks is not looked into.
func blocks(source string) []block {
	var (
		list  []block
		stack []int // indices of list
		text  strings.Builder
		line  = 1
		begun = 1
	)
	prelude := func() string { s := strings.Join(strings.Fields(text.String()), " "); text.Reset(); return s }
	declare := func() {
		s := strings.TrimSpace(text.String())
		text.Reset()
		if len(stack) == 0 || s == "" || strings.HasPrefix(s, "@") {
			return
		}
		name, value, ok := strings.Cut(s, ":")
		if name = strings.ToLower(strings.TrimSpace(name)); ok && name != "" && !strings.ContainsAny(name, " \n{}") {
			at := &list[stack[len(stack)-1]]
			at.declarations = append(at.declarations, declaration{name, strings.TrimSpace(value), begun})
		}
	}
	for i := 0; i < len(source) && len(list) < maxBlocks; i++ {
		c := source[i]
		if c == '\n' {
			line++
		}
		switch {
		case c == '/' && strings.HasPrefix(source[i:], "/*"):
			end := strings.Index(source[i+2:], "*/")
			if end < 0 {
				return list
			}
			line += strings.Count(source[i:i+2+end], "\n")
			i += end + 3
		case c == '"' || c == '\'':
			end := quoted(source, i)
			text.WriteString(source[i:end])
			line += strings.Count(source[i:end], "\n")
			i = end - 1
		case c == '{':
			var within []string
			for _, k := range stack {
				within = append(within, list[k].prelude)
			}
			if len(stack) >= maxDepth {
				return list
			}
			list = append(list, block{prelude: prelude(), line: begun, within: within})
			stack = append(stack, len(list)-1)
		case c == '}':
			declare()
			if len(stack) > 0 {
				stack = stack[:len(stack)-1]
			}
		case c == ';':
			if len(stack) == 0 { // @import and the like
				list = append(list, block{prelude: prelude(), line: begun})
				continue
			}
			declare()
		default:
			if strings.TrimSpace(text.String()) == "" && c != ' ' && c != '\n' && c != '\t' {
				begun = line
			}
			text.WriteByte(c)
		}
	}
	return list
}

// quoted is the end of a string that begins at i.
func quoted(source string, i int) int {
	for k := i + 1; k < len(source); k++ {
		switch source[k] {
		case '\\':
			k++
		case source[i]:
			return k + 1
		case '\n':
			return k
		}
	}
	return len(source)
}
