package live

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"
)

// Memory is the bus of a studio that runs as one process.
type Memory struct {
	mu     sync.RWMutex
	topics map[string]*topic
	closed bool
}

// topic is the set of subscribers of one name. Its lock is held while a message is handed out, which gives the topic
// one order and lets leave promise that no call follows.
type topic struct {
	mu        sync.Mutex
	receivers []*receiver
}

type receiver struct{ receive func(Message) }

// NewMemory returns an empty bus.
func NewMemory() *Memory { return &Memory{topics: map[string]*topic{}} }

var errClosed = fmt.Errorf("the bus is closed: %w", fs.ErrClosed)

// Publish implements Bus.
func (b *Memory) Publish(_ context.Context, name string, m Message) error {
	b.mu.RLock()
	t, closed := b.topics[name], b.closed
	b.mu.RUnlock()
	if closed {
		return errClosed
	}
	if t != nil {
		t.hand(m)
	}
	return nil
}

// Offer implements Bus.
func (b *Memory) Offer(ctx context.Context, name string, _ int, give func() []Message) error {
	if !b.Heard(name) {
		return nil
	}
	for _, m := range give() {
		if err := b.Publish(ctx, name, m); err != nil {
			return err
		}
	}
	return nil
}

func (t *topic) hand(m Message) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.receivers {
		r.receive(m)
	}
}

// all hands a message to the subscribers of every topic.
func (b *Memory) all(m Message) {
	b.mu.RLock()
	topics := slices.Collect(maps.Values(b.topics))
	b.mu.RUnlock()
	for _, t := range topics {
		t.hand(m)
	}
}

// Subscribe implements Bus.
func (b *Memory) Subscribe(name string, receive func(Message)) (func(), error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, errClosed
	}
	t := b.topics[name]
	if t == nil {
		t = &topic{}
		b.topics[name] = t
	}
	r := &receiver{receive}
	t.mu.Lock()
	t.receivers = append(t.receivers, r)
	t.mu.Unlock()
	return sync.OnceFunc(func() { b.leave(name, t, r) }), nil
}

func (b *Memory) leave(name string, t *topic, r *receiver) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.Index(t.receivers, r); i >= 0 {
		t.receivers = slices.Delete(t.receivers, i, i+1)
	}
	if len(t.receivers) == 0 && b.topics[name] == t {
		delete(b.topics, name)
	}
}

// Heard implements Bus.
func (b *Memory) Heard(name string) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.topics[name] != nil
}

// Ready implements Bus.
func (b *Memory) Ready() error { return nil }

// Close implements Bus.
func (b *Memory) Close() error {
	b.mu.Lock()
	topics := b.topics
	b.topics, b.closed = map[string]*topic{}, true
	b.mu.Unlock()
	for _, t := range topics {
		t.mu.Lock()
		t.receivers = nil
		t.mu.Unlock()
	}
	return nil
}
