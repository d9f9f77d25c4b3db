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
	data   []int8   // dims for each row; times its scale it is a vector of length one
	codes  []uint64 // one bit a number, where the index wants them
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

// vector is a row as numbers, of length nearly one.
func (s *Segment) vector(i int) []float32 {
	out := make([]float32, s.dims)
	for j, v := range s.row(i) {
		out[j] = float32(v) * s.scales[i]
	}
	return out
}

// draft is a copy that can be added to.
func (s *Segment) draft() *Segment {
	return &Segment{space: s.space, dims: s.dims, ids: s.ids, scales: s.scales, data: s.data, codes: s.codes, dead: s.dead, live: s.live}
}

// append adds a row at the end.
func (s *Segment) append(id uint32, row []int8, scale float32, codes bool) {
	s.ids, s.scales, s.data = append(s.ids, id), append(s.scales, scale), append(s.data, row...)
	if codes {
		s.codes = appendCode(s.codes, row)
	}
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

// quantise rounds a vector to bytes and the scale that makes it of length one again.
func quantise(v []float32, out []int8) (scale float32) {
	var most float32
	for _, x := range v {
		most = max(most, x, -x)
	}
	var sum float64
	for i, x := range v {
		q := math.RoundToEven(float64(x) / float64(most) * 127)
		out[i] = int8(q)
		sum += q * q
	}
	return float32(1 / math.Sqrt(sum))
}

// appendCode adds the signs of a row, 64 to a word.
func appendCode(codes []uint64, row []int8) []uint64 {
	for len(row) > 0 {
		n := min(64, len(row))
		var w uint64
		for i, v := range row[:n] {
			w |= uint64(uint8(^v)>>7) << i // 1 where v is not negative
		}
		codes, row = append(codes, w), row[n:]
	}
	return codes
}

// words is the number of words of 64 bits that n bits take.
func words(n int) int { return (n + 63) / 64 }
