package rag

import (
	"cmp"
	"math"
	"slices"
)

// NDCG is the normalised discounted cumulative gain of the first k results (Järvelin & Kekäläinen, TOIS 2002) where each
// judged id is as good as any other, 0 to 1.
func NDCG(results []uint32, good map[uint32]bool, k int) float64 {
	if len(good) == 0 {
		return 0
	}
	var gain, most float64
	for i, id := range results[:min(k, len(results))] {
		if good[id] {
			gain += 1 / math.Log2(float64(i)+2)
		}
	}
	for i := range min(k, len(good)) {
		most += 1 / math.Log2(float64(i)+2)
	}
	return gain / most
}

// Recall is the share of what is good that stands among the first k results.
func Recall(results []uint32, good map[uint32]bool, k int) float64 {
	if len(good) == 0 {
		return 0
	}
	n := 0
	for _, id := range results[:min(k, len(results))] {
		if good[id] {
			n++
		}
	}
	return float64(n) / float64(len(good))
}

// ReciprocalRank is 1 over the place of the first good result, or 0.
func ReciprocalRank(results []uint32, good map[uint32]bool) float64 {
	for i, id := range results {
		if good[id] {
			return 1 / float64(i+1)
		}
	}
	return 0
}

// AUROC is the probability that a good example scores above a bad one, equals counting half: 1 tells all apart, 0.5 none.
// It is NaN where one of the two is missing.
func AUROC(scores []float64, good []bool) float64 {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(scores[a], scores[b]) })
	var ranks float64 // of the good, by Mann and Whitney
	positives := 0
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && scores[order[j]] == scores[order[i]] {
			j++
		}
		for _, n := range order[i:j] {
			if good[n] {
				ranks += float64(i+j+1) / 2
				positives++
			}
		}
		i = j
	}
	p, n := float64(positives), float64(len(scores)-positives)
	return (ranks - p*(p+1)/2) / (p * n)
}
