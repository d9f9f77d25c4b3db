package live

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	redisBeat    = 5 * time.Second // of silence, after which Redis is asked whether it is there
	batchTopics  = 512             // of one SUBSCRIBE
	rememberSent = 4096
)

// listen keeps one subscription to Redis for all topics, until the context ends. tried is called after the first try
// to connect.
func (b *Redis) listen(ctx context.Context, tried func()) {
	defer tried()
	retry := firstRetry
	for {
		err := b.session(ctx, func() {
			retry = firstRetry
			tried()
		})
		tried()
		if ctx.Err() != nil {
			return
		}
		b.broke(err)
		select {
		case <-time.After(time.Duration((0.5 + rand.Float64()) * float64(retry))): // spread, so that replicas do not come as one
		case <-ctx.Done():
			return
		}
		retry = min(2*retry, lastRetry)
	}
}

// session connects, asks for all topics and hands out what comes, until the connection breaks.
func (b *Redis) session(ctx context.Context, stands func()) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in := b.client.Subscribe(ctx)
	end := sync.OnceFunc(func() { _ = in.Close() }) // it reads only; nothing is left to be lost
	defer end()
	defer context.AfterFunc(ctx, end)()
	if err := in.Subscribe(ctx, b.prefix); err != nil {
		return err
	}
	b.mu.Lock()
	for topic, interest := range b.topics {
		interest.asked = false
		b.note(topic)
	}
	b.mu.Unlock()
	var asking sync.WaitGroup
	defer asking.Wait()
	defer cancel()
	asked := make(chan error, 1)
	asking.Go(func() {
		if err := b.ask(ctx, in); err != nil && ctx.Err() == nil {
			asked <- err
			end()
		}
	})
	err := b.receive(ctx, in, func() {
		b.uncounted.Store(true)
		asking.Go(func() { b.countable(ctx) })
		b.linked(end)
		stands()
	})
	select {
	case first := <-asked:
		return first
	default:
		return err
	}
}

// receive hands out what comes.
func (b *Redis) receive(ctx context.Context, in *redis.PubSub, stands func()) error {
	for silent := false; ; {
		what, err := in.ReceiveTimeout(ctx, redisBeat)
		if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() && !silent {
			silent = true
			if err := in.Ping(ctx); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		silent = false
		switch m := what.(type) {
		case *redis.Subscription:
			if m.Kind == "subscribe" && m.Channel == b.prefix {
				stands()
			} else if m.Kind == "subscribe" {
				b.confirmed(strings.TrimPrefix(m.Channel, b.prefix))
			}
		case *redis.Message:
			b.take(m)
		}
	}
}

func (b *Redis) take(m *redis.Message) {
	e, ok := decodeEnvelope(m.Payload)
	own := e.from == b.origin
	switch {
	case !ok:
	case m.Channel == b.prefix: // a replica has lost messages, it does not know of which topics
		if !own {
			b.local.all(Message{Lost: true})
		}
	case own && !b.own.back(e.number):
	default:
		_ = b.local.Publish(context.Background(), strings.TrimPrefix(m.Channel, b.prefix), Message{Seq: e.seq, Data: e.data}) // it fails only when closed
	}
}

// confirmed notes that what is published from now on comes. What was published before may be lost for those who have
// not waited, and after a broken connection for all.
func (b *Redis) confirmed(topic string) {
	b.mu.Lock()
	in := b.topics[topic]
	tell := false
	if in != nil {
		tell, in.missed = in.missed || in.stood, false
		if !in.stood {
			in.stood = true
			close(in.stands)
		}
	}
	b.mu.Unlock()
	if tell {
		_ = b.local.Publish(context.Background(), topic, Message{Lost: true}) // it fails only when closed
	}
}

// ask tells Redis which topics are listened to, whenever that has changed.
func (b *Redis) ask(ctx context.Context, in *redis.PubSub) error {
	for {
		select {
		case <-b.tell:
		case <-ctx.Done():
			return nil
		}
		join, leave := b.changes()
		for some := range slices.Chunk(join, batchTopics) {
			if err := in.Subscribe(ctx, some...); err != nil {
				return err
			}
		}
		for some := range slices.Chunk(leave, batchTopics) {
			if err := in.Unsubscribe(ctx, some...); err != nil {
				return err
			}
		}
	}
}

// changes returns the channels to join and to leave, and takes them as joined and left.
func (b *Redis) changes() (join, leave []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for topic := range b.changed {
		in := b.topics[topic]
		switch {
		case in == nil:
		case in.count == 0:
			if in.asked {
				leave = append(leave, b.prefix+topic)
			}
			delete(b.topics, topic)
		case !in.asked:
			in.asked = true
			join = append(join, b.prefix+topic)
		}
	}
	clear(b.changed)
	return join, leave
}

// linked notes that messages go to Redis and come from it.
func (b *Redis) linked(cut func()) {
	b.mu.Lock()
	again := b.trouble != nil && !errors.Is(b.trouble, errNoLink)
	b.link, b.trouble = cut, nil
	b.mu.Unlock()
	b.out.poke()
	if again {
		b.log.Info("Redis answers again; replicas are one room")
	}
}

// broke notes that messages no longer reach the other replicas, and says so once.
func (b *Redis) broke(err error) {
	b.mu.Lock()
	cut := b.link
	first := cut != nil || errors.Is(b.trouble, errNoLink)
	b.link, b.trouble = nil, err
	b.mu.Unlock()
	if cut != nil {
		cut() // what comes and what goes break together, so that nobody hears only half
	}
	if first {
		b.log.Warn("Redis does not answer: people on other replicas are not heard until it does", "error", err)
	}
}

// numbers tells which messages of our own were handed out, so that each is once: when it came back from Redis, or
// because it may not have reached it. Messages come back in the order of their numbers.
type numbers struct {
	mu     sync.Mutex
	newest uint64              // that came back
	handed map[uint64]struct{} // without Redis
}

// hand tells whether a message is to be handed out without Redis. It forgets all when it remembers many.
func (n *numbers) hand(number uint64) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if number <= n.newest {
		return false
	}
	if n.handed == nil || len(n.handed) >= rememberSent {
		n.handed = map[uint64]struct{}{}
	}
	n.handed[number] = struct{}{}
	return true
}

// back tells whether a message that came back is to be handed out.
func (n *numbers) back(number uint64) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.newest = max(n.newest, number)
	_, had := n.handed[number]
	return !had
}
