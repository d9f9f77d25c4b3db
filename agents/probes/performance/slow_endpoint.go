package performance

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/stopwatch"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// When a page stands out.
const (
	timesSlower = 3
	slowAnswer  = 500 * time.Millisecond
	slowData    = 2 * time.Second // of an operation, which a page may await without being held up
)

func slowEndpoint() *agents.Probe {
	return &agents.Probe{
		ID: "slow-endpoint", Title: "Pages or operations that are much slower than the rest",
		Decides:  "Of the answers that the crawl got from pages of one shape, the 95th percentile is more than three times the median of the whole site and more than 500 ms. A page that was seen once only counts when the browser waited for it too, or when it took twice that. An operation that reads counts when the median of three answers is more than three times that of the site and more than two seconds.",
		Keeps:    "A histogram of the site beside the answers of the shape.",
		Advice:   "Look at what these pages do that the others do not: a query without an index, a call to another service, a computation whose result could be kept.",
		Severity: agents.Medium, Skills: []string{"latency"},
		Check: agents.Each(timed, func(ctx context.Context, lab *agents.Lab, item surface.Item) agents.Outcome {
			switch item := item.(type) {
			case *surface.Page:
				return keepsUp(ctx, lab, item)
			case *surface.Operation:
				return operationKeepsUp(ctx, lab, item)
			}
			return agents.Block("the item %s is none that this probe knows", item.Key())
		}),
	}
}

// waits is what operations are called that answer when something has happened.
var waits = regexp.MustCompile(`(?i)poll|wait|watch|stream|events?$|subscribe|listen|sleep|sse$`)

// timed are the pages that were asked for, and the operations that read.
func timed(s *surface.Surface) []surface.Item {
	var list []surface.Item
	for _, p := range asked(s) {
		list = append(list, p)
	}
	for _, o := range s.Operations {
		if discover.Reads(o) && o.Origin == "" && !waits.MatchString(o.Path) && slices.ContainsFunc(o.Seen, (*wire.Exchange).OK) {
			list = append(list, o)
		}
	}
	return list
}

// operationKeepsUp asks for an operation, and twice more where it took long.
func operationKeepsUp(ctx context.Context, lab *agents.Lab, o *surface.Operation) agents.Outcome {
	const tries = 3
	r, err := discover.RequestOf(lab.Surface, o)
	if err != nil {
		return agents.Block("%v", err)
	}
	i := slices.IndexFunc(o.Seen, (*wire.Exchange).OK)
	r.URL, r.As, r.Body = o.Seen[i].Request.URL, o.Seen[i].Request.As, nil
	median := siteMedian(lab.Surface)
	limit := max(slowData, timesSlower*median)
	var times []time.Duration
	rows := [][]string{{"try", "time"}}
	for n := range tries {
		x := lab.Send(ctx, r)
		if !x.Answered() {
			return agents.BlockOn(x.Fault)
		}
		if !x.OK() {
			return agents.Block("it answers %d now", x.Status)
		}
		times = append(times, x.First)
		rows = append(rows, []string{fmt.Sprint(n + 1), stopwatch.Round(x.First)})
		if x.First <= limit && n == 0 {
			return agents.Pass()
		}
	}
	took := stopwatch.Median(times)
	if took <= limit {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Cause: o.Path, Where: agents.Place{URL: r.URL, Method: o.Method, As: r.As}, Text: fmt.Sprintf("%s takes %s, where the median of the site is %s.", o.Path, stopwatch.Round(took), stopwatch.Round(median)),
		Evidence: []agents.Evidence{agents.Table("This operation", agents.ByTiming, rows...), agents.Table("The site", agents.ByTiming, histogram(first(lab.Surface, ""))...)},
	})
}

// first are the times to the first byte that the crawl measured.
func first(s *surface.Surface, shape string) []time.Duration {
	var list []time.Duration
	for _, p := range s.Pages {
		if p.Answer != nil && p.Answer.Answered() && (shape == "" || p.Shape == shape) {
			list = append(list, p.Answer.First)
		}
	}
	return list
}

func siteMedian(s *surface.Surface) time.Duration { return stopwatch.Median(first(s, "")) }

func keepsUp(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	median, mine := siteMedian(lab.Surface), first(lab.Surface, p.Shape)
	slices.Sort(mine)
	p95 := mine[(len(mine)*95+99)/100-1]
	limit := max(slowAnswer, timesSlower*median)
	if p95 <= limit {
		return agents.Pass()
	}
	// One slow answer is an accident until it happens again.
	again := stopwatch.Median(mine) > limit && len(mine) > 1
	rows := [][]string{{"answers of this shape", "time"}}
	for _, d := range mine {
		rows = append(rows, []string{"crawl", stopwatch.Round(d)})
	}
	if lab.Browser != nil {
		v, err := lab.Visits.Visit(ctx, p.URL, p.As)
		if err != nil {
			return agents.BlockOn(err)
		}
		again = milliseconds(v.Measured.TTFB) > limit
		rows = append(rows, []string{"browser", stopwatch.Round(milliseconds(v.Measured.TTFB))})
	}
	if !again && (lab.Browser != nil || p95 <= 2*limit) {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Cause: p.Shape, Text: fmt.Sprintf("Pages such as this one take %s, where the median of the site is %s.", stopwatch.Round(p95), stopwatch.Round(median)),
		Evidence: []agents.Evidence{agents.Table("This shape", agents.ByTiming, rows...), agents.Table("The site", agents.ByTiming, histogram(first(lab.Surface, ""))...)},
	})
}

// histogram counts times by how long they are.
func histogram(times []time.Duration) [][]string {
	rows := [][]string{{"up to", "answers"}}
	from := time.Duration(-1)
	for _, to := range []time.Duration{10 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second, time.Hour} {
		n := 0
		for _, d := range times {
			if d > from && d <= to {
				n++
			}
		}
		from = to
		if name := to.String(); n > 0 {
			if to == time.Hour {
				name = "longer"
			}
			rows = append(rows, []string{name, fmt.Sprint(n)})
		}
	}
	return rows
}
