package desk

import (
	"context"
	"sync"

	"github.com/atelier-studio/atelier/agents/campaign"
)

// keeper writes the cases of a campaign down: those that come while one batch is being written make the next one, so that
// 27 personas share a write.
type keeper struct {
	queue Queue
	task  *Task
	mask  func(campaign.Case) campaign.Case // may be nil

	mu      sync.Mutex
	next    *batch
	writing bool
}

type batch struct {
	cases []campaign.Case
	done  chan struct{}
	err   error
}

// Cases implements campaign.Keeper.
func (k *keeper) Cases(ctx context.Context) (map[string]campaign.Case, error) {
	return k.queue.Cases(ctx, k.task)
}

// Keep implements campaign.Keeper.
func (k *keeper) Keep(ctx context.Context, c campaign.Case) error {
	if k.mask != nil {
		c = k.mask(c)
	}
	k.mu.Lock()
	if k.next == nil {
		k.next = &batch{done: make(chan struct{})}
	}
	mine := k.next
	mine.cases = append(mine.cases, c)
	write := !k.writing
	k.writing = true
	k.mu.Unlock()
	if write {
		k.write(context.WithoutCancel(ctx))
	}
	select {
	case <-mine.done:
		return mine.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write writes batches until none has gathered.
func (k *keeper) write(ctx context.Context) {
	for {
		k.mu.Lock()
		b := k.next
		k.next = nil
		if b == nil {
			k.writing = false
			k.mu.Unlock()
			return
		}
		k.mu.Unlock()
		b.err = k.queue.Keep(ctx, k.task, b.cases)
		close(b.done)
	}
}
