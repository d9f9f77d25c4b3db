// Package performance holds the probes of the performance tester: how long people wait for a target.
//
// Times are judged with care, since a campaign is not alone on its machine: medians of several samples, less what a page
// with nothing on it takes in the same browser at the same moment; and where a page computes, the processor time that it
// really used. What the visit that all probes share shows to be quick is not measured again.
package performance

import (
	"context"
	"net/url"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/stopwatch"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Probes are those of performance_tester.
func Probes() []*agents.Probe {
	return []*agents.Probe{ttfb(), lcp(), cls(), tbt(), inpProxy(), fcp(), slowEndpoint(), nPlusOne(), memoryGrowth(), consolePerf()}
}

// Samples of what a browser draws, and of what a server answers.
const (
	samples = 3
	asks    = 5
)

// asked are pages that HTTP answers, one of every shape.
func asked(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range s.ByShape() {
		if p.Answer != nil && p.Answer.OK() {
			list = append(list, p)
		}
	}
	return list
}

// drawn are pages for a browser, one of every shape, without those that are known to be errors.
func drawn(s *surface.Surface) []*surface.Page {
	var list []*surface.Page
	for _, p := range s.ByShape() {
		if p.Answer == nil || p.Answer.OK() {
			list = append(list, p)
		}
	}
	return list
}

// mostRequests of one load go without the campaign's pace.
const mostRequests = 300

// load opens a page in a fresh tab and measures, without waiting for the campaign's pace.
func load(ctx context.Context, lab *agents.Lab, p *surface.Page, slowdown float64) (browser.Measured, error) {
	defer lab.Client.Budget().Unpaced(mostRequests)()
	return open(ctx, lab, p.As, p.URL, slowdown)
}

// blank is a page with a line of text and nothing else: what it takes to be drawn is this machine's time, and no target's.
const blank = "data:text/html,<!doctype html><title>Blank</title><h1>Nothing but a line</h1>"

func open(ctx context.Context, lab *agents.Lab, as, address string, slowdown float64) (browser.Measured, error) {
	tab, err := lab.Open(ctx, as, browser.Setting{Slowdown: slowdown, Measure: true})
	if err != nil {
		return browser.Measured{}, err
	}
	defer tab.Close()
	if err := tab.Go(ctx, address); err != nil {
		return browser.Measured{}, err
	}
	return tab.Measured(ctx)
}

// painted measures when a page is painted, beside when a blank one is, and remembers what was measured last.
func painted(ctx context.Context, lab *agents.Lab, p *surface.Page, slowdown float64, limit time.Duration, when func(browser.Measured) float64) (*stopwatch.Times, browser.Measured, error) {
	var last browser.Measured
	times, err := stopwatch.Measure(ctx, samples, limit,
		func(ctx context.Context) (time.Duration, error) {
			m, err := open(ctx, lab, "", blank, slowdown)
			return milliseconds(m.FCP), err
		},
		func(ctx context.Context) (time.Duration, error) {
			m, err := load(ctx, lab, p, slowdown)
			last = m
			return milliseconds(when(m)), err
		})
	return times, last, err
}

func milliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

// pathOf is an address without its origin and query.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.EscapedPath()
}
