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

// evidence is what the two lists tell of how a question was asked, before they become one.
type evidence struct {
	coverage float64 // of the question by the best of the chunks that its words found
	matched  int     // terms of the question that one of those chunks has
	peak     float64 // how far the nearest in meaning stands out from those after it, in cosines
}

// Constants of the adaptive weight, fitted on one half of the questions of fourteen collections (docs/retrieval.md).
const (
	adaptBias   = 1.5
	ofMatched   = 1.9  // for up to many terms
	ofMany      = 1.4  // where there are as many
	ofPeak      = 36.0 // where the words cover nothing of the question
	ofPeakAlone = 45.0 // where one chunk has none of its terms
	many        = 4
	leastWords  = 0.03
	mostWords   = 0.95 // beyond, what only the meaning finds would never be seen
	peakOf      = 10   // of so many that are nearest
	highestPeak = 0.2
)

// wordWeight is the weight of the words among words and meaning. The words count, unless few of the question's terms stand
// in what they found and one chunk stands out in meaning: that is how a question looks that was asked in other words than
// the document's. Where the meaning sees all alike, as an English model does in other languages, the words count too.
func (f Fusion) wordWeight(fixed float64, e evidence, vectors bool) float64 {
	switch {
	case f == Lexical || !vectors && f != Semantic:
		return 1
	case f == Semantic:
		return 0
	case f == Convex:
		return fixed
	}
	share := float64(min(e.matched, many)) / many
	z := adaptBias + ofMatched*share - min(e.peak, highestPeak)*(ofPeak*(1-e.coverage)+ofPeakAlone*(1-share))
	if e.matched >= many {
		z += ofMany
	}
	return leastWords + (mostWords-leastWords)/(1+math.Exp(-z))
}

// standOut is how far the first of a list stands out from the mean of the first ones, itself among them, and that mean.
func standOut(list []scored, cosines map[uint32]float64) (peak, mean float64) {
	first := list[:min(peakOf, len(list))]
	if len(first) == 0 {
		return 0, 0
	}
	for _, s := range first {
		mean += cosines[s.id] / float64(len(first))
	}
	return cosines[first[0].id] - mean, mean
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
