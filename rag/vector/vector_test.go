package vector_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/atelier-studio/atelier/rag/vector"
)

// indexes are all that keep the promises of vector.Index; every test of the suite runs on each.
func indexes(t testing.TB, dims int) map[string]vector.Index {
	t.Helper()
	return map[string]vector.Index{
		"chromem": vector.NewChromem("test", dims), "flat": vector.NewFlat("test", dims), "bits": vector.NewBits("test", dims),
		"auto": automatic(t, dims, vector.Sizes{Chromem: 100, Flat: 1000}),
	}
}

func automatic(t testing.TB, dims int, sizes vector.Sizes) *vector.Auto {
	t.Helper()
	a, err := vector.New("test", dims, sizes)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func each(t *testing.T, dims int, test func(t *testing.T, i vector.Index)) {
	t.Helper()
	for name, i := range indexes(t, dims) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, i)
		})
	}
}

func TestFindsWhatIsMostAlike(t *testing.T) {
	t.Parallel()
	each(t, 3, func(t *testing.T, i vector.Index) {
		t.Helper()
		add(t, i, []uint32{7, 1, 9, 3}, [][]float32{{1, 0, 0}, {0, 2, 0}, {0.9, 0.1, 0}, {-5, 0, 0}})
		hits := search(t, i, []float32{10, 0, 0}, 10, nil)
		if got := ids(hits); !slices.Equal(got, []uint32{7, 9, 1, 3}) {
			t.Errorf("found %v", hits)
		}
		for j, want := range []float64{1, 0.9939, 0, -1} {
			if math.Abs(float64(hits[j].Score)-want) > 0.01 {
				t.Errorf("hit %d has the score %g, want %g", j, hits[j].Score, want)
			}
		}
		if i.Len() != 4 || i.Dims() != 3 || i.Space() != "test" {
			t.Errorf("%d vectors of %d numbers in %q", i.Len(), i.Dims(), i.Space())
		}
	})
}

func TestFewAndNone(t *testing.T) {
	t.Parallel()
	each(t, 2, func(t *testing.T, i vector.Index) {
		t.Helper()
		if hits := search(t, i, []float32{1, 0}, 5, nil); len(hits) != 0 || i.Remove(1, 2) != 0 || len(i.Segments()) != 0 {
			t.Errorf("an empty index gave %v", hits)
		}
		add(t, i, nil, nil)
		add(t, i, []uint32{1, 2}, [][]float32{{1, 0}, {0, 1}})
		for _, c := range []struct {
			name   string
			query  []float32
			k      int
			filter *vector.Bitmap
			want   int
		}{
			{"more than there are", []float32{1, 1}, 100, nil, 2},
			{"an absurd number", []float32{1, 1}, math.MaxInt, nil, 2},
			{"none", []float32{1, 1}, 0, nil, 0},
			{"less than none", []float32{1, 1}, -1, nil, 0},
			{"a query of zeros", []float32{0, 0}, 5, nil, 0},
			{"a filter that has nothing", []float32{1, 1}, 5, &vector.Bitmap{}, 0},
			{"a filter that has others", []float32{1, 1}, 5, vector.NewBitmap(3, 4000), 0},
			{"a filter that has one", []float32{1, 1}, 5, vector.NewBitmap(2, 4000), 1},
		} {
			if hits := search(t, i, c.query, c.k, c.filter); len(hits) != c.want {
				t.Errorf("%s: %v", c.name, hits)
			}
		}
	})
}

func TestReplaceAndRemove(t *testing.T) {
	t.Parallel()
	each(t, 2, func(t *testing.T, i vector.Index) {
		t.Helper()
		add(t, i, []uint32{1, 2, 1}, [][]float32{{0, 1}, {0, 1}, {1, 0}})
		if hits := search(t, i, []float32{1, 0}, 9, nil); i.Len() != 2 || hits[0].ID != 1 || hits[0].Score < 0.99 {
			t.Errorf("of two in one call the later did not count: %v", hits)
		}
		add(t, i, []uint32{1}, [][]float32{{-1, 0}})
		if hits := search(t, i, []float32{1, 0}, 9, nil); i.Len() != 2 || hits[0].ID != 2 || hits[1].Score > -0.99 {
			t.Errorf("the vector was not replaced: %v", hits)
		}
		if n := i.Remove(1, 1, 77); n != 1 || i.Len() != 1 {
			t.Errorf("removed %d, %d are left", n, i.Len())
		}
		if hits := search(t, i, []float32{1, 0}, 9, nil); len(hits) != 1 || hits[0].ID != 2 {
			t.Errorf("after removing: %v", hits)
		}
	})
}

func TestRefusesBadVectors(t *testing.T) {
	t.Parallel()
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	each(t, 2, func(t *testing.T, i vector.Index) {
		t.Helper()
		add(t, i, []uint32{1}, [][]float32{{1, 0}})
		for _, bad := range [][]float32{{nan, 0}, {0, inf}, {0, 0}, {1}, {1, 2, 3}, nil} {
			if err := i.Add([]uint32{2, 3}, [][]float32{{0, 1}, bad}); !errors.Is(err, fs.ErrInvalid) {
				t.Errorf("adding %v: %v", bad, err)
			}
			if _, err := i.Search(t.Context(), bad, 1, nil); !slices.Equal(bad, []float32{0, 0}) && !errors.Is(err, fs.ErrInvalid) {
				t.Errorf("searching %v: %v", bad, err)
			}
		}
		if err := i.Add([]uint32{1, 2}, [][]float32{{1, 0}}); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("two numbers for one vector: %v", err)
		}
		if i.Len() != 1 {
			t.Errorf("%d vectors after what was refused", i.Len())
		}
		add(t, i, []uint32{4, 5}, [][]float32{{1e-38, 1e-44}, {3e38, 3e38}})
		if hits := search(t, i, []float32{1e-40, 0}, 1, vector.NewBitmap(4)); len(hits) != 1 || hits[0].Score < 0.99 {
			t.Errorf("a tiny vector was found as %v", hits)
		}
	})
	for _, dims := range []int{-1, 0, vector.MaxDims + 1} {
		if _, err := vector.New("test", dims, vector.Sizes{}); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("an index of %d numbers: %v", dims, err)
		}
	}
}

// Of the ten that are really nearest, all indexes must find 99 in a hundred, with and without a filter.
func TestRecall(t *testing.T) {
	t.Parallel()
	const n, dims = 6000, 64
	r := rand.New(rand.NewPCG(1, 1))
	vectors := mixture(r, n+50, dims, 60)
	queries := vectors[n:]
	filter := &vector.Bitmap{}
	for id := range uint32(n) {
		if id%5 == 0 {
			filter.Set(id)
		}
	}
	each(t, dims, func(t *testing.T, i vector.Index) {
		t.Helper()
		if _, slow := i.(*vector.Chromem); slow && testing.Short() {
			t.Skip("slow")
		}
		for first := 0; first < n; first += 1500 {
			add(t, i, numbers(first, 1500), vectors[first:first+1500])
		}
		for _, f := range []*vector.Bitmap{nil, filter} {
			if got := recall(t, i, vectors[:n], queries, 10, f); got < 0.99 {
				t.Errorf("recall of ten is %.4f", got)
			}
		}
	})
}

// recall is the share of the k really nearest that the index finds.
func recall(t testing.TB, i vector.Index, vectors, queries [][]float32, k int, filter *vector.Bitmap) float64 {
	t.Helper()
	found := 0
	for _, q := range queries {
		want := exact(vectors, q, k, filter)
		for _, hit := range search(t, i, q, k, filter) {
			if slices.Contains(want, hit.ID) {
				found++
			}
		}
	}
	return float64(found) / float64(k*len(queries))
}

func exact(vectors [][]float32, q []float32, k int, filter *vector.Bitmap) []uint32 {
	type scored struct {
		id    uint32
		score float64
	}
	var all []scored
	for id, v := range vectors {
		if filter != nil && !filter.Has(uint32(id)) {
			continue
		}
		var qv, vv float64
		for j, x := range v {
			qv, vv = qv+float64(x)*float64(q[j]), vv+float64(x)*float64(x)
		}
		all = append(all, scored{uint32(id), qv / math.Sqrt(vv)})
	}
	slices.SortFunc(all, func(a, b scored) int {
		if a.score > b.score {
			return -1
		}
		return 1
	})
	out := make([]uint32, 0, k)
	for _, s := range all[:min(k, len(all))] {
		out = append(out, s.id)
	}
	return out
}

// mixture gives vectors around some centres, as texts lie around their subjects.
func mixture(r *rand.Rand, n, dims, centres int) [][]float32 {
	around := make([][]float32, centres)
	for c := range around {
		around[c] = make([]float32, dims)
		for j := range around[c] {
			around[c][j] = float32(r.NormFloat64())
		}
	}
	out := make([][]float32, n)
	for i := range out {
		out[i] = make([]float32, dims)
		centre := around[r.IntN(centres)]
		for j := range out[i] {
			out[i][j] = centre[j] + 0.7*float32(r.NormFloat64())
		}
	}
	return out
}

func add(t testing.TB, i vector.Index, ids []uint32, vectors [][]float32) {
	t.Helper()
	if err := i.Add(ids, vectors); err != nil {
		t.Fatal(err)
	}
}

func search(t testing.TB, i vector.Index, q []float32, k int, filter *vector.Bitmap) []vector.Hit {
	t.Helper()
	hits, err := i.Search(t.Context(), q, k, filter)
	if err != nil {
		t.Fatal(err)
	}
	return hits
}

func ids(hits []vector.Hit) []uint32 {
	var out []uint32
	for _, h := range hits {
		out = append(out, h.ID)
	}
	return out
}

func numbers(first, n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(first + i)
	}
	return out
}

func ExampleNew() {
	index, err := vector.New("atelier/use-lite-en-1", 3, vector.Sizes{})
	if err != nil {
		panic(err)
	}
	if err := index.Add([]uint32{1, 2}, [][]float32{{1, 0, 0}, {0, 1, 0}}); err != nil {
		panic(err)
	}
	fmt.Println(index.Kind(), index.Len())
	// Output: chromem 2
}
