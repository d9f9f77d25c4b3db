package llm

import (
	"cmp"
	"context"
	"sync"
	"time"
)

// BreakerOptions say when an endpoint is left alone. A zero field has the default beside it.
type BreakerOptions struct {
	// Failures in a row open the breaker: 5.
	Failures int
	// Open is how long no call is made then: 30 seconds. After it one call goes through as a probe; its success closes
	// the breaker, its failure opens it anew.
	Open time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Changed, when not nil, is told when a breaker opens and closes, for metrics.
	Changed func(endpoint string, open bool)
}

// Breakers keep calls from endpoints that fail, one breaker an endpoint, for as long as the studio runs. Only what speaks
// of the endpoint counts as a failure: not reached, too slow, unusable answers. A refused key, a filter or a limit of
// calls show that it works.
type Breakers struct {
	o  BreakerOptions
	mu sync.Mutex
	by map[string]*breaker // those with failures only
}

type breaker struct {
	failures int
	until    time.Time
	probing  bool
}

// maxBreakers bounds the failing endpoints that are remembered.
const maxBreakers = 10_000

// NewBreakers makes breakers, all of them closed.
func NewBreakers(o BreakerOptions) *Breakers {
	o.Failures, o.Open = cmp.Or(o.Failures, 5), cmp.Or(o.Open, 30*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Breakers{o: o, by: map[string]*breaker{}}
}

// Model keeps calls of m from an endpoint that fails. Models with the same endpoint, which is any name, share a breaker.
func (b *Breakers) Model(endpoint string, m Model) Model { return &broken{m, b, endpoint} }

// Embedder keeps calls of e from an endpoint that fails.
func (b *Breakers) Embedder(endpoint string, e Embedder) Embedder {
	return &brokenEmbedder{e, b, endpoint}
}

// Open tells whether calls of an endpoint are refused now.
func (b *Breakers) Open(endpoint string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	one := b.by[endpoint]
	return one != nil && one.failures >= b.o.Failures && b.o.Now().Before(one.until)
}

// Count is how many endpoints calls are refused of now.
func (b *Breakers) Count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, now := 0, b.o.Now()
	for _, one := range b.by {
		if one.failures >= b.o.Failures && now.Before(one.until) {
			n++
		}
	}
	return n
}

// enter asks whether a call may be made. Leave must be called after it when the error is nil.
func (b *Breakers) enter(endpoint, name string) (leave func(context.Context, error), err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	one, probe := b.by[endpoint], false
	if one != nil && one.failures >= b.o.Failures {
		now := b.o.Now()
		if wait := one.until.Sub(now); wait > 0 || one.probing {
			e := named(name).fail(Unavailable, nil, "the provider failed %d times in a row and is left alone for %v: try again then, or choose another model", one.failures, max(wait, time.Second).Round(time.Second))
			e.RetryAfter = max(wait, time.Second)
			return nil, e
		}
		one.probing, probe = true, true
	}
	return func(ctx context.Context, err error) { b.leave(ctx, endpoint, probe, err) }, nil
}

func (b *Breakers) leave(ctx context.Context, endpoint string, probe bool, err error) {
	kind := KindOf(err)
	failed := kind == Unavailable || kind == TimedOut || kind == BadReply
	stopped := err != nil && kind == "" || ctx.Err() != nil && err != nil // by the caller: says nothing
	b.mu.Lock()
	one := b.by[endpoint]
	if probe && one != nil {
		one.probing = false
	}
	was := one != nil && one.failures >= b.o.Failures
	is := was
	switch {
	case stopped || kind == RateLimited:
	case failed:
		if one == nil {
			if len(b.by) >= maxBreakers {
				clear(b.by)
			}
			one = &breaker{}
			b.by[endpoint] = one
		}
		one.failures++
		if is = one.failures >= b.o.Failures; is && (probe || !was) {
			one.until = b.o.Now().Add(b.o.Open)
		}
	case !was || probe:
		delete(b.by, endpoint)
		is = false
	}
	b.mu.Unlock()
	if was != is && b.o.Changed != nil {
		b.o.Changed(endpoint, is)
	}
}

type broken struct {
	Model
	b        *Breakers
	endpoint string
}

func (m *broken) Generate(ctx context.Context, r Request) (*Reply, error) {
	leave, err := m.b.enter(m.endpoint, m.Name())
	if err != nil {
		return nil, err
	}
	reply, err := m.Model.Generate(ctx, r)
	leave(ctx, err)
	return reply, err
}

func (m *broken) Stream(ctx context.Context, r Request, each func(Delta) error) (*Reply, error) {
	leave, err := m.b.enter(m.endpoint, m.Name())
	if err != nil {
		return nil, err
	}
	reply, err := m.Model.Stream(ctx, r, each)
	leave(ctx, err)
	return reply, err
}

type brokenEmbedder struct {
	Embedder
	b        *Breakers
	endpoint string
}

func (e *brokenEmbedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors, _, err := e.counted(ctx, texts)
	return vectors, err
}

func (e *brokenEmbedder) counted(ctx context.Context, texts []string) ([][]float32, Usage, error) {
	leave, err := e.b.enter(e.endpoint, e.Name())
	if err != nil {
		return nil, Usage{}, err
	}
	vectors, usage, err := embed(ctx, e.Embedder, texts)
	leave(ctx, err)
	return vectors, usage, err
}
