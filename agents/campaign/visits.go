package campaign

import (
	"context"
	"sync"

	"github.com/atelier-studio/atelier/agents/browser"
)

// visits opens every page once, however many probes ask for it.
type visits struct {
	c    *campaign
	mu   sync.Mutex
	kept map[string]*visit
	bad  map[string]int // how often a page could not be looked at
}

// maxLooks bounds how often a page that cannot be looked at is tried: every time takes as long as a browser is patient.
const maxLooks = 3

type visit struct {
	done chan struct{}
	v    *browser.Visit
	err  error
	own  bool // the time of who looked was over, which is nothing that others need to hear
}

// lookAnew makes visits that know of none before.
func (c *campaign) lookAnew() *visits {
	return &visits{c: c, kept: map[string]*visit{}, bad: map[string]int{}}
}

// Visit implements agents.Visits. A page that could not be looked at is tried again by the next who asks, a few times; those
// who wait meanwhile hear what came of it, and look themselves where only the time of who looked was over.
func (l *visits) Visit(ctx context.Context, address, as string) (*browser.Visit, error) {
	if l.c.browser == nil {
		return nil, browser.ErrNone
	}
	key := as + " " + address
	for {
		kept, mine := l.take(key)
		if mine {
			return l.fill(ctx, key, kept, address, as)
		}
		select {
		case <-kept.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if !kept.own {
			return kept.v, kept.err
		}
	}
}

// take finds a visit, or begins it.
func (l *visits) take(key string) (kept *visit, mine bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if kept := l.kept[key]; kept != nil {
		return kept, false
	}
	kept = &visit{done: make(chan struct{})}
	l.kept[key] = kept
	return kept, true
}

func (l *visits) fill(ctx context.Context, key string, kept *visit, address, as string) (*browser.Visit, error) {
	kept.own = true // also when looking breaks
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if kept.err != nil && !kept.own {
			l.bad[key]++
		}
		if kept.own || kept.err != nil && l.bad[key] < maxLooks {
			delete(l.kept, key)
		}
		close(kept.done)
	}()
	kept.v, kept.err = l.c.look(ctx, address, as)
	kept.own = kept.err != nil && ctx.Err() != nil
	return kept.v, kept.err
}

func (c *campaign) look(ctx context.Context, address, as string) (*browser.Visit, error) {
	return c.browser.Visit(ctx, address, browser.Setting{}.As(c.client, as))
}

// seen are visits of one case, so that people see who looks at what.
type seen struct {
	*visits
	of *Case
}

// Visit implements agents.Visits.
func (s *seen) Visit(ctx context.Context, address, as string) (*browser.Visit, error) {
	v, err := s.visits.Visit(ctx, address, as)
	if err == nil && v != nil {
		s.c.say(Event{Kind: Looked, Persona: s.of.By, Case: s.of.ID, Probe: s.of.Probe, Text: address, Picture: v.Picture})
	}
	return v, err
}

// all are the visits that were made, by account and address.
func (l *visits) all() map[string]*browser.Visit {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := map[string]*browser.Visit{}
	for key, kept := range l.kept {
		select {
		case <-kept.done:
			if kept.err == nil {
				list[key] = kept.v
			}
		default:
		}
	}
	return list
}
