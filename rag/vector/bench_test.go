package vector_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/rag/vector"
)

var million = flag.Bool("million", false, "benchmark and load a million vectors (1.5 GB of memory)")

const benchDims = 384

// BenchmarkSearch reports the time of a query for ten, its recall against an exact search, and how many times faster than
// chromem-go's own query it is, which is measured in the same run.
func BenchmarkSearch(b *testing.B) {
	sizes := []int{10_000, 100_000}
	if *million {
		sizes = append(sizes, 1_000_000)
	}
	for _, n := range sizes {
		r := rand.New(rand.NewPCG(9, 9))
		vectors := mixture(r, n+20, benchDims, 200)
		queries := vectors[n:]
		var chromem float64 // seconds a query
		all := []vector.Index{vector.NewChromem("test", benchDims), vector.NewFlat("test", benchDims), vector.NewBits("test", benchDims)}
		if n > 100_000 {
			all = all[1:]
		}
		for _, i := range all {
			b.Run(fmt.Sprintf("%d/%T", n, i), func(b *testing.B) {
				if i.Len() == 0 {
					for first := 0; first < n; first += 10_000 {
						add(b, i, numbers(first, 10_000), vectors[first:first+10_000])
					}
				}
				runtime.GC()
				at := 0
				for b.Loop() {
					search(b, i, queries[at%len(queries)], 10, nil)
					at++
				}
				each := b.Elapsed().Seconds() / float64(b.N)
				if _, ok := i.(*vector.Chromem); ok {
					chromem = each
				} else if chromem > 0 {
					b.ReportMetric(chromem/each, "x-chromem")
				}
				b.ReportMetric(recall(b, i, vectors[:n], queries, 10, nil), "recall@10")
			})
		}
	}
}

// BenchmarkAdd reports how fast an index of everything up to 100,000 is built.
func BenchmarkAdd(b *testing.B) {
	vectors := mixture(rand.New(rand.NewPCG(9, 9)), 10_000, benchDims, 50)
	for b.Loop() {
		i, err := vector.New("test", benchDims, vector.Sizes{})
		if err != nil {
			b.Fatal(err)
		}
		for first := 0; first < 100_000; first += 100 {
			add(b, i, numbers(first, 100), vectors[first%10_000:][:100])
		}
	}
	b.ReportMetric(float64(b.N)*100_000/b.Elapsed().Seconds(), "vectors/s")
}

// A million vectors of 384 numbers load from their segments in less than ten seconds into less than three gigabytes. It is
// behind a flag as it needs the memory; the time is reported, and only the memory is judged.
func TestMillion(t *testing.T) {
	if !*million {
		t.Skip("needs -million")
	}
	const n = 1_000_000
	r := rand.New(rand.NewPCG(4, 4))
	base := mixture(r, 20_000, benchDims, 500)
	var parts [][]byte
	for first := 0; first < n; {
		batch := min(vector.SegmentSize, n-first)
		f := vector.NewFlat("test", benchDims)
		vectors := make([][]float32, batch)
		for j := range vectors {
			vectors[j] = slices.Clone(base[r.IntN(len(base))])
			for range 40 {
				vectors[j][r.IntN(benchDims)] += float32(r.NormFloat64()) / 4
			}
		}
		add(t, f, numbers(first, batch), vectors)
		file, err := f.Segments()[0].MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		parts, first = append(parts, file), first+batch
	}
	before := heap()
	start := time.Now()
	i, err := vector.Load(context.Background(), "test", benchDims, vector.Sizes{}, func(yield func([]byte, error) bool) {
		for _, p := range parts {
			if !yield(p, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	size := heap() - before
	t.Logf("%d vectors in %s: loaded in %s, %d MB", i.Len(), i.Kind(), took, size>>20)
	if size > 3<<30 {
		t.Errorf("the index takes %d MB", size>>20)
	}
	var searched atomic.Int64
	start = time.Now()
	for _, q := range base[:200] {
		searched.Add(int64(len(search(t, i, q, 10, nil))))
	}
	t.Logf("%s a query", time.Since(start)/200)
	runtime.KeepAlive(parts)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkCode(b *testing.B) {
	turn, row := vector.Coder(benchDims), make([]int8, benchDims)
	for b.Loop() {
		turn(row)
	}
}
