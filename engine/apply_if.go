package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// ErrConflict is wrapped by errors that say that somebody else's change came first.
var ErrConflict = fmt.Errorf("changed meanwhile: %w", fs.ErrExist)

func conflict(format string, args ...any) error {
	return &wordsError{text: fmt.Sprintf(format, args...), kind: ErrConflict}
}

// settle checks an operation's If. Where another value stands there, but others changed other parts of it than the
// operation would, what they made of it stays: the operation that comes back sets the merged value. So undo takes back one
// row of a list and leaves the rows of others.
func (w *Workflow) settle(op Op, cost *effort) (Op, error) {
	if len(op.If) == 0 {
		return op, nil
	}
	now, what, field, err := w.present(op, cost)
	if err != nil || what == "" { // of what is gone, the operation itself tells
		return op, err
	}
	var expected any
	if err := decode(op.If, &expected); err != nil {
		return op, explain(err)
	}
	if sameValue(now, expected) || field && saysNothing(now) && saysNothing(expected) {
		return op, nil
	}
	merged, ok, err := mergeOver(op, expected, now, cost)
	if err != nil || !ok {
		return op, errors.Join(err, conflict("a colleague has changed %s meanwhile: it stays as it is", what))
	}
	return merged, nil
}

// mergeOver fits an operation that expected one value of a list or an object to another one that is there now. It is not
// ok when both changed one thing.
func mergeOver(op Op, expected, now any, cost *effort) (Op, bool, error) {
	if !hasParts(op) {
		return op, false, nil
	}
	var mine any
	if err := decode(orNone(op.Value), &mine); err != nil {
		return op, false, explain(err)
	}
	if mine == nil && op.Path != "retry" { // taking away all that was set, others have added to it
		mine = emptyLike(expected)
	}
	m := &valueMerge{left: mergeEffort}
	value, ok := m.parts(expected, now, mine, 0)
	if err := cost.spend(mergeEffort - m.left); err != nil {
		return op, false, err
	}
	if _, text := mine.(string); text || !ok || m.clash || m.left < 0 {
		return op, false, nil
	}
	if isNull(op.Value) && saysNothing(value) {
		value = nil
	}
	var err error
	if op.Value, err = json.Marshal(value); err != nil {
		return op, false, err
	}
	if op.If, err = json.Marshal(now); err != nil {
		return op, false, err
	}
	return op, true, cost.spend(len(op.Value) + len(op.If))
}

// hasParts tells whether what an operation sets may be a list or an object of which others set other parts.
func hasParts(op Op) bool { return op.Op == "node.set" || op.Op == "group.set" || op.Op == "test.set" }

func orNone(value json.RawMessage) json.RawMessage {
	if len(value) == 0 {
		return json.RawMessage("null")
	}
	return value
}

// present returns the value that an operation would change, as JSON has it, and what to call it: "" when it is gone. A
// field of the format, other than a parameter, is the same whether it is empty or not there.
func (w *Workflow) present(op Op, cost *effort) (now any, what string, field bool, err error) {
	var fields map[string]any
	switch op.Op {
	case "node.set", "node.move", "node.rename":
		i := w.NodeByID(op.ID)
		if i < 0 {
			return nil, "", false, nil
		}
		n := &w.Nodes[i]
		what = fmt.Sprintf("%q of %q", op.Path, n.Name)
		if keys, found := strings.CutPrefix(op.Path, "params."); found && op.Op == "node.set" {
			return paramAt(n.Params, keys), what, false, nil
		}
		switch fields = n.fields(); op.Op {
		case "node.move":
			now, what = n.At, fmt.Sprintf("the place of %q", n.Name)
		case "node.rename":
			now, what = n.Name, "the name of this node"
		}
	case "note.set":
		i := slices.IndexFunc(w.Notes, func(n Note) bool { return n.ID == op.ID })
		if i < 0 {
			return nil, "", false, nil
		}
		fields, what = w.Notes[i].fields(), fmt.Sprintf("the %s of a note", op.Path)
	case "group.set":
		i := slices.IndexFunc(w.Groups, func(g Group) bool { return g.ID == op.ID })
		if i < 0 {
			return nil, "", false, nil
		}
		fields, what = w.Groups[i].fields(), fmt.Sprintf("the %s of the group %q", op.Path, w.Groups[i].Name)
	case "test.set":
		i := w.CaseByID(op.ID)
		if i < 0 {
			return nil, "", false, nil
		}
		fields, what = w.Tests[i].fields(), fmt.Sprintf("the %s of the test %q", op.Path, w.Tests[i].Name)
	case "settings.set":
		fields, what = w.settingFields(), fmt.Sprintf("the setting %q", op.Path)
	default:
		return nil, "", false, invalid("only a set, a move and a rename can depend on a present value (if)")
	}
	if now == nil {
		now = fields[op.Path]
	}
	data, err := json.Marshal(now)
	if err == nil {
		err = cost.spend(len(data))
	}
	if err != nil {
		return nil, "", false, err
	}
	var plain any
	err = decode(data, &plain)
	return plain, what, true, err
}

// paramAt returns the parameter at a dotted path, nil when there is none.
func paramAt(params map[string]any, path string) any {
	var at any = params
	for key := range strings.SplitSeq(path, ".") {
		m, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = m[key]
	}
	return at
}

// saysNothing is true of values that leave the file when a field is set to them.
func saysNothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case json.Number:
		f, err := v.Float64()
		return err == nil && f == 0
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// sameValue compares JSON values; 1 and 1.0 are the same number, as they are to a browser.
func sameValue(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		if !ok || a == b {
			return ok
		}
		x, errX := a.Float64()
		y, errY := b.Float64()
		return errX == nil && errY == nil && x == y
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, sameValue)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, sameValue)
	}
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
