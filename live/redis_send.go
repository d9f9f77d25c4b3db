package live

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Limits of what waits for Redis, and of what goes to it in one write.
const (
	outMessages   = 16 << 10
	outBytes      = 32 << 20
	batchMessages = 512
)

// outbox holds messages until they go to Redis, in the order of Publish.
type outbox struct {
	mu     sync.Mutex
	queue  []outgoing
	bytes  int
	owed   bool // messages went to this replica's people only, or to nobody: the other replicas must be told
	closed bool
	wake   chan struct{}
}

// outgoing is a message, or an offer of some.
type outgoing struct {
	topic   string
	message Message
	give    func() []Message // of an offer
	size    int
	number  uint64
}

func newOutbox() *outbox { return &outbox{wake: make(chan struct{}, 1)} }

var errFull = errors.New("more is published than Redis takes")

func (o *outbox) put(m outgoing) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return errClosed
	}
	if len(o.queue) > 0 && (len(o.queue) >= outMessages || o.bytes+m.size > outBytes) {
		o.owed = true
		return errFull
	}
	o.queue = append(o.queue, m)
	o.bytes += m.size
	o.poke()
	return nil
}

// take removes what goes next. owed tells whether the others have to be told of a loss before.
func (o *outbox) take() (batch []outgoing, owed bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := min(len(o.queue), batchMessages)
	batch, o.queue = o.queue[:n:n], o.queue[n:]
	for _, m := range batch {
		o.bytes -= m.size
	}
	if len(o.queue) == 0 {
		o.queue = nil
	}
	owed, o.owed = o.owed, false
	return batch, owed
}

func (o *outbox) owe() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.owed = true
}

// poke has the sender look again.
func (o *outbox) poke() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

func (o *outbox) close() (first bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	first, o.closed, o.queue, o.owed = !o.closed, true, nil, false
	return first
}

// send brings what is published to Redis until the context ends. While Redis cannot be reached it hands the messages
// to the people of this replica.
func (b *Redis) send(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-b.out.wake:
		case <-ctx.Done():
			return
		}
		for batch, owed := b.out.take(); len(batch) > 0 || owed; batch, owed = b.out.take() {
			if !b.sendBatch(ctx, batch, owed) {
				break
			}
		}
	}
}

// sendBatch returns false when there is no use in going on at once.
func (b *Redis) sendBatch(ctx context.Context, batch []outgoing, owed bool) (ok bool) {
	heard := b.heard(ctx, batch)
	ready := b.Ready() == nil
	if owed && ready {
		ready = b.write(ctx, []outgoing{{}})
	}
	if !ready {
		b.out.owe()
	}
	var some []outgoing
	for _, m := range batch {
		switch {
		case m.give == nil:
			some = append(some, m)
		case heard(m.topic):
			for _, given := range m.give() {
				some = append(some, outgoing{topic: m.topic, message: given})
			}
		}
		if len(some) >= batchMessages {
			b.write(ctx, some)
			some = some[:0]
		}
	}
	b.write(ctx, some)
	return ready || len(batch) > 0
}

// write sends messages, and hands them to the people of this replica where that fails: then it returns false. One
// without a topic tells the other replicas that something was lost.
func (b *Redis) write(ctx context.Context, messages []outgoing) bool {
	if len(messages) == 0 {
		return true
	}
	if b.Ready() != nil {
		b.out.owe()
		for _, m := range messages {
			b.hand(m)
		}
		return false
	}
	pipe := b.client.Pipeline()
	sent := make([]*redis.IntCmd, len(messages))
	for i := range messages {
		m := &messages[i]
		b.number++
		m.number = b.number
		sent[i] = pipe.Publish(ctx, b.prefix+m.topic, envelope{b.origin, m.number, m.message.Seq, m.message.Data}.encode())
	}
	_, err := pipe.Exec(ctx)
	if err == nil || ctx.Err() != nil {
		return true
	}
	// Some may have arrived although no answer came. Those that have come back, or do so after all, are known by their
	// number.
	b.broke(fmt.Errorf("a message could not be published: %w", err))
	b.out.owe()
	for i, m := range messages {
		if sent[i].Err() != nil && b.own.hand(m.number) {
			b.hand(m)
		}
	}
	return false
}

// hand gives a message to the people of this replica.
func (b *Redis) hand(m outgoing) {
	if m.topic != "" {
		_ = b.local.Publish(context.Background(), m.topic, m.message) // it fails only when the bus is closed
	}
}
