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

// floor is what a set must reach: a little below what was measured, which docs/retrieval.md has.
var floors = map[string]measured{
	"state_of_the_union":    {0.86, 0.95, 0.98, 0.81},
	"chunking":              {0.78, 0.92, 0.965, 0.76},
	"paraphrase":            {0.86, 0.95, 0.99, 0.83},
	"paraphrase in a crowd": {0.66, 0.78, 0.93, 0.63},
}

// noise is what a set of a hundred questions moves by chance.
const noise = 0.012

// What retrieval finds on the judged sets, by fusion. By default it is on none of them below BM25 alone.
func TestRetrieval(t *testing.T) {
	t.Parallel()
	lite, para := newLite(t), readParaphrases(t)
	sets := []asked{{"state_of_the_union", readChunking(t, "state_of_the_union")}, {"paraphrase", para}}
	if *judge {
		all := readChunking(t, allTexts...)
		sets = append(sets, asked{"chunking", all}, asked{"paraphrase in a crowd", para.with(all)}, asked{"the own documentation", readSections(t)})
		for _, name := range allTexts {
			if name != sets[0].name {
				sets = append(sets, asked{name, readChunking(t, name)})
			}
		}
	}
	for _, set := range sets {
		r := set.retriever(t, lite)
		s := rag.DefaultSettings
		s.Fusion, s.Weights = rag.Lexical, rag.Weights{Base: 1}
		words := set.run(t, r, s, nil)
		t.Logf("%s, BM25 alone: %+.3v", set.name, words)
		s = rag.DefaultSettings
		got := set.run(t, r, s, nil)
		t.Logf("%s, adaptive: %+.3v, fitted on %+.3v, held out %+.3v", set.name, got, set.run(t, r, s, even), set.run(t, r, s, odd))
		if f := floors[set.name]; got.ndcg < f.ndcg || got.recall10 < f.recall10 || got.recall50 < f.recall50 || got.mrr < f.mrr {
			t.Errorf("%s: measured %+.3v, at least %+.3v", set.name, got, f)
		}
		if got.ndcg < words.ndcg-noise || got.recall10 < words.recall10-noise {
			t.Errorf("%s: measured %+.3v, which is below words alone: %+.3v", set.name, got, words)
		}
		if *judge && len(set.questions) > 100 {
			for _, f := range rag.Fusions()[1:] {
				s.Fusion = f
				t.Logf("%s, %s: %+.3v", set.name, f, set.run(t, r, s, nil))
			}
		}
	}
}
