package auth

import (
	"net/netip"
	"sync"
	"time"
)

// throttle slows down guessing: after a few failures each further one doubles the time until the next attempt is
// looked at, counted for the account and for the address it came from.
//
// An account's wait stays short, so that strangers cannot keep its owner out, and does not hold for an address that
// has signed in to the account before. It counts in memory: a restart forgives.
type throttle struct {
	mu    sync.Mutex
	now   func() time.Time
	fails map[string]*failures
	known map[string]time.Time // account and address that signed in together
	swept time.Time
}

type failures struct {
	count int
	next  time.Time // no attempt is looked at before
	last  time.Time
}

const (
	freeFailures   = 5
	accountMaxWait = 30 * time.Second
	addressMaxWait = 15 * time.Minute
	forgetAfter    = time.Hour
	maxTracked     = 50_000
)

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, fails: map[string]*failures{}, known: map[string]time.Time{}}
}

func keys(email, address string) (account, from, pair string) {
	from = network(address)
	return "account " + email, "address " + from, email + " " + from
}

// network returns the address as it is counted: IPv6 by its /64, which one customer has whole.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap(); a.Is6() {
		p, _ := a.Prefix(64)
		return p.String()
	}
	return a.String()
}

// begin counts an attempt as failed before it is looked at, so that many at once count too; ok takes it back. It
// returns TooMany while the account or the address must wait.
func (t *throttle) begin(email, address string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.sweep(now)
	account, from, pair := keys(email, address)
	var wait time.Duration
	if f := t.fails[from]; f != nil {
		wait = f.next.Sub(now)
	}
	if f := t.fails[account]; f != nil {
		if _, familiar := t.known[pair]; !familiar {
			wait = max(wait, f.next.Sub(now))
		}
	}
	if wait > 0 {
		return TooMany{wait}
	}
	t.fail(account, now, accountMaxWait)
	t.fail(from, now, addressMaxWait)
	return nil
}

func (t *throttle) fail(key string, now time.Time, longest time.Duration) {
	f := t.fails[key]
	if f == nil {
		f = &failures{}
		t.fails[key] = f
	}
	f.count++
	f.last = now
	if over := f.count - freeFailures; over >= 0 {
		f.next = now.Add(min(longest, time.Second<<min(over, 20)))
	}
}

// ok forgets an account's failures and takes back this attempt after a success.
func (t *throttle) ok(email, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	account, from, pair := keys(email, address)
	delete(t.fails, account)
	// The address keeps its other failures: who guesses cannot clear them by signing in to an account of their own.
	if f := t.fails[from]; f != nil {
		if f.count--; f.count <= 0 {
			delete(t.fails, from)
		}
		f.next = time.Time{}
	}
	t.known[pair] = t.now()
}

// sweep forgets what is old, and any when there is too much.
func (t *throttle) sweep(now time.Time) {
	if now.Sub(t.swept) < time.Minute && len(t.fails) <= maxTracked {
		return
	}
	t.swept = now
	for k, f := range t.fails {
		if now.Sub(f.last) > forgetAfter || len(t.fails) > maxTracked {
			delete(t.fails, k)
		}
	}
	for k, at := range t.known {
		if now.Sub(at) > 30*24*time.Hour || len(t.known) > maxTracked {
			delete(t.known, k)
		}
	}
}
