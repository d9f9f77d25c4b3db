package split

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// sentences cuts a text after each sentence (Unicode Standard Annex 29) and each line that ends a paragraph.
func sentences(text string) (list []Span) {
	state, at := -1, 0
	for rest := text; rest != ""; {
		var s string
		s, rest, state = uniseg.FirstSentenceInString(rest, state)
		list = append(list, Span{at, at + len(s)})
		at += len(s)
	}
	return list
}

// abbreviation ends a piece that is not the end of a sentence, though a full stop stands there.
var abbreviation = regexp.MustCompile(`(?:^|[\s(\[])(?:\p{L}|[A-Z][a-z]?\.[A-Z]|e\.g|i\.e|cf|vs|etc|approx|Dr|Mr|Mrs|Ms|Prof|St|No|Nr|Fig|Eq|Sec|z\.\s?B|d\.\s?h|bzw|ca|Sr|Sra|Art|p|pp|M|Mme)\.\s*$`)

// Sentences returns the sentences of a text, without the spaces around them.
func Sentences(text string) (list []Span) {
	joined := make([]Span, 0, 16)
	for _, s := range sentences(unwrapped(text)) {
		if n := len(joined); n > 0 && !strings.HasSuffix(joined[n-1].in(text), "\n") && abbreviation.MatchString(tail(joined[n-1].in(text))) {
			joined[n-1].End = s.End
			continue
		}
		joined = append(joined, s)
	}
	for _, s := range joined {
		part := s.in(text)
		s.Start += len(part) - len(strings.TrimLeft(part, " \t\r\n"))
		s.End -= len(part) - len(strings.TrimRight(part, " \t\r\n"))
		if s.Start < s.End {
			list = append(list, s)
		}
	}
	return list
}

// wrapped is how long a line must be, in bytes, for its end to be one that an editor made within a paragraph.
const wrapped = 50

// unwrapped is a text of the same length in which lines that were broken to fit a page are one: their ends are spaces.
func unwrapped(text string) string {
	out := []byte(text)
	start := 0
	for at := range len(text) {
		if text[at] != '\n' {
			continue
		}
		line, rest := strings.TrimSpace(text[start:at]), text[at+1:]
		start = at + 1
		if len(line) < wrapped || strings.ContainsAny(line[:1], "#|") || rest == "" || strings.ContainsAny(rest[:1], "\n\r \t#|>*+-") || listed.MatchString(rest[:min(len(rest), 12)]) {
			continue
		}
		out[at] = ' '
		if at > 0 && out[at-1] == '\r' {
			out[at-1] = ' '
		}
	}
	return string(out)
}

// listed begins an item of a list with numbers.
var listed = regexp.MustCompile(`^\d{1,3}[.)] `)

// tail is the end of a text, long enough for any abbreviation.
func tail(s string) string {
	at := max(0, len(s)-16)
	for at > 0 && !utf8.RuneStart(s[at]) {
		at--
	}
	return s[at:]
}

// lines cuts a text after each line.
func lines(text string) (list []Span) {
	at := 0
	for line := range strings.Lines(text) {
		list = append(list, Span{at, at + len(line)})
		at += len(line)
	}
	return list
}

// passages cuts code before each line that begins at the margin after an empty line, where functions and types begin.
func passages(text string) (list []Span) {
	blank := false
	for _, l := range lines(text) {
		line := l.in(text)
		fresh := blank && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t")
		if blank = strings.TrimSpace(line) == ""; fresh || len(list) == 0 {
			list = append(list, l)
			continue
		}
		list[len(list)-1].End = l.End
	}
	return list
}

// pack puts neighbours together up to a size in characters. What is longer alone is cut finer: at lines, at words, at
// characters.
func pack(pieces []Span, text string, size int) (list []Span) {
	size = max(size, 1)
	length := 0
	for _, p := range pieces {
		n := utf8.RuneCountInString(p.in(text))
		switch {
		case n > size:
			list = append(list, finer(p, text, size)...)
			length = utf8.RuneCountInString(list[len(list)-1].in(text))
		case len(list) > 0 && length+n <= size:
			list[len(list)-1].End = p.End
			length += n
		default:
			list = append(list, p)
			length = n
		}
	}
	return list
}

func finer(p Span, text string, size int) []Span {
	part := p.in(text)
	pieces := lines(part)
	if len(pieces) == 1 {
		pieces = words(part, size)
	}
	for i := range pieces {
		pieces[i].Start += p.Start
		pieces[i].End += p.Start
	}
	return pack(pieces, text, size)
}

// words cuts a text after spaces, and within what has none after size characters.
func words(text string, size int) (list []Span) {
	start, n := 0, 0
	for at, r := range text {
		if n == size {
			list, start, n = append(list, Span{start, at}), at, 0
		}
		n++
		if end := at + utf8.RuneLen(r); r == ' ' || r == '\t' {
			list, start, n = append(list, Span{start, end}), end, 0
		}
	}
	if start < len(text) {
		list = append(list, Span{start, len(text)})
	}
	return list
}

// windows are the parts of a chunk that are embedded.
func windows(text string, size int) (list []string) {
	if utf8.RuneCountInString(text) <= size {
		return []string{text}
	}
	parts := pack(sentences(text), text, size)
	for _, s := range parts {
		if w := strings.TrimSpace(s.in(text)); w != "" {
			list = append(list, w)
		}
	}
	return list
}
