package lexical

import (
	"cmp"
	"encoding/binary"
	"maps"
	"math"
	"slices"
)

// posting tells how often a term stands in the fields of a document, by the document's place in its segment.
type posting struct {
	place uint32
	tf    [fields]uint8
}

// build makes a segment of documents. Of two with one number the last counts.
func build(a *Analyzer, docs []Doc) *segment {
	docs = slices.Clone(docs)
	slices.SortStableFunc(docs, func(x, y Doc) int { return cmp.Compare(x.ID, y.ID) })
	docs = lastOfEach(docs)
	s := &segment{ids: make([]uint32, len(docs)), lengths: make([][fields]uint16, len(docs))}
	terms := map[string][]posting{}
	var tokens []Token
	for place := range docs {
		s.ids[place] = docs[place].ID
		for f := range fields {
			tokens = a.Tokens(tokens[:0], docs[place].field(f))
			n := 0
			for _, t := range tokens {
				if t.Stop {
					continue
				}
				n++
				list := terms[t.Term]
				if len(list) == 0 || list[len(list)-1].place != uint32(place) {
					list = append(list, posting{place: uint32(place)})
				}
				if tf := &list[len(list)-1].tf[f]; *tf < math.MaxUint8 {
					*tf++
				}
				terms[t.Term] = list
			}
			s.lengths[place][f] = uint16(min(n, math.MaxUint16))
		}
	}
	w := segmentWriter{segment: s}
	for _, term := range slices.Sorted(maps.Keys(terms)) {
		w.add(term, terms[term])
	}
	return w.done()
}

func lastOfEach(docs []Doc) []Doc {
	out := docs[:0]
	for i, d := range docs {
		if i+1 == len(docs) || docs[i+1].ID != d.ID {
			out = append(out, d)
		}
	}
	return out
}

// segmentWriter adds terms in their order to a segment.
type segmentWriter struct{ *segment }

func (w segmentWriter) add(term string, list []posting) {
	w.terms = append(w.terms, term...)
	w.termEnds = append(w.termEnds, uint32(len(w.terms)))
	before := uint32(0)
	for _, p := range list {
		w.postings = appendPosting(w.postings, p.place-before, p.tf)
		before = p.place
	}
	w.counts = append(w.counts, uint32(len(list)))
	w.ends = append(w.ends, uint64(len(w.postings)))
}

// appendPosting writes the distance to the posting before, doubled; where it is odd the term stands elsewhere than once
// in the body, and three counts follow.
func appendPosting(dst []byte, distance uint32, tf [fields]uint8) []byte {
	if tf == [fields]uint8{0, 0, 1} {
		return binary.AppendUvarint(dst, uint64(distance)<<1)
	}
	return append(binary.AppendUvarint(dst, uint64(distance)<<1|1), tf[:]...)
}

func (w segmentWriter) done() *segment {
	w.dead = newBitmap(len(w.ids))
	w.sum()
	return w.segment
}
