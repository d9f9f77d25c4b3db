package embed

import (
	"iter"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// words gives the words of a text for the latent semantic analysis: runs of letters and digits, folded. Scripts that are
// written without spaces give pairs of neighbours.
func words(text string) iter.Seq[string] {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	text = strings.ToLower(norm.NFKC.String(text))
	return func(yield func(string) bool) {
		start, last := -1, -1 // of the word; of the character before, where two make a word
		for i, r := range text {
			switch {
			case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
				if start >= 0 && !word(text[start:i], yield) {
					return
				}
				end := i + len(string(r))
				if last >= 0 && !yield(text[last:end]) {
					return
				}
				start, last = -1, i
			case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
				if start < 0 {
					start = i
				}
				last = -1
			default:
				if start >= 0 && !word(text[start:i], yield) {
					return
				}
				start, last = -1, -1
			}
		}
		if start >= 0 {
			word(text[start:], yield)
		}
	}
}

// word passes on what is long enough to mean something and short enough to be one.
func word(w string, yield func(string) bool) bool {
	if len(w) < 2 || len(w) > 48 {
		return true
	}
	return yield(stem(w))
}

// stem takes off the endings of English plurals, the only ones that cost nothing in other languages.
func stem(w string) string {
	switch {
	case len(w) < 4 || !strings.HasSuffix(w, "s") || strings.HasSuffix(w, "ss") || strings.HasSuffix(w, "us") || strings.HasSuffix(w, "is"):
		return w
	case strings.HasSuffix(w, "ies") && len(w) > 4:
		return w[:len(w)-3] + "y"
	default:
		return w[:len(w)-1]
	}
}
