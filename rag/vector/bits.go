package vector

import (
	"context"
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/atelier-studio/atelier/rag/simd"
)

// Bits looks at a code of some bits for each vector, and compares the bytes of those whose codes have most in common with
// the query's. It takes 840 bytes for 384 numbers, of which it reads 64 for most.
type Bits struct {
	*rows
	spare sync.Pool // of *[]uint16, the distances of a search
}

// NewBits makes an empty index of vectors with dims numbers.
func NewBits(space string, dims int) *Bits { return &Bits{rows: newRows(space, dims, newCoder(dims))} }

const (
	skipped = 0xffff // the distance of what was removed or is not in the filter

	// parallel is the number of segments from which more than one processor searches.
	parallel = 32
)

// shortlist is how many vectors are compared by their bytes. Real vectors need more than made-up ones: at 400 of 11,000
// the recall of ten was 0.991. The more there are, the more lie equally near by their bits: with a thousand of a million,
// the recall was 0.895.
func shortlist(k, all int) int { return max(1000, 20*k, all/200) }

// Search counts the bits that differ, takes the shortlist, and orders it as Flat does.
func (b *Bits) Search(ctx context.Context, vector []float32, k int, filter *Bitmap) ([]Hit, error) {
	now := b.now.Load()
	q, err := b.query(vector, k, now)
	if q == nil || err != nil {
		return nil, err
	}
	starts := make([]int, len(now.segments)+1)
	for i, s := range now.segments {
		starts[i+1] = starts[i]
		if s != nil {
			starts[i+1] += len(s.ids)
		}
	}
	buffer, _ := b.spare.Get().(*[]uint16)
	if buffer == nil || cap(*buffer) < starts[len(now.segments)] {
		buffer = new(make([]uint16, starts[len(now.segments)]))
	}
	defer b.spare.Put(buffer)
	distances := (*buffer)[:starts[len(now.segments)]]

	counts := b.measure(ctx, q, now, starts, distances, filter)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	// Everything nearer than the limit is on the list, and of what is just as far as the limit, as many as find room.
	limit, room := 0, shortlist(q.k, len(distances))
	for limit < len(counts)-1 && room >= counts[limit] {
		room -= counts[limit]
		limit++
	}
	t := top{most: 4*q.k + 64}
	for slot, s := range now.segments {
		for i, d := range distances[starts[slot]:starts[slot+1]] {
			if int(d) > limit {
				continue
			}
			if int(d) == limit {
				if room == 0 {
					continue
				}
				room--
			}
			t.offer(candidate{score: float32(simd.Bytes(q.bytes, s.row(i))) * s.scales[i], slot: int32(slot), row: int32(i)})
		}
	}
	return q.exact(now, t.heap), nil
}

// measure writes the distance of every row, and counts how often each distance occurs.
func (b *Bits) measure(ctx context.Context, q *query, now *state, starts []int, distances []uint16, filter *Bitmap) []int {
	code := b.coder.append(nil, q.bytes, make([]int32, 2*b.coder.width))
	counts := make([]int, b.coder.width+1)
	var next atomic.Int64
	var merge sync.Mutex
	work := func() {
		mine := make([]int, len(counts))
		for ctx.Err() == nil {
			slot := int(next.Add(1)) - 1
			if slot >= len(now.segments) {
				break
			}
			if s := now.segments[slot]; s != nil {
				s.distances(code, distances[starts[slot]:starts[slot+1]], mine, filter)
			}
		}
		merge.Lock()
		defer merge.Unlock()
		for i, n := range mine {
			counts[i] += n
		}
	}
	var others sync.WaitGroup
	if len(now.segments) >= parallel {
		for range runtime.GOMAXPROCS(0) - 1 {
			others.Go(work)
		}
	}
	work()
	others.Wait()
	return counts
}

func (s *Segment) distances(code []uint64, out []uint16, counts []int, filter *Bitmap) {
	width := len(code)
	for i, id := range s.ids {
		if s.dead != nil && s.gone(i) || filter != nil && !filter.Has(id) {
			out[i] = skipped
			continue
		}
		d := 0
		for j, w := range s.codes[i*width:][:width] {
			d += bits.OnesCount64(w ^ code[j])
		}
		out[i] = uint16(d)
		counts[d]++
	}
}
