package vector_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/atelier-studio/atelier/rag/vector"
)

// Any order of adding, removing, keeping and restoring leaves what a plain map would hold.
func TestAgainstAMap(t *testing.T) {
	t.Parallel()
	const dims = 8
	for name := range indexes(t, dims) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) {
				index, model := indexes(t, dims)[name], map[uint32][]float32{}
				if name == "auto" {
					index = automatic(t, dims, vector.Sizes{Chromem: 10, Flat: 40})
				}
				id := rapid.Uint32Range(0, 60)
				one := rapid.SliceOfN(rapid.Map(rapid.IntRange(-50, 49), func(v int) float32 { return float32(v) + 0.5 }), dims, dims)
				rt.Repeat(map[string]func(*rapid.T){
					"add": func(rt *rapid.T) {
						ids := rapid.SliceOfN(id, 0, 30).Draw(rt, "ids")
						vectors := make([][]float32, len(ids))
						for i := range ids {
							vectors[i] = one.Draw(rt, "vector")
							model[ids[i]] = vectors[i]
						}
						if err := index.Add(ids, vectors); err != nil {
							rt.Fatal(err)
						}
					},
					"remove": func(rt *rapid.T) {
						ids, want := rapid.SliceOfN(id, 0, 30).Draw(rt, "ids"), 0
						for _, id := range ids {
							if _, ok := model[id]; ok {
								want++
							}
							delete(model, id)
						}
						if n := index.Remove(ids...); n != want {
							rt.Fatalf("removed %d, want %d", n, want)
						}
					},
					"keep and restore": func(rt *rapid.T) {
						other := indexes(t, dims)[name]
						for _, s := range index.Segments() {
							if err := other.Restore(keep(rt, s)); err != nil {
								rt.Fatal(err)
							}
						}
						index = other
					},
					"restore into itself": func(rt *rapid.T) {
						for _, s := range index.Segments() {
							if err := index.Restore(s); err != nil {
								rt.Fatal(err)
							}
						}
					},
					"": func(rt *rapid.T) { same(rt, index, model) },
				})
			})
		})
	}
}

type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// keep writes a segment and reads it again.
func keep(t fataler, s *vector.Segment) *vector.Segment {
	t.Helper()
	file, err := s.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	read, err := vector.ParseSegment(file)
	if err != nil {
		t.Fatal(err)
	}
	if read.Key() != s.Key() || read.Len() != s.Len() {
		t.Fatalf("a segment of %d came back with %d, %s as %s", s.Len(), read.Len(), s.Key(), read.Key())
	}
	return read
}

// same compares an index with what should be in it: who is there, and where each points.
func same(t fataler, index vector.Index, model map[uint32][]float32) {
	t.Helper()
	if index.Len() != len(model) {
		t.Fatalf("%d vectors, want %d", index.Len(), len(model))
	}
	var listed []uint32
	for _, s := range index.Segments() {
		listed = append(listed, s.IDs()...)
	}
	slices.Sort(listed)
	if len(listed) != len(model) || len(slices.Compact(listed)) != len(model) {
		t.Fatalf("the segments hold %v", listed)
	}
	for id, v := range model {
		hits, err := index.Search(context.Background(), v, len(model), nil)
		if err != nil || len(hits) != len(model) {
			t.Fatalf("%d hits of %d, %v", len(hits), len(model), err)
		}
		i := slices.IndexFunc(hits, func(h vector.Hit) bool { return h.ID == id })
		if i < 0 || hits[i].Score < 0.995 {
			t.Fatalf("vector %d is at %d of %v", id, i, hits)
		}
		break
	}
}

// Searches beside a writer see each of its calls wholly or not at all: here the vectors of one call all point one way, and
// the next call turns them all.
func TestSearchWhileWriting(t *testing.T) {
	t.Parallel()
	const n, dims = 150, 4
	each(t, dims, func(t *testing.T, i vector.Index) {
		t.Helper()
		way := func(turn int) [][]float32 {
			v := make([]float32, dims)
			v[turn%dims] = 1
			return slices.Repeat([][]float32{v}, n)
		}
		add(t, i, numbers(0, n), way(0))
		done := make(chan struct{})
		var readers sync.WaitGroup
		for range 3 {
			readers.Go(func() {
				r := rand.New(rand.NewPCG(1, 2))
				for {
					select {
					case <-done:
						return
					default:
					}
					q := make([]float32, dims)
					q[r.IntN(dims)] = 1
					hits, err := i.Search(context.Background(), q, n, nil)
					if err != nil || len(hits) != n || hits[0].Score != hits[n-1].Score {
						t.Errorf("a search saw a part of a change: %d hits, %v", len(hits), err)
						return
					}
				}
			})
		}
		for turn := range 40 {
			add(t, i, numbers(0, n), way(turn))
			for _, s := range i.Segments() {
				if err := i.Restore(s); err != nil {
					t.Error(err)
				}
			}
		}
		close(done)
		readers.Wait()
	})
}

func TestSearchStops(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	stop(enough)
	for name, i := range indexes(t, 2) {
		add(t, i, []uint32{1}, [][]float32{{1, 0}})
		if hits, err := i.Search(ctx, []float32{1, 0}, 1, nil); err == nil || !errors.Is(err, enough) && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, %v", name, hits, err)
		}
	}
}
