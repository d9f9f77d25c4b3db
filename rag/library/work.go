package library

import (
	"context"
	"errors"
	"sync"
	"time"
)

// work is a document that is taken in here.
type work struct {
	*Ingester
	*Task

	mu          sync.Mutex
	at          Stage
	done, total int
	told        time.Time // when the queue was told last

	watch stopwatch
}

// tellEvery is how often the queue is told how far a document has come. Small documents pass all their stages within
// this time, and cost a claim and a publication.
const tellEvery = 300 * time.Millisecond

// stage notes how far the document has come.
func (w *work) stage(ctx context.Context, s Stage, done, total int) error {
	w.watch.begin(s)
	w.mu.Lock()
	w.at, w.done, w.total = s, done, total
	due := w.Now().Sub(w.told) >= tellEvery
	w.mu.Unlock()
	if !due {
		return context.Cause(ctx)
	}
	if err := w.tell(ctx); err != nil {
		return err
	}
	w.changed(w.Task)
	return nil
}

func (w *work) tell(ctx context.Context) error {
	w.mu.Lock()
	s, done, total := w.at, w.done, w.total
	w.told = w.Now()
	w.mu.Unlock()
	if s == "" {
		s = Reading
	}
	return w.Queue.Beat(ctx, w.Task, s, done, total)
}

// signs shows that the document is worked on until the context ends, and stops the work when it is not ours any more:
// paused, removed or replaced. A queue that does not answer is no reason to stop; the next sign may come through.
func (w *work) signs(ctx context.Context, stop context.CancelCauseFunc) {
	sign := time.NewTicker(signEvery)
	defer sign.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-sign.C:
			if err := w.tell(ctx); errors.Is(err, ErrTaken) {
				stop(ErrTaken)
				return
			}
		}
	}
}

// numbers are those of chunks that were reserved ahead, so that a thousand small documents do not ask a thousand times.
// Those that are left at the end are never given out, of which there are enough.
type numbers struct {
	mu   sync.Mutex
	free map[[2]string][2]uint32 // the first, and how many, by workspace and collection
}

const (
	reservedAhead  = 512
	maxReservedFor = 1000 // collections; beyond it all are forgotten
)

// reserve returns the first of n numbers of chunks that nobody else gets.
func (g *Ingester) reserve(ctx context.Context, t *Task, n int) (uint32, error) {
	if n > reservedAhead/4 {
		return g.Queue.Reserve(ctx, t, n)
	}
	key := [2]string{t.Workspace, t.Document.Collection}
	g.numbers.mu.Lock()
	defer g.numbers.mu.Unlock()
	have := g.numbers.free[key]
	if int(have[1]) < n {
		first, err := g.Queue.Reserve(ctx, t, reservedAhead)
		if err != nil {
			return 0, err
		}
		if g.numbers.free == nil || len(g.numbers.free) >= maxReservedFor {
			g.numbers.free = map[[2]string][2]uint32{}
		}
		have = [2]uint32{first, reservedAhead}
	}
	g.numbers.free[key] = [2]uint32{have[0] + uint32(n), have[1] - uint32(n)}
	return have[0], nil
}
