package web

import (
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// chatPaces hold everybody who writes in a chat to a number of messages a minute. They count in this process.
type chatPaces struct {
	mu     sync.Mutex
	people map[string]*rate.Limiter
}

// take lets a message pass, or says when to come back.
func (p *chatPaces) take(who string, perMinute int, now time.Time) error {
	perMinute = max(perMinute, 1)
	p.mu.Lock()
	defer p.mu.Unlock()
	bucket := p.people[who]
	if bucket == nil || bucket.Burst() != perMinute {
		p.forget(now)
		bucket = rate.NewLimiter(rate.Limit(float64(perMinute)/60), perMinute)
		p.people[who] = bucket
	}
	r := bucket.ReserveN(now, 1)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return failure{Status: http.StatusTooManyRequests, Text: "You write faster than this chat answers. Wait a moment and try again.", Err: tooFast{wait}}
	}
	return nil
}

// forget makes room: those who could write the most again anyway are as if they had never come.
func (p *chatPaces) forget(now time.Time) {
	if p.people == nil {
		p.people = map[string]*rate.Limiter{}
	}
	if len(p.people) < maxPaces {
		return
	}
	for who, bucket := range p.people {
		if bucket.TokensAt(now) >= float64(bucket.Burst()) || len(p.people) > maxPaces/2 {
			delete(p.people, who)
		}
	}
}
