package site

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"time"
)

// How long it is remembered what a robots.txt says, and that it cannot be read (RFC 9309 allows a day), and how much.
const (
	keepRobots  = time.Hour
	keepFailure = 2 * time.Minute
	maxKnown    = 16 << 20 // bytes of rules that are remembered, of all sites together
)

// access is what a site lets us do.
type access struct {
	robots *robots // nil: it could not be read
	why    string
	until  time.Time
}

// allowed asks a site's robots.txt. A site without one allows all; one whose robots.txt cannot be read now allows nothing.
func (f *Fetcher) allowed(ctx context.Context, u *url.URL) error {
	a, err := f.access(ctx, u)
	if err != nil {
		return err
	}
	if a.robots == nil {
		return invalid(Broken, "the robots.txt of %s cannot be read, and until then nothing is fetched there: %s", u.Host, a.why)
	}
	if !a.robots.allows(u) {
		return invalid(Skipped, "the robots.txt of %s asks programs not to fetch it", u.Host)
	}
	return nil
}

func (f *Fetcher) access(ctx context.Context, u *url.URL) (*access, error) {
	f.mu.Lock()
	a := f.known[origin(u)]
	f.mu.Unlock()
	if a != nil && f.now().Before(a.until) {
		return a, nil
	}
	a = &access{robots: new(robots), until: f.now().Add(keepRobots)}
	w := &wish{
		url: &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}, raw: true, most: 4 << 20,
		free: func(*url.URL) bool { return true }, status: func(code int) bool { return code >= 400 && code < 500 && code != http.StatusTooManyRequests },
	}
	g, err := f.get(ctx, w)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		a.robots, a.why, a.until = nil, err.Error(), f.now().Add(keepFailure)
	case w.code < 300:
		a.robots = parseRobots(string(g.data), Agent)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	size := a.robots.size()
	if f.known == nil || len(f.known) >= maxHosts || f.knownSize+size > maxKnown {
		f.known, f.knownSize = map[string]*access{}, 0
	}
	f.known[origin(u)] = a
	f.knownSize += size // also in place of one that is replaced: it is forgotten a little earlier
	return a, nil
}

// gap is the time between two requests to the host of an address.
func (f *Fetcher) gap(u *url.URL) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	usual := cmp.Or(f.Gap, 500*time.Millisecond)
	if a := f.known[origin(u)]; a != nil && a.robots != nil {
		return max(usual, a.robots.delay)
	}
	return usual
}
