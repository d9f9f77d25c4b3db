package browser

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/cdproto/profiler"
	"github.com/chromedp/cdproto/runtime"
)

// Worked is the processor time of the page's main thread so far. Unlike the times that a page sees itself, it does not
// grow because the machine does something else. The tab was opened with Setting.Measure.
func (t *Tab) Worked(ctx context.Context) (time.Duration, error) {
	r, err := Call(ctx, t, performance.GetMetrics, cdp.Empty{})
	if err != nil {
		return 0, err
	}
	for _, m := range r.Metrics {
		if m.Name == "TaskDuration" {
			return time.Duration(m.Value * float64(time.Second)), nil
		}
	}
	return 0, nil
}

// Heap is what scripts hold in memory once everything that nobody needs any more is gone, in bytes.
func (t *Tab) Heap(ctx context.Context) (int64, error) {
	for range 2 { // what the first one sets free may hold more
		if _, err := Call(ctx, t, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
			return 0, err
		}
	}
	r, err := Call(ctx, t, runtime.GetHeapUsage, cdp.Empty{})
	return int64(r.UsedSize + r.EmbedderHeapUsedSize + r.BackingStorageSize), err
}

// Use is how much of a script was executed.
type Use struct {
	URL  string `json:"url"`
	Size int64  `json:"size"` // characters
	Used int64  `json:"used"`
}

// Cover begins to note what of its scripts the page executes. It is called before the page is opened.
func (t *Tab) Cover(ctx context.Context) error {
	if _, err := Call(ctx, t, profiler.Enable, cdp.Empty{}); err != nil {
		return err
	}
	yes, no := true, false
	_, err := Call(ctx, t, profiler.StartPreciseCoverage, profiler.StartPreciseCoverageParams{Detailed: &yes, CallCount: &no})
	return err
}

// Covered is what of its scripts the page has executed since Cover, by address. Scripts in the page itself stand under
// the address of the page.
func (t *Tab) Covered(ctx context.Context) ([]Use, error) {
	r, err := Call(ctx, t, profiler.TakePreciseCoverage, cdp.Empty{})
	if err != nil {
		return nil, err
	}
	byURL := map[string]*Use{}
	var list []*Use
	for _, script := range r.Result {
		if script.URL == "" {
			continue
		}
		size, used := coverage(script.Functions)
		u := byURL[script.URL]
		if u == nil {
			u = &Use{URL: script.URL}
			byURL[script.URL] = u
			list = append(list, u)
		}
		u.Size, u.Used = u.Size+size, u.Used+used
	}
	slices.SortFunc(list, func(a, b *Use) int { return cmp.Compare(a.URL, b.URL) })
	uses := make([]Use, len(list))
	for i, u := range list {
		uses[i] = *u
	}
	return uses, nil
}

// coverage counts the characters of a script, and those of them in ranges that were executed: an inner range has the last
// word about what lies in it.
func coverage(functions []*profiler.FunctionCoverage) (size, used int64) {
	type edge struct {
		at    int64
		ends  bool
		width int64
		count int64
	}
	var edges []edge
	for _, f := range functions {
		for _, r := range f.Ranges {
			size = max(size, r.EndOffset)
			width := r.EndOffset - r.StartOffset
			edges = append(edges, edge{r.StartOffset, false, width, r.Count}, edge{r.EndOffset, true, width, r.Count})
		}
	}
	slices.SortStableFunc(edges, func(a, b edge) int {
		if c := cmp.Compare(a.at, b.at); c != 0 {
			return c
		}
		if a.ends != b.ends { // what ends here ends before anything begins
			if a.ends {
				return -1
			}
			return 1
		}
		if a.ends {
			return cmp.Compare(a.width, b.width) // inner ones end first
		}
		return cmp.Compare(b.width, a.width) // outer ones begin first
	})
	var open []int64
	var last int64
	for _, e := range edges {
		if len(open) > 0 && open[len(open)-1] > 0 {
			used += e.at - last
		}
		last = e.at
		if !e.ends {
			open = append(open, e.count)
		} else if len(open) > 0 {
			open = open[:len(open)-1]
		}
	}
	return size, used
}
