package rag

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/rag/split"
)

// Limits of an extracted answer.
const (
	maxExtracted     = 4   // sentences
	maxExtractLength = 900 // characters
	maxPassages      = 60  // sentences that are looked at for their meaning
)

// passage is a sentence of a hit.
type passage struct {
	hit   int
	order int
	text  string
	score float64
	words map[string]bool
}

// Extract answers a question with the sentences of the hits that answer it best, each with the number of its hit. It
// makes nothing up and needs no model. The second result is empty where no sentence fits.
func (r *Retriever) Extract(ctx context.Context, text string, found *Found) (string, []Sentence) {
	q := newQuestion(r.Words, text)
	passages := r.passages(found.Hits)
	lexicalWeight := min(max(2*found.Coverage, 0.15), 1)
	for i := range passages {
		p := &passages[i]
		f := q.features(r.Words.Analyzer(), &Chunk{Text: p.text})
		p.score = lexicalWeight * (0.7*f.Coverage + 0.3*f.Proximity)
	}
	r.byMeaning(ctx, text, passages, 1-lexicalWeight/2)
	for i := range passages {
		p := &passages[i]
		p.score *= 0.5 + 0.5*found.Hits[p.hit].Probability
		p.score *= lengthWorth(p.text)
	}
	picked := pick(passages)
	var b strings.Builder
	var sentences []Sentence
	for _, p := range picked {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		n := p.hit + 1
		b.WriteString(p.text + " [" + itoa(n) + "]")
		sentences = append(sentences, Sentence{Text: p.text, Sources: []int{n}, Support: Supported, Coverage: 1})
	}
	return b.String(), sentences
}

func (r *Retriever) passages(hits []Hit) (list []passage) {
	for i, h := range hits {
		for order, s := range split.Sentences(h.Text) {
			text := plainLine(h.Text[s.Start:s.End])
			if n := utf8.RuneCountInString(text); n < 15 || n > 600 || strings.HasPrefix(h.Text[s.Start:s.End], "#") {
				continue
			}
			p := passage{hit: i, order: order, text: text, words: map[string]bool{}}
			for _, t := range r.Words.Analyzer().Tokens(nil, text) {
				if !t.Stop {
					p.words[t.Term] = true
				}
			}
			list = append(list, p)
		}
	}
	return list
}

// byMeaning adds how near the best passages are to the question. Without an embedder that answers nothing is added.
func (r *Retriever) byMeaning(ctx context.Context, text string, passages []passage, weight float64) {
	if len(r.Spaces) == 0 || len(passages) == 0 {
		return
	}
	slices.SortStableFunc(passages, func(a, b passage) int { return cmp.Compare(b.score, a.score) })
	near := passages[:min(len(passages), maxPassages)]
	texts := []string{text}
	for _, p := range near {
		texts = append(texts, p.text)
	}
	vectors, err := r.Spaces[0].Embedder.Embed(ctx, texts)
	if err != nil || len(vectors) != len(texts) {
		return
	}
	for i := range near {
		near[i].score += weight * max(dot(vectors[0], vectors[i+1]), 0)
	}
}

func dot(a, b []float32) (sum float64) {
	if len(a) != len(b) {
		return 0
	}
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// lengthWorth makes very short passages worth less: they rarely say enough alone.
func lengthWorth(text string) float64 { return min(1, 0.4+float64(utf8.RuneCountInString(text))/80) }

// pick takes the best passages that do not say the same, in the order of their hits.
func pick(passages []passage) []passage {
	slices.SortStableFunc(passages, func(a, b passage) int { return cmp.Compare(b.score, a.score) })
	var picked []passage
	length := 0
	for _, p := range passages {
		if len(picked) == maxExtracted || p.score <= 0 || len(picked) > 0 && p.score < 0.45*picked[0].score {
			break
		}
		if n := utf8.RuneCountInString(p.text); length+n > maxExtractLength {
			continue
		}
		if slices.ContainsFunc(picked, func(other passage) bool { return overlap(p.words, other.words) > 0.6 }) {
			continue
		}
		picked = append(picked, p)
		length += utf8.RuneCountInString(p.text)
	}
	best := -1
	if len(picked) > 0 {
		best = picked[0].hit
	}
	slices.SortStableFunc(picked, func(a, b passage) int { // the best hit speaks first
		return cmp.Or(cmp.Compare(rank(a.hit, best), rank(b.hit, best)), cmp.Compare(a.order, b.order))
	})
	return picked
}

func rank(hit, best int) int {
	if hit == best {
		return -1
	}
	return hit
}
