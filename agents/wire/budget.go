package wire

import (
	"context"
	"sync"
	"sync/atomic"

	"golang.org/x/time/rate"
)

// Budget bounds what a campaign sends. It is safe for use at the same time.
type Budget struct {
	requests int64 // at most so many; 0: any number
	limiter  *rate.Limiter
	sent     atomic.Int64
	bytes    atomic.Int64

	mu      sync.Mutex
	unpaced []*Permit
}

// NewBudget allows so many requests in all, and perSecond of them in a second; zero is without bound.
func NewBudget(requests int, perSecond float64) *Budget {
	limit := rate.Inf
	if perSecond > 0 {
		limit = rate.Limit(perSecond)
	}
	return &Budget{requests: int64(requests), limiter: rate.NewLimiter(limit, max(1, int(perSecond/4)))}
}

// toTidy are the requests beyond all others with which a campaign takes away what it made.
const toTidy = 200

// take waits for the campaign's pace and counts a request, or says why it may not be sent.
func (b *Budget) take(ctx context.Context) *Fault { return b.takeAt(ctx, b.limiter, b.requests) }

// takeToTidy is take for what takes away what the campaign made. It is counted as well.
func (b *Budget) takeToTidy(ctx context.Context) *Fault {
	return b.takeAt(ctx, b.limiter, b.requests+toTidy)
}

func (b *Budget) received(n int) { b.bytes.Add(int64(n)) }

// Sent is the number of requests, Received that of bytes of bodies, so far.
func (b *Budget) Sent() int64     { return b.sent.Load() }
func (b *Budget) Received() int64 { return b.bytes.Load() }

// Left tells whether another request may be sent.
func (b *Budget) Left() bool { return b.requests == 0 || b.sent.Load() < b.requests }
