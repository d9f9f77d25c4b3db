package vector

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/philippgille/chromem-go"
)

// Chromem keeps vectors as they are, in a chromem-go collection. Its filter and its time for a query make it a choice for
// some hundred vectors, where it is as exact as can be.
type Chromem struct {
	space string
	dims  int

	mu       sync.RWMutex // a call of several vectors is seen at once or not at all
	vectors  *chromem.Collection
	ids      map[uint32]bool
	segments []*Segment // as last asked for; nil after a change
}

// NewChromem makes an empty index of vectors with dims numbers.
func NewChromem(space string, dims int) *Chromem {
	return &Chromem{space: space, dims: dims, vectors: newCollection(), ids: map[uint32]bool{}}
}

// newCollection makes a collection that never asks a model over the network, as chromem-go does when it is given none.
func newCollection() *chromem.Collection {
	none := func(context.Context, string) ([]float32, error) { return nil, errors.ErrUnsupported }
	c, err := chromem.NewDB().CreateCollection("vectors", nil, none)
	if err != nil {
		panic(err) // only for a collection without a name
	}
	return c
}

// Space names what the numbers mean.
func (c *Chromem) Space() string { return c.space }

// Dims is the length of every vector.
func (c *Chromem) Dims() int { return c.dims }

// Len is the number of vectors.
func (c *Chromem) Len() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.ids)
}

// Add takes vectors in.
func (c *Chromem) Add(ids []uint32, vectors [][]float32) error {
	if err := check(c.dims, ids, vectors); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, v := range vectors {
		length, err := size(c.dims, v)
		if err != nil {
			return err
		}
		if err := c.vectors.AddDocument(context.Background(), chromem.Document{ID: name(ids[i]), Embedding: normal(v, length)}); err != nil {
			return err
		}
		c.ids[ids[i]] = true
	}
	c.segments = nil
	return nil
}

// Remove takes vectors out.
func (c *Chromem) Remove(ids ...uint32) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, id := range ids {
		if c.ids[id] && c.vectors.Delete(context.Background(), nil, nil, name(id)) == nil {
			delete(c.ids, id)
			n++
		}
	}
	if n > 0 {
		c.segments = nil
	}
	return n
}

// Search asks the collection. As that knows no bitmaps, a filter is applied to all that it gives.
func (c *Chromem) Search(ctx context.Context, query []float32, k int, filter *Bitmap) ([]Hit, error) {
	length, err := size(c.dims, query)
	if err != nil {
		return nil, err
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	if length == 0 || k <= 0 || len(c.ids) == 0 {
		return nil, nil
	}
	n := min(k, len(c.ids))
	if filter != nil {
		n = len(c.ids)
	}
	found, err := c.vectors.QueryEmbedding(ctx, normal(query, length), n, nil, nil)
	if ctx.Err() != nil { // of which the collection says nothing: it gives what it has so far
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, err
	}
	hits := make([]Hit, 0, len(found))
	for _, f := range found {
		id, err := strconv.ParseUint(f.ID, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("the vector %q has no number: %w", f.ID, err)
		}
		if filter == nil || filter.Has(uint32(id)) {
			hits = append(hits, Hit{ID: uint32(id), Score: f.Similarity})
		}
	}
	return best(hits, k), nil
}

// Segments gives the vectors in the form that all indexes share, which is rounded to 16 bits.
func (c *Chromem) Segments() []*Segment {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.segments != nil {
		return slices.Clone(c.segments)
	}
	row, rest := make([]int8, c.dims), make([]int8, c.dims)
	for _, id := range slices.Sorted(maps.Keys(c.ids)) {
		doc, err := c.vectors.GetByID(context.Background(), name(id))
		if err != nil {
			continue // what is in ids is in the collection
		}
		if n := len(c.segments); n == 0 || len(c.segments[n-1].ids) == SegmentSize {
			c.segments = append(c.segments, &Segment{space: c.space, dims: c.dims})
		}
		c.segments[len(c.segments)-1].append(id, row, rest, quantise(doc.Embedding, row, rest))
	}
	return slices.Clone(c.segments)
}

// Restore takes in what a segment holds.
func (c *Chromem) Restore(s *Segment) error {
	if s.dims != c.dims || s.space != c.space {
		return fmt.Errorf("%w: a part of %q with %d numbers a vector does not belong into the index of %q with %d", fs.ErrInvalid, s.space, s.dims, c.space, c.dims)
	}
	var ids []uint32
	var vectors [][]float32
	for i, id := range s.ids {
		if !s.gone(i) {
			ids, vectors = append(ids, id), append(vectors, s.vector(i))
		}
	}
	return c.Add(ids, vectors)
}

func name(id uint32) string { return strconv.FormatUint(uint64(id), 10) }
