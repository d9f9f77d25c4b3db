// Package sandbox runs code that strangers wrote: JavaScript in an interpreter without host objects and with limits of
// memory and time, Python in worker processes that can reach nothing.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/engine/expr"
)

// Limits bound the JavaScript. Zero fields get the defaults.
type Limits struct {
	// ExpressionMemory is what an expression may allocate over the prelude; default 8 MiB. Input of more than 256 KiB
	// gives it more, so that reading large data alone never fails.
	ExpressionMemory int64
	// ExpressionTime is wall-clock time, for the interpreter can measure no other. The design asks for 10 ms of work;
	// the default is 250 ms so that a loaded machine fails no honest expression, which takes some microseconds.
	ExpressionTime time.Duration
	// CodeMemory is what a code node may allocate over the prelude; default 64 MiB.
	CodeMemory int64
	// CodeTime is how long a code node may run; default 5 s.
	CodeTime time.Duration
	// VMs is how many programs may run at once; default the number of processors, at least 2.
	VMs int
}

const (
	maxProgram = 256 << 10 // bytes of a program
	maxAnswer  = 16 << 20  // bytes of JSON that a program may give
	maxUses    = 10_000    // evaluations after which a VM is replaced
)

// JavaScript is a pool of QuickJS VMs. It implements expr.Interpreter and expr.Checker.
type JavaScript struct {
	limits   Limits
	slots    chan struct{}
	mu       sync.Mutex
	closed   bool
	idle     map[flavour][]*machine
	prelude  map[bool][]byte // by withObjectMethods
	programs map[programKey]*program
	zones    map[string][]byte
	encoded  [4]encodedItems
	next     int
}

// flavour tells VMs apart: expressions never get one in which code has grown the heap.
type flavour struct{ code, objectMethods bool }

// NewJavaScript returns an interpreter. VMs are made when they are first needed.
func NewJavaScript(l Limits) *JavaScript {
	set := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	set(&l.ExpressionMemory, 8<<20)
	set(&l.CodeMemory, 64<<20)
	set((*int64)(&l.ExpressionTime), int64(250*time.Millisecond))
	set((*int64)(&l.CodeTime), int64(5*time.Second))
	if l.VMs <= 0 {
		l.VMs = max(2, runtime.GOMAXPROCS(0))
	}
	return &JavaScript{
		limits: l, slots: make(chan struct{}, l.VMs),
		idle: map[flavour][]*machine{}, prelude: map[bool][]byte{}, programs: map[programKey]*program{}, zones: map[string][]byte{},
	}
}

// Close ends all VMs that are idle; those at work end when they are done.
func (j *JavaScript) Close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.closed = true
	for _, list := range j.idle {
		for _, m := range list {
			m.close()
		}
	}
	clear(j.idle)
}

// Eval evaluates one expression. refs are the nodes whose data it may read.
func (j *JavaScript) Eval(ctx context.Context, source string, scope expr.Scope, refs []string) (any, error) {
	p, err := j.program(programKey{source: source, kind: isExpression}, refs)
	if err != nil {
		return nil, err
	}
	data, err := j.data(p, scope, nil)
	if err != nil {
		return nil, err
	}
	answer, err := j.run(ctx, p, data)
	if err != nil {
		return nil, err
	}
	return decode(answer)
}

// Check reports, without running it, what is wrong with the text of an expression.
func (j *JavaScript) Check(source string) error {
	p, err := j.program(programKey{source: source, kind: isExpression}, nil)
	if err != nil {
		return err
	}
	return j.check(p)
}

// CheckCode does the same for the code of a code node, whose mode is all or each.
func (j *JavaScript) CheckCode(source, mode string) error {
	kind, err := kindOf(mode)
	if err != nil {
		return err
	}
	p, err := j.program(programKey{source: source, kind: kind}, nil)
	if err != nil {
		return err
	}
	return j.check(p)
}

func (j *JavaScript) check(p *program) error {
	m, err := j.take(context.Background(), p.flavour())
	if err != nil {
		return err
	}
	err = m.compileOnly(p)
	j.give(m, err)
	return err
}

// run executes a program in a VM. A VM that ran out of memory while it was not fresh may have suffered from what others
// left, so the program, which has no effects but its answer, gets one more try in a new one.
func (j *JavaScript) run(ctx context.Context, p *program, data input) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	for declared := 0; ; {
		m, err := j.take(ctx, p.flavour())
		if err != nil {
			return "", err
		}
		fresh := m.uses == 0
		answer, err := m.run(ctx, p, data)
		j.give(m, err)
		if err == nil {
			return answer, nil
		}
		if errors.Is(err, errMemory) && !fresh {
			continue
		}
		if name, ok := p.undeclared(err); ok && declared < 32 {
			declared++
			p = p.declare(name)
			j.remember(p)
			continue
		}
		return "", err
	}
}

// take waits for a slot and gives an idle VM or a new one.
func (j *JavaScript) take(ctx context.Context, f flavour) (*machine, error) {
	select {
	case j.slots <- struct{}{}:
	default:
		select {
		case j.slots <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		<-j.slots
		return nil, fmt.Errorf("%w: the JavaScript interpreter is closed", fs.ErrClosed)
	}
	if list := j.idle[f]; len(list) > 0 {
		m := list[len(list)-1]
		j.idle[f] = list[:len(list)-1]
		j.mu.Unlock()
		return m, nil
	}
	bytecode := j.prelude[f.objectMethods]
	j.mu.Unlock()
	m, compiled, err := newMachine(f, j.limits, bytecode)
	if err != nil {
		<-j.slots
		return nil, err
	}
	if bytecode == nil {
		j.mu.Lock()
		j.prelude[f.objectMethods] = compiled
		j.mu.Unlock()
	}
	return m, nil
}

// give takes a VM back. One that met a limit, or is old, is dropped.
func (j *JavaScript) give(m *machine, err error) {
	defer func() { <-j.slots }()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed || m.broken || m.uses >= maxUses || errors.Is(err, errTime) || errors.Is(err, errMemory) {
		m.close()
		return
	}
	j.idle[m.flavour] = append(j.idle[m.flavour], m)
}
