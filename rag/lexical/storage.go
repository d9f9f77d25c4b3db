package lexical

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io/fs"
)

// segmentFormat begins every stored segment; another number is another layout.
const segmentFormat = "atlex01\n"

// Part is an index of some documents, to be kept and added to an Index with the same analyzer.
type Part struct{ *segment }

// Build makes a part of documents. Of two with one number the last counts.
func Build(a *Analyzer, docs []Doc) *Part { return &Part{build(a, docs)} }

// ParsePart reads what MarshalBinary wrote. Bytes that are not a whole part are refused with fs.ErrInvalid.
func ParsePart(data []byte) (*Part, error) {
	s, err := parseSegment(data)
	if err != nil {
		return nil, fmt.Errorf("read an index of words: %w", err)
	}
	return &Part{s}, nil
}

// MarshalBinary returns the part as bytes; it never fails.
func (p *Part) MarshalBinary() ([]byte, error) { return p.append(nil), nil }

// Numbers are those of its documents, in their order. They are not to be changed.
func (p *Part) Numbers() []uint32 { return p.ids }

func (s *segment) append(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, segmentFormat...)
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, uint32(len(s.ids)))
	dst = le.AppendUint32(dst, uint32(len(s.counts)))
	dst = le.AppendUint32(dst, uint32(len(s.terms)))
	dst = le.AppendUint64(dst, uint64(len(s.postings)))
	for _, id := range s.ids {
		dst = le.AppendUint32(dst, id)
	}
	for _, lengths := range s.lengths {
		for _, n := range lengths {
			dst = le.AppendUint16(dst, n)
		}
	}
	for _, word := range s.dead {
		dst = le.AppendUint64(dst, word)
	}
	for i := range s.counts {
		dst = le.AppendUint32(dst, s.termEnds[i])
		dst = le.AppendUint32(dst, s.counts[i])
		dst = le.AppendUint64(dst, s.ends[i])
	}
	dst = append(append(dst, s.terms...), s.postings...)
	return le.AppendUint32(dst, crc32.ChecksumIEEE(dst[start:]))
}

func damaged(what string) error {
	return fmt.Errorf("%s; the index has to be built again: %w", what, fs.ErrInvalid)
}

const segmentHead = len(segmentFormat) + 4 + 4 + 4 + 8

// parseSegment reads a segment, and checks everything that a search relies on.
func parseSegment(data []byte) (*segment, error) {
	if len(data) < segmentHead+4 || string(data[:len(segmentFormat)]) != segmentFormat {
		return nil, damaged("these are not the bytes of a segment of this version")
	}
	le := binary.LittleEndian
	body, check := data[:len(data)-4], le.Uint32(data[len(data)-4:])
	if crc32.ChecksumIEEE(body) != check {
		return nil, damaged("the checksum does not fit")
	}
	at := len(segmentFormat)
	docs, terms := uint64(le.Uint32(body[at:])), uint64(le.Uint32(body[at+4:]))
	termBytes, postingBytes := uint64(le.Uint32(body[at+8:])), le.Uint64(body[at+12:])
	words := (docs + 63) / 64
	if postingBytes > uint64(len(body)) || uint64(len(body)) != uint64(segmentHead)+docs*(4+2*fields)+words*8+terms*16+termBytes+postingBytes {
		return nil, damaged("its length does not fit")
	}
	s := &segment{ids: make([]uint32, docs), lengths: make([][fields]uint16, docs), dead: make(bitmap, words)}
	s.termEnds, s.counts, s.ends = make([]uint32, terms), make([]uint32, terms), make([]uint64, terms)
	rest := body[segmentHead:]
	for i := range s.ids {
		s.ids[i], rest = le.Uint32(rest), rest[4:]
	}
	for i := range s.lengths {
		for f := range fields {
			s.lengths[i][f], rest = le.Uint16(rest), rest[2:]
		}
	}
	for i := range s.dead {
		s.dead[i], rest = le.Uint64(rest), rest[8:]
	}
	for i := range s.counts {
		s.termEnds[i], s.counts[i], s.ends[i], rest = le.Uint32(rest), le.Uint32(rest[4:]), le.Uint64(rest[8:]), rest[16:]
	}
	s.terms, s.postings = rest[:termBytes:termBytes], rest[termBytes:]
	return s, s.check()
}

// check makes sure that every place and every order that a search relies on holds.
func (s *segment) check() error {
	for i, id := range s.ids {
		if i > 0 && s.ids[i-1] >= id {
			return damaged("its documents are not in order")
		}
		if s.dead.has(uint32(i)) {
			s.gone++
		}
	}
	for i := range s.counts {
		if s.termEnds[i] < s.termStart(i) || uint64(s.termEnds[i]) > uint64(len(s.terms)) || s.ends[i] < s.listStart(i) || s.ends[i] > uint64(len(s.postings)) {
			return damaged("a term stands outside of it")
		}
		if i > 0 && string(s.term(i-1)) >= string(s.term(i)) {
			return damaged("its terms are not in order")
		}
		list, n := s.list(i), uint32(0)
		for last := -1; ; n++ {
			p, ok := list.next()
			if !ok {
				break
			}
			if int64(p.place) <= int64(last) || int(p.place) >= len(s.ids) {
				return damaged("a posting names a document that is not there")
			}
			last = int(p.place)
		}
		if n != s.counts[i] {
			return damaged("the postings of a term do not fit their count")
		}
	}
	s.sum()
	return nil
}
