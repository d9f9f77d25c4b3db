package engine

import "strings"

// maxEffort bounds what one edit may cost, counted in bytes of texts that have to be looked at: a few lines can ask for
// hours of work, and everybody else's edits wait for them.
const maxEffort = 128 << 20

// What it costs, compared with looking at a byte of a text: to change a byte's text, and a part of a text's change.
const (
	textEffort = 4
	partEffort = 16
)

// effort is what an edit has cost so far. A nil one does not count: what was accepted once is always done again.
type effort int

func (e *effort) spend(n int) error {
	if e == nil {
		return nil
	}
	if *e += effort(n); *e > maxEffort {
		return invalid("this edit is too much work at once: make it in several smaller ones")
	}
	return nil
}

// rename counts what it costs to find a node's name in a value, and to write another one instead.
func (e *effort) rename(v any, to string) error {
	if e == nil {
		return nil
	}
	n := 0
	eachText(v, func(s string) { n += len(s) + strings.Count(s, "$")*len(to) })
	return e.spend(n)
}
