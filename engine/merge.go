package engine

import (
	"encoding/json"
	"slices"
	"strings"
)

// Merge applies an edit to the drawing at its newest revision, of which the author may have seen only an older one:
// since holds the revisions after edit.Base, the oldest first. Changes of texts are fitted to those that others made
// since then, and come after them where both write at one place; of everything else the last writer wins. It returns
// the operations as they were applied, which is what everybody else applies, and their inverse. On an error the drawing
// is unchanged.
//
// A text that somebody else replaced as a whole, or that is gone, cannot be fitted: the error wraps ErrConflict or
// fs.ErrNotExist and says so.
func Merge(head *Workflow, since []Revision, edit Edit) (ops, inverse []Op, err error) {
	ops = edit.Ops
	if ChangesText(ops) {
		if ops, err = fitTexts(head, since, edit); err != nil {
			return nil, nil, err
		}
	}
	inverse, err = Apply(head, ops...)
	return ops, inverse, err
}

// ChangesText tells whether operations change a text by character, so that Merge needs the revisions since.
func ChangesText(ops []Op) bool { return slices.ContainsFunc(ops, isText) }

func isText(op Op) bool { return strings.HasSuffix(op.Op, ".text") }

// textField names a text of a drawing.
type textField struct{ noun, id, path string }

func fieldOf(op Op) textField {
	noun, _, _ := strings.Cut(op.Op, ".")
	return textField{noun, op.ID, op.Path}
}

// fitTexts maps the text changes of an edit over those of the revisions since its base.
func fitTexts(head *Workflow, since []Revision, edit Edit) ([]Op, error) {
	between := map[textField]TextChange{}
	out := slices.Clone(edit.Ops)
	renamed := false
	for i, op := range out {
		renamed = renamed || op.Op == "node.rename"
		if !isText(op) {
			continue
		}
		change, err := ParseTextChange(op.Changes)
		if err != nil {
			return nil, err
		}
		field := fieldOf(op)
		others, known := between[field]
		if slices.ContainsFunc(edit.Ops[:i], func(own Op) bool { return replaces(own, field) }) {
			others, known = TextChange{}, true // it changes what the edit itself put there
		}
		if !known {
			if others, err = othersOn(head, since, edit, field); err != nil {
				return nil, err
			}
		}
		if !others.Empty() {
			if renamed {
				return nil, conflict("a colleague has changed this text meanwhile: send the new name and the change of the text one after the other")
			}
			mine := change
			if change, err = mine.Map(others, false); err != nil {
				return nil, err
			}
			if others, err = others.Map(mine, true); err != nil {
				return nil, err
			}
		}
		between[field] = others
		if out[i].Changes, err = json.Marshal(change); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// othersOn gathers what the revisions since an edit's base did to one text, as one change; empty for nothing.
func othersOn(head *Workflow, since []Revision, edit Edit, field textField) (all TextChange, err error) {
	var base *Workflow // the drawing before a revision; made when an operation changes the text on the way
	for i, r := range since {
		if edit.Client != "" && r.Client == edit.Client {
			return all, invalid("this edit was made before the client's own revision %d: send it on top of that", r.Number)
		}
		for j, op := range r.Ops {
			change := TextChange{}
			switch {
			case isText(op) && fieldOf(op) == field:
				change, err = ParseTextChange(op.Changes)
			case replaces(op, field):
				if !head.has(field) {
					return all, missing("the %s %q is no longer there", field.noun, field.id)
				}
				return all, conflict("a colleague has replaced this text meanwhile: your change does not fit it any more")
			case op.Op == "node.rename" && field.noun == "node":
				if base == nil {
					if base, err = before(head, since[i:]); err != nil {
						return all, err
					}
				}
				change, err = rewritten(base, r.Ops[:j], op, field)
			}
			if err == nil && !change.Empty() {
				if all.Empty() {
					all = change
				} else {
					all, err = all.Compose(change)
				}
			}
			if err != nil {
				return all, err
			}
		}
		if base != nil {
			if _, err := Apply(base, r.Ops...); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

// before returns the drawing as it was before the first of the revisions that led to head.
func before(head *Workflow, revs []Revision) (*Workflow, error) {
	w := head.Clone()
	for _, r := range slices.Backward(revs) {
		if _, err := Apply(w, r.Inverse...); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// rewritten is what a rename does to a text that mentions the node; earlier are the operations before it in its edit.
func rewritten(base *Workflow, earlier []Op, rename Op, field textField) (TextChange, error) {
	w := base.Clone()
	if _, err := Apply(w, earlier...); err != nil {
		return TextChange{}, err
	}
	old := w.textAt(field)
	if _, err := Apply(w, rename); err != nil {
		return TextChange{}, err
	}
	return DiffText(old, w.textAt(field)), nil
}

// textAt returns a text of a node, "" when there is none.
func (w *Workflow) textAt(field textField) string {
	i := w.NodeByID(field.id)
	path, found := strings.CutPrefix(field.path, "params.")
	if i < 0 || !found {
		return ""
	}
	text, _ := paramAt(w.Nodes[i].Params, path).(string)
	return text
}

func (w *Workflow) has(field textField) bool {
	if field.noun == "note" {
		return slices.ContainsFunc(w.Notes, func(n Note) bool { return n.ID == field.id })
	}
	return w.NodeByID(field.id) >= 0
}

// replaces tells whether an operation puts something else in the place of a text, or takes it away.
func replaces(op Op, field textField) bool {
	if op.Op == "workflow.replace" {
		return true
	}
	noun, verb, _ := strings.Cut(op.Op, ".")
	if noun != field.noun {
		return false
	}
	switch verb {
	case "set":
		return op.ID == field.id && (op.Path == field.path || strings.HasPrefix(field.path, op.Path+".") || strings.HasPrefix(op.Path, field.path+"."))
	case "remove":
		return op.ID == field.id
	}
	return false
}
