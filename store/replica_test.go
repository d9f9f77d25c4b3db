package store_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// replica is what the editor's page does (assets/src/doc/replica.ts and rebase.ts), for the test of convergence. The
// vectors hold both to one behaviour.
type replica struct {
	base, view *engine.Workflow
	revision   int64
	pending    []*batch
	early      map[int64]engine.Revision
}

// batch is one edit on its way to the store.
type batch struct {
	Client string      `json:"client"`
	Seq    int64       `json:"seq"`
	Ops    []engine.Op `json:"ops"`
	Loose  bool        `json:"-"` // each operation stands for itself
	Lost   bool        `json:"-"`
}

func newReplica(doc *engine.Workflow, revision int64) *replica {
	return &replica{base: doc, view: doc, revision: revision, early: map[int64]engine.Revision{}}
}

func applied(doc *engine.Workflow, ops []engine.Op) (*engine.Workflow, []engine.Op, error) {
	w := doc.Clone()
	inverse, err := engine.Apply(w, ops...)
	return w, inverse, err
}

// loosely applies what applies.
func loosely(doc *engine.Workflow, ops []engine.Op) *engine.Workflow {
	w := doc.Clone()
	for _, op := range ops {
		_, _ = engine.Apply(w, op) //nolint:errcheck // what does not apply is left out
	}
	return w
}

func (r *replica) edit(b *batch) ([]engine.Op, error) {
	view, inverse, err := applied(r.view, b.Ops)
	if err == nil {
		r.view, r.pending = view, append(r.pending, b)
	}
	return inverse, err
}

func (r *replica) receive(revs ...engine.Revision) {
	for _, v := range revs {
		if v.Number > r.revision {
			r.early[v.Number] = v
		}
	}
	for next, ok := r.early[r.revision+1]; ok; next, ok = r.early[r.revision+1] {
		r.revision++
		delete(r.early, r.revision)
		after := loosely(r.base, next.Ops)
		i := slices.IndexFunc(r.pending, func(b *batch) bool { return b.Client == next.Client && b.Seq == next.Seq })
		if i == 0 && !r.pending[0].Lost && sameOps(r.pending[0].Ops, next.Ops) {
			r.base, r.pending = after, r.pending[1:]
			continue
		}
		var own *batch
		if i >= 0 {
			own = r.pending[i]
		}
		r.move(r.base, after, next.Ops, own)
	}
}

func (r *replica) accept(b *batch, rev engine.Revision, missed []engine.Revision) {
	if rev.Number <= r.revision && slices.Contains(r.pending, b) {
		r.refuse(b)
	}
	r.receive(append(slices.Clone(missed), rev)...)
}

func (r *replica) refuse(b *batch) { r.move(r.base, r.base, nil, b) }

func (r *replica) takeLost() {
	r.pending = slices.DeleteFunc(r.pending, func(b *batch) bool { return b.Lost })
}

func (r *replica) move(before, after *engine.Workflow, others []engine.Op, drop *batch) {
	r.view, r.pending = rebase(r.pending, before, after, others, drop)
	r.base = after
}

// field is one text, and how what others did reads at the place that the walk through the pending edits has reached.
type field struct {
	op       engine.Op
	change   *engine.TextChange
	replaced bool
}

func isText(op engine.Op) bool      { return strings.HasSuffix(op.Op, ".text") }
func key(op engine.Op) string       { return op.Op + " " + op.ID + " " + op.Path }
func sameOps(a, b []engine.Op) bool { return encode(a) == encode(b) }
func renames(ops []engine.Op) bool  { return slices.ContainsFunc(ops, isRename) }
func isRename(op engine.Op) bool    { return op.Op == "node.rename" }
func changesOf(op engine.Op) (c engine.TextChange) {
	c, err := engine.ParseTextChange(op.Changes)
	if err != nil {
		panic(err)
	}
	return c
}

func encode(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func rebase(pending []*batch, before, after *engine.Workflow, others []engine.Op, drop *batch) (*engine.Workflow, []*batch) {
	fields := fieldsOf(pending, before, others)
	was, now := before, after
	var next []*batch
	for _, b := range pending {
		if b.Lost {
			if b != drop {
				next = append(next, b)
			}
			continue
		}
		done := loosely(was, b.Ops)
		var fitted []engine.Op
		var left map[string]engine.TextChange
		stays := false
		if b != drop {
			if fitted, left, stays = fitOps(b, fields); stays && b.Loose {
				fitted, now, stays = still(now, fitted)
			} else if stays {
				fitted = fitValues(fitted, b.Ops, was, now)
				on, _, err := applied(now, fitted)
				if stays = err == nil; stays {
					now = on
				}
			}
			b.Lost = !stays
			next = append(next, b)
		}
		for _, f := range fields {
			f.follow(b.Ops, stays, b == drop, left, done, now)
		}
		if stays {
			b.Ops = fitted
		}
		was = done
	}
	return now, next
}

func fieldsOf(pending []*batch, before *engine.Workflow, others []engine.Op) map[string]*field {
	fields := map[string]*field{}
	add := func(ops []engine.Op) {
		for _, op := range ops {
			if isText(op) && fields[key(op)] == nil {
				fields[key(op)] = &field{op: op}
			}
		}
	}
	add(others)
	for _, b := range pending {
		if !b.Lost {
			add(b.Ops)
		}
	}
	doc := before
	for _, op := range others {
		next := doc
		if renames(others) {
			next = loosely(doc, []engine.Op{op})
		}
		for _, f := range fields {
			switch {
			case isText(op) && key(op) == key(f.op):
				f.then(changesOf(op))
			case replaces(op, f.op):
				f.change, f.replaced = nil, true
			case isRename(op):
				old, ok := textAt(doc, f.op)
				text, there := textAt(next, f.op)
				if ok && there && old != text {
					f.then(engine.DiffText(old, text))
				}
			}
		}
		doc = next
	}
	return fields
}

func (f *field) then(c engine.TextChange) {
	if f.change != nil {
		var err error
		if c, err = f.change.Compose(c); err != nil {
			panic(err)
		}
	}
	f.change = &c
}

func fitOps(b *batch, fields map[string]*field) (ops []engine.Op, left map[string]engine.TextChange, ok bool) {
	left = map[string]engine.TextChange{}
	for i, op := range b.Ops {
		f := fields[key(op)]
		if !isText(op) || slices.ContainsFunc(b.Ops[:i], func(o engine.Op) bool { return replaces(o, op) }) {
			ops = append(ops, op)
			continue
		}
		if f.replaced && b.Loose {
			continue
		}
		if f.replaced {
			return nil, nil, false
		}
		theirs, known := left[key(op)]
		if !known && f.change != nil {
			theirs = *f.change
		}
		if !theirs.Empty() {
			mine := changesOf(op)
			fitted, err := mine.Map(theirs, false)
			if err != nil {
				return nil, nil, false
			}
			if left[key(op)], err = theirs.Map(mine, true); err != nil {
				return nil, nil, false
			}
			op.Changes = json.RawMessage(encode(fitted))
		}
		ops = append(ops, op)
	}
	return ops, left, true
}

// still is what still applies of a loose edit, and the drawing with it.
func still(doc *engine.Workflow, ops []engine.Op) (left []engine.Op, next *engine.Workflow, any bool) {
	next = doc
	for _, op := range ops {
		if on, _, err := applied(next, []engine.Op{op}); err == nil {
			next, left = on, append(left, op)
		}
	}
	return left, next, len(left) > 0
}

// fitValues merges the lists and objects that operations set with what others made of them.
func fitValues(ops, originals []engine.Op, was, now *engine.Workflow) []engine.Op {
	if !engine.SetsParts(ops) {
		return ops
	}
	ops = slices.Clone(ops)
	for i, op := range ops {
		written := slices.ContainsFunc(ops[i+1:], func(later engine.Op) bool { return isText(later) && replaces(op, later) })
		if engine.SetsParts(ops[i:i+1]) && !written {
			base, theirs := presentAt(was, op), presentAt(now, op)
			if base != theirs {
				merged, _, err := engine.MergeValues(json.RawMessage(base), json.RawMessage(theirs), op.Value)
				if err != nil {
					panic(err)
				}
				ops[i].Value = merged
			}
		}
		was, now = loosely(was, originals[i:i+1]), loosely(now, ops[i:i+1])
	}
	return ops
}

// presentAt is what an operation that sets a value would change.
func presentAt(w *engine.Workflow, op engine.Op) string {
	if op.Op == "group.set" {
		i := slices.IndexFunc(w.Groups, func(g engine.Group) bool { return g.ID == op.ID })
		if i < 0 {
			return "null"
		}
		return encode(w.Groups[i].Nodes)
	}
	return encode(valueAt(w, op))
}

func (f *field) follow(ops []engine.Op, stays, dropped bool, left map[string]engine.TextChange, was, now *engine.Workflow) {
	covers := slices.ContainsFunc(ops, func(op engine.Op) bool { return replaces(op, f.op) })
	rewrites := covers || renames(ops)
	if !rewrites && !slices.ContainsFunc(ops, func(op engine.Op) bool { return isText(op) && key(op) == key(f.op) }) {
		return
	}
	if stays && !rewrites {
		if c, ok := left[key(f.op)]; ok {
			f.change = &c
		}
		return
	}
	if covers && (stays || dropped) {
		f.replaced = false
	}
	old, ok := textAt(was, f.op)
	text, there := textAt(now, f.op)
	f.change = nil
	if ok && there && old != text {
		f.change = new(engine.DiffText(old, text))
	}
}

func textAt(w *engine.Workflow, op engine.Op) (string, bool) {
	if op.Op == "note.text" {
		i := slices.IndexFunc(w.Notes, func(n engine.Note) bool { return n.ID == op.ID })
		if i < 0 {
			return "", false
		}
		return w.Notes[i].Text, true
	}
	i := w.NodeByID(op.ID)
	if i < 0 {
		return "", false
	}
	if op.Path == "note" {
		return w.Nodes[i].Note, w.Nodes[i].Note != ""
	}
	var at any = w.Nodes[i].Params
	for k := range strings.SplitSeq(strings.TrimPrefix(op.Path, "params."), ".") {
		m, ok := at.(map[string]any)
		if !ok {
			return "", false
		}
		at = m[k]
	}
	text, ok := at.(string)
	return text, ok
}

func replaces(op, text engine.Op) bool {
	if op.Op == "workflow.replace" {
		return true
	}
	noun, verb, _ := strings.Cut(op.Op, ".")
	if op.ID != text.ID || !strings.HasPrefix(text.Op, noun+".") {
		return false
	}
	return verb == "remove" || verb == "set" && (op.Path == text.Path || strings.HasPrefix(text.Path, op.Path+".") || strings.HasPrefix(op.Path, text.Path+"."))
}

func sameDrawing(a, b *engine.Workflow) bool {
	x, errX := a.Encode()
	y, errY := b.Encode()
	if errX == nil && errY == nil && bytes.Equal(x, y) {
		return true // numbers may be written in two ways
	}
	return reflect.DeepEqual(decoded(a), decoded(b))
}

func decoded(w *engine.Workflow) (v any) {
	data, err := w.Encode()
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	if err != nil {
		panic(err)
	}
	return v
}
