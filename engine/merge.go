package engine

import (
	"encoding/json"
	"slices"
	"strings"
)

// Merge applies an edit to the drawing at its newest revision, of which the author may have seen only an older one:
// since holds the revisions after edit.Base, the oldest first. Changes of texts are fitted to those that others made
// since then, and come after them where both write at one place. Lists and objects that the edit sets as a whole are
// merged with what others made of them, see MergeValues; of everything else, and where both changed one thing, the last
// writer wins. It returns the operations as they were applied, which is what everybody else applies, and their inverse.
// On an error the drawing is unchanged.
//
// A text that somebody else replaced as a whole, or that is gone, cannot be fitted: the error wraps ErrConflict or
// fs.ErrNotExist and says so.
func Merge(head *Workflow, since []Revision, edit Edit) (ops, inverse []Op, err error) {
	ops = edit.Ops
	cost := new(effort)
	if ChangesText(ops) {
		if ops, err = fitTexts(head, since, edit, cost); err != nil {
			return nil, nil, err
		}
	}
	ops = fitValues(head, since, edit, ops)
	return applyAll(head, ops, cost)
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
func fitTexts(head *Workflow, since []Revision, edit Edit, cost *effort) ([]Op, error) {
	between, err := othersOn(head, since, edit, cost)
	if err != nil {
		return nil, err
	}
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
		if others := between[field]; !others.Empty() {
			if renamed {
				return nil, conflict("a colleague has changed this text meanwhile: send the new name and the change of the text one after the other")
			}
			if err := cost.spend(partEffort * (len(change.parts) + len(others.parts))); err != nil {
				return nil, err
			}
			mine := change
			if change, err = mine.Map(others, false); err != nil {
				return nil, err
			}
			if between[field], err = others.Map(mine, true); err != nil {
				return nil, err
			}
		}
		if out[i].Changes, err = json.Marshal(change); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// fitted lists the texts that an edit changes by character, but for those that it has put there itself.
func fitted(ops []Op, cost *effort) (fields []textField, err error) {
	known := map[textField]bool{}
	for i, op := range ops {
		field := fieldOf(op)
		if !isText(op) || known[field] {
			continue
		}
		if err := cost.spend(i); err != nil {
			return nil, err
		}
		known[field] = true
		if !slices.ContainsFunc(ops[:i], func(own Op) bool { return replaces(own, field) }) {
			fields = append(fields, field)
		}
	}
	return fields, nil
}

// othersOn gathers what the revisions since an edit's base did to the texts that it changes, each as one change.
func othersOn(head *Workflow, since []Revision, edit Edit, cost *effort) (map[textField]TextChange, error) {
	fields, err := fitted(edit.Ops, cost)
	if err != nil || len(fields) == 0 {
		return nil, err
	}
	all := make(map[textField]TextChange, len(fields))
	for _, field := range fields {
		all[field] = TextChange{}
	}
	var base *Workflow // the drawing before an operation; made when a rename may rewrite texts on the way
	for i, r := range since {
		if edit.Client != "" && r.Client == edit.Client {
			return nil, invalid("this edit was made before the client's own revision %d: send it on top of that", r.Number)
		}
		for j, op := range r.Ops {
			if err := cost.spend(len(fields)); err != nil {
				return nil, err
			}
			if op.Op == "node.rename" && base == nil {
				if base, err = before(head, since[i:], r.Ops[:j], cost); err != nil {
					return nil, err
				}
			}
			if err := follow(all, head, base, fields, op, cost); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// follow adds what one operation of somebody else does to the texts.
func follow(all map[textField]TextChange, head, base *Workflow, fields []textField, op Op, cost *effort) error {
	if field := fieldOf(op); isText(op) {
		if _, wanted := all[field]; wanted {
			change, err := ParseTextChange(op.Changes)
			if err == nil {
				err = compose(all, field, change, cost)
			}
			if err != nil {
				return err
			}
		}
	}
	for _, field := range fields {
		if !replaces(op, field) {
			continue
		}
		if !head.has(field) {
			return vanished(field.noun, field.id)
		}
		return conflict("a colleague has replaced this text meanwhile: your change does not fit it any more")
	}
	if base == nil {
		return nil
	}
	var old []string
	if op.Op == "node.rename" {
		for _, field := range fields {
			old = append(old, base.textAt(field))
		}
	}
	if _, err := base.apply(op, cost); err != nil {
		return err
	}
	for i, text := range old {
		now := base.textAt(fields[i])
		if now == text {
			continue
		}
		if err := cost.spend(len(text) + len(now)); err != nil {
			return err
		}
		if err := compose(all, fields[i], DiffText(text, now), cost); err != nil {
			return err
		}
	}
	return nil
}

// compose adds a change of a text to those before it.
func compose(all map[textField]TextChange, field textField, next TextChange, cost *effort) error {
	if next.Empty() {
		return nil
	}
	if so := all[field]; !so.Empty() {
		if err := cost.spend(partEffort * (len(so.parts) + len(next.parts))); err != nil {
			return err
		}
		var err error
		if next, err = so.Compose(next); err != nil {
			return err
		}
	}
	all[field] = next
	return nil
}

// before returns the drawing as it was before the first of the revisions that led to head, with some operations done.
func before(head *Workflow, revs []Revision, ops []Op, cost *effort) (*Workflow, error) {
	w := head.Clone()
	for _, r := range slices.Backward(revs) {
		for _, op := range r.Inverse {
			if _, err := w.apply(op, cost); err != nil {
				return nil, err
			}
		}
	}
	for _, op := range ops {
		if _, err := w.apply(op, cost); err != nil {
			return nil, err
		}
	}
	return w, nil
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
