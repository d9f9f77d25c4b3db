package loadgen

import (
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Stage is what became of a step.
type Stage struct {
	Step
	Arrived int // requests whose time came
	Failed  int // of those that were answered, or broke off
	Unsent  int // given up before they were answered
	times   *hdrhistogram.Histogram
}

// At is the time that a share of the requests (in percent) took at most, from their arrival to the end of the answer.
func (s *Stage) At(percent float64) time.Duration {
	return time.Duration(s.times.ValueAtPercentile(percent)) * time.Microsecond
}

// Errors is the share of requests, from 0 to 1, that failed or were given up.
func (s *Stage) Errors() float64 {
	if s.Arrived == 0 {
		return 0
	}
	return float64(s.Failed+s.Unsent) / float64(s.Arrived)
}

// Late is how late requests were sent off, at a share (in percent) of them, because this machine had no time: what a load
// measures is of no worth when it is not small.
func (l *Load) Late(percent float64) time.Duration {
	return time.Duration(l.late.ValueAtPercentile(percent)) * time.Microsecond
}

// Rows are the stages as a table, for evidence; its first row is the head.
func (l *Load) Rows() [][]string {
	rows := [][]string{{"rate", "for", "requests", "failed", "given up", "p50", "p95", "p99", "longest"}}
	for _, s := range l.Stages {
		rows = append(rows, []string{
			fmt.Sprintf("%.0f/s", s.Rate), s.For.Round(100 * time.Millisecond).String(), fmt.Sprint(s.Arrived), fmt.Sprint(s.Failed), fmt.Sprint(s.Unsent),
			round(s.At(50)), round(s.At(95)), round(s.At(99)), round(time.Duration(s.times.Max()) * time.Microsecond),
		})
	}
	return rows
}

// Timeline is the load second by second as a table; its first row is the head.
func (l *Load) Timeline() [][]string {
	rows := [][]string{{"second", "requests", "failed", "longest"}}
	for i, s := range l.Seconds {
		rows = append(rows, []string{fmt.Sprint(i), fmt.Sprint(s.Arrived), fmt.Sprint(s.Failed), round(s.Longest)})
	}
	return rows
}

func round(d time.Duration) string { return d.Round(time.Millisecond).String() }

// histogram holds times from a microsecond to two minutes, to three figures.
func histogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, int64(2*time.Minute/time.Microsecond), 3)
}

func record(h *hdrhistogram.Histogram, d time.Duration) {
	_ = h.RecordValue(min(max(1, d.Microseconds()), h.HighestTrackableValue())) //nolint:errcheck // it is within the bounds
}
