package engine_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"testing"

	"github.com/atelier-studio/atelier/engine"
)

func isOf(err, kind error) bool { return err != nil && errors.Is(err, kind) }

func ops(t testing.TB, text string) (list []engine.Op) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return list
}

const twoNodes = `{"format":"atelier/v1","name":"Two","nodes":[
	{"id":"a","kind":"data.set","name":"Get","at":[0,0],"params":{"text":"one two three","n":1.0}},
	{"id":"b","kind":"data.set","name":"Use","at":[0,0],"params":{"x":"={{ $('Get').item.json.x }} end"}}],
	"edges":[],"notes":[{"id":"n","at":[0,0],"size":[1,1],"text":"Why"}],"groups":[],"settings":{}}`

func drawingOf(t testing.TB) *engine.Workflow {
	t.Helper()
	w, err := engine.Parse([]byte(twoNodes))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestMerge has one person edit revision 1 after others made theirs.
func TestMerge(t *testing.T) {
	t.Parallel()
	textOf := func(w *engine.Workflow, node int, param string) any { return w.Nodes[node].Params[param] }
	for _, c := range []struct {
		name   string
		others []string // a revision each
		mine   string
		want   any
		at     func(w *engine.Workflow) any
		err    error
	}{
		{name: "two places of one text", others: []string{`[{"op":"node.text","id":"a","path":"params.text","changes":[3,[0,"!"],10]}]`},
			mine: `[{"op":"node.text","id":"a","path":"params.text","changes":[8,[5,"four"]]}]`, want: "one! two four"},
		{name: "the same place: what came first stands first", others: []string{`[{"op":"node.text","id":"a","path":"params.text","changes":[[0,"A"],13]}]`},
			mine: `[{"op":"node.text","id":"a","path":"params.text","changes":[[0,"B"],13]}]`, want: "ABone two three"},
		{name: "two operations of mine over two of others", others: []string{
			`[{"op":"node.text","id":"a","path":"params.text","changes":[[3,"1"],10]},{"op":"node.move","id":"a","at":[5,5]}]`,
			`[{"op":"node.text","id":"a","path":"params.text","changes":[1,[0,"."],10]}]`},
			mine: `[{"op":"node.text","id":"a","path":"params.text","changes":[13,[0,"x"]]},{"op":"node.text","id":"a","path":"params.text","changes":[13,[0,"y"],1]}]`, want: "1. two threeyx"},
		{name: "a rename rewrote the text", others: []string{`[{"op":"node.rename","id":"a","value":"Fetch orders"}]`},
			mine: `[{"op":"node.text","id":"b","path":"params.x","changes":[28,[3,"END"]]}]`, want: "={{ $('Fetch orders').item.json.x }} END",
			at: func(w *engine.Workflow) any { return textOf(w, 1, "x") }},
		{name: "a parameter that was not set", others: []string{`[{"op":"node.text","id":"b","path":"params.new","value":"default","changes":[7,[0," A"]]}]`},
			mine: `[{"op":"node.text","id":"b","path":"params.new","value":"default","changes":[[0,"B "],7]}]`, want: "B default A",
			at: func(w *engine.Workflow) any { return textOf(w, 1, "new") }},
		{name: "a note", others: []string{`[{"op":"note.text","id":"n","path":"text","changes":[3,[0,"?"]]}]`},
			mine: `[{"op":"note.text","id":"n","path":"text","changes":[[0,"So: "],3]}]`, want: "So: Why?", at: func(w *engine.Workflow) any { return w.Notes[0].Text }},
		{name: "others edited elsewhere", others: []string{`[{"op":"node.set","id":"a","path":"params.n","value":2}]`, `[{"op":"node.text","id":"a","path":"note","changes":[[0,"hm"]]}]`},
			mine: `[{"op":"node.text","id":"a","path":"params.text","changes":[[13,"all"]]}]`, want: "all"},
		{name: "replaced", others: []string{`[{"op":"node.set","id":"a","path":"params.text","value":"thirteen char"}]`},
			mine: `[{"op":"node.text","id":"a","path":"params.text","changes":[13,[0,"x"]]}]`, err: engine.ErrConflict},
		{name: "replaced with all parameters", others: []string{`[{"op":"node.set","id":"a","path":"params","value":{"text":"one two three"}}]`},
			mine: `[{"op":"node.text","id":"a","path":"params.text","changes":[13,[0,"x"]]}]`, err: engine.ErrConflict},
		{name: "gone", others: []string{`[{"op":"node.remove","id":"a"}]`},
			mine: `[{"op":"node.text","id":"a","path":"params.text","changes":[13,[0,"x"]]}]`, err: fs.ErrNotExist},
		{name: "my own new text", others: []string{`[{"op":"node.text","id":"a","path":"params.text","changes":[[13]]}]`},
			mine: `[{"op":"node.set","id":"a","path":"params.text","value":"abc"},{"op":"node.text","id":"a","path":"params.text","changes":[3,[0,"d"]]}]`, want: "abcd"},
		{name: "the value it depends on is another", others: []string{`[{"op":"node.set","id":"a","path":"params.n","value":2}]`},
			mine: `[{"op":"node.set","id":"a","path":"params.n","value":3,"if":1}]`, err: engine.ErrConflict},
		{name: "a row of mine beside theirs", others: []string{`[{"op":"node.set","id":"a","path":"params.rows","value":["theirs"]}]`},
			mine: `[{"op":"node.set","id":"a","path":"params.rows","value":["mine"]}]`, want: `["theirs","mine"]`, at: rowsIn},
		{name: "rows that I set twice", others: []string{`[{"op":"node.set","id":"a","path":"params.rows","value":["theirs"]}]`},
			mine: `[{"op":"node.set","id":"a","path":"params.rows","value":["x"]},{"op":"node.set","id":"a","path":"params.rows","value":["mine"]}]`, want: `["theirs","mine"]`, at: rowsIn},
		{name: "a row is taken back", others: []string{`[{"op":"node.set","id":"a","path":"params.rows","value":["my","mistake"]}]`, `[{"op":"node.set","id":"a","path":"params.rows","value":["my","mistake","theirs"]}]`},
			mine: `[{"op":"node.set","id":"a","path":"params.rows","value":["my"],"if":["my","mistake"]}]`, want: `["my","theirs"]`, at: rowsIn},
		{name: "all that I set is taken back", others: []string{`[{"op":"node.set","id":"a","path":"params.rows","value":["mistake","theirs"]}]`},
			mine: `[{"op":"node.set","id":"a","path":"params.rows","value":null,"if":["mistake"]}]`, want: `["theirs"]`, at: rowsIn},
		{name: "a row that they changed is not taken back", others: []string{`[{"op":"node.set","id":"a","path":"params.rows","value":["my","theirs"]}]`},
			mine: `[{"op":"node.set","id":"a","path":"params.rows","value":["my"],"if":["my","mistake"]}]`, err: engine.ErrConflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			head := drawingOf(t)
			var since []engine.Revision
			for i, text := range c.others {
				r := engine.Revision{Number: int64(i + 2), Ops: ops(t, text)}
				var err error
				if r.Inverse, err = engine.Apply(head, r.Ops...); err != nil {
					t.Fatal(err)
				}
				since = append(since, r)
			}
			before := head.Clone()
			applied, inverse, err := engine.Merge(head, since, engine.Edit{Base: 1, Ops: ops(t, c.mine)})
			if c.err != nil {
				if !isOf(err, c.err) || !same(t, head, before) {
					t.Fatalf("%v, want %v and an unchanged drawing", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.at == nil {
				c.at = func(w *engine.Workflow) any { return textOf(w, 0, "text") }
			}
			if got := c.at(head); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			again := before.Clone()
			if _, err := engine.Apply(again, applied...); err != nil || !same(t, again, head) {
				t.Errorf("the operations that everybody applies lead elsewhere: %v", err)
			}
			if _, err := engine.Apply(head, inverse...); err != nil || !same(t, head, before) {
				t.Errorf("the inverse does not lead back: %v", err)
			}
		})
	}
}

func rowsIn(w *engine.Workflow) any {
	data, err := json.Marshal(w.Nodes[0].Params["rows"])
	if err != nil {
		return err
	}
	return string(data)
}

func same(t testing.TB, a, b *engine.Workflow) bool {
	t.Helper()
	x, err := a.Encode()
	if err != nil {
		t.Fatal(err)
	}
	y, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(x) == string(y)
}

// TestOnlyIf tries operations that depend on the value that stands there.
func TestOnlyIf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		op  string
		err error
	}{
		{`{"op":"node.set","id":"a","path":"params.n","value":2,"if":1}`, nil},
		{`{"op":"node.set","id":"a","path":"params.n","value":2,"if":"1"}`, engine.ErrConflict},
		{`{"op":"node.set","id":"a","path":"params.n","value":2,"if":null}`, engine.ErrConflict},
		{`{"op":"node.set","id":"a","path":"params.new","value":2,"if":null}`, nil},
		{`{"op":"node.set","id":"a","path":"params.new.deep","value":2,"if":null}`, nil},
		{`{"op":"node.set","id":"a","path":"params","value":{},"if":{"n":1,"text":"one two three"}}`, nil},
		{`{"op":"node.set","id":"a","path":"retry","value":{"attempts":3},"if":null}`, nil},
		{`{"op":"node.set","id":"a","path":"disabled","value":true,"if":null}`, nil},
		{`{"op":"node.set","id":"a","path":"disabled","value":true,"if":true}`, engine.ErrConflict},
		{`{"op":"node.set","id":"a","path":"note","value":"x","if":""}`, nil},
		{`{"op":"node.move","id":"a","at":[1,1],"if":[0,0]}`, nil},
		{`{"op":"node.move","id":"a","at":[1,1],"if":[0,1]}`, engine.ErrConflict},
		{`{"op":"node.rename","id":"a","value":"G","if":"Get"}`, nil},
		{`{"op":"node.rename","id":"a","value":"G","if":"Got"}`, engine.ErrConflict},
		{`{"op":"note.set","id":"n","path":"text","value":"x","if":"Why"}`, nil},
		{`{"op":"note.set","id":"n","path":"text","value":"x","if":"When"}`, engine.ErrConflict},
		{`{"op":"note.set","id":"gone","path":"text","value":"x","if":"Why"}`, fs.ErrNotExist},
		{`{"op":"settings.set","path":"name","value":"x","if":"Two"}`, nil},
		{`{"op":"settings.set","path":"timezone","value":"UTC","if":"CET"}`, engine.ErrConflict},
		{`{"op":"node.remove","id":"a","if":1}`, fs.ErrInvalid},
	} {
		_, err := engine.Apply(drawingOf(t), ops(t, "["+c.op+"]")...)
		if (c.err == nil) != (err == nil) || err != nil && !isOf(err, c.err) {
			t.Errorf("%s: %v, want %v", c.op, err, c.err)
		}
	}
}

func TestNoIDTwice(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{`{"nodes":[{"id":"a","kind":"k"},{"id":"a","kind":"k"}]}`, `{"notes":[{"id":"a"},{"id":"a"}]}`, `{"groups":[{"id":"a"},{"id":"a"}]}`} {
		if _, err := engine.Parse([]byte(doc)); !isOf(err, fs.ErrInvalid) {
			t.Errorf("%s was read: %v", doc, err)
		}
		if _, err := engine.Apply(drawingOf(t), ops(t, `[{"op":"workflow.replace","doc":`+doc+`}]`)...); !isOf(err, fs.ErrInvalid) {
			t.Errorf("%s was put in: %v", doc, err)
		}
	}
}

// TestMergeOverADefault has two people change a list that was not set and shows a default row: it comes once.
func TestMergeOverADefault(t *testing.T) {
	t.Parallel()
	edit := func(value string) []engine.Op {
		return ops(t, `[{"op":"node.set","id":"a","path":"params.rows","base":[{"do":"count"}],"value":`+value+`}]`)
	}
	for _, c := range []struct{ name, theirs, mine, want string }{
		{"both add a row", `[{"do":"count"},{"do":"sum"}]`, `[{"do":"count"},{"do":"mean"}]`, `[{"do":"count"},{"do":"sum"},{"do":"mean"}]`},
		{"one takes the default away", `[]`, `[{"do":"count"},{"do":"mean"}]`, `[{"do":"mean"}]`},
		{"the other takes it away", `[{"do":"count"},{"do":"sum"}]`, `[]`, `[{"do":"sum"}]`},
	} {
		w := drawingOf(t)
		theirs, inverse, err := engine.Merge(w, nil, engine.Edit{Base: 1, Ops: edit(c.theirs)})
		if err != nil {
			t.Fatal(err)
		}
		since := []engine.Revision{{Number: 2, Ops: theirs, Inverse: inverse}}
		if _, _, err := engine.Merge(w, since, engine.Edit{Base: 1, Ops: edit(c.mine)}); err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(w.Nodes[0].Params["rows"])
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s, want %s (%v)", c.name, got, c.want, err)
		}
	}
}
