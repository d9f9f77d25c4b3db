package similar

import (
	"cmp"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// varying is what differs from one answer to the next though nothing else did.
var varying = regexp.MustCompile(strings.Join([]string{
	`(?i:\bnonce\s*=\s*["'][^"']*["'])`,
	`(?i:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})`,
	`\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`,
	`\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?`,
	`\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{4}(?: \d\d:\d\d(?::\d\d)?(?: GMT| UTC)?)?`,
	`\b\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[AaPp][Mm])?\b`,
	`\b\d+(?:\.\d+)? ?(?:ns|µs|us|ms|s|sec|seconds|milliseconds)\b`,
	`\b\d{9,}\b`,
	`[A-Za-z0-9+/_=-]{16,}`, // a token if it looks like one
}, "|"))

// Text takes out of a text what varies by itself, and the values that were sent, however the target wrote them.
func Text(text string, sent ...string) string {
	if len(text) > maxText {
		text = text[:maxText]
	}
	for _, form := range forms(sent) {
		text = without(text, form)
	}
	return varying.ReplaceAllStringFunc(text, func(found string) string {
		if len(found) >= 16 && !isToken(found) {
			return found
		}
		return " "
	})
}

// isToken tells a token, a hash or a time from a long word or a path.
func isToken(text string) bool {
	if !strings.ContainsAny(text, "+/_=-") && strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }) < 0 {
		return true // a number
	}
	if strings.ContainsAny(text, " :,.\"'") {
		return true // one of the other patterns: they are exact
	}
	digits, upper, lower, turns := 0, 0, 0, 0
	last := 0
	for _, r := range text {
		kind := 0
		switch {
		case r >= '0' && r <= '9':
			digits++
			kind = 1
		case r >= 'A' && r <= 'Z':
			upper++
			kind = 2
		case r >= 'a' && r <= 'z':
			lower++
			kind = 3
		}
		if kind != 0 && last != 0 && kind != last {
			turns++
		}
		if kind != 0 {
			last = kind
		}
	}
	if !strings.ContainsAny(text, "+/_=-") && (turns >= 2 && digits > 0 || upper >= 20 && lower == 0) {
		return true // in one piece, with a digit in the middle, or longer than what is written in capitals
	}
	// Words and paths keep to letters of one case and a number at their end; tokens go to and fro.
	return turns >= 4 && (digits > 0 || upper > 0 && lower > 0) || digits*2 > len(text) && turns >= 1
}

// forms are the ways in which a target may write values that it was sent, the longest first.
func forms(sent []string) []string {
	var list []string
	for _, value := range sent {
		if value == "" {
			continue
		}
		list = append(list, value, html.EscapeString(value), url.QueryEscape(value), url.PathEscape(value), strings.ReplaceAll(url.QueryEscape(value), "+", "%20"),
			strings.NewReplacer(`'`, `&#x27;`, `"`, `&quot;`, `<`, `&lt;`, `>`, `&gt;`, `&`, `&amp;`).Replace(value), strings.NewReplacer(`'`, `\'`, `"`, `\"`, `\`, `\\`).Replace(value))
		if data, err := json.Marshal(value); err == nil {
			list = append(list, strings.Trim(string(data), `"`))
		}
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return slices.Compact(list)
}

// without takes a value out of a text where it stands by itself: the 1 of 1, and not that of 21.
func without(text, value string) string {
	var b strings.Builder
	done := 0
	for from := 0; ; {
		next := strings.Index(text[from:], value)
		if next < 0 {
			break
		}
		at := from + next
		from = at + len(value)
		if !inWord(text, at) && !inWord(text, from) {
			b.WriteString(text[done:at])
			b.WriteByte(' ')
			done = from
		}
	}
	b.WriteString(text[done:])
	return b.String()
}

// inWord tells whether a place of a text lies between two letters or digits.
func inWord(text string, at int) bool {
	return at > 0 && at < len(text) && isWord(text[at-1]) && isWord(text[at])
}

func isWord(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
}
