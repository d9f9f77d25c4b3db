package stopwatch_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents/stopwatch"
)

const ms = time.Millisecond

// from gives one time of a list after the other.
func from(list ...time.Duration) func(context.Context) (time.Duration, error) {
	return func(context.Context) (time.Duration, error) {
		if len(list) == 0 {
			return 0, errors.New("asked once more than was needed")
		}
		d := list[0]
		list = list[1:]
		return d, nil
	}
}

func TestMeasure(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		samples, echoes []time.Duration
		took            time.Duration
		over            bool
		err             error
	}{
		"quick":                   {[]time.Duration{2 * ms, 3 * ms, 1 * ms}, []time.Duration{ms, ms, ms}, ms, false, nil},
		"slow":                    {[]time.Duration{950 * ms, 900 * ms, 901 * ms}, []time.Duration{ms, ms, ms}, 900 * ms, true, nil},
		"slow once":               {[]time.Duration{5000 * ms, 2 * ms, 3 * ms, 2 * ms}, []time.Duration{ms, ms, ms, ms}, ms, false, nil},
		"as slow as echoes":       {[]time.Duration{900 * ms, 950 * ms, 1000 * ms}, []time.Duration{850 * ms, 900 * ms, 800 * ms}, 50 * ms, false, nil},
		"slower than slow echoes": {[]time.Duration{2000 * ms, 2000 * ms, 2000 * ms}, []time.Duration{700 * ms, 700 * ms, 700 * ms}, 1300 * ms, false, stopwatch.ErrBusy},
	} {
		times, err := stopwatch.Measure(t.Context(), 5, 800*ms, from(c.echoes...), from(c.samples...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		took, over, err := times.Over(800 * ms)
		if took != c.took || over != c.over || !errors.Is(err, c.err) {
			t.Errorf("%s: %s %v %v", name, took, over, err)
		}
	}
}

func TestEcho(t *testing.T) {
	t.Parallel()
	echo, err := stopwatch.NewEcho(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d, err := echo.Time(t.Context()); err != nil || d <= 0 {
		t.Errorf("%s %v", d, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := echo.Time(ended); err == nil {
		t.Error("an echo after the end")
	}
	echo.Close()
	if _, err := echo.Time(t.Context()); err == nil {
		t.Error("a closed echo answers")
	}
}
