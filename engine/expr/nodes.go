package expr

import (
	"fmt"
	"strings"
)

// node is a piece of a compiled expression. Evaluation may end with errNotNative; then the interpreter evaluates the
// whole hole anew.
type node interface {
	eval(s Scope) (any, error)
}

type literal struct{ value any }

func (l *literal) eval(Scope) (any, error) { return l.value, nil }

// group is ( … ): it ends the reach of ?. within.
type group struct{ of node }

func (g *group) eval(s Scope) (any, error) { return g.of.eval(s) }

type not struct{ of node }

func (n *not) eval(s Scope) (any, error) {
	v, err := n.of.eval(s)
	return !truthy(v), err
}

type choice struct{ test, yes, no node }

func (c *choice) eval(s Scope) (any, error) {
	v, err := c.test.eval(s)
	if err != nil {
		return nil, err
	}
	if truthy(v) {
		return c.yes.eval(s)
	}
	return c.no.eval(s)
}

// logical is && || ??
type logical struct {
	op          string
	left, right node
}

func (l *logical) eval(s Scope) (any, error) {
	v, err := l.left.eval(s)
	if err != nil {
		return nil, err
	}
	if l.op == "??" && !missing(v) || l.op == "||" && truthy(v) || l.op == "&&" && !truthy(v) {
		return v, nil
	}
	return l.right.eval(s)
}

type operation struct {
	op          string
	left, right node
}

func (o *operation) eval(s Scope) (any, error) {
	left, err := o.left.eval(s)
	if err != nil {
		return nil, err
	}
	right, err := o.right.eval(s)
	if err != nil {
		return nil, err
	}
	return operate(o.op, left, right)
}

// join is a template: `text ${value}`.
type join struct{ parts []node }

func (j *join) eval(s Scope) (any, error) {
	var b strings.Builder
	for _, p := range j.parts {
		v, err := p.eval(s)
		if err != nil {
			return nil, err
		}
		t, err := toString(v)
		if err != nil {
			return nil, err
		}
		b.WriteString(t)
	}
	return b.String(), nil
}

type list struct{ values []node }

func (l *list) eval(s Scope) (any, error) {
	all := make([]any, len(l.values))
	for i, n := range l.values {
		v, err := n.eval(s)
		if err != nil {
			return nil, err
		}
		all[i] = publish(v)
	}
	return all, nil
}

type object struct {
	keys   []string
	values []node
}

func (o *object) eval(s Scope) (any, error) {
	m := make(map[string]any, len(o.keys))
	for i, n := range o.values {
		v, err := n.eval(s)
		if err != nil {
			return nil, err
		}
		if _, none := v.(undefined); none {
			delete(m, o.keys[i]) // as JSON has it
			continue
		}
		m[o.keys[i]] = publish(v)
	}
	return m, nil
}

// chain is a value and what is read from it.
type chain struct {
	base   node
	steps  []step
	source string
	start  int
}

type step struct {
	name     string // of the property, when it is known
	number   int    // its index, when isNumber
	isNumber bool
	index    node // computed, when not nil
	optional bool
	call     bool
	from, to int // what stands before it ends at from; the step itself ends at to
}

func (c *chain) eval(s Scope) (any, error) {
	v, err := c.base.eval(s)
	if err != nil {
		return nil, err
	}
	for i := range c.steps {
		st := &c.steps[i]
		if missing(v) {
			if st.optional {
				return undefined{}, nil
			}
			return nil, c.empty(st)
		}
		if m, ok := v.(map[string]any); ok && st.index == nil && !st.call {
			if v, ok = m[st.name]; !ok {
				v = undefined{}
			}
			continue
		}
		if st.index != nil {
			key, err := st.index.eval(s)
			if err != nil {
				return nil, err
			}
			known := *st
			if err := known.resolve(key); err != nil {
				return nil, err
			}
			st = &known
		}
		if v, err = get(s, v, st); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// resolve makes a computed index a known one.
func (st *step) resolve(key any) error {
	st.index = nil
	if f, ok := asNumber(key); ok {
		st.name, st.number = number64(f), int(f)
		st.isNumber = f >= 0 && f < 1<<31 && f == float64(int(f))
		return nil
	}
	k, ok := key.(string)
	if !ok {
		return errNotNative
	}
	st.name = k
	return nil
}

// empty says which part of the path has no value. How the path continues is quoted as it was written.
func (c *chain) empty(st *step) error {
	before := strings.TrimSpace(c.source[c.start:st.from])
	after := strings.TrimSpace(c.source[st.from:st.to])
	return fmt.Errorf("%s is empty, so %s cannot be read (write ?. to allow it)", shorten(before), shorten(after))
}
