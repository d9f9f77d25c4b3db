package rag_test

import (
	"testing"

	"github.com/atelier-studio/atelier/rag"
)

// without hides chunks.
type without func(id uint32) bool

func (w without) Contains(id uint32) bool { return !w(id) }

// How well the probability tells questions that the collection answers from those that it does not: once the whole
// document of the answer is taken out, and once, which is harder, only the chunks with the answer.
func TestCalibration(t *testing.T) {
	t.Parallel()
	names := []string{"state_of_the_union"}
	if *judge {
		names = allTexts
	}
	lite := newLite(t)
	var fit []rag.Example
	var scores [2][]float64
	var good [2][]bool
	var kept, answerable, wrong, unanswerable float64
	for _, set := range []*judged{readChunking(t, names...), readParaphrases(t)} {
		r := set.retriever(t, lite)
		for i, q := range set.questions {
			hidden := []rag.Filter{nil, without(func(id uint32) bool { return set.chunks[id].Document == set.of[i] }), without(func(id uint32) bool { return set.good[i][id] })}
			for mode, filter := range hidden {
				s := rag.DefaultSettings
				found, err := r.Search(t.Context(), q, s, filter)
				if err != nil {
					t.Fatal(err)
				}
				example, ok := found.Example(mode == 0)
				if even(i) {
					if ok {
						fit = append(fit, example)
					}
					continue
				}
				p := 0.0
				for _, h := range append(found.Hits, found.Below...) {
					p = max(p, h.Probability)
				}
				for k := range scores {
					if mode == 0 || mode == k+1 {
						scores[k], good[k] = append(scores[k], p), append(good[k], mode == 0)
					}
				}
				switch {
				case mode == 0:
					answerable++
					if p >= s.Threshold {
						kept++
					}
				default:
					unanswerable++
					if p >= s.Threshold {
						wrong++
					}
				}
			}
		}
	}
	c, err := rag.Fit(fit)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("fitted %+v", c)
	easy, hard := rag.AUROC(scores[0], good[0]), rag.AUROC(scores[1], good[1])
	t.Logf("held out: AUROC %.3f without the document, %.3f without the chunks; above the threshold %.3f of %g answerable and %.3f of %g others",
		easy, hard, kept/answerable, answerable, wrong/unanswerable, unanswerable)
	if *judge && (easy < 0.88 || hard < 0.57) {
		t.Error("the probability tells too little")
	}
}
