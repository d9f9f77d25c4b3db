package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

type programKind uint8

const (
	isExpression programKind = iota
	isAll
	isEach
)

func (k programKind) String() string { return [...]string{"expression", "all", "each"}[k] }

func kindOf(mode string) (programKind, error) {
	switch mode {
	case "all", "":
		return isAll, nil
	case "each":
		return isEach, nil
	}
	return 0, fmt.Errorf("%w: a code node runs once for all items or for each, not %q", fs.ErrInvalid, mode)
}

type programKey struct {
	source string
	kind   programKind
}

// program is what is known of a piece of JavaScript without running it. It is immutable.
type program struct {
	key           programKey
	wrapped       string   // the function around it
	names         []string // of the roots that it mentions: the function's parameters
	refs          []string // nodes
	zones         []string // time zones that it may name
	declared      []string
	objectMethods bool
	times         bool // it does something with dates
	paired        bool // it may read the paired items of nodes
}

// roots are the names that only exist within a program. In expressions "item" and "items" are not among them.
var roots = []string{
	"$json", "$itemIndex", "$items", "$item", "$input", "$node", "$binary", "$files", "$vars", "$env", "$runIndex", "$run",
	"$workflow", "$execution", "$response", "$request", "$pageCount", "$prevNode", "$parameter", "$position", "$now", "$today", "$", "items", "item",
}

var (
	objectMethod = regexp.MustCompile(`\.\s*(isEmpty|isNotEmpty|keys|values|hasField|removeField|removeFieldsContaining|keepFieldsContaining|compact|merge|toJsonString|urlEncode)\s*\(`)
	plainObject  = regexp.MustCompile(`\bObject\s*\.\s*(keys|values)\s*\(`)
	zoneName     = regexp.MustCompile(`[A-Z][A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+`)
	callDollar   = regexp.MustCompile(`(?:^|[^\w$])\$\s*\(`)
	awaits       = regexp.MustCompile(`\bawait\b`)
	notDefined   = regexp.MustCompile(`^'?([A-Za-z_$][\w$]*)'? is not defined$`)
)

func (p *program) flavour() flavour {
	return flavour{code: p.key.kind != isExpression, objectMethods: p.objectMethods}
}

// program looks at a source, or remembers.
func (j *JavaScript) program(key programKey, refs []string) (*program, error) {
	j.mu.Lock()
	p := j.programs[key]
	j.mu.Unlock()
	if p != nil {
		return p, nil
	}
	if len(key.source) > maxProgram {
		return nil, fmt.Errorf("%w: the JavaScript is longer than %d KiB", fs.ErrInvalid, maxProgram>>10)
	}
	if strings.ContainsRune(key.source, 0) {
		return nil, fmt.Errorf("%w: the JavaScript has a NUL character in it", fs.ErrInvalid)
	}
	if refs == nil {
		refs = expr.ReferencedNodes(key.source)
	}
	p = analyse(key, refs)
	j.remember(p)
	return p, nil
}

func (j *JavaScript) remember(p *program) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.programs) >= 1024 {
		clear(j.programs)
	}
	j.programs[p.key] = p
}

func analyse(key programKey, refs []string) *program {
	p := &program{key: key, refs: refs}
	s := key.source
	escaped := strings.Contains(s, `\u`) // a name may be written with escapes: then everything is there
	for _, name := range roots {
		switch {
		case key.kind == isExpression && (name == "items" || name == "item"):
			continue
		case name == "$":
			if !escaped && !callDollar.MatchString(s) {
				continue
			}
		case !escaped && !strings.Contains(s, name):
			continue
		}
		p.names = append(p.names, name)
	}
	p.objectMethods = objectMethod.MatchString(plainObject.ReplaceAllString(s, ""))
	p.times = escaped || strings.Contains(s, "DateTime") || strings.Contains(s, "$now") || strings.Contains(s, "$today") ||
		strings.Contains(s, ".plus") || strings.Contains(s, ".minus") || strings.Contains(s, ".format")
	p.zones = zoneName.FindAllString(s, -1)
	slices.Sort(p.zones)
	p.zones = slices.Compact(p.zones)
	p.paired = escaped || strings.Contains(s, ".item") || strings.Contains(s, "tem") || p.uses("$node") || strings.Contains(s, ".json")
	p.wrap()
	return p
}

func (p *program) uses(name string) bool { return slices.Contains(p.names, name) }

// wrap puts the source into a strict function. Its first line is the second of the text.
func (p *program) wrap() {
	var b strings.Builder
	s := p.key.source
	if p.key.kind != isExpression && awaits.MatchString(s) {
		b.WriteString("async ")
	}
	b.WriteString("function (" + strings.Join(p.names, ", ") + ") { 'use strict';")
	if p.key.kind == isExpression {
		b.WriteString(" return (\n" + s + "\n); }")
	} else {
		if len(p.declared) > 0 {
			b.WriteString(" var " + strings.Join(p.declared, ", ") + ";")
		}
		// The block lets code declare names that are parameters here: const items = $input.all().
		b.WriteString(" {\n" + s + "\n} }")
	}
	p.wrapped = b.String()
}

// placed says where a mistake is as people see the program. One behind its last line is a mistake of what it leaves open.
func (p *program) placed(err error) error {
	e, ok := errors.AsType[*ScriptError](err)
	if !ok {
		return err
	}
	placed, lines := *e, 1+strings.Count(p.key.source, "\n")
	switch {
	case e.Line > lines && e.name == "SyntaxError":
		placed.Text, placed.Line = notJavaScript+"it ends too early", 0
	case e.Line > lines || p.key.kind == isExpression && lines == 1:
		placed.Line = 0
	}
	return &placed
}

// undeclared reports the name of a variable that a program assigned to without declaring it: code written for other
// studios does, where such a variable is global. Here there are no global variables; it becomes one of the function's.
func (p *program) undeclared(err error) (string, bool) {
	e, ok := errors.AsType[*ScriptError](err)
	if !ok || p.key.kind == isExpression || e.name != "ReferenceError" {
		return "", false
	}
	m := notDefined.FindStringSubmatch(strings.TrimPrefix(e.Text, "ReferenceError: "))
	if m == nil || slices.Contains(p.declared, m[1]) {
		return "", false
	}
	q := regexp.QuoteMeta(m[1])
	assigned := regexp.MustCompile(`(?:^|[^\w$.])` + q + `\s*=[^=>]|\bfor\s*\(\s*` + q + `\s+(?:of|in)\b`)
	return m[1], assigned.MatchString(p.key.source)
}

func (p *program) declare(name string) *program {
	q := *p
	q.declared = append(slices.Clone(p.declared), name)
	q.wrap()
	return &q
}
