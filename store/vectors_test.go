package store_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/atelier-studio/atelier/engine"
)

var update = flag.Bool("update", false, "write assets/src/doc/vectors.json anew")

// vectors are what the server and the editor's page must agree on: assets/src/doc/vectors.test.ts replays the same file.
type vectors struct {
	Apply  []applyVector  `json:"apply"`
	Text   []textVector   `json:"text"`
	Rebase []rebaseVector `json:"rebase"`
	Values []valueVector  `json:"values"`
}

// applyVector is an edit and what becomes of a drawing; an edit without After is refused.
type applyVector struct {
	Doc     *engine.Workflow `json:"doc"`
	Ops     []engine.Op      `json:"ops"`
	After   *engine.Workflow `json:"after,omitempty"`
	Inverse []engine.Op      `json:"inverse,omitempty"`
}

// textVector is two changes of one text, fitted to each other and composed.
type textVector struct {
	Text   string            `json:"text"`
	First  engine.TextChange `json:"first"`
	Second engine.TextChange `json:"second"`
	Late   engine.TextChange `json:"late"`  // second after first
	Early  engine.TextChange `json:"early"` // first before second
	Both   engine.TextChange `json:"both"`
	Result string            `json:"result"`
	Back   engine.TextChange `json:"back"`
}

// valueVector is what two sides made of a value, and both together.
type valueVector struct {
	Base   json.RawMessage `json:"base"`
	Theirs json.RawMessage `json:"theirs"`
	Mine   json.RawMessage `json:"mine"`
	Merged json.RawMessage `json:"merged"`
	Clash  bool            `json:"clash"`
}

// rebaseVector is pending edits while others' revisions come in. Pending edits that no longer apply are null; of loose
// ones what applies stays.
type rebaseVector struct {
	Doc     *engine.Workflow `json:"doc"`
	Pending [][]engine.Op    `json:"pending"`
	Loose   []bool           `json:"loose"`
	Others  [][]engine.Op    `json:"others"`
	Fitted  [][]engine.Op    `json:"fitted"`
	View    *engine.Workflow `json:"view"`
}

func TestVectors(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 14))
	c := chance(rng.IntN)
	var v vectors
	for range 140 {
		v.Apply = append(v.Apply, madeUpApply(c))
	}
	for range 90 {
		v.Text = append(v.Text, madeUpText(t, c))
	}
	for range 150 {
		v.Rebase = append(v.Rebase, madeUpRebase(c))
	}
	for range 300 {
		v.Values = append(v.Values, madeUpMerge(t, c))
	}
	var b bytes.Buffer
	b.WriteString("{")
	for i, part := range []struct {
		name string
		list []any
	}{{"apply", anyOf(v.Apply)}, {"text", anyOf(v.Text)}, {"rebase", anyOf(v.Rebase)}, {"values", anyOf(v.Values)}} {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "\n%q: [", part.name)
		for k, entry := range part.list {
			if k > 0 {
				b.WriteString(",")
			}
			b.WriteString("\n" + encode(entry))
		}
		b.WriteString("\n]")
	}
	b.WriteString("\n}\n")
	path := filepath.Join("..", "assets", "src", "doc", "vectors.json")
	if *update {
		must(t, os.WriteFile(path, b.Bytes(), 0o644))
	}
	kept, err := os.ReadFile(path)
	if must(t, err); !bytes.Equal(kept, b.Bytes()) {
		t.Error("edits, texts or rebasing mean something else than assets/src/doc/vectors.json says. If that is wanted, run go test ./store -run Vectors -update and look at the difference: the editor's page must agree")
	}
}

func anyOf[T any](list []T) (out []any) {
	for _, v := range list {
		out = append(out, v)
	}
	return out
}

// roundTrip gives a drawing as a page would get it.
func roundTrip(w *engine.Workflow) *engine.Workflow {
	data, err := json.Marshal(w)
	if err == nil {
		w, err = engine.Parse(data)
	}
	if err != nil {
		panic(err)
	}
	return w
}

func madeUpApply(c chance) applyVector {
	v := applyVector{Doc: roundTrip(madeUpDrawing(c))}
	at := v.Doc
	for range 1 + c(3) {
		ops := madeUpOps(c, at)
		next, _, err := applied(at, ops)
		if err != nil && c(3) > 0 {
			continue
		}
		v.Ops = append(v.Ops, ops...)
		if err != nil {
			break
		}
		at = next
	}
	if len(v.Ops) == 0 {
		return madeUpApply(c)
	}
	if after, inverse, err := applied(v.Doc, v.Ops); err == nil {
		v.After, v.Inverse = after, inverse
		if c(4) == 0 { // undo, which depends on what stands there
			ops := guarded(after, inverse)
			if c(2) == 0 {
				ops = append(madeUpOps(c, after), ops...)
			}
			v = applyVector{Doc: roundTrip(after), Ops: ops}
			if after, inverse, err := applied(v.Doc, ops); err == nil {
				v.After, v.Inverse = after, inverse
			}
		}
	}
	return v
}

func madeUpText(t *testing.T, c chance) textVector {
	letters := func(n int) (s string) {
		for range c(n) {
			s += c.of("a", "b", "\n", "é", "猫", "🐈")
		}
		return s
	}
	change := func(text string) engine.TextChange {
		var out engine.TextChange
		for range 1 + c(3) { // a few stretches
			now := text
			if !out.Empty() {
				now, _, _ = out.Apply(text) //nolint:errcheck // it is a change of this text
			}
			runes := []rune(now)
			from := c(len(runes) + 1)
			to := from + c(len(runes)-from+1)
			next := engine.DiffText(now, string(runes[:from])+letters(4)+string(runes[to:]))
			if out.Empty() {
				out = next
				continue
			}
			var err error
			out, err = out.Compose(next)
			must(t, err)
		}
		return out
	}
	v := textVector{Text: "x" + letters(12)}
	v.First, v.Second = change(v.Text), change(v.Text)
	var errs [5]error
	v.Late, errs[0] = v.Second.Map(v.First, false)
	v.Early, errs[1] = v.First.Map(v.Second, true)
	v.Both, errs[2] = v.First.Compose(v.Late)
	v.Result, v.Back, errs[3] = v.Both.Apply(v.Text)
	for _, err := range errs {
		must(t, err)
	}
	return v
}

func madeUpMerge(t *testing.T, c chance) valueVector {
	row := func() any {
		return map[string]any{"name": c.of("", "a", "b", "c"), "value": c.of("", "1", "2", "one\ntwo", "three\ntwo"), "more": []any{c(3), nil, c(2) == 0}[:c(4)]}
	}
	person := func(list []any) []any {
		for range c(4) {
			list = changedRows(c, slices.Clone(list), row)
		}
		return list
	}
	var base []any
	for range c(7) {
		base = append(base, row())
	}
	v := valueVector{Base: raw(base), Theirs: raw(person(base)), Mine: raw(person(base))}
	if c(3) == 0 {
		object := map[string]any{"rows": base, "code": "one\ntwo", "n": 1}
		v = valueVector{Base: raw(object), Theirs: raw(changedObject(c, object, person)), Mine: raw(changedObject(c, object, person))}
	}
	var err error
	v.Merged, v.Clash, err = engine.MergeValues(v.Base, v.Theirs, v.Mine)
	must(t, err)
	return v
}

func changedObject(c chance, object map[string]any, person func([]any) []any) map[string]any {
	next := maps.Clone(object)
	rows, _ := object["rows"].([]any)
	next["rows"] = person(rows)
	if c(2) == 0 {
		next["code"] = c.of("one\ntwo\nthree", "zero\none\ntwo", "two")
	}
	if c(3) == 0 {
		delete(next, c.of("rows", "code", "n"))
	}
	if c(3) == 0 {
		next[c.of("n", "m")] = c(3)
	}
	return next
}

func madeUpRebase(c chance) rebaseVector {
	v := rebaseVector{Doc: roundTrip(madeUpDrawing(c))}
	r, others := newReplica(v.Doc, 1), v.Doc
	draw := madeUpOps
	if c(2) == 0 {
		draw = meetingOps
	}
	var last []engine.Op // what takes back the newest
	for len(v.Pending) < 1+c(4) {
		made := &batch{Client: "me", Seq: int64(len(v.Pending) + 1), Ops: draw(c, r.view)}
		if len(last) > 0 && c(2) == 0 {
			made.Ops, made.Loose = last, true
		}
		if inverse, err := r.edit(made); err == nil {
			v.Pending, v.Loose = append(v.Pending, made.Ops), append(v.Loose, made.Loose)
			last = guarded(r.view, inverse)
		}
	}
	for len(v.Others) < 1+c(3) {
		ops := draw(c, others)
		if next, _, err := applied(others, ops); err == nil {
			others, v.Others = next, append(v.Others, ops)
		}
	}
	all := r.pending
	for i, ops := range v.Others {
		r.receive(engine.Revision{Number: int64(i + 2), Ops: ops, Client: "them"})
	}
	for _, b := range all {
		if b.Lost {
			v.Fitted = append(v.Fitted, nil)
		} else {
			v.Fitted = append(v.Fitted, b.Ops)
		}
	}
	v.View = r.view
	return v
}
