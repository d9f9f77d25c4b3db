package expr

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

const (
	maxSource = 1 << 20  // bytes of a whole parameter text
	maxHole   = 64 << 10 // bytes between one {{ and its }}
	maxHoles  = 1000     // {{ }} in one text
	maxResult = 16 << 20 // bytes of the text that one expression may make
	maxDepth  = 100      // nesting of brackets and operators that is evaluated natively
)

// Interpreter runs what is not native.
type Interpreter interface {
	// Eval returns the value of one JavaScript expression. refs are the names of the nodes whose data it may read.
	Eval(ctx context.Context, program string, scope Scope, refs []string) (any, error)
}

// Checker is an Interpreter that can say, without running it, whether a program is JavaScript at all.
type Checker interface {
	Check(program string) error
}

// Expr is a compiled expression. It is immutable and safe for concurrent use.
type Expr struct {
	segments []segment
	lone     bool // one hole and no text: the value keeps its type
	native   bool
	nodes    []string
	vars     []string
	js       Interpreter
}

// segment is text, or a hole.
type segment struct {
	text   string
	hole   bool
	source string   // of the hole
	code   node     // nil when the hole is not native
	refs   []string // nodes named in the hole
}

// IsExpression reports whether a parameter text is an expression: it begins with "=".
func IsExpression(s string) bool { return strings.HasPrefix(s, "=") }

// Compile reads an expression, with its leading "=". It never executes anything. js may be nil when only native
// expressions will be evaluated. An error names the position, wraps fs.ErrInvalid and is meant for people.
func Compile(src string, js Interpreter) (*Expr, error) {
	if !IsExpression(src) {
		return nil, spoken{fmt.Errorf("%w: an expression begins with =", fs.ErrInvalid)}
	}
	if len(src) > maxSource {
		return nil, spoken{fmt.Errorf("%w: the expression is longer than %d bytes", fs.ErrInvalid, maxSource)}
	}
	segments, err := split(src)
	if err != nil {
		return nil, spoken{err}
	}
	e := &Expr{segments: segments, native: true, js: js}
	e.lone = len(segments) == 1 && segments[0].hole
	for i := range e.segments {
		s := &e.segments[i]
		if !s.hole {
			continue
		}
		code, exact, err := parse(s.source)
		switch {
		case err == nil:
			s.code = code
			e.native = e.native && exact
		case errors.Is(err, errNotNative):
			e.native = false
			if c, ok := js.(Checker); ok {
				if err := c.Check(s.source); err != nil {
					return nil, fmt.Errorf("{{ %s }}: %w", shorten(s.source), err)
				}
			}
		default:
			return nil, spoken{err}
		}
		s.refs = ReferencedNodes(s.source)
		for _, name := range s.refs {
			e.nodes = addName(e.nodes, name)
		}
		for _, name := range ReferencedVariables(s.source) {
			e.vars = addName(e.vars, name)
		}
	}
	return e, nil
}

// spoken is an error without the words of what it wraps: it stands beside the field that holds the expression.
type spoken struct{ error }

func (s spoken) Error() string {
	return strings.TrimPrefix(s.error.Error(), fs.ErrInvalid.Error()+": ")
}
func (s spoken) Unwrap() error { return s.error }

// Native reports whether the expression never meets the interpreter, whatever the data are.
func (e *Expr) Native() bool { return e.native }

// Nodes returns the names of the nodes that the expression reads, in order of appearance.
func (e *Expr) Nodes() []string { return e.nodes }

// Variables returns the names that the expression reads of $vars, in order of appearance.
func (e *Expr) Variables() []string { return e.vars }

// Eval evaluates the expression. A lone ={{ }} keeps its type; with text around it the result is a string, in which
// what is missing is empty and objects are JSON. The result is data: it is never evaluated again.
func (e *Expr) Eval(ctx context.Context, s Scope) (any, error) {
	if e.lone {
		v, err := e.segments[0].eval(ctx, s, e.js)
		return publish(v), err
	}
	if len(e.segments) == 1 {
		return e.segments[0].text, nil
	}
	var b strings.Builder
	for i := range e.segments {
		seg := &e.segments[i]
		if !seg.hole {
			b.WriteString(seg.text)
			continue
		}
		v, err := seg.eval(ctx, s, e.js)
		if err != nil {
			return nil, err
		}
		text, err := insert(publish(v))
		if err != nil {
			return nil, err
		}
		if b.Len()+len(text) > maxResult {
			return nil, fmt.Errorf("the text that this expression makes is longer than %d MiB", maxResult>>20)
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func (s *segment) eval(ctx context.Context, scope Scope, js Interpreter) (any, error) {
	if s.code != nil {
		v, err := s.code.eval(scope)
		if err == nil || !errors.Is(err, errNotNative) {
			return v, err
		}
	}
	if js == nil {
		return nil, fmt.Errorf("{{ %s }} needs the JavaScript interpreter, which is not here", shorten(s.source))
	}
	v, err := js.Eval(ctx, s.source, scope, s.refs)
	if err != nil {
		return nil, fmt.Errorf("{{ %s }}: %w", shorten(s.source), err)
	}
	return v, nil
}

// shorten makes a hole's source fit into a message.
func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	const most = 80
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && s[cut]&0xc0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}
