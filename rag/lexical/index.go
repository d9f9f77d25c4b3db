package lexical

import (
	"maps"
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// Index is an inverted index in memory. Searches and updates may happen at once: an update is seen whole or not at all.
type Index struct {
	analyzer *Analyzer
	ranking  Ranking
	writing  sync.Mutex
	now      atomic.Pointer[snapshot]
	scratch  sync.Pool // of *accumulator
}

// snapshot is what an index holds at a time.
type snapshot struct {
	segments []*segment
	docs     int
	average  [fields]float64 // length of the fields
}

// NewIndex returns an empty index.
func NewIndex(a *Analyzer, r Ranking) *Index {
	x := &Index{analyzer: a, ranking: r}
	x.scratch.New = func() any { return new(accumulator) }
	x.now.Store(newSnapshot(nil))
	return x
}

func newSnapshot(list []*segment) *snapshot {
	s := &snapshot{segments: list}
	var total [fields]uint64
	for _, g := range list {
		s.docs += g.alive()
		for f := range fields {
			total[f] += g.total[f]
		}
	}
	for f := range fields {
		s.average[f] = max(float64(total[f])/float64(max(s.docs, 1)), 1e-9)
	}
	return s
}

// Analyzer is what the index reads texts with.
func (x *Index) Analyzer() *Analyzer { return x.analyzer }

// Update removes documents and adds others, in one step for those who search. What is added under a number that there is
// already replaces it.
func (x *Index) Update(add []Doc, remove []uint32) {
	var parts []*Part
	if len(add) > 0 {
		parts = []*Part{Build(x.analyzer, add)}
	}
	x.Add(parts, remove)
}

// Add is Update with documents whose words were indexed before, by the same analyzer. Of parts that have one number the last
// counts.
func (x *Index) Add(parts []*Part, remove []uint32) {
	fresh := make([]*segment, 0, len(parts))
	last := map[uint32]int{}
	for _, p := range parts {
		for _, id := range p.ids {
			if at, twice := last[id]; twice && fresh[at] != nil {
				fresh[at] = fresh[at].without([]uint32{id})
			}
			last[id] = len(fresh)
		}
		fresh = append(fresh, p.segment)
	}
	gone := slices.Concat(remove, slices.Collect(maps.Keys(last)))
	x.writing.Lock()
	defer x.writing.Unlock()
	list := make([]*segment, 0, len(x.now.Load().segments)+len(fresh))
	for _, s := range x.now.Load().segments {
		list = append(list, s.without(gone))
	}
	x.now.Store(newSnapshot(tidy(append(list, fresh...))))
}

// Len is the number of documents.
func (x *Index) Len() int { return x.now.Load().docs }

// Bytes is about how much memory the index takes.
func (x *Index) Bytes() (n int) {
	for _, s := range x.now.Load().segments {
		n += s.bytes()
	}
	return n
}

// Rarity is the idf of a term: near 0 where every document has it, the greatest where none has.
func (x *Index) Rarity(term string) float64 {
	now := x.now.Load()
	docs := 0
	for _, s := range now.segments {
		if i := s.find(term); i >= 0 {
			docs += int(s.counts[i])
		}
	}
	return rarity(docs, now.docs)
}

func rarity(with, all int) float64 {
	return math.Log1p((float64(max(all-with, 0)) + 0.5) / (float64(with) + 0.5))
}
