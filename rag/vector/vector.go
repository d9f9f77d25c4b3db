// Package vector finds the vectors that are most like a given one, by their cosine.
//
// Three indexes stand behind one interface. Chromem keeps every number and is for small collections, and for exchange with
// other programs. Flat rounds numbers to bytes and looks at all of them, up to some 50,000 vectors. Bits looks at one bit a
// number, and then at the bytes of the thousand that came nearest. Auto is the one to use: it moves from one to the next as
// a collection grows.
//
// All of them may be searched while they are written to. A search sees each Add, Remove and Restore either wholly or not
// at all.
package vector

import (
	"context"
	"fmt"
	"io/fs"
	"math"
)

// Index holds vectors under numbers that the caller gives: those of the chunks in their collection. They should be dense,
// as filters are bitmaps over them.
type Index interface {
	// Space names what the numbers mean: the name of the embedder. An index holds one space only.
	Space() string
	// Dims is the length of every vector.
	Dims() int
	// Len is the number of vectors.
	Len() int
	// Add takes vectors in, in place of those that have the same number; of two in one call the later counts. Vectors need
	// not be of length one. Of another length, without direction (all zeros) or not finite they are an fs.ErrInvalid, and
	// then none of the call is taken.
	Add(ids []uint32, vectors [][]float32) error
	// Remove takes vectors out and says how many there were.
	Remove(ids ...uint32) int
	// Search gives the k vectors most like the query, the best first, of those that the filter has; a nil filter has all. A
	// query of zeros is like nothing and finds nothing; one of another length, or not finite, is an fs.ErrInvalid.
	Search(ctx context.Context, query []float32, k int, filter *Bitmap) ([]Hit, error)
	// Segments gives all vectors in parts for keeping. A part that has not changed has the key that it had before, so only
	// new keys need writing, and keys that are gone can be deleted.
	Segments() []*Segment
	// Restore takes in what a segment holds, as Add does. A segment of another space or length is an fs.ErrInvalid.
	Restore(s *Segment) error
}

// Hit is a vector that was found; its score is the cosine, 1 for the same direction.
type Hit struct {
	ID    uint32
	Score float32
}

// MaxDims bounds the length of vectors.
const MaxDims = 4096

// check says what is wrong with vectors that are to be added.
func check(dims int, ids []uint32, vectors [][]float32) error {
	if len(ids) != len(vectors) {
		return fmt.Errorf("%w: %d numbers for %d vectors", fs.ErrInvalid, len(ids), len(vectors))
	}
	for i, v := range vectors {
		length, err := size(dims, v)
		if err != nil {
			return fmt.Errorf("vector %d: %w", ids[i], err)
		}
		if length == 0 {
			return fmt.Errorf("vector %d: %w: it is all zeros and has no direction; leave it out of the index", ids[i], fs.ErrInvalid)
		}
	}
	return nil
}

// size is the length of a vector's arrow.
func size(dims int, v []float32) (float64, error) {
	if len(v) != dims {
		return 0, fmt.Errorf("%w: it has %d numbers where the index has %d; it comes from another model", fs.ErrInvalid, len(v), dims)
	}
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return 0, fmt.Errorf("%w: it has numbers that are not finite", fs.ErrInvalid)
	}
	return math.Sqrt(sum), nil
}

// normal is a vector of length one in the same direction.
func normal(v []float32, length float64) []float32 {
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32(float64(x) / length)
	}
	return out
}
