package nodes

import (
	"cmp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// rank orders values of different types: numbers, text, true and false, the rest; what is missing comes last.
func rank(v any) int {
	switch v.(type) {
	case nil:
		return 9
	case string:
		return 1
	case bool:
		return 2
	}
	if _, ok := number(v); ok {
		return 0
	}
	return 3
}

// compareValues orders two values. As is "auto" (numbers by size, text by letter), "number", "text", "natural" (file9
// before file10) or "date". What cannot be read so is missing; missing reports that for a and b.
func compareValues(a, b any, as string, ignoreCase bool) (order int, missA, missB bool) {
	switch as {
	case "number":
		x, okX := looseNumber(a)
		y, okY := looseNumber(b)
		return cmp.Compare(x, y), !okX, !okY
	case "date":
		x, okX := readTime(a, time.UTC)
		y, okY := readTime(b, time.UTC)
		return x.Compare(y), !okX, !okY
	case "text", "natural":
		x, y := folded(text(a), ignoreCase), folded(text(b), ignoreCase)
		if as == "natural" {
			return compareNatural(x, y), a == nil, b == nil
		}
		return cmp.Compare(x, y), a == nil, b == nil
	}
	if ra, rb := rank(a), rank(b); ra != rb {
		return cmp.Compare(ra, rb), a == nil, b == nil
	}
	if x, ok := number(a); ok {
		y, _ := number(b)
		return cmp.Compare(x, y), false, false
	}
	return cmp.Compare(folded(text(a), ignoreCase), folded(text(b), ignoreCase)), a == nil, b == nil
}

func folded(s string, ignoreCase bool) string {
	if ignoreCase {
		return strings.ToLower(s)
	}
	return s
}

// compareNatural compares runs of digits by their value, the rest by letter.
func compareNatural(a, b string) int {
	for a != "" && b != "" {
		da, db := digits(a), digits(b)
		if da > 0 && db > 0 {
			x, y := strings.TrimLeft(a[:da], "0"), strings.TrimLeft(b[:db], "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); c != 0 {
				return c
			}
			a, b = a[da:], b[db:]
			continue
		}
		ra, na := utf8.DecodeRuneInString(a)
		rb, nb := utf8.DecodeRuneInString(b)
		if c := cmp.Or(cmp.Compare(unicode.ToLower(ra), unicode.ToLower(rb)), cmp.Compare(ra, rb)); c != 0 {
			return c
		}
		a, b = a[na:], b[nb:]
	}
	return cmp.Compare(len(a), len(b))
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// same tells whether two values count as equal for people: 5 equals "5", objects equal by content.
func same(a, b any) bool {
	if rank(a) == rank(b) {
		return canonical(a) == canonical(b)
	}
	if rank(a) == 3 || rank(b) == 3 {
		return false
	}
	return text(a) == text(b)
}
