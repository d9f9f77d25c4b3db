package rag

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/rag/lexical"
)

// maxQuestionTerms bounds the work for a question; what is longer is ranked by its first terms.
const maxQuestionTerms = 64

// window is how many words may lie between two terms of a question that count as near.
const window = 8

// question is a question as the features see it.
type question struct {
	terms []string // without stop words, in their order, each once
	mass  map[string]float64
	total float64
	pairs [][2]string // neighbours
	names []string    // terms that are written large within the question, or have digits
}

// newQuestion weighs the terms of a question by their rarity.
func newQuestion(words *lexical.Index, text string) *question {
	q := &question{mass: map[string]float64{}}
	before := ""
	for _, t := range words.Analyzer().Tokens(nil, text) {
		if t.Stop || len(q.terms) == maxQuestionTerms {
			continue
		}
		if before != "" && before != t.Term {
			q.pairs = append(q.pairs, [2]string{before, t.Term})
		}
		before = t.Term
		if _, seen := q.mass[t.Term]; !seen {
			q.mass[t.Term] = words.Rarity(t.Term)
			q.total += q.mass[t.Term]
			if first, _ := utf8.DecodeRuneInString(t.Word); t.Start > 0 && unicode.IsUpper(first) || strings.ContainsFunc(t.Word, unicode.IsDigit) {
				q.names = append(q.names, t.Term)
			}
			q.terms = append(q.terms, t.Term)
		}
	}
	return q
}

// features of a chunk for a question, each 0 to 1.
type features struct {
	Coverage  float64 // share of the question's idf mass whose terms stand in the chunk, its title or its headings
	Proximity float64 // share of the neighbouring terms of the question that stand near each other here, those in order whole
	named     float64 // share of the question's names and numbers that stand here; half where it has none
	Title     float64 // share of the mass whose terms stand in the title or the headings
}

func (q *question) features(a *lexical.Analyzer, c *Chunk) (f features) {
	if q.total == 0 {
		return f
	}
	places := q.places(a, c.Text)
	title := q.places(a, c.Title+"\n"+strings.Join(c.Headings, "\n"))
	for _, t := range q.terms {
		if len(places[t]) > 0 || len(title[t]) > 0 {
			f.Coverage += q.mass[t] / q.total
		}
		if len(title[t]) > 0 {
			f.Title += q.mass[t] / q.total
		}
	}
	f.named = 0.5
	if len(q.names) > 0 {
		f.named = 0
		for _, t := range q.names {
			if len(places[t]) > 0 || len(title[t]) > 0 {
				f.named += 1 / float64(len(q.names))
			}
		}
	}
	var sum, most float64
	for _, p := range q.pairs {
		weight := q.mass[p[0]] + q.mass[p[1]]
		most += weight
		sum += weight * near(places[p[0]], places[p[1]])
	}
	if most > 0 {
		f.Proximity = sum / most
	}
	return f
}

// places tells where the terms of the question stand in a text, counted in words.
func (q *question) places(a *lexical.Analyzer, text string) map[string][]int {
	at := map[string][]int{}
	for i, t := range a.Tokens(nil, text) {
		if _, asked := q.mass[t.Term]; asked && !t.Stop {
			at[t.Term] = append(at[t.Term], i)
		}
	}
	return at
}

// near is 1 where b follows a within the window, less by the distance, and half of that where it comes before.
func near(a, b []int) (best float64) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		distance := b[j] - a[i]
		worth := 1 - float64(max(distance, -distance)-1)/window
		if distance < 0 {
			worth /= 2
		}
		best = max(best, worth)
		if a[i] < b[j] {
			i++
		} else {
			j++
		}
	}
	return best
}
