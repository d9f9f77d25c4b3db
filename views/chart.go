package views

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/rag/evaluate"
)

// Size of the chart of runs, in its own units.
const (
	chartWidth  = 860.0
	chartHeight = 280.0
	chartLeft   = 44.0
	chartRight  = 150.0 // holds the names of the lines
	chartTop    = 14.0
	chartBottom = 34.0
	chartRuns   = 40 // at most; older ones stand in the table
)

// chart is runs over time: a line a measure, each with marks of a shape of its own.
type chart struct {
	Lines []chartLine
	Ticks []chartTick // of the scale
	Runs  []chartRun
}

type chartLine struct {
	Key, Title string
	Path       string
	Marks      []chartMark
	End        [2]float64 // of the line
	LabelY     float64
}

type chartMark struct {
	Path, Title string
}

type chartTick struct {
	Y    float64
	Text string
}

type chartRun struct {
	ID    string
	X     float64
	Text  string // what is said of the run
	Label string // below the axis; "" where there is no room
}

// newChart draws runs, the last of which is the first of the list.
func newChart(ctx context.Context, list []evaluate.Evaluation) *chart {
	numbers := len(list)
	list = slices.Clone(list[:min(len(list), chartRuns)])
	slices.Reverse(list)
	first := numbers - len(list) + 1
	c := &chart{}
	low := 1.0
	all := measures(ctx)
	for i := range list {
		for _, m := range all {
			if v := m.value(&list[i].Result); v != nil {
				low = min(low, *v)
			}
		}
	}
	low = max(0, math.Floor((low-0.02)*10)/10)
	step := 0.1
	if low < 0.5 {
		step = 0.2
		low = math.Floor(low/step+1e-9) * step
	}
	y := func(v float64) float64 {
		return chartTop + (chartHeight-chartTop-chartBottom)*(1-(v-low)/(1-low))
	}
	for v := low; v < 1+1e-9; v += step {
		c.Ticks = append(c.Ticks, chartTick{y(v), fraction(ctx, strconv.FormatFloat(v, 'f', 1, 64))})
	}
	room := chartWidth - chartLeft - chartRight
	every := max(1, (len(list)+9)/10)
	for i := range list {
		run := chartRun{ID: list[i].ID, X: chartLeft + room/2}
		if len(list) > 1 {
			run.X = chartLeft + 14 + (room-28)*float64(i)/float64(len(list)-1)
		}
		parts := []string{runTitle(ctx, first+i)}
		for _, m := range all {
			if v := m.value(&list[i].Result); v != nil {
				parts = append(parts, m.title+" "+score(ctx, *v))
			}
		}
		if list[i].Note != "" {
			parts = append(parts, oneLine(list[i].Note, 60))
		}
		run.Text = strings.Join(parts, " · ")
		if (len(list)-1-i)%every == 0 {
			run.Label = "#" + strconv.Itoa(first+i)
		}
		c.Runs = append(c.Runs, run)
	}
	for _, m := range all {
		if line, any := c.line(ctx, m, list, y); any {
			c.Lines = append(c.Lines, line)
		}
	}
	c.spread()
	return c
}

func (c *chart) line(ctx context.Context, m measure, list []evaluate.Evaluation, y func(float64) float64) (l chartLine, any bool) {
	l.Key, l.Title = m.key, m.title
	var path strings.Builder
	open := false
	for i := range list {
		v := m.value(&list[i].Result)
		if v == nil {
			open = false
			continue
		}
		x, at := c.Runs[i].X, y(*v)
		if open {
			path.WriteString("L")
		} else {
			path.WriteString("M")
		}
		path.WriteString(unit(x) + " " + unit(at))
		open, any = true, true
		l.Marks = append(l.Marks, chartMark{markPath(m.key, x, at), m.title + " " + score(ctx, *v)})
		l.End = [2]float64{x, at}
	}
	l.Path, l.LabelY = path.String(), l.End[1]
	return l, any
}

// spread moves the names of lines that end near each other apart.
func (c *chart) spread() {
	const apart = 17
	order := make([]*chartLine, len(c.Lines))
	for i := range c.Lines {
		order[i] = &c.Lines[i]
	}
	slices.SortStableFunc(order, func(a, b *chartLine) int { return int(math.Copysign(1, a.LabelY-b.LabelY)) })
	for i := 1; i < len(order); i++ {
		order[i].LabelY = max(order[i].LabelY, order[i-1].LabelY+apart)
	}
	bottom := chartHeight - chartBottom + 4
	for i := len(order) - 1; i >= 0; i-- {
		order[i].LabelY = min(order[i].LabelY, bottom)
		bottom = order[i].LabelY - apart
	}
}

// markPath is the mark of a measure: lines are told apart without colours too.
func markPath(key string, x, y float64) string {
	p := func(parts ...float64) string {
		var b strings.Builder
		for i := 0; i < len(parts); i += 2 {
			if i == 0 {
				b.WriteString("M")
			} else {
				b.WriteString("L")
			}
			b.WriteString(unit(x+parts[i]) + " " + unit(y+parts[i+1]))
		}
		return b.String() + "Z"
	}
	switch key {
	case "recall":
		return p(-4, -4, 4, -4, 4, 4, -4, 4)
	case "mrr":
		return p(0, -5, 5, 4, -5, 4)
	case "supported":
		return p(0, -6, 6, 0, 0, 6, -6, 0)
	case "auroc":
		return p(-5, -4, 5, -4, 0, 5)
	}
	return "M" + unit(x-4.5) + " " + unit(y) + "a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0Z"
}

func unit(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// reliabilityPicture is said against was: on the diagonal probabilities keep their word.
type reliabilityPicture struct {
	Before, After []reliabilityPoint
}

type reliabilityPoint struct {
	X, Y, R float64
	Title   string
}

const reliabilitySize = 180.0

func newReliability(ctx context.Context, f *evaluate.Fitting) reliabilityPicture {
	points := func(r evaluate.Reliability) (list []reliabilityPoint) {
		for _, b := range r.Bins {
			if b.Questions > 0 {
				list = append(list, reliabilityPoint{
					X: 24 + b.Said*(reliabilitySize-34), Y: reliabilitySize - 24 - b.Was*(reliabilitySize-34), R: min(3+math.Sqrt(float64(b.Questions)), 11),
					Title: tr(ctx, "said {said}, was {was}, {n} questions", "said", percentText(b.Said), "was", percentText(b.Was), "n", b.Questions),
				})
			}
		}
		return list
	}
	return reliabilityPicture{points(f.Before), points(f.After)}
}
