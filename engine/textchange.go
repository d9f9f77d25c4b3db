package engine

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf16"
)

// maxTextParts bounds one change of a text; an editor sends a handful.
const maxTextParts = 10_000

// TextChange is a change of one text, in the form of CodeMirror's change sets: a list of a number (so much stays), [n]
// (so much goes) and [n, "line", "line"] (so much goes and these lines come). Lengths count UTF-16 units, as a browser
// does. A change names the whole text, so that it fits only texts of its length.
type TextChange struct {
	parts []textPart
	grown bool // the last part's insertion is this change's own memory, so that it can grow in place
}

// textPart keeps Len units, or takes Len units out and puts Ins in their place.
type textPart struct {
	keep bool
	n    int
	ins  []uint16
}

// ParseTextChange reads a change. It is refused unless it is well-formed and bounded.
func ParseTextChange(data []byte) (TextChange, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil || len(raw) == 0 {
		return TextChange{}, invalid("a change of a text must be a list of numbers and lists")
	}
	if len(raw) > maxTextParts {
		return TextChange{}, invalid("a change of a text has at most %d parts", maxTextParts)
	}
	var c TextChange
	for _, r := range raw {
		p, err := parseTextPart(r)
		if err != nil {
			return TextChange{}, err
		}
		c.add(p)
	}
	return c, nil
}

func parseTextPart(raw json.RawMessage) (textPart, error) {
	var n int
	if json.Unmarshal(raw, &n) == nil && n >= 0 && n <= MaxFileBytes {
		return textPart{keep: true, n: n}, nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil || len(list) == 0 || json.Unmarshal(list[0], &n) != nil || n < 0 || n > MaxFileBytes {
		return textPart{}, invalid("a part of a text's change must be a length, or a list of a length and lines")
	}
	lines := make([]string, len(list)-1)
	for i, l := range list[1:] {
		if json.Unmarshal(l, &lines[i]) != nil || isNull(l) {
			return textPart{}, invalid("the lines of a text's change must be texts")
		}
	}
	return textPart{n: n, ins: units(strings.Join(lines, "\n"))}, nil
}

// MarshalJSON writes the change in its one shortest form: equal changes give equal bytes.
func (c TextChange) MarshalJSON() ([]byte, error) {
	out := make([]any, 0, len(c.parts))
	for _, p := range c.parts {
		switch {
		case p.keep:
			out = append(out, p.n)
		case len(p.ins) == 0:
			out = append(out, []int{p.n})
		default:
			part := []any{p.n}
			for line := range strings.SplitSeq(string(utf16.Decode(p.ins)), "\n") {
				part = append(part, line)
			}
			out = append(out, part)
		}
	}
	if len(out) == 0 {
		out = append(out, 0) // of an empty text nothing changes
	}
	return json.Marshal(out)
}

// DiffText is the change from one text to another as one replaced stretch. Surrogate pairs stay whole.
func DiffText(from, to string) TextChange {
	a, b := units(from), units(to)
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	if head > 0 && isHigh(a[head-1]) {
		head--
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	if tail > 0 && isLow(a[len(a)-tail]) {
		tail--
	}
	var c TextChange
	c.add(textPart{keep: true, n: head})
	c.add(textPart{n: len(a) - head - tail, ins: b[head : len(b)-tail]})
	c.add(textPart{keep: true, n: tail})
	return c
}

// Empty tells whether the change changes nothing.
func (c TextChange) Empty() bool { return len(c.parts) == 0 || len(c.parts) == 1 && c.parts[0].keep }

// Apply returns the changed text and the change that leads back.
func (c TextChange) Apply(text string) (string, TextChange, error) {
	old := units(text)
	var next []uint16
	var back TextChange
	at := 0
	for _, p := range c.parts {
		if at+p.n > len(old) {
			return "", back, conflict("the text has changed meanwhile: this edit was made on another one")
		}
		here := old[at : at+p.n]
		at += p.n
		if splitsPair(old, at) {
			return "", back, invalid("a change of a text must not cut a character in two")
		}
		if p.keep {
			next = append(next, here...)
			back.add(p)
			continue
		}
		next = append(next, p.ins...)
		back.add(textPart{n: len(p.ins), ins: here})
	}
	if at != len(old) {
		return "", back, conflict("the text has changed meanwhile: this edit was made on another one")
	}
	return string(utf16.Decode(next)), back, nil
}

// Compose returns the change that does c and then next.
func (c TextChange) Compose(next TextChange) (TextChange, error) {
	var out TextChange
	a, b := readerOf(c), readerOf(next)
	for {
		x, y := a.head(), b.head()
		switch {
		case x.kind == gone:
			out.add(textPart{n: a.take(x.n).n})
		case y.kind == come:
			out.add(textPart{ins: b.take(y.n).ins})
		case x.kind == end && y.kind == end:
			return out, nil
		case x.kind == end || y.kind == end:
			return out, conflict("two changes of a text do not follow each other")
		default:
			n := min(x.n, y.n)
			p := a.take(n)
			b.take(n)
			switch {
			case x.kind == come && y.kind == stay:
				out.add(textPart{ins: p.ins})
			case x.kind == stay && y.kind == stay:
				out.add(textPart{keep: true, n: n})
			case x.kind == stay:
				out.add(textPart{n: n})
			}
		}
	}
}

// Map fits the change to a text on which other, made on the same text as c, was done before. Where both insert at one
// place, what is first comes first: other's insertion, or c's when first is true.
func (c TextChange) Map(other TextChange, first bool) (TextChange, error) {
	var out TextChange
	a, b := readerOf(c), readerOf(other)
	for {
		x, y := a.head(), b.head()
		switch {
		case x.kind == come && (first || y.kind != come):
			out.add(textPart{ins: a.take(x.n).ins})
		case y.kind == come:
			out.add(textPart{keep: true, n: len(b.take(y.n).ins)})
		case x.kind == end && y.kind == end:
			return out, nil
		case x.kind == end || y.kind == end:
			return out, conflict("two changes of a text do not begin with the same text")
		default:
			n := min(x.n, y.n)
			a.take(n)
			b.take(n)
			if y.kind == stay {
				out.add(textPart{keep: x.kind == stay, n: n})
			}
		}
	}
}

// add appends a part; neighbours of one sort become one.
func (c *TextChange) add(p textPart) {
	if p.n == 0 && len(p.ins) == 0 {
		return
	}
	if last := len(c.parts) - 1; last >= 0 && c.parts[last].keep == p.keep {
		l := &c.parts[last]
		if l.n += p.n; len(p.ins) > 0 {
			if !c.grown {
				l.ins, c.grown = slices.Clip(l.ins), true
			}
			l.ins = append(l.ins, p.ins...)
		}
		return
	}
	c.parts, c.grown = append(c.parts, p), false
}

// The pieces in which two changes are walked side by side: in a replaced stretch what comes stands before what goes.
const (
	end = iota
	stay
	gone
	come
)

type piece struct{ kind, n int }

// reader walks the parts of a change. What was taken of the first part is kept beside it.
type reader struct {
	parts []textPart
	first textPart
}

func readerOf(c TextChange) *reader {
	r := &reader{parts: c.parts}
	r.next()
	return r
}

func (r *reader) next() {
	r.first = textPart{}
	if len(r.parts) > 0 {
		r.first, r.parts = r.parts[0], r.parts[1:]
	}
}

func (r *reader) head() piece {
	p := r.first
	switch {
	case p.n == 0 && len(p.ins) == 0:
		return piece{end, 0}
	case p.keep:
		return piece{stay, p.n}
	case len(p.ins) > 0:
		return piece{come, len(p.ins)}
	}
	return piece{gone, p.n}
}

// take removes the first n units of the piece at the head and returns them.
func (r *reader) take(n int) textPart {
	p := &r.first
	out := textPart{keep: p.keep, n: n}
	if len(p.ins) > 0 {
		out = textPart{ins: p.ins[:n]}
		p.ins = p.ins[n:]
	} else {
		p.n -= n
	}
	if p.n == 0 && len(p.ins) == 0 {
		r.next()
	}
	return out
}

func units(s string) []uint16 { return utf16.Encode([]rune(s)) }
func isHigh(u uint16) bool    { return u >= 0xd800 && u < 0xdc00 }
func isLow(u uint16) bool     { return u >= 0xdc00 && u < 0xe000 }
func splitsPair(text []uint16, at int) bool {
	return at > 0 && at < len(text) && isHigh(text[at-1]) && isLow(text[at])
}
