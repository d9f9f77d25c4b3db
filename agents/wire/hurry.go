package wire

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"golang.org/x/time/rate"
)

// What is faster than a campaign's pace stays within these.
const (
	hurry       = 4   // times the pace
	fastest     = 400 // requests a second, whatever the pace
	mostUnpaced = 100 // of them at once, in a browser's burst
)

// Permit is leave to send faster than the pace that the campaign keeps otherwise, for what can only be seen so: how a
// target bears load. Its requests are counted like all others.
type Permit struct {
	budget  *Budget
	limiter *rate.Limiter
	left    atomic.Int64
}

// Fastest is the highest rate that a permit is given for: four times the campaign's pace.
func (b *Budget) Fastest() float64 {
	if limit := float64(b.limiter.Limit()); b.limiter.Limit() != rate.Inf {
		return min(fastest, hurry*limit)
	}
	return fastest
}

// Spare is how many requests may still be sent; -1: any number.
func (b *Budget) Spare() int {
	if b.requests == 0 {
		return -1
	}
	return int(max(0, b.requests-b.sent.Load()))
}

// Permit gives leave for so many requests, perSecond of them in a second; both are cut down to what the campaign can bear:
// its fastest rate, and half of the requests that it has left.
func (b *Budget) Permit(perSecond float64, requests int) *Permit {
	perSecond = min(perSecond, b.Fastest())
	if spare := b.Spare(); spare >= 0 {
		requests = min(requests, spare/2)
	}
	p := &Permit{budget: b, limiter: rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond/4)))}
	p.left.Store(int64(requests))
	return p
}

// Requests is how many the permit has left.
func (p *Permit) Requests() int { return int(max(0, p.left.Load())) }

// Rate is the rate that it was given for.
func (p *Permit) Rate() float64 { return float64(p.limiter.Limit()) }

func (p *Permit) take(ctx context.Context) *Fault {
	if p.left.Add(-1) < 0 {
		return &Fault{Spent, "the requests that this load was allowed are used up"}
	}
	return p.budget.takeAt(ctx, p.limiter, p.budget.requests)
}

// Unpaced lets pages load as fast as they do for people until it is ended: how long a page takes cannot be measured while
// its requests wait for the campaign's pace. So many requests of the browser go without waiting, and are counted.
func (b *Budget) Unpaced(requests int) (end func()) {
	p := &Permit{budget: b, limiter: rate.NewLimiter(rate.Limit(b.Fastest()), mostUnpaced)}
	p.left.Store(int64(requests))
	b.mu.Lock()
	b.unpaced = append(b.unpaced, p)
	b.mu.Unlock()
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.unpaced = slices.DeleteFunc(b.unpaced, func(other *Permit) bool { return other == p })
	}
}

// takePage is take for what a browser asks.
func (b *Budget) takePage(ctx context.Context) *Fault {
	b.mu.Lock()
	var permit *Permit
	for _, p := range b.unpaced {
		if p.left.Add(-1) >= 0 {
			permit = p
			break
		}
	}
	b.mu.Unlock()
	if permit == nil {
		return b.take(ctx)
	}
	return b.takeAt(ctx, permit.limiter, b.requests)
}

// takeAt waits for a pace and counts a request, or says why it may not be sent: most are sent already, or its time is over.
func (b *Budget) takeAt(ctx context.Context, pace *rate.Limiter, most int64) *Fault {
	if n := b.sent.Add(1); b.requests > 0 && n > most {
		b.sent.Add(-1)
		return &Fault{Spent, fmt.Sprintf("the campaign has sent its %d requests", b.requests)}
	}
	if err := pace.Wait(ctx); err != nil {
		b.sent.Add(-1)
		if ctx.Err() == context.Canceled { //nolint:errorlint // Err returns this very value
			return &Fault{Stopped, "the campaign was stopped"}
		}
		return &Fault{TimedOut, "the time for this request ended while it waited for the campaign's pace"}
	}
	return nil
}
