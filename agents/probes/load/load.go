// Package load holds the probes of the load tester: what a target does when many ask it at once. All of them are
// intrusive, since a load is felt by whoever else uses the target; they keep to the rates and requests that the budget of
// the campaign allows (wire.Permit), and end when the target cannot be borne with any more.
//
// They ask as nobody, and for what can be read only: pages and operations that answered well before.
package load

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/loadgen"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Figures are how hard and how long a target is loaded.
type Figures struct {
	Rate   float64       // arrivals a second that every application should bear
	Steady time.Duration // at that rate
	Step   time.Duration // of each step of a ramp, which doubles the rate
	Steps  int           // at most
	Burst  time.Duration // of a spike, at five times the rate
	Rest   time.Duration // after a spike, at the rate again
	Idle   int           // connections that do nothing
	Slow   int           // clients that read slowly
}

// Usual are the figures of a campaign: all probes together take about two minutes.
var Usual = Figures{Rate: 10, Steady: 20 * time.Second, Step: 10 * time.Second, Steps: 5, Burst: 5 * time.Second, Rest: 15 * time.Second, Idle: 100, Slow: 20}

// Probes are those of load_tester.
func Probes() []*agents.Probe { return With(Usual) }

// With are the probes of load_tester with other figures.
func With(f Figures) []*agents.Probe {
	return []*agents.Probe{
		f.baselineRPS(), f.rampKnee(), f.spike(), f.errorUnderLoad(), concurrencyCorrectness(), f.connectionLimits(), f.slowClient(),
	}
}

// needs is what all of them need.
const needs = agents.NeedsHTTP | agents.NeedsIntrusive

// mostReadings bounds how many different addresses a load asks for: the first page, and those that took longest by
// themselves, which give in first.
const mostReadings = 4

// readings are addresses that anybody may read and that answered well. The first is the target's own.
func readings(s *surface.Surface) []string {
	var pages []*surface.Page
	for _, p := range s.ByShape() {
		if p.As == "" && p.Answer != nil && p.Answer.OK() && p.Answer.Status == http.StatusOK {
			pages = append(pages, p)
		}
	}
	slices.SortStableFunc(pages, func(a, b *surface.Page) int {
		if a.Depth == 0 || b.Depth == 0 {
			return cmp.Compare(a.Depth, b.Depth)
		}
		return cmp.Compare(b.Answer.First, a.Answer.First)
	})
	var list []string
	for _, p := range pages[:min(len(pages), mostReadings)] {
		list = append(list, p.URL)
	}
	return list
}

func readable(s *surface.Surface) bool { return len(readings(s)) > 0 }

// mix asks for all readings in turn.
func mix(list []string) func(n int) wire.Request {
	return func(n int) wire.Request { return wire.Request{URL: list[n%len(list)]} }
}

// lateBy is how late this machine may send requests off before what it measures is of no worth.
const lateBy = 100 * time.Millisecond

// unsure says why a load tells nothing of the target; ok when it does.
func unsure(l *loadgen.Load) (o agents.Outcome, ok bool) {
	switch {
	case l.Ended == "it was stopped":
		return agents.Block("the load was stopped before its end"), false
	case len(l.Stages) == 0:
		return agents.Skip("the campaign has not enough requests left for a load"), false
	case l.Late(95) > lateBy:
		return agents.Block("this machine is too busy to send requests in time: they were %s late", l.Late(95).Round(time.Millisecond)), false
	}
	return agents.Outcome{}, true
}
