package store

import (
	"context"
	"errors"
	"runtime"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// commitLoop makes one transaction after the other. There is no timer: while one is being written, the next gathers,
// so that a lone write waits for nobody and a thousand share one fsync.
func (j *Journal) commitLoop() {
	defer close(j.done)
	defer j.statements.close()
	var batch []*write
	for j.queue.wait() {
		runtime.Gosched() // lets those who are just about to write come along
		batch = j.commit(j.queue.take(batch))
	}
}

// commit writes a batch and answers each write.
func (j *Journal) commit(batch []*write) []*write {
	live := batch[:0:0]
	for _, w := range batch {
		err := j.gaps.refuse(w)
		if w.ctx != nil && w.ctx.Err() != nil {
			err = context.Cause(w.ctx)
		}
		if err != nil {
			w.done(err)
			continue
		}
		live = append(live, w)
	}
	err := j.writeAll(live)
	if err != nil && len(live) > 1 && !isFull(err) && !errors.Is(err, ErrFull) && !isGone(err) {
		// One of them is bad; alone, only that one fails.
		for _, w := range live {
			err := j.gaps.refuse(w)
			if err == nil {
				err = j.writeAll([]*write{w})
			}
			if err != nil {
				w.err = err
			}
			j.gaps.note(w)
		}
		err = nil
	}
	for _, w := range live {
		if err != nil {
			w.err = err
		}
		j.gaps.note(w)
		w.done(w.err)
	}
	clear(batch)
	return batch
}

// pausesWhenGone is how long to wait for a database that has gone away, before each further try.
var pausesWhenGone = []time.Duration{100 * time.Millisecond, time.Second, 3 * time.Second}

// writeAll writes the batch in one transaction. When the connection breaks it tries again: a write that had been
// committed after all is then found and counts as done.
func (j *Journal) writeAll(batch []*write) error {
	if len(batch) == 0 {
		return nil
	}
	d := j.store.runs
	for try := 0; ; try++ {
		for _, w := range batch {
			w.err, w.existing = nil, nil
		}
		err := d.tx(context.Background(), func(q querier) error {
			b := &batchWriter{q: j.statements.bind(q), again: try > 0}
			return b.write(context.Background(), batch)
		})
		j.statements.prepareWanted(context.Background())
		if err == nil || !isGone(err) || try == len(pausesWhenGone) {
			return err
		}
		j.store.log.Warn("the database has gone away while the journal was written", "error", err, "try", try+1)
		time.Sleep(pausesWhenGone[try]) //nolint:forbidigo // nothing tells when the database is back
	}
}

// place is a run within its workspace.
type place struct{ workspace, run string }

func (w *write) place() place { return place{w.chunk.Workspace, w.chunk.Run} }

// lease is what decides whether a chunk may still be written.
type lease struct {
	fence int64
	ended bool
}

func (l *lease) allows(c engine.Chunk) bool { return l != nil && l.fence == c.Fence && !l.ended }
