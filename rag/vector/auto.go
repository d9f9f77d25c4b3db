package vector

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"iter"
	"sync"
	"sync/atomic"
)

// Sizes are the numbers of vectors up to which the smaller indexes serve. The zero value is right for most.
type Sizes struct {
	Chromem int // 0: 500; less than 0: never
	Flat    int // 0: 50,000
}

// Auto holds the index that suits the size of the collection, and moves to the next when that has changed. On the way back
// it waits until the collection is half of what made it move, so that it does not go to and fro.
type Auto struct {
	sizes  Sizes
	writer sync.Mutex
	now    atomic.Pointer[Index]
}

// New makes an empty index for vectors of an embedder.
func New(space string, dims int, sizes Sizes) (*Auto, error) {
	if dims < 1 || dims > MaxDims {
		return nil, fmt.Errorf("%w: vectors of %d numbers cannot be indexed; 1 to %d can", fs.ErrInvalid, dims, MaxDims)
	}
	a := &Auto{sizes: Sizes{Chromem: cmp.Or(sizes.Chromem, 500), Flat: cmp.Or(sizes.Flat, 50_000)}}
	first := a.make(a.class(0), space, dims)
	a.now.Store(&first)
	return a, nil
}

// Load makes an index of what Segments gave and MarshalBinary wrote. It holds one part at a time beside the index.
func Load(ctx context.Context, space string, dims int, sizes Sizes, parts iter.Seq2[[]byte, error]) (*Auto, error) {
	a, err := New(space, dims, sizes)
	if err != nil {
		return nil, err
	}
	for part, err := range parts {
		if err == nil && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return nil, err
		}
		s, err := ParseSegment(part)
		if err != nil {
			return nil, err
		}
		if err := a.Restore(s); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// class says which index suits: 0 Chromem, 1 Flat, 2 Bits.
func (a *Auto) class(n int) int {
	switch {
	case n <= a.sizes.Chromem:
		return 0
	case n <= a.sizes.Flat:
		return 1
	default:
		return 2
	}
}

func (a *Auto) make(class int, space string, dims int) Index {
	switch class {
	case 0:
		return NewChromem(space, dims)
	case 1:
		return NewFlat(space, dims)
	default:
		return NewBits(space, dims)
	}
}

// fit returns the index for n vectors, with those of the present one in it. Nobody sees it before it is stored.
func (a *Auto) fit(n int) (Index, error) {
	old := *a.now.Load()
	class := a.class(n)
	if class < kind(old) {
		class = min(a.class(2*n), kind(old)) // downwards only when it is half
	}
	if class == kind(old) {
		return old, nil
	}
	moved := a.make(class, old.Space(), old.Dims())
	for _, s := range old.Segments() {
		if err := moved.Restore(s); err != nil {
			return nil, err
		}
	}
	return moved, nil
}

func kind(i Index) int {
	switch i.(type) {
	case *Chromem:
		return 0
	case *Flat:
		return 1
	default:
		return 2
	}
}

// write lets do change the index that suits n vectors, and shows the result.
func (a *Auto) write(n int, do func(Index) error) error {
	fitting, err := a.fit(n)
	if err != nil {
		return err
	}
	if err := do(fitting); err != nil {
		return err
	}
	a.now.Store(&fitting)
	return nil
}

// Kind names the index that is in use.
func (a *Auto) Kind() string { return [...]string{"chromem", "flat", "bits"}[kind(*a.now.Load())] }

// Space names what the numbers mean.
func (a *Auto) Space() string { return (*a.now.Load()).Space() }

// Dims is the length of every vector.
func (a *Auto) Dims() int { return (*a.now.Load()).Dims() }

// Len is the number of vectors.
func (a *Auto) Len() int { return (*a.now.Load()).Len() }

// Add takes vectors in, after moving to an index that suits their number.
func (a *Auto) Add(ids []uint32, vectors [][]float32) error {
	if err := check(a.Dims(), ids, vectors); err != nil {
		return err
	}
	a.writer.Lock()
	defer a.writer.Unlock()
	return a.write(a.Len()+len(ids), func(i Index) error { return i.Add(ids, vectors) })
}

// Remove takes vectors out, and moves to a smaller index when few are left.
func (a *Auto) Remove(ids ...uint32) int {
	a.writer.Lock()
	defer a.writer.Unlock()
	n := (*a.now.Load()).Remove(ids...)
	if fitting, err := a.fit(a.Len()); err == nil {
		a.now.Store(&fitting)
	}
	return n
}

// Search gives the k vectors most like the query.
func (a *Auto) Search(ctx context.Context, query []float32, k int, filter *Bitmap) ([]Hit, error) {
	return (*a.now.Load()).Search(ctx, query, k, filter)
}

// Segments gives all vectors in parts for keeping.
func (a *Auto) Segments() []*Segment { return (*a.now.Load()).Segments() }

// Restore takes in what a segment holds.
func (a *Auto) Restore(s *Segment) error {
	a.writer.Lock()
	defer a.writer.Unlock()
	return a.write(a.Len()+s.Len(), func(i Index) error { return i.Restore(s) })
}
