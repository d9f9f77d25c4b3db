package live

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Reader reads the messages of a topic after since from the durable record, in order, some at a time. An empty answer
// means that there are no more now. Everything that was published is in it already.
type Reader func(ctx context.Context, since int64) ([]Message, error)

const (
	heldMessages = 256 // kept while catching up; what is beyond is read from the record again
	gapReads     = 3   // fruitless reads after which a gap is a fault of the record

	// gapWait is given to messages that overtook each other on the way, before the record is read for all who watch.
	gapWait = 20 * time.Millisecond
)

type packet struct {
	seq   int64
	frame []byte
	lost  bool // there is no frame: some before may be missing
}

// Watch is a connection's interest in a topic.
type Watch struct {
	hub    *Hub
	topic  string
	conn   *Conn
	read   Reader
	ctx    context.Context //nolint:containedctx // the watch is the operation; the context ends with it
	cancel context.CancelFunc

	mu       sync.Mutex
	last     int64 // seq of the last message handed to the connection
	catching bool  // catchUp runs: messages are held for it
	held     []packet
	lost     bool // more came than could be held
	patient  bool // what is missing may be on its way
	closed   bool
}

// Close ends the watch: no further message is queued once it has returned.
func (w *Watch) Close() {
	w.cancel()
	w.mu.Lock()
	w.closed, w.held = true, nil
	w.mu.Unlock()
	w.hub.part(w.topic, w)
}

func (w *Watch) deliver(p packet) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
	case p.lost:
		w.look()
	case p.seq == 0 || w.read == nil:
		w.conn.Send(p.frame)
	case w.catching:
		w.hold(p)
	case p.seq <= w.last: // a repeat
	case p.seq == w.last+1:
		w.last = p.seq
		w.conn.Send(p.frame)
	default: // the bus has lost something: fill the gap from the record
		w.catching, w.patient = true, true
		w.hold(p)
		w.hub.start(w)
	}
}

// look has the record read, although nothing says that there is more.
func (w *Watch) look() {
	switch {
	case w.read == nil:
	case w.catching:
		w.held, w.lost = nil, true
	default:
		w.catching = true
		w.hub.start(w)
	}
}

func (w *Watch) hold(p packet) {
	if len(w.held) >= heldMessages {
		w.held, w.lost = nil, true
	}
	if !w.lost {
		w.held = append(w.held, p)
	}
}

// catchUp brings the connection from w.last to the present, at the pace of its reader, and then steps aside.
func (w *Watch) catchUp() {
	if err := w.follow(); err != nil && w.ctx.Err() == nil && !errors.Is(err, ErrClosed) {
		w.hub.log.ErrorContext(w.ctx, "a watch could not be brought up to date", "topic", w.topic, "error", err)
		w.conn.Close(CloseFault, "What happened could not be read. Reconnect to try again.")
	}
}

var errGap = errors.New("published messages are missing in the record")

func (w *Watch) follow() error {
	if w.patient { // set before this goroutine was started, and by nobody else while it runs
		w.patient = false
		if caughtUp, err := w.wait(); err != nil || caughtUp {
			return err
		}
	}
	for fruitless := 0; fruitless < gapReads; {
		messages, err := w.read(w.ctx, w.last) // only this goroutine moves w.last while catching
		if err != nil {
			return err
		}
		for _, m := range messages {
			if err := w.pass(packet{seq: m.Seq, frame: TextFrame(m.Data)}); err != nil {
				return err
			}
		}
		if len(messages) > 0 {
			fruitless = 0
			continue
		}
		caughtUp, moved, err := w.release()
		if err != nil || caughtUp {
			return err
		}
		if moved {
			fruitless = 0
		} else {
			fruitless++
		}
	}
	return errGap
}

// wait gives a gap a moment to fill by itself.
func (w *Watch) wait() (caughtUp bool, err error) {
	timer := time.NewTimer(gapWait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.ctx.Done():
		return false, w.ctx.Err()
	}
	caughtUp, _, err = w.release()
	return caughtUp, err
}

// release passes on what was held while the record was read. caughtUp means that from now on messages pass directly.
func (w *Watch) release() (caughtUp, moved bool, err error) {
	for {
		w.mu.Lock()
		held, lost := w.held, w.lost
		w.held, w.lost = nil, false
		if len(held) == 0 && !lost {
			w.catching = false
			w.mu.Unlock()
			return true, moved, nil
		}
		w.mu.Unlock()
		slices.SortStableFunc(held, func(a, b packet) int { return cmp.Compare(a.seq, b.seq) })
		for i, p := range held {
			if p.seq > w.last+1 {
				w.mu.Lock()
				w.held = append(held[i:len(held):len(held)], w.held...)
				w.mu.Unlock()
				return false, moved, nil
			}
			if p.seq == w.last+1 {
				moved = true
				if err := w.pass(p); err != nil {
					return false, moved, err
				}
			}
		}
		if lost {
			return false, true, nil // that nothing more is in the record would be no fault of it
		}
	}
}

// pass hands the next message to the connection, waiting for room.
func (w *Watch) pass(p packet) error {
	if err := w.conn.SendWait(w.ctx, p.frame); err != nil {
		return err
	}
	w.last = p.seq
	return nil
}
