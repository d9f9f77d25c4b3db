package sandbox

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"modernc.org/quickjs"
)

var (
	//go:embed prelude/guard.js
	guardJS string
	//go:embed prelude/datetime.js
	dateTimeJS string
	//go:embed prelude/extend.js
	extendJS string
	//go:embed prelude/roots.js
	rootsJS string
	//go:embed prelude/harden.js
	hardenJS string
)

const (
	preludeLine = 300_000 // the prelude's first line: a higher line than any program has
	baseMemory  = 2 << 20 // bytes that a VM with the prelude and its cache of programs uses
	maxCache    = 256 << 10
)

// machine is a VM with the prelude. One goroutine uses it at a time.
type machine struct {
	flavour
	limits     Limits
	vm         *quickjs.VM
	expression quickjs.Value // makes the function that evaluates an expression
	code       quickjs.Value
	addZone    quickjs.Value // hands over the table of a time zone
	zones      map[string]bool
	runAtom    quickjs.Atom
	settleAtom quickjs.Atom
	loaded     map[*program]*loaded
	cached     int // bytes of source in loaded
	uses       int
	broken     bool
	watch      *watch
	memory     int64
}

// loaded is a program compiled into one VM.
type loaded struct {
	run     quickjs.Value
	settled quickjs.Value
	isCode  bool
}

// newMachine makes a VM and runs the prelude, from bytecode when there is some.
func newMachine(f flavour, l Limits, bytecode []byte) (m *machine, compiled []byte, err error) {
	vm, err := quickjs.NewVM()
	if err != nil {
		return nil, nil, fmt.Errorf("start the JavaScript interpreter: %w", err)
	}
	m = &machine{flavour: f, limits: l, vm: vm, loaded: map[*program]*loaded{}, zones: map[string]bool{}, watch: newWatch(vm)}
	defer func() {
		if err != nil {
			m.close()
		}
	}()
	if bytecode == nil {
		if bytecode, err = vm.Compile(prelude(f.objectMethods), quickjs.EvalGlobal); err != nil {
			return nil, nil, fmt.Errorf("the JavaScript prelude: %w", err)
		}
	}
	made, err := vm.EvalBytecodeValue(bytecode)
	if err != nil {
		return nil, nil, fmt.Errorf("the JavaScript prelude: %w", err)
	}
	defer made.Free()
	for name, into := range map[string]*quickjs.Value{"expression": &m.expression, "code": &m.code, "addZone": &m.addZone} {
		atom, err := vm.NewAtom(name)
		if err != nil {
			return nil, nil, err
		}
		if *into, err = made.GetPropertyValue(atom); err != nil {
			return nil, nil, err
		}
	}
	if m.runAtom, err = vm.NewAtom("run"); err != nil {
		return nil, nil, err
	}
	if m.settleAtom, err = vm.NewAtom("settled"); err != nil {
		return nil, nil, err
	}
	return m, bytecode, nil
}

func prelude(objectMethods bool) string {
	var b strings.Builder
	b.WriteString(strings.Repeat("\n", preludeLine))
	fmt.Fprintf(&b, "(() => {\n'use strict';\nconst withObjectMethods = %t;\n", objectMethods)
	for _, part := range []string{guardJS, dateTimeJS, extendJS, rootsJS, hardenJS} {
		b.WriteString(part)
	}
	b.WriteString("return {expression, code, addZone};\n})()")
	return b.String()
}

func (m *machine) close() {
	m.watch.finish()
	if !m.broken {
		m.forget()
		for _, v := range []*quickjs.Value{&m.expression, &m.code, &m.addZone} {
			if v.VM() != nil {
				v.Free()
			}
		}
	}
	_ = m.vm.Close() // it cannot be repaired, and nothing of it is used again
}

// guarded runs something in the VM within limits and turns its errors into words.
func (m *machine) guarded(ctx context.Context, memory int64, limit time.Duration, f func() error) (err error) {
	if m.memory != memory {
		m.memory = memory
		m.vm.SetMemoryLimit(uintptr(baseMemory + memory))
	}
	m.watch.begin(limit)
	var unhook func() bool
	if ctx.Done() != nil && m.flavour.code {
		unhook = context.AfterFunc(ctx, m.watch.now)
	}
	defer func() {
		if r := recover(); r != nil { // a fault in the interpreter itself: this VM is lost, the server is not
			m.broken = true
			err = fmt.Errorf("the JavaScript interpreter failed: %v", r)
		}
		late := m.watch.finish()
		if unhook != nil {
			unhook()
		}
		if err != nil {
			err = explain(err, late, limit, memory)
			if cause := ctx.Err(); cause != nil && late {
				err = cause
			}
		}
	}()
	return f()
}

// bounds are the limits for a program on data of some size.
func (m *machine) bounds(size int) (int64, time.Duration) {
	memory, limit := m.limits.ExpressionMemory, m.limits.ExpressionTime
	if m.flavour.code {
		memory, limit = m.limits.CodeMemory, m.limits.CodeTime
	}
	if extra := int64(size) - 256<<10; extra > 0 && !m.flavour.code {
		const perByte = 10 // what JSON grows to when it is parsed
		memory = max(memory, min(memory+extra*perByte, m.limits.CodeMemory))
	}
	return memory &^ (1<<20 - 1), limit
}

// compileOnly parses a program without running any of it.
func (m *machine) compileOnly(p *program) error {
	memory, limit := m.bounds(0)
	return p.placed(m.guarded(context.Background(), memory, limit, func() error { return m.parse(p) }))
}

// parse compiles the program in two different pairs of brackets: text that would close the one and go on outside of its
// function, where it could declare what later programs see, does not fit into the other.
func (m *machine) parse(p *program) error {
	for _, w := range []string{"(" + p.wrapped + ")", "[" + p.wrapped + "]"} {
		if _, err := m.vm.Compile(w, quickjs.EvalGlobal); err != nil {
			return err
		}
	}
	return nil
}

// run executes a program on data.
func (m *machine) run(ctx context.Context, p *program, data input) (answer string, err error) {
	memory, limit := m.bounds(len(data.json))
	err = m.guarded(ctx, memory, limit, func() error {
		l := m.loaded[p]
		if l == nil {
			var err error
			if l, err = m.load(p); err != nil {
				return err
			}
		}
		m.uses++
		for _, z := range data.zones {
			if m.zones[z.name] {
				continue
			}
			if _, err := m.addZone.Call(quickjs.UndefinedValue, string(z.table)); err != nil {
				return err
			}
			m.zones[z.name] = true
		}
		v, err := l.run.Call(quickjs.UndefinedValue, string(data.json))
		if err != nil {
			_ = m.drain() // the first error tells more
			return err
		}
		if err := m.drain(); err != nil {
			return err
		}
		if _, none := v.(quickjs.Undefined); none && l.isCode {
			if v, err = l.settled.Call(quickjs.UndefinedValue); err != nil {
				return err
			}
		}
		if s, ok := v.(string); ok {
			if len(s) > maxAnswer {
				return fmt.Errorf("the answer is larger than %d MiB of JSON", maxAnswer>>20)
			}
			answer = s
		}
		return nil
	})
	return answer, p.placed(err)
}

// drain runs the jobs of promises, so that none of this program runs within the next one.
func (m *machine) drain() error {
	_, err := m.vm.ExecutePendingJobs()
	if err != nil {
		m.broken = true // what is still queued must not run
	}
	return err
}

// forget frees the compiled programs.
func (m *machine) forget() {
	for _, l := range m.loaded {
		l.run.Free()
		if l.isCode {
			l.settled.Free()
		}
	}
	clear(m.loaded)
}

// load compiles a program into this VM and keeps it; the cache is emptied when it is full.
func (m *machine) load(p *program) (*loaded, error) {
	if err := m.parse(p); err != nil {
		return nil, err
	}
	if m.cached += len(p.wrapped); m.cached > maxCache && len(m.loaded) > 0 {
		m.forget()
		m.cached = len(p.wrapped)
	}
	f, err := m.vm.EvalValue("("+p.wrapped+")", quickjs.EvalGlobal)
	if err != nil {
		return nil, err
	}
	defer f.Free()
	args := make([]any, 0, 2+len(p.names))
	args = append(args, f)
	if p.key.kind != isExpression {
		args = append(args, p.key.kind.String())
	}
	for _, n := range p.names {
		args = append(args, n)
	}
	l := &loaded{isCode: p.key.kind != isExpression}
	if !l.isCode {
		if l.run, err = m.expression.CallValue(quickjs.UndefinedValue, args...); err != nil {
			return nil, err
		}
		m.loaded[p] = l
		return l, nil
	}
	made, err := m.code.CallValue(quickjs.UndefinedValue, args...)
	if err != nil {
		return nil, err
	}
	defer made.Free()
	if l.run, err = made.GetPropertyValue(m.runAtom); err != nil {
		return nil, err
	}
	if l.settled, err = made.GetPropertyValue(m.settleAtom); err != nil {
		return nil, err
	}
	m.loaded[p] = l
	return l, nil
}
