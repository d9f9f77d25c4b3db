// Package stopwatch measures how long a target takes, so that a busy machine is not taken for a slow target: medians of
// several samples, and beside every sample an echo, which does as much work on this machine as asking does and none at
// the target. What the echo takes is not the target's.
package stopwatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// ErrBusy says that this machine is too busy to tell anything about a target.
var ErrBusy = errors.New("this machine is too busy to measure times")

// Times are samples of one thing, each with the echo that was measured right before it.
type Times struct {
	Samples []time.Duration
	Echoes  []time.Duration
}

// Measure takes up to n samples, and fewer when more of them could not change on which side of limit the median is. The
// error is the first that once returns.
func Measure(ctx context.Context, n int, limit time.Duration, echo, once func(context.Context) (time.Duration, error)) (*Times, error) {
	t := &Times{}
	below, above := 0, 0
	for range n {
		e, err := echo(ctx)
		if err != nil {
			return t, err
		}
		d, err := once(ctx)
		if err != nil {
			return t, err
		}
		t.Samples, t.Echoes = append(t.Samples, d), append(t.Echoes, e)
		if d-e > limit {
			above++
		} else {
			below++
		}
		if 2*max(below, above) > n {
			break
		}
	}
	return t, nil
}

// Median is the middle of the samples, Echo that of the echoes.
func (t *Times) Median() time.Duration { return Median(t.Samples) }

// Echo is the middle of the echoes.
func (t *Times) Echo() time.Duration { return Median(t.Echoes) }

// Over tells whether the target takes longer than limit, and how long: the median of what the samples took beyond their
// echoes. The error is ErrBusy when the echo alone takes half of the limit and more.
func (t *Times) Over(limit time.Duration) (took time.Duration, over bool, err error) {
	beyond := make([]time.Duration, len(t.Samples))
	for i := range t.Samples {
		beyond[i] = t.Samples[i] - t.Echoes[i]
	}
	took = Median(beyond)
	if took <= limit {
		return took, false, nil
	}
	if echo := t.Echo(); echo > limit/2 {
		return took, false, fmt.Errorf("%w: an echo on it takes %s", ErrBusy, echo.Round(time.Millisecond))
	}
	return took, true, nil
}

// Rows are the samples as a table, for evidence; its first row is the head.
func (t *Times) Rows() [][]string {
	rows := [][]string{{"sample", "time", "echo of this machine"}}
	for i := range t.Samples {
		rows = append(rows, []string{strconv.Itoa(i + 1), Round(t.Samples[i]), Round(t.Echoes[i])})
	}
	return append(rows, []string{"median", Round(t.Median()), Round(t.Echo())})
}

// Median is the middle of times, the lower of the two where there are two; 0 of none.
func Median(times []time.Duration) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[(len(sorted)-1)/2]
}

// Round writes a time as people read it.
func Round(d time.Duration) string {
	if d < 10*time.Millisecond {
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(time.Millisecond).String()
}
