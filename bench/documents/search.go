package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/rag/vector"
)

const (
	dims    = 384
	asked   = 200 // queries
	exactly = 40  // of them are compared with an exact search
)

// largestChromem is the largest collection that chromem-go is asked too: it takes half a second a query there.
const largestChromem = 100_000

// search asks collections of vectors of several sizes. The vectors lie around centres, as those of texts on some hundred
// subjects do; the queries too, and are none of them.
func search(ctx context.Context, w io.Writer) error {
	if _, err := fmt.Fprintf(w, "\n## Searching vectors of %d numbers for ten\n\n| vectors | index | p50 | p99 | processor a query | recall@10 | of chromem-go's time | built in | memory |\n|---|---|---|---|---|---|---|---|---|\n", dims); err != nil {
		return err
	}
	for text := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		r := rand.New(rand.NewPCG(9, uint64(n)))
		vectors := around(r, n+asked)
		queries := vectors[n:]
		want := exact(vectors[:n], queries[:exactly])
		chromem := time.Duration(0)
		before := heap()
		auto, err := vector.New("bench", dims, vector.Sizes{Chromem: -1})
		if err != nil {
			return err
		}
		all := []vector.Index{auto}
		if n <= largestChromem {
			all = []vector.Index{vector.NewChromem("bench", dims), auto}
		}
		for _, index := range all {
			name := "chromem-go"
			began := time.Now()
			if err := fill(index, vectors[:n]); err != nil {
				return err
			}
			built := time.Since(began)
			if index == vector.Index(auto) {
				name = auto.Kind()
			}
			m, err := ask(ctx, index, queries, want)
			if err != nil {
				return err
			}
			times := ""
			if name == "chromem-go" {
				chromem = m.median
			} else if chromem > 0 {
				times = fmt.Sprintf("1/%.0f", float64(chromem)/float64(m.median))
			}
			size := heap() - before
			before += size
			if _, err := fmt.Fprintf(w, "| %d | %s | %s | %s | %s | %.3f | %s | %s | %d MiB |\n",
				n, name, m.median, m.slow, m.cpu, m.recall, times, built.Round(time.Millisecond), size); err != nil {
				return err
			}
		}
	}
	return nil
}

func around(r *rand.Rand, n int) [][]float32 {
	const subjects = 300
	centres := make([][]float32, subjects)
	for c := range centres {
		centres[c] = make([]float32, dims)
		for j := range centres[c] {
			centres[c][j] = float32(r.NormFloat64())
		}
	}
	out := make([][]float32, n)
	for i := range out {
		v, centre, sum := make([]float32, dims), centres[r.IntN(subjects)], 0.0
		for j := range v {
			v[j] = centre[j] + 0.7*float32(r.NormFloat64())
			sum += float64(v[j]) * float64(v[j])
		}
		for j := range v {
			v[j] /= float32(math.Sqrt(sum))
		}
		out[i] = v
	}
	return out
}

// exact finds the ten best of each query by looking at every number of every vector, all queries in one pass.
func exact(vectors, queries [][]float32) [][]uint32 {
	type scored struct {
		id    uint32
		score float32
	}
	best := make([][]scored, len(queries))
	for i, v := range vectors {
		for q := range queries {
			score := dot(v, queries[q])
			if len(best[q]) == 10 && score <= best[q][9].score {
				continue
			}
			at, _ := slices.BinarySearchFunc(best[q], score, func(s scored, score float32) int {
				if s.score >= score {
					return -1
				}
				return 1
			})
			best[q] = slices.Insert(best[q], at, scored{uint32(i), score})
			best[q] = best[q][:min(10, len(best[q]))]
		}
	}
	out := make([][]uint32, len(queries))
	for q := range best {
		for _, s := range best[q] {
			out[q] = append(out[q], s.id)
		}
	}
	return out
}

func dot(a, b []float32) (sum float32) {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	for i := 0; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	return s0 + s1 + s2 + s3
}

func fill(index vector.Index, vectors [][]float32) error {
	for first := 0; first < len(vectors); first += 10_000 {
		part := vectors[first:min(len(vectors), first+10_000)]
		ids := make([]uint32, len(part))
		for i := range ids {
			ids[i] = uint32(first + i)
		}
		if err := index.Add(ids, part); err != nil {
			return err
		}
	}
	return nil
}

type measured struct {
	median, slow, cpu time.Duration
	recall            float64
}

func ask(ctx context.Context, index vector.Index, queries [][]float32, want [][]uint32) (m measured, err error) {
	heap() // what was made before is not collected while it counts
	var times []time.Duration
	found, all := 0, 0
	cpu := used()
	for q := range queries {
		began := time.Now()
		hits, err := index.Search(ctx, queries[q], 10, nil)
		times = append(times, time.Since(began))
		if err != nil {
			return m, err
		}
		if q < len(want) {
			all += len(want[q])
			for _, h := range hits {
				if slices.Contains(want[q], h.ID) {
					found++
				}
			}
		}
	}
	m.cpu = ((used() - cpu) / time.Duration(len(queries))).Round(time.Microsecond)
	slices.Sort(times)
	m.median, m.slow, m.recall = at(times, 0.5), at(times, 0.99), float64(found)/float64(max(all, 1))
	return m, nil
}
