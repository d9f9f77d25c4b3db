package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/engine/expr"
)

// Apply makes the edits in order, all or none, and returns the operations that take them back, in the order in which
// they must be applied. On an error the workflow is unchanged. Apply checks that what an edit names exists and that ids
// stay unique; whether the drawing makes sense is for Validate.
func Apply(w *Workflow, ops ...Op) (inverse []Op, err error) {
	_, inverse, err = applyAll(w, ops, nil)
	return inverse, err
}

// applyAll returns too the operations as they were applied: those that depend on a value may have been fitted to it.
func applyAll(w *Workflow, ops []Op, cost *effort) (done, inverse []Op, err error) {
	work := w.Clone()
	done = slices.Clone(ops)
	undone := make([][]Op, len(ops)) // the last first
	for i, op := range ops {
		if done[i], err = work.settle(op, cost); err == nil {
			undone[len(ops)-1-i], err = work.do(done[i], cost)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("edit %d of %d (%s): %w", i+1, len(ops), op.Op, err)
		}
	}
	if err := work.checkLimits(); err != nil {
		return nil, nil, err
	}
	*w = *work
	return done, slices.Concat(undone...), nil
}

func (w *Workflow) apply(op Op, cost *effort) ([]Op, error) {
	op, err := w.settle(op, cost)
	if err != nil {
		return nil, err
	}
	return w.do(op, cost)
}

func (w *Workflow) do(op Op, cost *effort) ([]Op, error) {
	noun, verb, _ := strings.Cut(op.Op, ".")
	if verb == "text" {
		return w.applyText(op, cost)
	}
	switch noun {
	case "node":
		return w.applyNode(verb, op, cost)
	case "edge":
		return w.applyEdge(verb, op)
	case "note":
		return applyPart(&w.Notes, verb, op, op.Note, func(n *Note) *string { return &n.ID }, setNote,
			func(n Note) Op { return Op{Op: "note.add", Note: &n} })
	case "group":
		op, err := w.onlyMembers(op)
		if err != nil {
			return nil, err
		}
		return applyPart(&w.Groups, verb, op, op.Group, func(g *Group) *string { return &g.ID }, setGroup,
			func(g Group) Op { return Op{Op: "group.add", Group: &g} })
	case "test":
		return applyPart(&w.Tests, verb, op, op.Test, func(c *Case) *string { return &c.ID }, setCase,
			func(c Case) Op { return Op{Op: "test.add", Test: &c} })
	case "settings":
		if verb == "set" {
			return w.setSetting(op)
		}
	case "workflow":
		if verb == "replace" && op.Doc != nil {
			if err := op.Doc.checkIDs(); err != nil {
				return nil, err
			}
			old := w.Clone()
			*w = *op.Doc.Clone()
			return []Op{{Op: "workflow.replace", Doc: old}}, nil
		}
	}
	return nil, invalid("there is no such edit")
}

func (w *Workflow) applyNode(verb string, op Op, cost *effort) ([]Op, error) {
	if verb == "add" {
		if op.Node == nil || op.Node.ID == "" || op.Node.Kind == "" {
			return nil, invalid("a node needs an id and a kind")
		}
		if w.NodeByID(op.Node.ID) >= 0 {
			return nil, exists("there is already a node with the id %q", op.Node.ID)
		}
		n := op.Node.clone()
		if n.Name == "" {
			n.Name = n.Kind
		}
		n.Name = w.freeName(n.Name, "")
		if n.Params == nil {
			n.Params = map[string]any{}
		}
		w.Nodes = append(w.Nodes, n)
		return []Op{{Op: "node.remove", ID: n.ID}}, nil
	}
	i := w.NodeByID(op.ID)
	if i < 0 {
		return nil, missing("the node %q is no longer there", op.ID)
	}
	n := &w.Nodes[i]
	switch verb {
	case "move":
		if op.At == nil {
			return nil, invalid("a move needs a place")
		}
		back := Op{Op: "node.move", ID: op.ID, At: new(n.At)}
		n.At = *op.At
		return []Op{back}, nil
	case "set":
		return n.set(op)
	case "rename":
		return w.renameNode(n, op, cost)
	case "remove":
		return w.removeNode(i), nil
	}
	return nil, invalid("there is no such edit")
}

// freeName returns name, or name with a number behind it when a node other than except has it: names are how
// expressions refer to nodes.
func (w *Workflow) freeName(name, except string) string {
	free := true
	taken := make([]bool, len(w.Nodes)+2) // by the number behind the name; one of these is free
	for i := range w.Nodes {
		rest, found := strings.CutPrefix(w.Nodes[i].Name, name)
		if !found || w.Nodes[i].ID == except {
			continue
		}
		free = free && rest != ""
		digits, _ := strings.CutPrefix(rest, " ")
		if n, err := strconv.Atoi(digits); err == nil && n >= 2 && n-2 < len(taken) && rest == " "+strconv.Itoa(n) {
			taken[n-2] = true
		}
	}
	if free {
		return name
	}
	return fmt.Sprintf("%s %d", name, 2+slices.Index(taken, false))
}

func (w *Workflow) renameNode(n *Node, op Op, cost *effort) ([]Op, error) {
	var name string
	if err := json.Unmarshal(op.Value, &name); err != nil || strings.TrimSpace(name) == "" {
		return nil, invalid("a node needs a name")
	}
	old := n.Name
	n.Name = w.freeName(strings.TrimSpace(name), n.ID)
	value, err := json.Marshal(old)
	if err != nil {
		return nil, err
	}
	back := []Op{{Op: "node.rename", ID: n.ID, Value: value}}
	for i := range w.Nodes {
		node := &w.Nodes[i]
		if err := cost.rename(node.Params, n.Name); err != nil {
			return nil, err
		}
		if mentions(node.Params, n.Name) { // it meant a node that was not there; renaming back must not catch it
			params, err := json.Marshal(node.Params)
			if err != nil {
				return nil, err
			}
			back = append(back, Op{Op: "node.set", ID: node.ID, Path: "params", Value: params})
		}
		node.Params, _ = renameIn(node.Params, old, n.Name).(map[string]any)
	}
	cases, err := w.renameInCases(old, n.Name, cost)
	return append(back, cases...), err
}

// mentions tells whether an expression in a value refers to a node of this name.
func mentions(v any, name string) bool {
	found := false
	eachText(v, func(s string) { found = found || slices.Contains(expr.ReferencedNodes(s), name) })
	return found
}

// renameIn rewrites references to a node in every text of a value.
func renameIn(v any, from, to string) any {
	switch v := v.(type) {
	case string:
		return expr.RenameNode(v, from, to)
	case map[string]any:
		for k, e := range v {
			v[k] = renameIn(e, from, to)
		}
	case []any:
		for i, e := range v {
			v[i] = renameIn(e, from, to)
		}
	}
	return v
}

// removeNode takes the node's edges and its places in groups along; the inverse brings all of them back.
func (w *Workflow) removeNode(i int) []Op {
	n := w.Nodes[i]
	back := []Op{{Op: "node.add", Node: &n}}
	w.Nodes = slices.Delete(w.Nodes, i, i+1)
	w.Edges = slices.DeleteFunc(w.Edges, func(e Edge) bool {
		if e.From != n.ID && e.To != n.ID {
			return false
		}
		back = append(back, Op{Op: "edge.add", Edge: &e})
		return true
	})
	for g := range w.Groups {
		group := &w.Groups[g]
		if !slices.Contains(group.Nodes, n.ID) {
			continue
		}
		old, err := json.Marshal(group.Nodes)
		if err == nil {
			back = append(back, Op{Op: "group.set", ID: group.ID, Path: "nodes", Value: old})
		}
		group.Nodes = slices.DeleteFunc(slices.Clone(group.Nodes), func(id string) bool { return id == n.ID })
	}
	return back
}

func (w *Workflow) applyEdge(verb string, op Op) ([]Op, error) {
	if op.Edge == nil {
		return nil, invalid("which edge?")
	}
	e := *op.Edge
	if e.Out == "" {
		e.Out = "main"
	}
	if e.In == "" {
		e.In = "main"
	}
	at := slices.IndexFunc(w.Edges, func(o Edge) bool { return o.From == e.From && o.Out == e.Out && o.To == e.To && o.In == e.In })
	switch verb {
	case "add":
		if at >= 0 {
			return nil, exists("these two ports are already connected")
		}
		for _, id := range []string{e.From, e.To} {
			if w.NodeByID(id) < 0 {
				return nil, missing("the node %q is no longer there", id)
			}
		}
		w.Edges = append(w.Edges, e)
		return []Op{{Op: "edge.remove", Edge: &e}}, nil
	case "remove":
		if at < 0 {
			return nil, missing("this edge is no longer there")
		}
		old := w.Edges[at]
		w.Edges = slices.Delete(w.Edges, at, at+1)
		return []Op{{Op: "edge.add", Edge: &old}}, nil
	}
	return nil, invalid("there is no such edit")
}

// applyPart edits the list of notes or groups.
func applyPart[T any](list *[]T, verb string, op Op, part *T, id func(*T) *string, set func(*T, Op) ([]Op, error), add func(T) Op) ([]Op, error) {
	noun, _, _ := strings.Cut(op.Op, ".")
	if verb == "add" {
		if part == nil || *id(part) == "" {
			return nil, invalid("a new part (%s) needs an id", noun)
		}
		if slices.ContainsFunc(*list, func(o T) bool { return *id(&o) == *id(part) }) {
			return nil, exists("there is already a part (%s) with the id %q", noun, *id(part))
		}
		*list = append(*list, *part)
		return []Op{{Op: noun + ".remove", ID: *id(part)}}, nil
	}
	i := slices.IndexFunc(*list, func(o T) bool { return *id(&o) == op.ID })
	if i < 0 {
		return nil, vanished(noun, op.ID)
	}
	switch verb {
	case "set":
		return set(&(*list)[i], op)
	case "remove":
		old := (*list)[i]
		*list = slices.Delete(*list, i, i+1)
		return []Op{add(old)}, nil
	}
	return nil, invalid("there is no such edit")
}

func setNote(n *Note, op Op) ([]Op, error) {
	return setField(n.fields(), op)
}

func (n *Note) fields() map[string]any {
	return map[string]any{"text": &n.Text, "color": &n.Color, "size": &n.Size, "at": &n.At}
}

// onlyMembers leaves nodes that are not there out of a group.
func (w *Workflow) onlyMembers(op Op) (Op, error) {
	gone := func(id string) bool { return w.NodeByID(id) < 0 }
	if op.Group != nil {
		g := *op.Group
		g.Nodes = slices.DeleteFunc(slices.Clone(g.Nodes), gone)
		op.Group = &g
	}
	if op.Op == "group.set" && op.Path == "nodes" && !isNull(op.Value) {
		var ids []string
		if err := json.Unmarshal(op.Value, &ids); err != nil {
			return op, invalid("the nodes of a group must be a list of ids")
		}
		value, err := json.Marshal(slices.DeleteFunc(ids, gone))
		if err != nil {
			return op, err
		}
		op.Value = value
	}
	return op, nil
}

func setGroup(g *Group, op Op) ([]Op, error) {
	g.Nodes = slices.Clone(g.Nodes) // decoding reuses the list's memory
	return setField(g.fields(), op)
}

func (g *Group) fields() map[string]any {
	return map[string]any{"name": &g.Name, "color": &g.Color, "nodes": &g.Nodes, "collapsed": &g.Collapsed}
}

func (w *Workflow) setSetting(op Op) ([]Op, error) {
	return setField(w.settingFields(), op)
}

func (w *Workflow) settingFields() map[string]any {
	s := &w.Settings
	return map[string]any{
		"name": &w.Name, "timeout_ms": &s.TimeoutMS, "concurrency": &s.Concurrency, "error_workflow": &s.ErrorWorkflow,
		"keep_runs_days": &s.KeepRunsDays, "timezone": &s.Timezone, "mode": &s.Mode,
	}
}

func (n *Node) set(op Op) ([]Op, error) {
	if name, found := strings.CutPrefix(op.Path, "params."); found {
		return n.setParam(name, op)
	}
	return setField(n.fields(), op)
}

func (n *Node) fields() map[string]any {
	return map[string]any{
		"params": &n.Params, "retry": &n.Retry, "timeout_ms": &n.TimeoutMS, "on_error": &n.OnError, "disabled": &n.Disabled,
		"note": &n.Note, "pinned": &n.Pinned, "kind": &n.Kind, "extra": &n.Extra, "ignore": &n.Ignore,
	}
}

// setParam sets one parameter; a dotted path reaches into objects, which are made where they are missing.
func (n *Node) setParam(path string, op Op) ([]Op, error) {
	at := n.Params
	parts := strings.Split(path, ".")
	made := -1 // the first part that had to be made
	for i, p := range parts[:len(parts)-1] {
		next, ok := at[p].(map[string]any)
		if !ok {
			if at[p] != nil {
				return nil, invalid("the parameter %q is not an object", p)
			}
			if isNull(op.Value) { // there is nothing to remove
				return nil, nil
			}
			if made < 0 {
				made = i
			}
			next = map[string]any{}
			at[p] = next
		}
		at = next
	}
	key := parts[len(parts)-1]
	if key == "" {
		return nil, invalid("which parameter?")
	}
	back := Op{Op: "node.set", ID: op.ID, Path: op.Path}
	if made >= 0 {
		back.Path = "params." + strings.Join(parts[:made+1], ".")
	}
	if old, ok := at[key]; ok {
		var err error
		if back.Value, err = json.Marshal(old); err != nil {
			return nil, err
		}
	}
	if isNull(op.Value) {
		delete(at, key)
		return []Op{back}, nil
	}
	var v any
	if err := decode(op.Value, &v); err != nil {
		return nil, explain(err)
	}
	at[key] = v
	return []Op{back}, nil
}

// setField sets one of the fields, given as pointers by name, and returns the edit that takes it back.
func setField(fields map[string]any, op Op) ([]Op, error) {
	field, ok := fields[op.Path]
	if !ok {
		return nil, invalid("there is nothing called %q to set", op.Path)
	}
	old, err := json.Marshal(field)
	if err != nil {
		return nil, err
	}
	value := op.Value
	if isNull(value) {
		if err := clearValue(field); err != nil {
			return nil, err
		}
	} else {
		if err := clearValue(field); err != nil {
			return nil, err
		}
		if err := decode(value, field); err != nil {
			return nil, explain(err)
		}
	}
	return []Op{{Op: op.Op, ID: op.ID, Path: op.Path, Value: old}}, nil
}

func clearValue(field any) error {
	switch f := field.(type) {
	case *string:
		*f = ""
	case *int:
		*f = 0
	case *bool:
		*f = false
	case *map[string]any:
		*f = map[string]any{}
	case **Retry:
		*f = nil
	case *[]Item:
		*f = nil
	case *[]string:
		*f = []string{}
	case *map[string]Mock:
		*f = nil
	case *[]Assert:
		*f = []Assert{}
	case *[2]float64:
	default:
		return fmt.Errorf("field of type %T cannot be cleared", field)
	}
	return nil
}

func isNull(v json.RawMessage) bool {
	return len(v) == 0 || bytes.Equal(bytes.TrimSpace(v), []byte("null"))
}

// vanished says what an edit is about and somebody has removed.
func vanished(noun, id string) error {
	switch noun {
	case "node":
		return missing("the node %q is no longer there", id)
	case "note":
		return missing("the note %q is no longer there", id)
	case "group":
		return missing("the group %q is no longer there", id)
	}
	return missing("the test %q is no longer there", id)
}

func missing(format string, args ...any) error {
	return &wordsError{text: fmt.Sprintf(format, args...), kind: fs.ErrNotExist}
}

func exists(format string, args ...any) error {
	return &wordsError{text: fmt.Sprintf(format, args...), kind: fs.ErrExist}
}
