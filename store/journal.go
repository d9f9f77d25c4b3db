package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/atelier-studio/atelier/engine"
)

// Journal keeps runs and their events for the engine. Writes of all runs go through one goroutine that makes one
// transaction of what has gathered; what was acknowledged is on disk.
type Journal struct {
	store      *Store
	queue      *writeQueue
	statements *statements
	gaps       gaps
	done       chan struct{} // closed when the last transaction was made
}

func newJournal(s *Store) *Journal {
	j := &Journal{store: s, queue: newWriteQueue(), statements: newStatements(s.runs), gaps: gaps{}, done: make(chan struct{})}
	go j.commitLoop()
	return j
}

// close writes what was handed over; what comes later is refused.
func (j *Journal) close() {
	j.queue.close()
	<-j.done
}

var errClosed = errors.New("the store is closed")

// write is one thing to be written: a chunk, and the run too when it is new.
type write struct {
	ctx   context.Context // of an Accept; nil: cannot be taken back
	run   *engine.Run
	chunk engine.Chunk
	done  func(error)

	err      error       // this write alone is refused, the rest of the transaction goes on
	existing *engine.Run // with an err that wraps fs.ErrExist
}

func (w *write) bytes() int {
	n := 200 + len(w.chunk.Events)
	if w.run != nil {
		n += 400 + len(w.run.Input)
	}
	return n
}

// Accept makes a new run durable with its first chunk, which may have no events. When a run with the same workspace,
// workflow and idempotency key exists, it is returned with an error that wraps fs.ErrExist. A context that ends while
// the run waits for its turn takes it back; after that the answer is awaited, because it is what really happened.
func (j *Journal) Accept(ctx context.Context, run *engine.Run, chunk engine.Chunk) (*engine.Run, error) {
	if _, err := workspaceID(run.Workspace); err != nil {
		return nil, err
	}
	if run.ID == "" || run.WorkflowID == "" {
		return nil, invalid("a run needs an id and a workflow")
	}
	chunk.Workspace, chunk.Run, chunk.Fence = run.Workspace, run.ID, run.Fence
	answer := make(chan error, 1)
	w := &write{ctx: ctx, run: run, chunk: chunk, done: func(err error) { answer <- err }}
	if err := j.queue.push(ctx, w); err != nil {
		return nil, err
	}
	if err := <-answer; err != nil {
		return w.existing, err
	}
	return run, nil
}

// Append hands a chunk over; done is called once, from the writing goroutine, when it is on disk or refused, and must
// return quickly. It blocks while the queue is full. A chunk of a run that has ended is refused like one with a stale
// Fence: engine.ErrLostLease.
func (j *Journal) Append(chunk engine.Chunk, done func(error)) {
	w := &write{chunk: chunk, done: done}
	if err := j.queue.push(context.Background(), w); err != nil {
		go done(err)
	}
}

// Load returns a run and all chunks of its journal in order.
func (j *Journal) Load(ctx context.Context, workspace, id string) (*engine.Run, []engine.Chunk, error) {
	ws, err := workspaceID(workspace)
	if err != nil {
		return nil, nil, err
	}
	q := j.store.runs.reader()
	run, err := one(ctx, q, fmt.Sprintf("run %.80q in this workspace", id), scanRunInput,
		"SELECT "+runColumns+", input FROM runs WHERE workspace = $1 AND id = $2", ws, id)
	if err != nil {
		return nil, nil, err
	}
	chunks, err := readChunks(ctx, q, "WHERE workspace = $1 AND run = $2 ORDER BY first", ws, id)
	return run, chunks, err
}

func readChunks(ctx context.Context, q querier, condition string, args ...any) ([]engine.Chunk, error) {
	return collect(ctx, q, func(row scanner) (c engine.Chunk, err error) {
		return c, row.Scan(&c.Workspace, &c.Run, &c.First, &c.Count, &c.Fence, &c.Events)
	}, "SELECT workspace, run, first, count, fence, events FROM journal "+condition, args...)
}
