package injection

import (
	"context"
	"fmt"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/similar"
	"github.com/atelier-studio/atelier/agents/wire"
)

// alike is how alike two answers are at least when they are the same but for what varies.
const alike = 0.98

// differential compares what a target answers to values with what it answers to the known one.
type differential struct {
	a *aim
	// steady is how alike two answers to the same value are.
	steady float64
	base   *wire.Exchange
}

// differential asks once more for the known value. A target that answers differently to the same tells nothing.
func (a *aim) differential(ctx context.Context) (*differential, *agents.Outcome) {
	first, second := a.direct(ctx, a.in.Known), a.direct(ctx, a.in.Known)
	for _, x := range []*wire.Exchange{first, second} {
		if stop := unfit(ctx, x); stop != nil {
			return nil, stop
		}
	}
	d := &differential{a: a, base: first, steady: similar.Of(first, second, a.in.Known)}
	if d.steady < alike {
		o := agents.Block("two answers to the same value differ too much to compare others with them (%.2f alike)", d.steady)
		return nil, &o
	}
	return d, nil
}

// bar is how alike answers are at least when they say the same. On a long page a row more or less is a small part of the
// words: where nothing varies by itself, every difference counts.
func (d *differential) bar() float64 {
	if d.steady == 1 {
		return 1
	}
	return alike
}

// trial is a pair of values and what was answered.
type trial struct {
	truly, falsely  *wire.Exchange
	valueT, valueF  string
	likeT, likeF    float64
	between, steady float64
}

// seen are trials that agree.
type seen struct{ trials []trial }

// decides tells whether a condition decides what is answered: in three trials with constants of their own; nil when not.
func (d *differential) decides(ctx context.Context, c condition) (*seen, *agents.Outcome) {
	var s seen
	for _, n := range []int{7193, 4421, 8806} {
		t, stop := d.try(ctx, c, n)
		if stop != nil {
			return nil, stop
		}
		if t == nil {
			return nil, nil
		}
		s.trials = append(s.trials, *t)
	}
	// The same false condition with other constants has to answer the same: what merely reacts to words does not.
	for _, t := range s.trials[1:] {
		first := s.trials[0]
		if similar.Of(first.falsely, t.falsely, first.valueF, t.valueF, d.a.in.Known) < alike || similar.Of(first.truly, t.truly, first.valueT, t.valueT, d.a.in.Known) < alike {
			return nil, nil
		}
	}
	return &s, nil
}

// try sends a true and a false condition, and returns nil when they do not differ as they should.
func (d *differential) try(ctx context.Context, c condition, n int) (*trial, *agents.Outcome) {
	known := d.a.in.Known
	t := trial{steady: d.steady}
	t.valueT, t.valueF = c.write(known, n)
	sent := []string{known, t.valueT, t.valueF}
	t.truly = d.a.direct(ctx, t.valueT)
	if stop := unfit(ctx, t.truly); stop != nil {
		return nil, stop
	}
	t.likeT = similar.Of(d.base, t.truly, sent...)
	if c.widens && t.likeT == 1 || !c.widens && t.likeT < alike {
		return nil, nil // the true condition does not do what it should: the false one need not be sent
	}
	t.falsely = d.a.direct(ctx, t.valueF)
	if stop := unfit(ctx, t.falsely); stop != nil {
		return nil, stop
	}
	t.likeF = similar.Of(d.base, t.falsely, sent...)
	t.between = similar.Of(t.truly, t.falsely, sent...)
	same, other := t.likeT, t.likeF
	if c.widens {
		same, other = t.likeF, t.likeT
	}
	clear := other < alike && t.between < alike
	exact := d.steady == 1 && same == 1 && other < 1 && t.between < 1
	if same < alike || !clear && !exact {
		return nil, nil
	}
	return &t, nil
}

// evidence is a table of the similarities, with the first pair of answers.
func (s *seen) evidence() []agents.Evidence {
	rows := [][]string{{"value", "like the known value"}}
	rows = append(rows, []string{"the known value again", fmt.Sprintf("%.3f", s.trials[0].steady)})
	for _, t := range s.trials {
		rows = append(rows, []string{t.valueT, fmt.Sprintf("%.3f", t.likeT)}, []string{t.valueF, fmt.Sprintf("%.3f", t.likeF)})
	}
	return []agents.Evidence{
		agents.Table("how alike the answers are", agents.ByHTTP, rows...), agents.Exchanged("with a true condition", s.trials[0].truly), agents.Exchanged("with a false condition", s.trials[0].falsely),
	}
}
