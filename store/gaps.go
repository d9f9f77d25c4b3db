package store

import (
	"errors"

	"github.com/atelier-studio/atelier/engine"
)

// gaps are the runs of which a chunk could not be written. What was handed over after it is refused too, so that no
// journal has a hole, until that chunk is handed over again or another process has taken the run over. Only the
// committing goroutine uses it.
type gaps map[place]gap

type gap struct {
	fence, first int64
	err          error
}

// maxGaps bounds the memory; runs whose gap is forgotten were given up long ago.
const maxGaps = 10_000

// refuse returns why a chunk may not be written, or nil.
func (g gaps) refuse(w *write) error {
	v, ok := g[w.place()]
	if ok && w.run == nil && w.chunk.Fence == v.fence && w.chunk.First > v.first {
		return v.err
	}
	return nil
}

// note remembers how a write ended.
func (g gaps) note(w *write) {
	switch v, ok := g[w.place()]; {
	case w.err == nil:
		if ok {
			delete(g, w.place())
		}
	case w.run == nil && !errors.Is(w.err, engine.ErrLostLease) && (!ok || v.fence != w.chunk.Fence || w.chunk.First < v.first):
		if len(g) >= maxGaps {
			clear(g)
		}
		g[w.place()] = gap{w.chunk.Fence, w.chunk.First, w.err}
	}
}
