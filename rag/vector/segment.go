package vector

import (
	"math"
	"sync"
)

// SegmentSize is the number of vectors in a full segment.
const SegmentSize = 4096

// Segment is a part of an index. Nobody changes one that others can see: a writer makes a new one, which may share the
// memory of the old. Rows are only ever written behind the end that older segments know.
type Segment struct {
	space  string
	dims   int
	ids    []uint32
	scales []float32
	data   []int8   // the numbers of each row, rounded to bytes; times its scale it is a vector of length nearly one
	rest   []int8   // what the rounding left, in 256ths of a unit of data
	codes  []uint64 // a code for each row, where the index wants them
	dead   []uint64 // a bit for each row that was removed; nil: none
	live   int

	key     string // made by Key
	keyOnce sync.Once
}

// Len is the number of vectors.
func (s *Segment) Len() int { return s.live }

// IDs are the numbers of the vectors, in no order that matters.
func (s *Segment) IDs() []uint32 {
	out := make([]uint32, 0, s.live)
	for i, id := range s.ids {
		if !s.gone(i) {
			out = append(out, id)
		}
	}
	return out
}

func (s *Segment) gone(row int) bool { return s.dead != nil && s.dead[row/64]>>(row%64)&1 == 1 }

func (s *Segment) row(i int) []int8 { return s.data[i*s.dims:][:s.dims] }

func (s *Segment) remainder(i int) []int8 { return s.rest[i*s.dims:][:s.dims] }

// vector is a row as numbers, of length one.
func (s *Segment) vector(i int) []float32 {
	out := make([]float32, s.dims)
	rest := s.remainder(i)
	for j, v := range s.row(i) {
		out[j] = (float32(v) + float32(rest[j])/256) * s.scales[i]
	}
	return out
}

// draft is a copy that can be added to.
func (s *Segment) draft() *Segment {
	return &Segment{space: s.space, dims: s.dims, ids: s.ids, scales: s.scales, data: s.data, rest: s.rest, codes: s.codes, dead: s.dead, live: s.live}
}

// append adds a row at the end.
func (s *Segment) append(id uint32, row, rest []int8, scale float32) {
	s.ids, s.scales = append(s.ids, id), append(s.scales, scale)
	s.data, s.rest = append(s.data, row...), append(s.rest, rest...)
	if s.dead != nil && len(s.dead) < words(len(s.ids)) {
		s.dead = append(s.dead[:len(s.dead):len(s.dead)], 0) // never into memory that an older segment may use
	}
	s.live++
}

// kill marks a row as removed. The caller has made the dead bits its own.
func (s *Segment) kill(row int) {
	s.dead[row/64] |= 1 << (row % 64)
	s.live--
}

// quantise rounds a vector to bytes, what is left of that once more, and gives the scale that makes it of length one.
func quantise(v []float32, row, rest []int8) (scale float32) {
	var most float32
	for _, x := range v {
		most = max(most, x, -x)
	}
	var sum float64
	for i, x := range v {
		q := math.RoundToEven(float64(x) / float64(most) * 127 * 256)
		sum += q * q
		whole := math.Floor((q + 128) / 256) // so that the rest is from -128 to 127
		row[i], rest[i] = int8(whole), int8(q-256*whole)
	}
	return float32(256 / math.Sqrt(sum))
}

// words is the number of words of 64 bits that n bits take.
func words(n int) int { return (n + 63) / 64 }
