package vector_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/atelier-studio/atelier/rag/vector"
)

func TestTransform(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, width := range []int{512, 576, 768, 1024, 4096} { // in blocks of 512, 64, 256, 1024 and 4096
		x := make([]int32, width)
		for i := range x {
			x[i] = int32(r.IntN(255) - 127)
		}
		if fast, slow := vector.Turned(x); !slices.Equal(fast, slow) {
			t.Errorf("%d numbers are turned wrongly", width)
		}
	}
}

// From one number to the most there may be.
func TestShortAndLongVectors(t *testing.T) {
	t.Parallel()
	for _, dims := range []int{1, 63, 65, 1000, vector.MaxDims} {
		i := vector.NewBits("test", dims)
		up, down := make([]float32, dims), make([]float32, dims)
		for j := range up {
			up[j], down[j] = 1, -1
		}
		add(t, i, []uint32{1, 2}, [][]float32{up, down})
		if hits := search(t, i, up, 2, nil); len(hits) != 2 || hits[0].ID != 1 || hits[0].Score < 0.9999 || hits[1].Score > -0.9999 {
			t.Errorf("%d numbers: %v", dims, hits)
		}
	}
}
