// Package embed turns texts into vectors without a network: Lite is a small neural model whose weights are in the binary,
// for English; LSA is fitted on a collection and speaks whatever language the collection does.
//
// The name of an embedder stands for the space that its vectors live in: the same name always gives the same vectors, and
// vectors of two names must never be compared. Both kinds satisfy the interface that retrieval has for embedders.
package embed

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Lite is the Universal Sentence Encoder Lite (Google, Apache-2.0): two layers, 512 numbers a text, English. It looks at
// the first 128 pieces of a text, some 400 to 500 characters, so longer ones are best cut into windows before.
//
// The zero value is ready. It costs nothing until the first text, which unpacks the weights (20 MB); they stay.
type Lite struct {
	load    sync.Once
	encoder *encoder
	err     error
	spare   sync.Pool // of *scratch
}

// Name stands for the space: the model, and the revision of its rounded weights.
func (*Lite) Name() string { return "atelier/use-lite-en-1" }

// Dims is the length of the vectors.
func (*Lite) Dims() int { return wide }

// Embed gives the vectors of the texts, working on as many at a time as there are processors. When the context ends, it
// returns its error within the time of one text and no vectors. A text without words has the vector that the model gives
// to nothing at all: leave such texts out of an index.
func (l *Lite) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	l.load.Do(func() { l.encoder, l.err = newEncoder() })
	if l.err != nil {
		return nil, l.err
	}
	out := make([][]float32, len(texts))
	each(ctx, len(texts), func(i int) {
		s, _ := l.spare.Get().(*scratch)
		if s == nil {
			s = newScratch()
		}
		out[i] = l.encoder.encode(texts[i], s)
		l.spare.Put(s)
	})
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return out, nil
}

// each calls do for 0 to n-1, on as many workers as there are processors, until the context ends.
func each(ctx context.Context, n int, do func(i int)) {
	var next atomic.Int64
	work := func() {
		for ctx.Err() == nil {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			do(i)
		}
	}
	var others sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) - 1 {
		others.Go(work)
	}
	if n > 0 {
		work()
	}
	others.Wait()
}
