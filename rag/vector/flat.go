package vector

import (
	"context"

	"github.com/atelier-studio/atelier/rag/simd"
)

// Flat looks at every vector, as bytes, and at the best of them to the last digit. It takes 776 bytes for 384 numbers.
type Flat struct{ *rows }

// NewFlat makes an empty index of vectors with dims numbers.
func NewFlat(space string, dims int) *Flat { return &Flat{newRows(space, dims, nil)} }

// Search compares the query, rounded to bytes, with every vector, and the best of them once more with the query itself.
func (f *Flat) Search(ctx context.Context, query []float32, k int, filter *Bitmap) ([]Hit, error) {
	now := f.now.Load()
	q, err := f.query(query, k, now)
	if q == nil || err != nil {
		return nil, err
	}
	t := top{most: 4*q.k + 64}
	for slot, s := range now.segments {
		if s == nil {
			continue
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		for i, id := range s.ids {
			if s.dead != nil && s.gone(i) || filter != nil && !filter.Has(id) {
				continue
			}
			t.offer(candidate{score: float32(simd.Bytes(q.bytes, s.row(i))) * s.scales[i], slot: int32(slot), row: int32(i)})
		}
	}
	return q.exact(now, t.heap), nil
}

// query is what is searched for.
type query struct {
	vector []float32
	bytes  []int8
	k      int
}

// query checks and prepares; it is nil where nothing can be found.
func (r *rows) query(vector []float32, k int, now *state) (*query, error) {
	length, err := size(r.dims, vector)
	if err != nil || length == 0 || k <= 0 || now.live == 0 {
		return nil, err
	}
	q := &query{vector: normal(vector, length), bytes: make([]int8, r.dims), k: min(k, now.live)}
	quantise(q.vector, q.bytes, make([]int8, r.dims))
	return q, nil
}

// exact gives the best of the candidates by the product of the query as it is with all that is known of them.
func (q *query) exact(now *state, from []candidate) []Hit {
	hits := make([]Hit, len(from))
	for i, c := range from {
		s := now.segments[c.slot]
		hits[i] = Hit{ID: s.ids[c.row], Score: s.scales[c.row] * product(q.vector, s.row(int(c.row)), s.remainder(int(c.row)))}
	}
	return best(hits, q.k)
}

func product(q []float32, row, rest []int8) float32 {
	row, rest = row[:len(q)], rest[:len(q)]
	var whole, parts float32
	for i, x := range q {
		whole += x * float32(row[i])
		parts += x * float32(rest[i])
	}
	return whole + parts/256
}
