package live

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	redisWait   = 2 * time.Second // for an answer of Redis, and for the first connection when the studio starts
	confirmWait = time.Second     // for a subscription to stand
	firstRetry  = 100 * time.Millisecond
	lastRetry   = 5 * time.Second
)

// RedisOptions say where a Redis bus meets the other replicas.
type RedisOptions struct {
	URL    string       // redis://user:password@host:6379/0, or rediss:// for TLS
	Prefix string       // of the names of its channels; replicas of one studio have the same
	Log    *slog.Logger // of losing Redis and finding it again
}

// Redis is the bus of a studio that runs as several processes: each message goes through one Redis, which gives it its
// place in the order of its topic for all of them. A replica listens to a channel only while someone on it listens to
// the topic. Without Redis the bus goes on for the people of this replica alone, and says so; when Redis is back,
// everyone who may have missed something is told (Message.Lost).
type Redis struct {
	client *redis.Client
	prefix string
	origin origin
	log    *slog.Logger
	local  *Memory // fans out to the subscribers of this replica
	out    *outbox
	stop   context.CancelFunc
	wait   sync.WaitGroup
	own    numbers
	number uint64 // of the newest message of our own; only send uses it

	uncounted atomic.Bool // this Redis does not tell who listens, or it is not known whether it does

	mu      sync.Mutex
	topics  map[string]*interest
	changed map[string]struct{} // topics whose interest has changed since Redis was told
	tell    chan struct{}       // holds a token while changed is not empty
	link    func()              // cuts the subscription that stands; nil when there is none
	trouble error               // why there is none
}

// interest is what this replica wants of a topic.
type interest struct {
	count  int           // of subscribers
	asked  bool          // Redis was told to send it, over the connection that stands
	stands chan struct{} // closed when Redis has confirmed it once
	stood  bool          // stands is closed
	missed bool          // someone did not wait for that
}

// NewRedis returns a bus that meets its replicas in Redis. A Redis that does not answer is no error: the bus goes on
// trying.
func NewRedis(ctx context.Context, o RedisOptions) (*Redis, error) {
	options, err := redis.ParseURL(o.URL)
	if err != nil {
		// The parser's own words would show the password.
		return nil, errors.New("the address of Redis must be like redis://user:password@host:6379/0, or rediss:// for TLS")
	}
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = redisWait, redisWait, redisWait
	options.MaxRetries, options.DialerRetries = -1, 1 // a second try could overtake other messages, or repeat one
	options.Protocol, options.DisableIdentity, options.PoolSize = 2, true, 2
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	redis.SetLogger(silence{})
	b := &Redis{
		client: redis.NewClient(options), prefix: o.Prefix, log: o.Log, local: NewMemory(), out: newOutbox(),
		topics: map[string]*interest{}, changed: map[string]struct{}{}, tell: make(chan struct{}, 1), trouble: errNoLink,
	}
	rand.Read(b.origin[:])
	b.uncounted.Store(true)
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	b.stop = stop
	tried := make(chan struct{})
	b.wait.Go(func() { b.listen(work, sync.OnceFunc(func() { close(tried) })) })
	b.wait.Go(func() { b.send(work) })
	select {
	case <-tried:
	case <-ctx.Done():
	}
	return b, nil
}

var errNoLink = errors.New("Redis has not been reached yet")

// silence keeps the library from writing to the terminal: what it would say, the bus says in its own words.
type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// Publish implements Bus.
func (b *Redis) Publish(_ context.Context, topic string, m Message) error {
	return b.out.put(outgoing{topic: topic, message: m, size: len(m.Data)})
}

// Offer implements Bus.
func (b *Redis) Offer(_ context.Context, topic string, size int, give func() []Message) error {
	return b.out.put(outgoing{topic: topic, give: give, size: size})
}

// Subscribe implements Bus.
func (b *Redis) Subscribe(topic string, receive func(Message)) (func(), error) {
	leave, err := b.local.Subscribe(topic, receive)
	if err != nil {
		return nil, err
	}
	in, linked := b.want(topic)
	if linked {
		timer := time.NewTimer(confirmWait)
		defer timer.Stop()
		select {
		case <-in.stands:
		case <-timer.C:
			linked = false
		}
	}
	if !linked {
		b.mu.Lock()
		in.missed = true // whatever is missed until it stands, this subscriber is told of
		b.mu.Unlock()
	}
	return sync.OnceFunc(func() {
		leave()
		b.unwant(topic)
	}), nil
}

func (b *Redis) want(topic string) (in *interest, linked bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	in = b.topics[topic]
	if in == nil {
		in = &interest{stands: make(chan struct{})}
		b.topics[topic] = in
	}
	if in.count++; in.count == 1 {
		b.note(topic)
	}
	return in, b.link != nil
}

func (b *Redis) unwant(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if in := b.topics[topic]; in != nil {
		if in.count--; in.count == 0 {
			b.note(topic)
		}
	}
}

// note has Redis told of a topic.
func (b *Redis) note(topic string) {
	b.changed[topic] = struct{}{}
	select {
	case b.tell <- struct{}{}:
	default:
	}
}

// Heard implements Bus. What other replicas listen to is not known here.
func (b *Redis) Heard(topic string) bool { return b.local.Heard(topic) || b.Ready() == nil }

// Ready implements Bus.
func (b *Redis) Ready() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.trouble == nil {
		return nil
	}
	return fmt.Errorf("other replicas are not reached: %w", b.trouble)
}

// Close implements Bus. What was published and is under way may be lost.
func (b *Redis) Close() error {
	if !b.out.close() {
		return nil
	}
	b.stop()
	b.wait.Wait()
	return errors.Join(b.local.Close(), b.client.Close())
}
