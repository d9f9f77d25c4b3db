// Package loadgen sends requests to a target by a schedule that does not wait for answers, and measures how it bears them.
//
// It is an open model: an arrival has its time, and what the target takes is counted from that time on, also when the
// request had to wait because those before it were not answered yet. Otherwise a target that stands still for ten seconds
// would have one slow answer, and not the hundred that people would have waited for (coordinated omission).
//
// A load is bounded in rate, requests, time and requests under way, and by the budget of the campaign. It ends within a
// second when it is cancelled, when the target answers with errors throughout, and when it answers nothing any more.
package loadgen

import (
	"context"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/atelier-studio/atelier/agents/wire"
)

// Bounds of a load.
const (
	mostTogether = 48 // requests under way at once
	longestStep  = time.Minute
	longestSend  = 10 * time.Second // for one answer
	longestDrain = 3 * time.Second  // for those that are under way when the schedule has ended
	keptWrong    = 10
)

// Step is a stretch of a load at one rate.
type Step struct {
	Rate float64       `json:"rate"` // arrivals a second
	For  time.Duration `json:"for"`
}

// Plan is a load.
type Plan struct {
	Steps []Step
	// Next is the nth request. It is called by one goroutine, in the order of arrivals.
	Next func(n int) wire.Request
	// Wrong tells whether an answer is a failure; nil: there was none, or its status is 500 or above.
	Wrong func(*wire.Exchange) bool
}

// Load is what became of a plan.
type Load struct {
	Stages  []*Stage
	Seconds []Second
	// Wrong are the first answers that were failures.
	Wrong []*wire.Exchange
	// Ended says why it ended before its plan did; "" when it did not.
	Ended string

	late *hdrhistogram.Histogram
}

// Second is what became of the requests that arrived in one second of the load.
type Second struct {
	Arrived, Failed int
	Longest         time.Duration
}

// Failed says whether x is no answer, or one with a status of 500 or above.
func Failed(x *wire.Exchange) bool { return x.Fault != nil || x.Status >= 500 }

// Run sends a plan's requests, and returns when all of them are answered or its time is over.
func Run(ctx context.Context, client *wire.Client, plan Plan) *Load {
	steps, total := fit(plan.Steps, client.Budget())
	g := &generator{
		client: client, plan: plan, load: &Load{late: histogram()}, arrivals: make(chan arrival, total),
		permit: client.Budget().Permit(1.25*peak(steps), total), // what was held up is made up for, at not much more than the rate
	}
	if plan.Wrong == nil {
		g.plan.Wrong = Failed
	}
	ctx, g.stop = context.WithCancel(ctx)
	defer g.stop()
	g.begun, g.good = time.Now(), time.Now()
	var wait sync.WaitGroup
	for range min(mostTogether, total) {
		wait.Go(func() { g.send(ctx) })
	}
	g.schedule(ctx, steps)
	close(g.arrivals)
	drained := make(chan struct{})
	go func() { wait.Wait(); close(drained) }()
	timer := time.NewTimer(longestDrain)
	defer timer.Stop()
	select {
	case <-drained:
	case <-timer.C:
		g.stop()
		<-drained
	}
	g.unsent()
	return g.load
}

// fit cuts steps down to what the campaign can bear.
func fit(steps []Step, budget *wire.Budget) (cut []Step, total int) {
	room := budget.Spare() / 2
	for _, s := range steps {
		s.Rate, s.For = min(s.Rate, budget.Fastest()), min(s.For, longestStep)
		n := int(s.Rate * s.For.Seconds())
		if budget.Spare() >= 0 && total+n > room {
			n = room - total
			s.For = time.Duration(float64(n) / s.Rate * float64(time.Second))
		}
		if n <= 0 {
			return cut, total
		}
		cut = append(cut, s)
		total += n
	}
	return cut, total
}

func peak(steps []Step) float64 {
	highest := 1.0
	for _, s := range steps {
		highest = max(highest, s.Rate)
	}
	return highest
}
