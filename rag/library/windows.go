package library

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/split"
	"github.com/atelier-studio/atelier/rag/vector"
)

// windowsPerChunk is how many vectors a chunk can have. Numbers of vectors are dense enough for bitmaps this way.
const windowsPerChunk = 4

// MaxChunks is how many chunk numbers a collection can give out.
const MaxChunks = 1 << 30 / windowsPerChunk

func vectorID(chunk uint32, window int) uint32 { return chunk*windowsPerChunk + uint32(window) }
func chunkOf(vector uint32) uint32             { return vector / windowsPerChunk }

// windowsOf are the texts of a chunk that are embedded. A long table has more than can be numbered: its first ones count.
func windowsOf(c *split.Chunk) []string { return c.Windows[:min(len(c.Windows), windowsPerChunk)] }

// nearChunks searches vectors and answers with chunks.
type nearChunks struct{ index *vector.Auto }

// Search finds chunks by the best of their windows.
func (n nearChunks) Search(query []float32, k int, filter rag.Filter) []rag.Near {
	var bits *vector.Bitmap
	if f, ok := filter.(*Selection); ok && f != nil {
		bits = f.windows
	}
	hits, err := n.index.Search(context.Background(), query, k*2, bits)
	if err != nil {
		return nil
	}
	list := make([]rag.Near, 0, k)
	seen := map[uint32]bool{}
	for _, h := range hits {
		if c := chunkOf(h.ID); !seen[c] && len(list) < k {
			seen[c] = true
			list = append(list, rag.Near{ID: c, Cosine: float64(h.Score)})
		}
	}
	return list
}

// Selection is the set of chunks that a question may see.
type Selection struct{ chunks, windows *vector.Bitmap }

// Contains tells whether a chunk is in the selection.
func (s *Selection) Contains(chunk uint32) bool { return s.chunks.Has(chunk) }

// Only is the selection of some chunks.
func Only(chunks ...uint32) *Selection {
	s := newSelection()
	for _, n := range chunks {
		s.add(n)
	}
	return s
}

func newSelection() *Selection { return &Selection{vector.NewBitmap(), vector.NewBitmap()} }

func (s *Selection) add(chunk uint32) {
	s.chunks.Set(chunk)
	for w := range windowsPerChunk {
		s.windows.Set(vectorID(chunk, w))
	}
}

// segments packs vectors for keeping.
func segments(space string, dims int, ids []uint32, vectors [][]float32) ([][]byte, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	index := vector.NewFlat(space, dims)
	if err := index.Add(ids, vectors); err != nil {
		return nil, fmt.Errorf("index the vectors of %s: %w", space, err)
	}
	var out [][]byte
	for _, s := range index.Segments() {
		data, err := s.MarshalBinary()
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, nil
}
