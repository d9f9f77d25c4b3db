package vector

import "iter"

// Vectors goes through the vectors with their numbers. Each is rounded to bytes and of length nearly one.
func (s *Segment) Vectors() iter.Seq2[uint32, []float32] {
	return func(yield func(uint32, []float32) bool) {
		for i, id := range s.ids {
			if !s.gone(i) && !yield(id, s.vector(i)) {
				return
			}
		}
	}
}

// Space names the embedder that the vectors come from.
func (s *Segment) Space() string { return s.space }

// Dims is the length of the vectors.
func (s *Segment) Dims() int { return s.dims }
