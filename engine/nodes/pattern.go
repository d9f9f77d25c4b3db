package nodes

import (
	"fmt"
	"strings"
	"time"
)

// patternTokens are the tokens of date patterns, the longest first, with Go's layout for reading and for writing.
var patternTokens = []struct{ token, layout string }{
	{"yyyy", "2006"}, {"yy", "06"}, {"MMMM", "January"}, {"MMM", "Jan"}, {"MM", "01"}, {"M", "1"}, {"EEEE", "Monday"}, {"EEE", "Mon"},
	{"dd", "02"}, {"d", "2"}, {"HH", "15"}, {"H", "15"}, {"hh", "03"}, {"h", "3"}, {"mm", "04"}, {"m", "4"}, {"ss", "05"}, {"s", "5"},
	{"SSS", "000"}, {"a", "PM"}, {"ZZZ", "-0700"}, {"ZZ", "-07:00"}, {"Z", "Z07:00"}, {"z", "MST"},
}

// scanPattern calls token for each token of a pattern and literal for what is between them or quoted.
func scanPattern(pattern string, token func(name, layout string), literal func(string)) {
	for pattern != "" {
		if quoted, ok := strings.CutPrefix(pattern, "'"); ok {
			inside, rest, _ := strings.Cut(quoted, "'")
			if inside == "" {
				inside = "'"
			}
			literal(inside)
			pattern = rest
			continue
		}
		found := false
		for _, t := range patternTokens {
			if strings.HasPrefix(pattern, t.token) {
				token(t.token, t.layout)
				pattern, found = pattern[len(t.token):], true
				break
			}
		}
		if !found {
			literal(pattern[:1])
			pattern = pattern[1:]
		}
	}
}

// goLayout translates a pattern for time.Parse.
func goLayout(pattern string) string {
	var b strings.Builder
	scanPattern(pattern, func(_, layout string) { b.WriteString(layout) }, func(s string) { b.WriteString(s) })
	return b.String()
}

// formatTime writes t by a pattern. Unlike a Go layout, digits in the pattern's literals stay digits.
func formatTime(t time.Time, pattern string) string {
	var b strings.Builder
	scanPattern(pattern, func(name, layout string) {
		switch name {
		case "SSS":
			fmt.Fprintf(&b, "%03d", t.Nanosecond()/1e6)
		case "H":
			fmt.Fprint(&b, t.Hour())
		default:
			b.WriteString(t.Format(layout))
		}
	}, func(s string) { b.WriteString(s) })
	return b.String()
}
