package expr

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// errNotNative says that a program, or a value met while it is evaluated, is left to the interpreter.
var errNotNative = errors.New("not native")

// parser reads the part of JavaScript that is evaluated natively: literals, paths, templates, operators, the calls
// that give items and a handful of methods of strings. Everything else is errNotNative and never an error.
type parser struct {
	source string
	tokens []token
	at     int
	depth  int
	exact  bool // no value can send the evaluation to the interpreter
}

// parse compiles one hole. exact tells that it is native whatever the data are.
func parse(source string) (code node, exact bool, err error) {
	if strings.TrimSpace(source) == "" {
		return nil, false, fmt.Errorf("%w: there is nothing between {{ and }}", fs.ErrInvalid)
	}
	tokens, err := lex(source)
	if err != nil {
		return nil, false, err
	}
	if tokens[0].kind == end {
		return nil, false, fmt.Errorf("%w: there is only a comment between {{ and }}", fs.ErrInvalid)
	}
	p := &parser{source: source, tokens: tokens, exact: true}
	code, err = p.conditional()
	if err != nil {
		return nil, false, err
	}
	if p.peek().kind != end {
		return nil, false, errNotNative
	}
	return code, p.exact, nil
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

func (p *parser) is(s string) bool {
	t := p.peek()
	return t.kind == punct && t.text == s
}

func (p *parser) accept(s string) bool {
	if p.is(s) {
		p.at++
		return true
	}
	return false
}

func (p *parser) conditional() (node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, errNotNative
	}
	defer func() { p.depth-- }()
	test, err := p.binary(0)
	if err != nil || !p.accept("?") {
		return test, err
	}
	yes, err := p.conditional()
	if err != nil {
		return nil, err
	}
	if !p.accept(":") {
		return nil, errNotNative
	}
	no, err := p.conditional()
	return &choice{test: test, yes: yes, no: no}, err
}

// levels of binary operators, weakest first.
var levels = [][]string{
	{"??"}, {"||"}, {"&&"}, {"===", "!==", "==", "!="}, {"<", ">", "<=", ">="}, {"+", "-"}, {"*", "/", "%"},
}

func (p *parser) binary(level int) (node, error) {
	if level == len(levels) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	for err == nil {
		t := p.peek()
		if t.kind != punct || !contains(levels[level], t.text) {
			return left, nil
		}
		p.at++
		var right node
		if right, err = p.binary(level + 1); err != nil {
			return nil, err
		}
		switch t.text {
		case "??", "||", "&&":
			if t.text == "??" && (mixes(left) || mixes(right)) {
				return nil, errNotNative // mixing ?? with || needs brackets: the interpreter says so
			}
			left = &logical{op: t.text, left: left, right: right}
		default:
			p.exact = false
			left = &operation{op: t.text, left: left, right: right}
		}
	}
	return nil, err
}

// mixes reports whether a side of ?? is || or && without brackets.
func mixes(n node) bool {
	l, ok := n.(*logical)
	return ok && l.op != "??"
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

func (p *parser) unary() (node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, errNotNative
	}
	defer func() { p.depth-- }()
	if p.accept("!") {
		of, err := p.unary()
		return &not{of: of}, err
	}
	if p.accept("-") {
		of, err := p.unary()
		if l, ok := of.(*literal); ok {
			if f, ok := l.value.(float64); ok {
				return &literal{-f}, err
			}
		}
		p.exact = false
		return &operation{op: "-", left: &literal{0.0}, right: of}, err
	}
	return p.chain()
}

// chain reads a value and the .name, [index] and calls that follow it.
func (p *parser) chain() (node, error) {
	start := p.peek().at
	base, err := p.primary()
	if err != nil {
		return nil, err
	}
	c := &chain{base: base, source: p.source, start: start}
	for {
		t := p.peek()
		if t.kind == template || t.kind != punct && t.kind != end && t.kind != name {
			return nil, errNotNative
		}
		s := step{from: p.tokens[max(p.at-1, 0)].to}
		switch {
		case p.accept("?."):
			s.optional = true
			if p.is("(") {
				return nil, errNotNative
			}
			if !p.accept("[") {
				if err := p.property(&s); err != nil {
					return nil, err
				}
				break
			}
			if err := p.index(&s); err != nil {
				return nil, err
			}
		case p.accept("."):
			if err := p.property(&s); err != nil {
				return nil, err
			}
		case p.accept("["):
			if err := p.index(&s); err != nil {
				return nil, err
			}
		case t.kind == punct && t.text == "(":
			return nil, errNotNative
		default:
			if len(c.steps) == 0 {
				return base, nil
			}
			return c, nil
		}
		s.to = p.tokens[p.at-1].to
		p.exact = p.exact && exactStep(base, len(c.steps), &s)
		c.steps = append(c.steps, s)
	}
}

// property reads the name after a dot, and the call when one follows that is native.
func (p *parser) property(s *step) error {
	t := p.next()
	if t.kind != name {
		return errNotNative
	}
	s.name = t.text
	if !p.accept("(") {
		return nil
	}
	if !p.accept(")") || !nativeMethods[s.name] {
		return errNotNative
	}
	s.call = true
	return nil
}

// exactStep reports whether a step is native whatever the data are. Calls are when they give the items of a node.
func exactStep(base node, at int, s *step) bool {
	l, isLiteral := base.(*literal)
	source := base == root("$input")
	if isLiteral {
		_, source = l.value.(nodeValue)
	}
	if source && at == 0 {
		return s.call && givesItems[s.name] || !s.call && (s.name == "item" || s.name == "isExecuted" && isLiteral)
	}
	return !s.call && s.index == nil
}

func (p *parser) index(s *step) error {
	key, err := p.conditional()
	if err != nil {
		return err
	}
	if !p.accept("]") {
		return errNotNative
	}
	if l, ok := key.(*literal); ok {
		switch v := l.value.(type) {
		case string:
			s.name = v
			return nil
		case float64:
			s.name, s.number = number64(v), int(v)
			s.isNumber = v >= 0 && v == float64(int(v))
			return nil
		}
	}
	s.index = key
	return nil
}

func (p *parser) primary() (node, error) {
	t := p.next()
	switch t.kind {
	case number:
		return &literal{t.number}, nil
	case text:
		return &literal{t.text}, nil
	case template:
		return p.template(t)
	case name:
		return p.root(t)
	case punct:
		switch t.text {
		case "(":
			inner, err := p.conditional()
			if err == nil && !p.accept(")") {
				err = errNotNative
			}
			return &group{inner}, err
		case "[":
			return p.array()
		case "{":
			return p.object()
		}
	}
	return nil, errNotNative
}

// template reads `text ${expression} text`.
func (p *parser) template(t token) (node, error) {
	result := &join{}
	for rest := t.text; ; {
		n, expression := templateEnd(rest + "`")
		cut := n - 1
		if expression {
			cut = n - 2
		}
		part, ok := unquote("`" + rest[:cut] + "`")
		if !ok {
			return nil, errNotNative
		}
		result.parts = append(result.parts, &literal{part})
		if !expression {
			return result, nil
		}
		stop := strings.IndexByte(rest[n:], '}')
		if stop < 0 {
			return nil, errNotNative
		}
		inner, _, err := parse(rest[n : n+stop])
		if err != nil {
			return nil, errNotNative
		}
		p.exact = false // an object in it is left to the interpreter
		result.parts = append(result.parts, inner)
		rest = rest[n+stop+1:]
	}
}

func (p *parser) array() (node, error) {
	a := &list{}
	for !p.accept("]") {
		v, err := p.conditional()
		if err != nil {
			return nil, err
		}
		a.values = append(a.values, v)
		if !p.accept(",") && !p.is("]") {
			return nil, errNotNative
		}
	}
	return a, nil
}

func (p *parser) object() (node, error) {
	o := &object{}
	for !p.accept("}") {
		key := p.next()
		if key.kind != name && key.kind != text || key.text == "__proto__" || !p.accept(":") {
			return nil, errNotNative
		}
		v, err := p.conditional()
		if err != nil {
			return nil, err
		}
		o.keys, o.values = append(o.keys, key.text), append(o.values, v)
		if !p.accept(",") && !p.is("}") {
			return nil, errNotNative
		}
	}
	return o, nil
}
