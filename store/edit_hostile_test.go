package store_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/store"
)

// TestAnEditorIsOnePersons has somebody edit under the id of another person's editor, which revisions tell everyone.
func TestAnEditorIsOnePersons(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		id := p.workflow(t, p.alpha, "Orders")
		p.edit(t, id, engine.Edit{Base: 1, Ops: []engine.Op{addNode("a")}, Client: "ann", Seq: 1})
		eve := auth.Member{User: auth.User{ID: "user-eve"}, Workspace: auth.Workspace{ID: p.alpha.Workspace()}, Role: auth.Editor}.Scope()
		for _, seq := range []int64{1, 2, 1 << 60} {
			_, _, err := p.EditWorkflow(t.Context(), eve, id, engine.Edit{Base: 2, Ops: []engine.Op{addNode("evil")}, Client: "ann", Seq: seq})
			want(t, err, engine.ErrConflict, "an edit in Ann's name")
		}
		rev, _ := p.edit(t, id, engine.Edit{Base: 2, Ops: []engine.Op{addNode("b")}, Client: "ann", Seq: 2})
		if rev.Number != 3 || rev.Ops[0].Node.ID != "b" {
			t.Errorf("Ann's second edit became %+v", rev)
		}
	})
}

// TestLargeRevisionsComeInPages has revisions that hold a large drawing each.
func TestLargeRevisionsComeInPages(t *testing.T) {
	t.Parallel()
	p := newPlace(t, store.Options{})
	id := p.workflow(t, p.alpha, "Large")
	const each, n = 5 << 20, 8
	for i := range int64(n) {
		op := engine.Op{Op: "note.add", Note: &engine.Note{ID: "n", Text: strings.Repeat("x", each)}}
		if i%2 == 1 {
			op = engine.Op{Op: "note.remove", ID: "n"}
		}
		p.edit(t, id, engine.Edit{Base: 1 + i, Ops: []engine.Op{op}})
	}
	since, pages := int64(1), 0
	for ; ; pages++ {
		list, err := p.Revisions(t.Context(), p.alpha, id, since, 1000)
		must(t, err)
		if len(list) == 0 {
			break
		}
		if len(list) > 24<<20/each+1 {
			t.Errorf("%d revisions of 5 MiB at once", len(list))
		}
		for _, r := range list {
			if since++; r.Number != since {
				t.Fatalf("revision %d came in the place of %d", r.Number, since)
			}
		}
	}
	if since != n+1 || pages < 2 {
		t.Errorf("up to revision %d in %d pages", since, pages)
	}
}

// TestNoEditMakesADrawingThatCannotBeRead nests parameters deeper than a drawing may be.
func TestNoEditMakesADrawingThatCannotBeRead(t *testing.T) {
	t.Parallel()
	p := newPlace(t, store.Options{})
	id := p.workflow(t, p.alpha, "Deep")
	p.edit(t, id, engine.Edit{Base: 1, Ops: []engine.Op{addNode("a")}})
	deep := func(n int) json.RawMessage { return json.RawMessage(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	for name, op := range map[string]engine.Op{
		"a value":     {Op: "node.set", ID: "a", Path: "params.x", Value: deep(100)},
		"parameters":  {Op: "node.set", ID: "a", Path: "params", Value: json.RawMessage(`{"x":` + string(deep(100)) + `}`)},
		"a path":      {Op: "node.set", ID: "a", Path: "params" + strings.Repeat(".x", 100), Value: json.RawMessage("1")},
		"a text":      {Op: "node.text", ID: "a", Path: "params" + strings.Repeat(".x", 100), Changes: json.RawMessage(`[[0,"x"]]`)},
		"pinned data": {Op: "node.set", ID: "a", Path: "pinned", Value: json.RawMessage(`[{"json":{"x":` + string(deep(100)) + `}}]`)},
		"a little":    {Op: "node.set", ID: "a", Path: "params.x", Value: deep(61)},
	} {
		_, _, err := p.EditWorkflow(t.Context(), p.alpha, id, engine.Edit{Base: 2, Ops: []engine.Op{op}})
		want(t, err, fs.ErrInvalid, name)
		_, err = p.Workflow(t.Context(), p.alpha, id)
		must(t, err)
	}
	p.edit(t, id, engine.Edit{Base: 2, Ops: []engine.Op{{Op: "node.set", ID: "a", Path: "params.x", Value: deep(60)}}})
	_, err := p.Workflow(t.Context(), p.alpha, id)
	must(t, err)
}
