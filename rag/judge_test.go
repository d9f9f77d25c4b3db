package rag_test

import (
	"testing"

	"github.com/atelier-studio/atelier/rag"
)

// measured is how well a set was answered.
type measured struct{ ndcg, recall10, recall50, mrr float64 }

// run asks the questions that take admits, all where it is nil.
func (set *judged) run(t *testing.T, r *rag.Retriever, s rag.Settings, take func(i int) bool) (m measured) {
	t.Helper()
	s.Results, s.Threshold = s.Candidates, 0
	var n float64
	for i, q := range set.questions {
		if take != nil && !take(i) {
			continue
		}
		found, err := r.Search(t.Context(), q, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		ids := make([]uint32, len(found.Hits))
		for j, h := range found.Hits {
			ids[j] = h.ID
		}
		n++
		m.ndcg += rag.NDCG(ids, set.good[i], 10)
		m.recall10 += rag.Recall(ids, set.good[i], 10)
		m.recall50 += rag.Recall(ids, set.good[i], 50)
		m.mrr += rag.ReciprocalRank(ids, set.good[i])
	}
	return measured{m.ndcg / n, m.recall10 / n, m.recall50 / n, m.mrr / n}
}

func even(i int) bool { return i%2 == 0 }
func odd(i int) bool  { return i%2 == 1 }

// asked is a set under a name.
type asked struct {
	name string
	*judged
}

// What retrieval finds on the judged sets, by fusion. The floors lie a little below what was measured, which docs/retrieval.md has.
func TestRetrieval(t *testing.T) {
	t.Parallel()
	texts, para := []string{"state_of_the_union"}, readParaphrases(t)
	if *judge {
		texts = allTexts
	}
	texted := readChunking(t, texts...)
	sets := []asked{{"chunking", texted}, {"paraphrase", para}, {"paraphrase in a crowd", para.with(texted)}}
	floors := []measured{{0.83, 0.91, 0.98, 0.80}, {0.85, 0.95, 0.99, 0.80}, {0.77, 0.90, 0.97, 0.72}}
	if *judge {
		floors = []measured{{0.773, 0.90, 0.965, 0.76}, {0.85, 0.95, 0.99, 0.80}, {0.63, 0.73, 0.93, 0.60}}
	}
	lite := newLite(t)
	for i, set := range sets {
		r := set.retriever(t, lite)
		s := rag.DefaultSettings
		var got [5]measured
		for j, f := range rag.Fusions() {
			s.Fusion = f
			got[j] = set.run(t, r, s, nil)
			t.Logf("%s, %s: %+.3v", set.name, f, got[j])
		}
		s.Fusion, s.Weights = rag.Lexical, rag.Weights{Base: 1}
		words := set.run(t, r, s, nil)
		t.Logf("%s, BM25 alone: %+.3v", set.name, words)
		s = rag.DefaultSettings
		t.Logf("%s, adaptive: fitted on %+.3v, held out %+.3v", set.name, set.run(t, r, s, even), set.run(t, r, s, odd))
		if a, f := got[0], floors[i]; a.ndcg < f.ndcg || a.recall10 < f.recall10 || a.recall50 < f.recall50 || a.mrr < f.mrr || *judge && a.ndcg < words.ndcg {
			t.Errorf("%s: measured %+.3v; at least %+.3v, and by words alone %.3f", set.name, a, f, words.ndcg)
		}
	}
}
