package main

import (
	"math"
	"slices"
	"sync/atomic"
	"time"
)

// times collects how long deliveries took, in steps of a tenth, from a microsecond to a minute.
type times struct{ steps [200]atomic.Int64 }

func (t *times) add(d time.Duration) {
	i := 0
	if us := float64(d) / float64(time.Microsecond); us > 1 {
		i = min(int(math.Log(us)/math.Log(1.1)), len(t.steps)-1)
	}
	t.steps[i].Add(1)
}

// at returns the time below which a share of the deliveries is.
func (t *times) at(share float64) time.Duration {
	var all int64
	for i := range t.steps {
		all += t.steps[i].Load()
	}
	left := int64(math.Ceil(share * float64(all)))
	for i := range t.steps {
		if left -= t.steps[i].Load(); left <= 0 {
			return time.Duration(math.Pow(1.1, float64(i)+0.5) * float64(time.Microsecond))
		}
	}
	return 0
}

func median[T int64 | float64 | time.Duration](list []T) T {
	if len(list) == 0 {
		return 0
	}
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}
