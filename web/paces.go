package web

import (
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// What requests cost beside the ordinary one, which costs 1. Starting runs is free: the queue of runs bounds it.
const (
	costFree  = -1
	costTests = 25 // runs whole workflows
	costFile  = 10 // reads or writes a whole file
	costSome  = 3  // evaluates code, or reads all of a workflow's comments
)

// burstOf is how many seconds' worth of requests a person may make at once.
const burstOf = 4

// maxPaces is for how many people it is remembered how much they asked. Of more, those are forgotten who could ask the
// most again anyway.
const maxPaces = 10_000

// paces holds every person to a number of requests a second, over a time: a bucket of tokens for each. It counts in
// the memory of this process; each of several servers counts for itself.
type paces struct {
	perSecond int // 0: nobody is held

	mu     sync.Mutex
	people map[string]*rate.Limiter
}

// tooFast is why a request was not looked at, and when the next may come.
type tooFast struct{ wait time.Duration }

func (t tooFast) Error() string { return "the share of requests is used up for " + t.wait.String() }

// take lets a request pass, or says when to come back. What is refused costs nothing.
func (p *paces) take(person string, cost int, now time.Time) error {
	if p.perSecond <= 0 || cost == costFree {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	bucket := p.people[person]
	if bucket == nil {
		p.forget(now)
		bucket = rate.NewLimiter(rate.Limit(p.perSecond), p.perSecond*burstOf)
		p.people[person] = bucket
	}
	r := bucket.ReserveN(now, min(max(cost, 1), bucket.Burst()))
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return failure{Status: http.StatusTooManyRequests, Text: "You are asking the studio for too much at once. Wait a moment and try again; nothing was changed.", Err: tooFast{wait}}
	}
	return nil
}

// forget makes room for one more person: those whose buckets are full are as if they had never come, and when there
// are none, half of all are forgiven.
func (p *paces) forget(now time.Time) {
	if p.people == nil {
		p.people = map[string]*rate.Limiter{}
	}
	if len(p.people) < maxPaces {
		return
	}
	for person, bucket := range p.people {
		if bucket.TokensAt(now) >= float64(bucket.Burst()) {
			delete(p.people, person)
		}
	}
	for person := range p.people {
		if len(p.people) <= maxPaces/2 {
			break
		}
		delete(p.people, person)
	}
}
