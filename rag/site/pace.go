package site

import (
	"context"
	"sync"
	"time"
)

// maxHosts is how many hosts are remembered; of more those that may be asked again are forgotten.
const maxHosts = 1000

// pace spaces requests to a host.
type pace struct {
	mu    sync.Mutex
	ready map[string]time.Time // when a host may be asked again
}

// wait waits for the turn of a host, and takes it: the next one is a gap later.
func (p *pace) wait(ctx context.Context, now func() time.Time, host string, gap time.Duration) error {
	p.mu.Lock()
	at := now()
	if p.ready == nil {
		p.ready = map[string]time.Time{}
	}
	if len(p.ready) >= maxHosts {
		for h, t := range p.ready {
			if t.Before(at) {
				delete(p.ready, h)
			}
		}
	}
	turn := p.ready[host]
	if turn.Before(at) {
		turn = at
	}
	p.ready[host] = turn.Add(gap)
	p.mu.Unlock()
	return sleep(ctx, turn.Sub(at))
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
