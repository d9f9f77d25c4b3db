package engine

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// SetsParts tells whether operations set lists or objects as a whole, which Merge merges with what others made of them if
// it is given the revisions since.
func SetsParts(ops []Op) bool { return slices.ContainsFunc(ops, setsParts) }

func setsParts(op Op) bool {
	value := bytes.TrimSpace(op.Value)
	return hasParts(op) && len(op.If) == 0 && len(value) > 0 && (value[0] == '[' || value[0] == '{')
}

// fitValues merges the lists and objects that an edit sets with what the revisions since its base made of them. ops are
// the edit's, with their texts fitted. What would be too much work, or is no longer known, is set as it was sent.
func fitValues(head *Workflow, since []Revision, edit Edit, ops []Op) []Op {
	last := -1
	for i := range ops {
		if setsParts(ops[i]) {
			last = i
		}
	}
	if last < 0 || !touched(since, edit.Client, ops) {
		return ops
	}
	cost := effort(maxEffort - mergeEffort)
	was, err := before(head, since, nil, &cost)
	if err != nil {
		return ops
	}
	now := head.Clone()
	out := slices.Clone(ops)
	for i := range out[:last+1] {
		if err := cost.spend(len(ops)); err != nil {
			return ops
		}
		if setsParts(out[i]) && !writtenAfter(ops, i) {
			if out[i].Value, err = mergedValue(was, now, out[i], &cost); err != nil {
				return ops
			}
		}
		if i == last {
			break
		}
		if _, err := was.apply(edit.Ops[i], &cost); err != nil {
			return ops
		}
		if _, err := now.apply(out[i], &cost); err != nil {
			return ops // applying it says why
		}
	}
	return out
}

// mergedValue merges what an operation sets with what stands there now; was is the drawing that its author saw.
func mergedValue(was, now *Workflow, op Op, cost *effort) (json.RawMessage, error) {
	base, _, _, err := was.present(op, cost)
	if err != nil {
		return nil, err
	}
	theirs, _, _, err := now.present(op, cost)
	if err != nil {
		return nil, err
	}
	m := &valueMerge{left: mergeEffort}
	if m.same(base, theirs) {
		return op.Value, cost.spend(mergeEffort - m.left)
	}
	if base == nil && theirs != nil && len(op.Base) > 0 {
		if err := decode(op.Base, &base); err != nil {
			return nil, explain(err)
		}
	}
	var mine any
	if err := decode(op.Value, &mine); err != nil {
		return nil, explain(err)
	}
	value := m.whole(base, theirs, mine)
	if err := cost.spend(mergeEffort - m.left); err != nil || m.left < 0 {
		return op.Value, err
	}
	merged, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return merged, cost.spend(len(merged))
}

// touched tells whether the revisions since an edit's base did something to what its operations set. An edit that its
// author made before an own one that came first is taken at its word: what of the own one it leaves out is not known.
func touched(since []Revision, client string, ops []Op) bool {
	mine := map[[2]string]bool{}
	for _, op := range ops {
		if setsParts(op) {
			noun, _, _ := strings.Cut(op.Op, ".")
			mine[[2]string{noun, op.ID}] = true
		}
	}
	found := false
	for _, r := range since {
		if client != "" && r.Client == client {
			return false
		}
		for _, op := range r.Ops {
			noun, _, _ := strings.Cut(op.Op, ".")
			found = found || op.Op == "node.rename" || op.Op == "workflow.replace" || mine[[2]string{noun, op.ID}]
		}
	}
	return found
}

// writtenAfter tells whether a later operation of the edit changes a text in what this one sets: it was made on this very
// text.
func writtenAfter(ops []Op, i int) bool {
	return slices.ContainsFunc(ops[i+1:], func(op Op) bool { return isText(op) && replaces(ops[i], fieldOf(op)) })
}
