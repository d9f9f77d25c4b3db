package lexical

import (
	"cmp"
	"container/heap"
	"math/bits"
	"slices"
)

// maxQueryTerms bounds what of a long question is looked up: the rarest terms of it.
const maxQueryTerms = 64

// Filter says which documents a search may find.
type Filter interface{ Contains(id uint32) bool }

// Hit is a document that was found.
type Hit struct {
	ID    uint32
	Score float64 // BM25F: not bounded, comparable only within one result
	terms uint64  // which terms of the query it has
}

// Result is what was found, the best first.
type Result struct {
	Hits []Hit
	// Coverage is the share of the query's idf mass that the best covered of the first five hits has, 0 to 1: near 1 the
	// words of the question stand in one chunk, near 0 it was asked in other words.
	Coverage float64
	// Matched is how many terms of the query one of those hits has, at most.
	Matched int
	// Most is the score of a short document that had every term of the query very often: no hit has more.
	Most float64
}

// queryTerm is a term that is looked for.
type queryTerm struct {
	text  string
	times float64 // in the query
	idf   float64
	lists []int // its number by segment, or -1
}

// Search returns the k best documents for a text, among those that the filter admits; nil admits all.
func (x *Index) Search(text string, k int, filter Filter) Result {
	return x.SearchEach(text, k, filter, nil)
}

// SearchEach is Search that also tells each of every document that has one of the words, best or not, in no order.
func (x *Index) SearchEach(text string, k int, filter Filter, each func(id uint32)) Result {
	now := x.now.Load()
	terms := now.look(x.terms(text))
	var result Result
	var mass float64
	for _, t := range terms {
		mass += t.idf * t.times
	}
	result.Most = mass * (x.ranking.K1 + 1)
	if k <= 0 || len(terms) == 0 {
		return result
	}
	acc, _ := x.scratch.Get().(*accumulator)
	defer x.scratch.Put(acc)
	best := make(top, 0, min(k, 1024))
	for i, s := range now.segments {
		acc.reset(s.size())
		for n, t := range terms {
			if t.lists[i] >= 0 {
				x.score(acc, s, now, t.lists[i], t.idf*t.times, uint64(1)<<n)
			}
		}
		for _, place := range acc.touched {
			h := Hit{s.ids[place], float64(acc.scores[place]), acc.terms[place]}
			wanted := len(best) < k || before(h, best[0])
			if (wanted || each != nil) && (filter == nil || filter.Contains(h.ID)) {
				if each != nil {
					each(h.ID)
				}
				if wanted {
					best.keep(h, k)
				}
			}
		}
	}
	slices.SortFunc(best, func(a, b Hit) int {
		if before(a, b) {
			return -1
		}
		return 1
	})
	result.Hits = best
	for _, h := range best[:min(5, len(best))] {
		var covered float64
		for n, t := range terms {
			if h.terms&(1<<n) != 0 {
				covered += t.idf * t.times
			}
		}
		result.Coverage = max(result.Coverage, covered/mass)
		result.Matched = max(result.Matched, bits.OnesCount64(h.terms))
	}
	return result
}

// terms are the terms of a text with how often each stands there.
func (x *Index) terms(text string) []queryTerm {
	var list []queryTerm
	at := map[string]int{}
	for _, t := range x.analyzer.Tokens(nil, text) {
		if t.Stop {
			continue
		}
		if i, ok := at[t.Term]; ok {
			list[i].times++
			continue
		}
		at[t.Term] = len(list)
		list = append(list, queryTerm{text: t.Term, times: 1})
	}
	return list
}

// look finds the terms in the segments and weighs them, the rarest first. One that no document has keeps its weight:
// what is asked for and nowhere found lowers the coverage.
func (s *snapshot) look(terms []queryTerm) []queryTerm {
	for i := range terms {
		t := &terms[i]
		t.lists = make([]int, len(s.segments))
		docs := 0
		for n, g := range s.segments {
			if t.lists[n] = g.find(t.text); t.lists[n] >= 0 {
				docs += int(g.counts[t.lists[n]])
			}
		}
		t.idf = rarity(docs, s.docs)
	}
	slices.SortStableFunc(terms, func(a, b queryTerm) int { return cmp.Compare(b.idf, a.idf) })
	return terms[:min(len(terms), maxQueryTerms)]
}

// score adds what one term gives to the documents of a segment.
func (x *Index) score(acc *accumulator, s *segment, now *snapshot, term int, weight float64, bit uint64) {
	k1 := float32(x.ranking.K1)
	full := float32(weight) * (k1 + 1)
	var flat, slope [fields]float32 // a field's norm is flat + slope × its length
	for f := range fields {
		flat[f] = float32(1 - x.ranking.B[f])
		slope[f] = float32(x.ranking.B[f] / now.average[f])
	}
	list := s.list(term)
	for {
		p, ok := list.next()
		if !ok {
			return
		}
		if s.dead.has(p.place) {
			continue
		}
		lengths := &s.lengths[p.place]
		var tf float32
		for f := range fields {
			if p.tf[f] > 0 {
				tf += float32(x.ranking.Weight[f]) * float32(p.tf[f]) / (flat[f] + slope[f]*float32(lengths[f]))
			}
		}
		acc.add(p.place, full*tf/(tf+k1), bit)
	}
}

// accumulator sums scores by place. It is used again for segment after segment.
type accumulator struct {
	scores  []float32
	terms   []uint64
	touched []uint32
}

func (a *accumulator) reset(size int) {
	for _, place := range a.touched {
		a.scores[place], a.terms[place] = 0, 0
	}
	a.touched = a.touched[:0]
	if len(a.scores) < size {
		a.scores, a.terms = make([]float32, size), make([]uint64, size)
	}
}

func (a *accumulator) add(place uint32, score float32, bit uint64) {
	if a.terms[place] == 0 {
		a.touched = append(a.touched, place)
	}
	a.scores[place] += score
	a.terms[place] |= bit
}

// before orders hits: by score, and of equals the one with the smaller number first.
func before(a, b Hit) bool { return a.Score > b.Score || a.Score == b.Score && a.ID < b.ID }

// top is a heap of the best hits with the worst of them in front.
type top []Hit

func (t top) Len() int           { return len(t) }
func (t top) Less(i, j int) bool { return before(t[j], t[i]) }
func (t top) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }
func (t *top) Push(v any)        { *t = append(*t, v.(Hit)) }
func (t *top) Pop() any          { last := (*t)[len(*t)-1]; *t = (*t)[:len(*t)-1]; return last }

func (t *top) keep(h Hit, k int) {
	if len(*t) < k {
		heap.Push(t, h)
		return
	}
	(*t)[0] = h
	heap.Fix(t, 0)
}
