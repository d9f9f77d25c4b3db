package openapi

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// matching is a text that matches a pattern and has at least so many characters. It is not ok for a pattern that cannot be
// read (one that looks around itself) or has no such text.
func (m *maker) matching(pattern string, least int) (text string, ok bool) {
	const most = 200 // repetitions more than the pattern needs
	compiled := m.compile(pattern)
	if compiled == nil {
		return "", false
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", false
	}
	for more := 0; more <= min(max(least, 1), most) && m.steps > 0; more++ {
		var b strings.Builder
		m.spell(&b, tree, more)
		m.steps -= b.Len() // that it takes to match
		if text := b.String(); compiled.MatchString(text) && len([]rune(text)) >= least {
			return text, true
		}
	}
	return "", false
}

// compile makes a pattern ready; nil when it cannot be read, or takes too long.
func (m *maker) compile(pattern string) *regexp.Regexp {
	const longest = 1000
	if m.steps -= len(pattern); len(pattern) > longest || m.steps < 0 {
		return nil
	}
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return nil
	}
	return compiled
}

// spell writes the simplest text of a pattern, with what may be repeated so many times more. What is repeated may have no
// text itself, so steps are counted, too.
func (m *maker) spell(b *strings.Builder, r *syntax.Regexp, more int) {
	const longest = 10000
	if m.steps--; m.steps < 0 || b.Len() > longest {
		return
	}
	times := func(n int) {
		for range n {
			if m.steps < 0 {
				return
			}
			m.spell(b, r.Sub[0], more)
		}
	}
	switch r.Op {
	case syntax.OpLiteral:
		b.WriteString(string(r.Rune))
	case syntax.OpCharClass:
		b.WriteRune(oneOf(r.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('a')
	case syntax.OpStar:
		times(more)
	case syntax.OpPlus:
		times(1 + more)
	case syntax.OpQuest:
		times(min(more, 1))
	case syntax.OpRepeat:
		n := r.Min + more
		if r.Max >= 0 {
			n = min(n, r.Max)
		}
		times(n)
	case syntax.OpAlternate:
		m.spell(b, r.Sub[more%len(r.Sub)], more)
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range r.Sub {
			m.spell(b, sub, more)
		}
	default: // anchors have no text
	}
}

// oneOf is a character of a class: a letter or digit where it has one.
func oneOf(ranges []rune) rune {
	for _, wanted := range "aA0-_. " {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= wanted && wanted <= ranges[i+1] {
				return wanted
			}
		}
	}
	if len(ranges) == 0 {
		return 'a'
	}
	return ranges[0]
}
