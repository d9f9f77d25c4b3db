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
	number uint64
	owed   bool // messages went to this replica's people only, or to nobody: the other replicas must be told
	closed bool
	wake   chan struct{}
}

type outgoing struct {
	topic   string
	message Message
	number  uint64
}

func newOutbox() *outbox { return &outbox{wake: make(chan struct{}, 1)} }

var errFull = errors.New("more is published than Redis takes")

func (o *outbox) put(topic string, m Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return errClosed
	}
	if len(o.queue) > 0 && (len(o.queue) >= outMessages || o.bytes+len(m.Data) > outBytes) {
		o.owed = true
		return errFull
	}
	o.number++
	o.queue = append(o.queue, outgoing{topic, m, o.number})
	o.bytes += len(m.Data)
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
		o.bytes -= len(m.message.Data)
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
	if b.Ready() != nil {
		b.out.owe()
		for _, m := range batch {
			b.hand(m)
		}
		return len(batch) > 0
	}
	pipe := b.client.Pipeline()
	if owed {
		pipe.Publish(ctx, b.prefix, envelope{from: b.origin}.encode())
	}
	sent := make([]*redis.IntCmd, len(batch))
	for i, m := range batch {
		sent[i] = pipe.Publish(ctx, b.prefix+m.topic, envelope{b.origin, m.number, m.message.Seq, m.message.Data}.encode())
	}
	_, err := pipe.Exec(ctx)
	if err == nil || ctx.Err() != nil {
		return true
	}
	// Some may have arrived although no answer came. Those that come back after all are known by their number.
	b.broke(fmt.Errorf("a message could not be published: %w", err))
	b.out.owe()
	for i, m := range batch {
		if sent[i].Err() != nil {
			b.handed.add(m.number)
			b.hand(m)
		}
	}
	return true
}

// hand gives a message to the people of this replica.
func (b *Redis) hand(m outgoing) {
	_ = b.local.Publish(context.Background(), m.topic, m.message) // it fails only when the bus is closed
}
