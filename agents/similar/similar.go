// Package similar says how alike two answers of a target are, once what changes from answer to answer by itself is taken
// out: tokens and nonces, ids, times, and the value that was sent. Probes that change a value and look whether the target
// behaves differently stand on it.
package similar

import (
	"net/http"
	"strings"
	"unicode"

	"github.com/atelier-studio/atelier/agents/wire"
)

// Bounds of what is compared.
const (
	maxText  = 512 << 10
	maxWords = 100_000
)

// Of says how alike two answers are, from 0 to 1. Sent are the values in which their requests differ: an answer that shows
// what was sent is no other answer. Where the target redirects, where it redirects to counts as well; two answers of
// which one failed and one did not are at most half alike.
func Of(a, b *wire.Exchange, sent ...string) float64 {
	if !a.Answered() || !b.Answered() {
		if a.Answered() == b.Answered() {
			return 1
		}
		return 0
	}
	ratio := Ratio(Text(whole(a), sent...), Text(whole(b), sent...))
	if a.Status != b.Status {
		ratio /= 2
	}
	return ratio
}

// whole is what is compared of an answer beside its status.
func whole(x *wire.Exchange) string {
	body := string(x.Body[:min(len(x.Body), maxText)])
	if to := x.Header.Get("Location"); to != "" && x.Status >= http.StatusMultipleChoices && x.Status < http.StatusBadRequest {
		return to + "\n" + body
	}
	return body
}

// Ratio says how alike two texts are: the share of their words, and of their pairs of words beside each other, that both
// have. It is the same in either order, and 1 for texts of the same words.
func Ratio(a, b string) float64 {
	if a == b {
		return 1
	}
	inA, sizeA := grams(a)
	inB, sizeB := grams(b)
	if sizeA+sizeB == 0 {
		return 1
	}
	common := 0
	for gram, n := range inA {
		common += min(n, inB[gram])
	}
	return 2 * float64(common) / float64(sizeA+sizeB)
}

// gram is a word, or two beside each other.
type gram struct{ first, second string }

// grams counts the words of a text and their pairs.
func grams(text string) (counts map[gram]int, size int) {
	counts = map[gram]int{}
	before := ""
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }) {
		counts[gram{first: word}]++
		size++
		if before != "" {
			counts[gram{before, word}]++
			size++
		}
		if before = word; size > 2*maxWords {
			break
		}
	}
	return counts, size
}
