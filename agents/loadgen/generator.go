package loadgen

import (
	"context"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/agents/wire"
)

// When a load is given up.
const (
	wrongInARow = 20              // failures one after the other,
	wrongFor    = time.Second     // and nothing else for so long
	silentFor   = 5 * time.Second // nothing at all came for so long
)

// arrival is a request whose time has come.
type arrival struct {
	request  wire.Request
	stage    int
	intended time.Time
}

// generator is one load under way.
type generator struct {
	client   *wire.Client
	plan     Plan
	permit   *wire.Permit
	arrivals chan arrival
	stop     context.CancelFunc
	begun    time.Time

	mu    sync.Mutex
	load  *Load
	good  time.Time // when the last answer came that was no failure
	heard time.Time // when the last answer or failure came
	row   int       // failures since the last good answer
	under int       // requests that arrived and are not answered
}

// schedule lets requests arrive, each at its time, whether those before are answered or not.
func (g *generator) schedule(ctx context.Context, steps []Step) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	at, n := time.Now(), 0
	for i, step := range steps {
		g.mu.Lock()
		g.load.Stages = append(g.load.Stages, &Stage{Step: step, times: histogram()})
		g.mu.Unlock()
		gap := time.Duration(float64(time.Second) / step.Rate)
		for k := range int(step.Rate * step.For.Seconds()) {
			intended := at.Add(time.Duration(k) * gap)
			timer.Reset(max(0, time.Until(intended)))
			select {
			case <-timer.C:
			case <-ctx.Done():
				g.end("it was stopped")
				return
			}
			if why := g.hopeless(); why != "" {
				g.end(why)
				g.stop()
				return
			}
			g.arrived(i, intended)
			select {
			case g.arrivals <- arrival{g.plan.Next(n), i, intended}:
			default: // more than were planned, which cannot be
			}
			n++
		}
		at = at.Add(step.For)
	}
}

func (g *generator) arrived(stage int, intended time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	record(g.load.late, time.Since(intended))
	g.load.Stages[stage].Arrived++
	g.second(intended).Arrived++
	g.under++
}

// hopeless says why going on would show nothing more; "" when it would.
func (g *generator) hopeless() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch last := g.heard; {
	case g.row >= wrongInARow && time.Since(g.good) > wrongFor:
		return "the target answered with errors throughout"
	case last.IsZero() && g.under >= wrongInARow && time.Since(g.begun) > silentFor, !last.IsZero() && g.under >= mostTogether && time.Since(last) > silentFor:
		return "the target answers nothing any more"
	}
	return ""
}

func (g *generator) end(why string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.load.Ended == "" {
		g.load.Ended = why
	}
}

// send sends what has arrived, one after the other.
func (g *generator) send(ctx context.Context) {
	for a := range g.arrivals {
		if ctx.Err() != nil {
			g.lost(a)
			continue
		}
		a.request.Permit = g.permit
		if a.request.Timeout == 0 {
			a.request.Timeout = longestSend
		}
		x := g.client.Send(ctx, a.request)
		if x.Fault != nil && (x.Fault.Kind == wire.Stopped || x.Fault.Kind == wire.Spent) {
			g.lost(a)
			continue
		}
		g.answered(a, x)
	}
}

func (g *generator) answered(a arrival, x *wire.Exchange) {
	took := time.Since(a.intended)
	wrong := g.plan.Wrong(x)
	g.mu.Lock()
	defer g.mu.Unlock()
	stage, second := g.load.Stages[a.stage], g.second(a.intended)
	record(stage.times, took)
	second.Longest = max(second.Longest, took)
	g.heard = time.Now()
	g.under--
	if !wrong {
		g.good, g.row = time.Now(), 0
		return
	}
	g.row++
	stage.Failed++
	second.Failed++
	if len(g.load.Wrong) < keptWrong {
		g.load.Wrong = append(g.load.Wrong, x)
	}
}

// lost counts what was never answered because the load had ended: it waited from its arrival until now at the least.
func (g *generator) lost(a arrival) {
	g.mu.Lock()
	defer g.mu.Unlock()
	took := time.Since(a.intended)
	stage, second := g.load.Stages[a.stage], g.second(a.intended)
	record(stage.times, took)
	stage.Unsent++
	second.Longest = max(second.Longest, took)
	g.under--
}

// unsent counts what nobody took from the queue.
func (g *generator) unsent() {
	for a := range g.arrivals {
		g.lost(a)
	}
}

// second is the one of the timeline that a request arrived in.
func (g *generator) second(intended time.Time) *Second {
	n := max(0, int(intended.Sub(g.begun)/time.Second))
	for len(g.load.Seconds) <= n {
		g.load.Seconds = append(g.load.Seconds, Second{})
	}
	return &g.load.Seconds[n]
}
