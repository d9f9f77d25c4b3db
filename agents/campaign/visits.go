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
}

type visit struct {
	done chan struct{}
	v    *browser.Visit
	err  error
}

// lookAnew makes visits that know of none before.
func (c *campaign) lookAnew() *visits { return &visits{c: c, kept: map[string]*visit{}} }

// Visit implements agents.Visits.
func (l *visits) Visit(ctx context.Context, address, as string) (*browser.Visit, error) {
	if l.c.browser == nil {
		return nil, browser.ErrNone
	}
	key := as + " " + address
	l.mu.Lock()
	kept := l.kept[key]
	if kept == nil {
		kept = &visit{done: make(chan struct{})}
		l.kept[key] = kept
		l.mu.Unlock()
		kept.v, kept.err = l.c.look(ctx, address, as)
		if ctx.Err() != nil { // who waits for it asks again
			l.mu.Lock()
			delete(l.kept, key)
			l.mu.Unlock()
		}
		close(kept.done)
		return kept.v, kept.err
	}
	l.mu.Unlock()
	select {
	case <-kept.done:
		return kept.v, kept.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *campaign) look(ctx context.Context, address, as string) (*browser.Visit, error) {
	setting := browser.Setting{}
	if as != "" {
		setting.URL = c.client.Scope().Target().String()
		setting.Cookies = c.client.Cookies(as, c.client.Scope().Target())
	}
	return c.browser.Visit(ctx, address, setting)
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
