package weight

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/surface"
)

// What a page may weigh.
const (
	heaviest     = 1_600_000 // bytes
	mostRequests = 100
)

func pageWeight() *agents.Probe {
	return &agents.Probe{
		ID: "page-weight", Title: "A heavy page",
		Decides:  "Loading the page in a fresh browser takes more than 1.6 MB over the network, or more than 100 requests.",
		Keeps:    "Requests and bytes by type, and the ten largest files.",
		Advice:   "Send pictures in the size and format that they are shown in, split and defer scripts, load what is further down only when somebody gets there.",
		Severity: agents.Low, References: []string{"Lighthouse: total-byte-weight"}, Needs: agents.NeedsBrowser, Skills: []string{"bytes"},
		Check: agents.Each(drawn, weighs),
	}
}

func weighs(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
	v, err := lab.Visits.Visit(ctx, p.URL, p.As)
	if err != nil {
		return agents.BlockOn(err)
	}
	requests := came(v)
	var total int64
	byType := map[string][2]int64{}
	for _, q := range requests {
		total += q.Bytes
		sum := byType[q.Type]
		byType[q.Type] = [2]int64{sum[0] + 1, sum[1] + q.Bytes}
	}
	if total <= heaviest && len(requests) <= mostRequests {
		return agents.Pass()
	}
	slices.SortStableFunc(requests, func(a, b browser.Request) int { return cmp.Compare(b.Bytes, a.Bytes) })
	cause := p.Shape
	if len(requests) <= mostRequests && total-requests[0].Bytes <= heaviest {
		cause = nameOf(requests[0].URL) // without this one file the page would be light
	}
	return agents.Fail(agents.Finding{
		Cause: cause,
		Text:  fmt.Sprintf("The page takes %s in %d requests; %s is the largest with %s.", kilobytes(total), len(requests), pathOf(requests[0].URL), kilobytes(requests[0].Bytes)),
		Evidence: []agents.Evidence{
			agents.Table("By type", agents.ByBrowser, typeRows(byType)...), agents.Table("The largest", agents.ByBrowser, largest(requests)...),
		},
	})
}

func typeRows(byType map[string][2]int64) [][]string {
	rows := [][]string{{"type", "requests", "bytes"}}
	var types []string
	for name := range byType {
		types = append(types, name)
	}
	slices.Sort(types)
	for _, name := range types {
		rows = append(rows, []string{name, fmt.Sprint(byType[name][0]), kilobytes(byType[name][1])})
	}
	return rows
}

func largest(requests []browser.Request) [][]string {
	rows := [][]string{{"address", "type", "bytes"}}
	for _, q := range requests[:min(len(requests), 10)] {
		rows = append(rows, []string{q.URL, q.Type, kilobytes(q.Bytes)})
	}
	return rows
}
