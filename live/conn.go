package live

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Limits of a connection's queue. Whoever falls behind by more is cut and resumes by sequence, which is cheaper for
// everyone than remembering it for them.
const (
	QueueMessages = 256
	QueueBytes    = 1 << 20

	writeBytes  = 64 << 10 // gathered into one write
	kernelBytes = 64 << 10
	writeWait   = 10 * time.Second
	closeWait   = time.Second // for the close frame to leave, and for the other side to answer it
)

// ErrClosed is returned for a connection that has ended.
var ErrClosed = errors.New("the connection is closed")

// Wire is what a connection writes to; a net.Conn is one.
type Wire interface {
	Write(p []byte) (int, error)
	SetWriteDeadline(t time.Time) error
	Close() error
}

// Conn is a connection with a bounded queue of frames. The goroutine that writes exists only while the queue is not
// empty, and puts all that has gathered into one write: idle connections cost no stack, and busy ones no system call a
// message. All frames, also control frames, go through the queue, so that they never interleave on the wire.
type Conn struct {
	wire Wire
	done chan struct{}

	retell func(text []byte) []byte // nil: everything is said as it is

	mu      sync.Mutex
	queue   [][]byte
	bytes   int
	writing bool
	closing bool          // no more frames are taken; the close frame is in the queue
	closed  bool          // the wire is closed
	space   chan struct{} // closed when the queue was taken, for those who wait to send
}

// NewConn returns a connection that writes to a wire, and closes it in the end. Of a network connection it keeps the
// kernel's buffer small: what lies there is read by nobody yet, and hides for megabytes that nobody reads.
func NewConn(w Wire) *Conn {
	if b, ok := w.(interface{ SetWriteBuffer(n int) error }); ok {
		_ = b.SetWriteBuffer(kernelBytes) // it works without, only later
	}
	return &Conn{wire: w, done: make(chan struct{})}
}

// Retell has the texts of this connection's frames changed on their way, such as into its person's language. It is to be
// called before the first frame. The frames that all connections share stay as they are: retell returns nil for what is
// not to be changed, and has to be quick, because most is not.
func (c *Conn) Retell(retell func(text []byte) []byte) { c.retell = retell }

func (c *Conn) told(frame []byte) []byte {
	if c.retell == nil {
		return frame
	}
	if text := textOf(frame); text != nil {
		if changed := c.retell(text); changed != nil {
			return TextFrame(changed)
		}
	}
	return frame
}

// Done is closed when the connection has ended, whoever ended it.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Send queues a frame and returns at once. When the queue is full the connection is closed with CloseTooSlow. A single
// frame above QueueBytes is taken if nothing else waits.
func (c *Conn) Send(frame []byte) {
	frame = c.told(frame)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing || c.closed {
		return
	}
	if c.full(frame) {
		c.closeLocked(CloseTooSlow, "This page reads more slowly than things happen. Reconnect to go on where you were.")
		return
	}
	c.put(frame)
}

// SendWait queues a frame, waiting for room: for long replays, whose pace the reader sets.
func (c *Conn) SendWait(ctx context.Context, frame []byte) error {
	frame = c.told(frame)
	for {
		c.mu.Lock()
		if c.closing || c.closed {
			c.mu.Unlock()
			return ErrClosed
		}
		if !c.full(frame) {
			c.put(frame)
			c.mu.Unlock()
			return nil
		}
		if c.space == nil {
			c.space = make(chan struct{})
		}
		space := c.space
		c.mu.Unlock()
		select {
		case <-space:
		case <-c.done:
			return ErrClosed
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Close sends what is queued, then a close frame, then closes the wire.
func (c *Conn) Close(code uint16, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closing && !c.closed {
		c.closeLocked(code, reason)
	}
}

// Drop closes the wire at once: the other side has gone.
func (c *Conn) Drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end()
}

func (c *Conn) full(frame []byte) bool {
	return len(c.queue) > 0 && (len(c.queue) >= QueueMessages || c.bytes+len(frame) > QueueBytes)
}

func (c *Conn) put(frame []byte) {
	c.queue = append(c.queue, frame)
	c.bytes += len(frame)
	if !c.writing {
		c.writing = true
		go c.drain()
	}
}

func (c *Conn) closeLocked(code uint16, reason string) {
	c.closing = true
	if code == CloseTooSlow {
		c.queue, c.bytes = nil, 0 // it would not be read, and resuming brings it again
	}
	c.put(CloseFrame(code, reason))
	// A write that hangs is given this long to finish. An error here shows in that write too.
	_ = c.wire.SetWriteDeadline(time.Now().Add(closeWait))
}

// end closes the wire and tells everyone.
func (c *Conn) end() {
	if c.closed {
		return
	}
	c.closed = true
	c.queue, c.bytes = nil, 0
	close(c.done)
	_ = c.wire.Close() // nothing is left to be lost
}

// buffers are where drain gathers frames.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, writeBytes); return &b }}

func (c *Conn) drain() {
	buffer, _ := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	for {
		c.mu.Lock()
		frames, last := c.queue, c.closing
		c.queue, c.bytes = nil, 0
		if c.space != nil {
			close(c.space)
			c.space = nil
		}
		if len(frames) == 0 || c.closed {
			c.writing = false
			c.mu.Unlock()
			return
		}
		if !last {
			_ = c.wire.SetWriteDeadline(time.Now().Add(writeWait)) // an error shows in the write too
		}
		c.mu.Unlock()

		err := writeAll(c.wire, frames, (*buffer)[:0])
		if err != nil || last {
			c.finish(err)
			return
		}
	}
}

// finish ends the connection after its last write. A close frame that went out is given time to be answered: a wire
// closed at once, with unread bytes in its buffer, may be reset before the other side has read the code.
func (c *Conn) finish(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.end()
		return
	}
	time.AfterFunc(closeWait, c.Drop)
}

func writeAll(w Wire, frames [][]byte, buffer []byte) error {
	for _, f := range frames {
		if len(buffer) > 0 && len(buffer)+len(f) > writeBytes {
			if _, err := w.Write(buffer); err != nil {
				return err
			}
			buffer = buffer[:0]
		}
		if len(f) > writeBytes {
			if _, err := w.Write(f); err != nil {
				return err
			}
			continue
		}
		buffer = append(buffer, f...)
	}
	if len(buffer) == 0 {
		return nil
	}
	_, err := w.Write(buffer)
	return err
}
