package rag

import (
	"cmp"
	"math"
	"slices"
)

// Fusion is how the results by words and by meaning become one list.
type Fusion string

// The ways to fuse.
const (
	// Adaptive weighs the words by how many of them stand in what was found: asked in the words of the documents, BM25
	// leads; asked in other words, the vectors do. Of all that were measured it is the only one that is best or near it for
	// both kinds of questions.
	Adaptive Fusion = "adaptive"
	Convex   Fusion = "convex"  // a fixed weight
	RRF      Fusion = "rrf"     // reciprocal rank fusion (Cormack, Clarke & Büttcher, SIGIR 2009), which loses quality here
	Lexical  Fusion = "lexical" // words only
	Semantic Fusion = "vector"  // meaning only
)

// Fusions lists the ways to fuse, the default first.
func Fusions() []Fusion { return []Fusion{Adaptive, Convex, RRF, Lexical, Semantic} }

// rrfConstant is the k of reciprocal rank fusion; 60 is its authors' choice.
const rrfConstant = 60

// scored is a candidate with its score in a list.
type scored struct {
	id    uint32
	score float64
}

// overlapping is what question and chunks have in common.
type overlapping struct {
	words   float64 // coverage of the question by the best of the chunks that its words found
	meaning float64 // and by those that its meaning found
	matched int     // terms of the question that one of the chunks has that its words found
}

// Constants of the adaptive weight, fitted on one half of the judged questions (docs/retrieval.md).
const (
	ofWords    = 2.0
	ofMeaning  = 2.0
	ofMatched  = 0.55 // for each term, up to four
	adaptBias  = -1.85
	leastWords = 0.05
	mostWords  = 0.85 // beyond, what only the meaning finds would never be seen
)

// wordWeight is the weight of the words among words and meaning. Words count where they cover much of the question, or
// where several of its terms stand in one chunk: one or two do so by chance, as in a large collection even rare ones do.
func (f Fusion) wordWeight(fixed float64, o overlapping, vectors bool) float64 {
	switch {
	case f == Lexical || !vectors && f != Semantic:
		return 1
	case f == Semantic:
		return 0
	case f == Convex:
		return fixed
	}
	return min(max(ofWords*o.words+ofMeaning*o.meaning+ofMatched*float64(min(o.matched, 4))+adaptBias, leastWords), mostWords)
}

// fuse joins two lists, the best first, to the k best. Scores are brought to 0…1 within each list.
func (f Fusion) fuse(words, vectors []scored, weight float64, k int) []scored {
	sum := map[uint32]float64{}
	add := func(list []scored, weight float64) {
		if weight == 0 {
			return
		}
		if f == RRF {
			for rank, s := range list {
				sum[s.id] += 1 / float64(rrfConstant+rank+1)
			}
			return
		}
		for _, s := range unit(list) {
			sum[s.id] += weight * s.score
		}
	}
	add(words, weight)
	add(vectors, 1-weight)
	out := make([]scored, 0, len(sum))
	for id, score := range sum {
		out = append(out, scored{id, score})
	}
	sortScored(out)
	return out[:min(k, len(out))]
}

// unit brings scores to 0…1, from the least to the greatest of the list.
func unit(list []scored) []scored {
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range list {
		low, high = min(low, s.score), max(high, s.score)
	}
	out := slices.Clone(list)
	for i := range out {
		if out[i].score = 1; high > low {
			out[i].score = (list[i].score - low) / (high - low)
		}
	}
	return out
}

func sortScored(list []scored) {
	slices.SortFunc(list, func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id)) })
}
