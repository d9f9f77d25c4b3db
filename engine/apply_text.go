package engine

import (
	"encoding/json"
	"slices"
	"strings"
)

// applyText changes a text by character.
func (w *Workflow) applyText(op Op, cost *effort) ([]Op, error) {
	change, err := ParseTextChange(op.Changes)
	if err != nil {
		return nil, err
	}
	text, back, err := w.textOf(op)
	if err != nil {
		return nil, err
	}
	if err := cost.spend(textEffort * (len(*text.at) + len(op.Changes))); err != nil {
		return nil, err
	}
	next, undo, err := change.Apply(*text.at)
	if err != nil {
		return nil, err
	}
	text.set(next)
	changes, err := json.Marshal(undo)
	if err != nil {
		return nil, err
	}
	return append([]Op{{Op: op.Op, ID: op.ID, Path: op.Path, Changes: changes}}, back...), nil
}

// heldText is a text in the drawing: what it is, and how to change it.
type heldText struct {
	at  *string
	set func(string)
}

// textOf finds the text that an operation changes. A parameter that is not set is made first; back undoes that.
func (w *Workflow) textOf(op Op) (text heldText, back []Op, err error) {
	if op.Op == "note.text" {
		i := slices.IndexFunc(w.Notes, func(n Note) bool { return n.ID == op.ID })
		if i < 0 {
			return text, nil, missing("the note %q is no longer there", op.ID)
		}
		if op.Path != "text" {
			return text, nil, invalid("a note has no text called %q", op.Path)
		}
		return plainText(&w.Notes[i].Text), nil, nil
	}
	i := w.NodeByID(op.ID)
	if op.Op != "node.text" {
		return text, nil, invalid("there is no such edit")
	}
	if i < 0 {
		return text, nil, missing("the node %q is no longer there", op.ID)
	}
	n := &w.Nodes[i]
	path, found := strings.CutPrefix(op.Path, "params.")
	if op.Path == "note" {
		return plainText(&n.Note), nil, nil
	} else if !found {
		return text, nil, invalid("there is no text called %q", op.Path)
	}
	now := paramAt(n.Params, path)
	if now == nil {
		if now, back, err = n.beginText(path, op); err != nil {
			return text, nil, err
		}
	}
	value, ok := now.(string)
	if !ok {
		return text, nil, conflict("%q of %q is no longer a text: this edit cannot be fitted in", path, n.Name)
	}
	keys := strings.Split(path, ".")
	holder := n.Params
	for _, k := range keys[:len(keys)-1] {
		holder, _ = holder[k].(map[string]any)
	}
	return heldText{&value, func(s string) { holder[keys[len(keys)-1]] = s }}, back, nil
}

func plainText(at *string) heldText { return heldText{at, func(s string) { *at = s }} }

// beginText gives a parameter the text that a change of it begins with.
func (n *Node) beginText(path string, op Op) (any, []Op, error) {
	var text string
	if !isNull(op.Value) {
		if err := json.Unmarshal(op.Value, &text); err != nil {
			return nil, nil, invalid("the value with which a text begins must be a text")
		}
	}
	value, err := json.Marshal(text)
	if err != nil {
		return nil, nil, err
	}
	back, err := n.setParam(path, Op{Op: "node.set", ID: op.ID, Path: op.Path, Value: value})
	if err != nil {
		return nil, nil, err
	}
	// It goes again only if nobody else wrote into it.
	for i := range back {
		keys, _ := strings.CutPrefix(back[i].Path, "params.")
		if back[i].If, err = json.Marshal(paramAt(n.Params, keys)); err != nil {
			return nil, nil, err
		}
	}
	return text, back, nil
}
