package llm

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// RetryOptions say how often and how long to try. A zero field has the default beside it.
type RetryOptions struct {
	// Attempts is how often a call is made at most: 4.
	Attempts int
	// First bounds the first wait: half a second. The bound doubles with every attempt, and the wait is a random part of
	// it, so that many who failed together do not come back together.
	First time.Duration
	// Longest bounds every wait of its own making: 20 seconds.
	Longest time.Duration
	// Asked is the longest wait that a provider may ask for: a minute. When it asks for more, the call fails at once and
	// the error says when to come back.
	Asked time.Duration
	// Total is how long after its beginning a call may be made again: 3 minutes.
	Total time.Duration
	// Jitter picks a wait up to most; nil picks by chance.
	Jitter func(most time.Duration) time.Duration
	// Retried, when not nil, is told of every wait, for metrics.
	Retried func(model string, attempt int, wait time.Duration, err error)
}

func (o RetryOptions) orDefaults() RetryOptions {
	o.Attempts = cmp.Or(o.Attempts, 4)
	o.First, o.Longest = cmp.Or(o.First, 500*time.Millisecond), cmp.Or(o.Longest, 20*time.Second)
	o.Asked, o.Total = cmp.Or(o.Asked, time.Minute), cmp.Or(o.Total, 3*time.Minute)
	if o.Jitter == nil {
		o.Jitter = func(most time.Duration) time.Duration { return rand.N(most + 1) } //nolint:gosec // a wait is no secret
	}
	return o
}

// Retry makes calls of m again that may succeed a little later (Error.Again). A stream is never begun again once a piece
// was delivered.
func Retry(m Model, o RetryOptions) Model { return &retried{m, o.orDefaults()} }

type retried struct {
	Model
	o RetryOptions
}

func (m *retried) Generate(ctx context.Context, r Request) (reply *Reply, err error) {
	err = m.o.again(ctx, m.Name(), func() (final bool, err error) {
		reply, err = m.Model.Generate(ctx, r)
		return false, err
	})
	return reply, err
}

func (m *retried) Stream(ctx context.Context, r Request, each func(Delta) error) (reply *Reply, err error) {
	delivered := false
	err = m.o.again(ctx, m.Name(), func() (final bool, err error) {
		reply, err = m.Model.Stream(ctx, r, func(d Delta) error {
			delivered = true
			return each(d)
		})
		return delivered, err
	})
	return reply, err
}

// again calls f until it succeeds, its error is final, or the attempts or the time are used up.
func (o RetryOptions) again(ctx context.Context, name string, f func() (final bool, err error)) error {
	start := time.Now()
	most := o.First
	for attempt := 1; ; attempt++ {
		final, err := f()
		e, ours := errors.AsType[*Error](err)
		if err == nil || final || !ours || !e.Again() || attempt == o.Attempts || ctx.Err() != nil {
			return err
		}
		wait := o.Jitter(most)
		if e.RetryAfter > o.Asked {
			return err
		}
		wait = max(wait, e.RetryAfter)
		if time.Since(start)+wait > o.Total {
			return err
		}
		if o.Retried != nil {
			o.Retried(name, attempt, wait, err)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		case <-timer.C:
		}
		most = min(2*most, o.Longest)
	}
}
