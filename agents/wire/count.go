package wire

import (
	"context"
	"fmt"
	"sync/atomic"
)

// Count counts what is sent for somebody. It is safe for use at the same time.
type Count struct {
	sent    atomic.Int64
	refused atomic.Bool
}

// Sent is the number of requests so far.
func (n *Count) Sent() int64 { return n.sent.Load() }

// Refused tells whether more was to be sent than might be.
func (n *Count) Refused() bool { return n.refused.Load() }

type countKey struct{}

type counted struct {
	count *Count
	most  int64
}

// Counted has what is sent with ctx counted too, and refused beyond most; 0: any number.
func Counted(ctx context.Context, n *Count, most int) context.Context {
	return context.WithValue(ctx, countKey{}, counted{n, int64(most)})
}

// count counts a request, or says why it may not be sent.
func count(ctx context.Context) *Fault {
	c, ok := ctx.Value(countKey{}).(counted)
	if ok && c.count.sent.Add(1) > c.most && c.most > 0 {
		c.count.sent.Add(-1)
		c.count.refused.Store(true)
		return &Fault{Spent, fmt.Sprintf("the %d requests that a persona may send are used up", c.most)}
	}
	return nil
}
