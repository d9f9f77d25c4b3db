package store

import (
	"context"
	"sync"
)

// Bounds of the queue of writes, and of what one transaction takes of it.
const (
	queueWrites = 4096
	queueBytes  = 16 << 20
	batchWrites = 1024
	batchBytes  = 1 << 20
)

// writeQueue holds writes in the order in which they came.
type writeQueue struct {
	mu     sync.Mutex
	some   *sync.Cond // there is something to take
	space  *sync.Cond // there is room for more
	list   []*write
	bytes  int
	closed bool
}

func newWriteQueue() *writeQueue {
	q := new(writeQueue)
	q.some, q.space = sync.NewCond(&q.mu), sync.NewCond(&q.mu)
	return q
}

// push waits for room, unless ctx ends or the queue is closed.
func (q *writeQueue) push(ctx context.Context, w *write) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.full() {
		stop := context.AfterFunc(ctx, func() {
			q.mu.Lock()
			defer q.mu.Unlock()
			q.space.Broadcast()
		})
		defer stop()
		for q.full() && !q.closed && ctx.Err() == nil {
			q.space.Wait()
		}
	}
	if q.closed {
		return errClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	q.list = append(q.list, w)
	q.bytes += w.bytes()
	if len(q.list) == 1 {
		q.some.Signal()
	}
	return nil
}

func (q *writeQueue) full() bool { return len(q.list) >= queueWrites || q.bytes >= queueBytes }

// wait returns when there is something to take, or false when the queue is closed and empty.
func (q *writeQueue) wait() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.list) == 0 && !q.closed {
		q.some.Wait()
	}
	return len(q.list) > 0
}

// take removes the first writes, as many as one transaction should hold, at least one.
func (q *writeQueue) take(into []*write) []*write {
	q.mu.Lock()
	defer q.mu.Unlock()
	into = into[:0]
	bytes := 0
	for _, w := range q.list {
		if len(into) == batchWrites || len(into) > 0 && bytes+w.bytes() > batchBytes {
			break
		}
		bytes += w.bytes()
		into = append(into, w)
	}
	rest := copy(q.list, q.list[len(into):])
	clear(q.list[rest:])
	q.list = q.list[:rest]
	q.bytes -= bytes
	q.space.Broadcast()
	return into
}

func (q *writeQueue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.some.Broadcast()
	q.space.Broadcast()
}
