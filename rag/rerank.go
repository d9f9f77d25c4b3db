package rag

import (
	"cmp"
	"context"
	"slices"

	"github.com/atelier-studio/atelier/rag/lexical"
)

// Reranker orders candidates by question and text together. Scores are 0…1 and stand in the order of the texts.
// llm.HTTPReranker is one.
type Reranker interface {
	Name() string
	Rerank(ctx context.Context, question string, texts []string) ([]float64, error)
}

// Weights are what the score of a reranked chunk is made of. They add up to 1.
type Weights struct {
	Base      float64 `json:"base"` // the fused score
	Coverage  float64 `json:"coverage"`
	Proximity float64 `json:"proximity"`
	Title     float64 `json:"title"`
	Neighbour float64 `json:"neighbour"` // the better fused score of the chunks before and after it in the document
}

// DefaultWeights were chosen on one half of the judged questions and reported on the other (docs/retrieval.md).
var DefaultWeights = Weights{Base: 0.58, Coverage: 0.13, Proximity: 0.13, Neighbour: 0.16}

// of takes the features back, which are of words, where the words weigh little: a question that was asked in other words
// must not be decided by those that it shares by chance.
func (w Weights) of(words float64) Weights {
	return Weights{
		Base: 1 - words*(1-w.Base), Coverage: words * w.Coverage, Proximity: words * w.Proximity, Title: words * w.Title, Neighbour: words * w.Neighbour,
	}
}

// candidate is a chunk on its way through the stages.
type candidate struct {
	Chunk
	words, vector, fused, neighbour, reranked, probability float64
	hasWords, hasVector                                    bool
	features
}

// rerankByFeatures is the reranker that is always there.
func rerankByFeatures(q *question, a *lexical.Analyzer, w Weights, list []candidate) {
	lookAround(list)
	for i := range list {
		c := &list[i]
		c.features = q.features(a, &c.Chunk)
		c.reranked = w.Base*c.fused + w.Coverage*c.Coverage + w.Proximity*c.Proximity + w.Title*c.features.Title + w.Neighbour*c.neighbour
	}
}

// lookAround gives candidates what their neighbours in the document are worth: an answer often begins in one chunk and
// ends in the next, and where two that stand together were found, neither is by chance.
func lookAround(list []candidate) {
	at := make(map[uint32]*candidate, len(list))
	for i := range list {
		at[list[i].ID] = &list[i]
	}
	for i := range list {
		c := &list[i]
		next := at[c.ID+1] // chunks of a document are numbered in their order
		if next == nil || c.Document == "" || next.Document != c.Document || next.Start < c.End {
			continue
		}
		c.neighbour, next.neighbour = max(c.neighbour, next.fused), max(next.neighbour, c.fused)
	}
}

func sortCandidates(list []candidate) {
	slices.SortStableFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.reranked, a.reranked), cmp.Compare(a.ID, b.ID))
	})
}

// diversify picks k candidates by maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998): each next one is good
// and says something new. Of one document there are at most perDocument. relevance 1 keeps the order as it is.
func diversify(a *lexical.Analyzer, list []candidate, k, perDocument int, relevance float64) []candidate {
	words := make([]map[string]bool, len(list))
	for i := range list {
		words[i] = map[string]bool{}
		for _, t := range a.Tokens(nil, list[i].Text) {
			if !t.Stop {
				words[i][t.Term] = true
			}
		}
	}
	var picked []int
	of := map[string]int{}
	like := make([]float64, len(list)) // the nearest of those that were picked
	taken := make([]bool, len(list))
	for len(picked) < k {
		best, bestScore := -1, 0.0
		for i := range list {
			if taken[i] || perDocument > 0 && of[list[i].Document] >= perDocument {
				continue
			}
			score := relevance*list[i].reranked - (1-relevance)*like[i]
			if best < 0 || score > bestScore {
				best, bestScore = i, score
			}
		}
		if best < 0 {
			break
		}
		taken[best] = true
		picked = append(picked, best)
		of[list[best].Document]++
		for i := range list {
			if !taken[i] {
				like[i] = max(like[i], overlap(words[i], words[best]))
			}
		}
	}
	out := make([]candidate, len(picked))
	for i, p := range picked {
		out[i] = list[p]
	}
	return out
}

// overlap is the Jaccard index of two sets.
func overlap(a, b map[string]bool) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	both := 0
	for w := range a {
		if b[w] {
			both++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}
