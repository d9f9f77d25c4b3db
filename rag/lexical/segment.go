package lexical

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sort"
)

// segment is an immutable index of some documents, in the order of their numbers. Only which of them are gone changes,
// by a copy that shares the rest.
type segment struct {
	ids      []uint32         // number of the document at a place
	lengths  [][fields]uint16 // how many terms its fields have
	terms    []byte           // all terms, one after the other, in their order
	termEnds []uint32
	counts   []uint32 // in how many documents a term stands
	postings []byte
	ends     []uint64 // of a term's postings
	total    [fields]uint64
	dead     bitmap
	gone     int // how many are dead
}

// bitmap is a set of places.
type bitmap []uint64

func newBitmap(n int) bitmap           { return make(bitmap, (n+63)/64) }
func (b bitmap) has(place uint32) bool { return b[place/64]&(1<<(place%64)) != 0 }
func (b bitmap) add(place uint32)      { b[place/64] |= 1 << (place % 64) }
func (s *segment) size() int           { return len(s.ids) }
func (s *segment) term(i int) []byte   { return s.terms[s.termStart(i):s.termEnds[i]] }
func (s *segment) alive() int          { return len(s.ids) - s.gone }
func (s *segment) bytes() int {
	return len(s.postings) + len(s.terms) + 16*len(s.counts) + 10*len(s.ids)
}
func (s *segment) list(i int) (p reader) { return reader{bytes: s.postings[s.listStart(i):s.ends[i]]} }

func (s *segment) termStart(i int) uint32 {
	if i == 0 {
		return 0
	}
	return s.termEnds[i-1]
}

func (s *segment) listStart(i int) uint64 {
	if i == 0 {
		return 0
	}
	return s.ends[i-1]
}

// find returns the number of a term, or -1.
func (s *segment) find(term string) int {
	i := sort.Search(len(s.counts), func(i int) bool { return bytes.Compare(s.term(i), []byte(term)) >= 0 })
	if i < len(s.counts) && string(s.term(i)) == term {
		return i
	}
	return -1
}

// without returns the segment with some documents gone; the same one when it has none of them.
func (s *segment) without(ids []uint32) *segment {
	var out *segment
	if len(s.ids) == 0 {
		return s
	}
	first, last := s.ids[0], s.ids[len(s.ids)-1]
	for _, id := range ids {
		if id < first || id > last {
			continue
		}
		place, found := slices.BinarySearch(s.ids, id)
		if !found || s.dead.has(uint32(place)) || out != nil && out.dead.has(uint32(place)) {
			continue
		}
		if out == nil {
			out = new(*s)
			out.dead = slices.Clone(s.dead)
		}
		out.dead.add(uint32(place))
		out.gone++
		for f := range fields {
			out.total[f] -= uint64(s.lengths[place][f])
		}
	}
	if out == nil {
		return s
	}
	return out
}

// sum adds the lengths of what is alive.
func (s *segment) sum() {
	s.total = [fields]uint64{}
	for place, lengths := range s.lengths {
		if s.dead.has(uint32(place)) {
			continue
		}
		for f := range fields {
			s.total[f] += uint64(lengths[f])
		}
	}
}

// reader goes through the postings of a term.
type reader struct {
	bytes []byte
	at    uint32
}

// next returns the next posting; false at the end.
func (r *reader) next() (p posting, ok bool) {
	if len(r.bytes) == 0 {
		return p, false
	}
	var head uint64
	if b := r.bytes[0]; b < 0x80 { // most distances are short
		head, r.bytes = uint64(b), r.bytes[1:]
	} else {
		v, n := binary.Uvarint(r.bytes)
		if n <= 0 {
			r.bytes = nil
			return p, false
		}
		head, r.bytes = v, r.bytes[n:]
	}
	r.at += uint32(head >> 1)
	p.place = r.at
	if head&1 == 0 {
		p.tf[fields-1] = 1
		return p, true
	}
	if len(r.bytes) < fields {
		r.bytes = nil
		return p, false
	}
	p.tf = [fields]uint8(r.bytes[:fields])
	r.bytes = r.bytes[fields:]
	return p, true
}
