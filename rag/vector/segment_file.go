package vector

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math"
)

const segmentMagic = "ATELIER-VEC-1\n"

// Key names what the segment holds: segments with the same vectors in the same order have the same key.
func (s *Segment) Key() string {
	s.keyOnce.Do(func() {
		b, _ := s.MarshalBinary() // it never fails
		s.key = hex.EncodeToString(b[len(b)-sha256.Size:][:16])
	})
	return s.key
}

// MarshalBinary writes the vectors that were not removed: a header, the name of the space, numbers, scales, bytes, what their rounding left, and a
// checksum over all.
func (s *Segment) MarshalBinary() ([]byte, error) {
	b := make([]byte, 0, len(segmentMagic)+16+len(s.space)+s.live*(8+2*s.dims)+sha256.Size)
	b = append(b, segmentMagic...)
	for _, n := range []int{s.dims, s.live, len(s.space)} {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	b = append(b, s.space...)
	for i, id := range s.ids {
		if !s.gone(i) {
			b = binary.LittleEndian.AppendUint32(b, id)
		}
	}
	for i, scale := range s.scales {
		if !s.gone(i) {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(scale))
		}
	}
	for _, part := range []func(int) []int8{s.row, s.remainder} {
		for i := range s.ids {
			if !s.gone(i) {
				for _, v := range part(i) {
					b = append(b, byte(v))
				}
			}
		}
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

// ParseSegment reads what MarshalBinary wrote. What is damaged or of another version is an fs.ErrInvalid.
func ParseSegment(b []byte) (*Segment, error) {
	bad := func(what string) error {
		return fmt.Errorf("%w: a part of the vector index cannot be read (%s); build the index of the collection again", fs.ErrInvalid, what)
	}
	head := len(segmentMagic) + 12
	if len(b) < head+sha256.Size || !bytes.HasPrefix(b, []byte(segmentMagic)) {
		return nil, bad("another format")
	}
	body, sum := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return nil, bad("its checksum is wrong")
	}
	number := func(at int) int { return int(binary.LittleEndian.Uint32(body[at:])) }
	dims, rows, space := number(head-12), number(head-8), number(head-4)
	if dims < 1 || dims > MaxDims || rows > SegmentSize || space > 1024 || len(body) != head+space+rows*(8+2*dims) {
		return nil, bad("its sizes are impossible")
	}
	s := &Segment{space: string(body[head : head+space]), dims: dims, live: rows, ids: make([]uint32, rows), scales: make([]float32, rows), data: make([]int8, rows*dims), rest: make([]int8, rows*dims)}
	body = body[head+space:]
	seen := make(map[uint32]bool, rows)
	for i := range rows {
		s.ids[i] = binary.LittleEndian.Uint32(body[4*i:])
		s.scales[i] = math.Float32frombits(binary.LittleEndian.Uint32(body[4*(rows+i):]))
		if seen[s.ids[i]] || !(s.scales[i] > 0 && s.scales[i] <= 1) { // nor NaN
			return nil, bad("a row is wrong")
		}
		seen[s.ids[i]] = true
	}
	body = body[8*rows:]
	for i := range s.data {
		s.data[i], s.rest[i] = int8(body[i]), int8(body[len(s.data)+i])
	}
	return s, nil
}
