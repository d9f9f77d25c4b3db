package wire

import (
	"context"
	"fmt"
	"sync/atomic"

	"golang.org/x/time/rate"
)

// Budget bounds what a campaign sends. It is safe for use at the same time.
type Budget struct {
	requests int64 // at most so many; 0: any number
	limiter  *rate.Limiter
	sent     atomic.Int64
	bytes    atomic.Int64
}

// NewBudget allows so many requests in all, and perSecond of them in a second; zero is without bound.
func NewBudget(requests int, perSecond float64) *Budget {
	limit := rate.Inf
	if perSecond > 0 {
		limit = rate.Limit(perSecond)
	}
	return &Budget{requests: int64(requests), limiter: rate.NewLimiter(limit, max(1, int(perSecond/4)))}
}

// take waits for the pace and counts a request, or says why it may not be sent.
func (b *Budget) take(ctx context.Context) *Fault {
	if n := b.sent.Add(1); b.requests > 0 && n > b.requests {
		b.sent.Add(-1)
		return &Fault{Spent, fmt.Sprintf("the campaign has sent its %d requests", b.requests)}
	}
	if err := b.limiter.Wait(ctx); err != nil {
		b.sent.Add(-1)
		if ctx.Err() == context.Canceled { //nolint:errorlint // Err returns this very value
			return &Fault{Stopped, "the campaign was stopped"}
		}
		return &Fault{TimedOut, "the time for this request ended while it waited for the campaign's pace"}
	}
	return nil
}

func (b *Budget) received(n int) { b.bytes.Add(int64(n)) }

// Sent is the number of requests, Received that of bytes of bodies, so far.
func (b *Budget) Sent() int64     { return b.sent.Load() }
func (b *Budget) Received() int64 { return b.bytes.Load() }

// Left tells whether another request may be sent.
func (b *Budget) Left() bool { return b.requests == 0 || b.sent.Load() < b.requests }
