package store_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// chance returns a number from 0 to below n.
type chance func(n int) int

func (c chance) of(list ...string) string { return list[c(len(list))] }

// madeUpDrawing draws a small workflow.
func madeUpDrawing(c chance) *engine.Workflow {
	w := &engine.Workflow{Format: engine.Format, Name: "Made up"}
	for i := range 2 + c(3) {
		w.Nodes = append(w.Nodes, *madeUpNode(c, fmt.Sprint("n", i)))
	}
	for i := range w.Nodes {
		to := w.Nodes[c(len(w.Nodes))].ID
		w.Edges = append(w.Edges, engine.Edge{From: w.Nodes[i].ID, Out: c.of("main", "true"), To: to, In: "main"})
	}
	w.Notes = []engine.Note{{ID: "note", Size: [2]float64{200, 100}, Text: "Why this is"}}
	w.Groups = []engine.Group{{ID: "group", Name: "Group", Nodes: []string{"n0", "n1"}}}
	return w
}

func madeUpNode(c chance, id string) *engine.Node {
	params := map[string]any{"text": "one 🐈 two", "x": "={{ $('Node n0').item.json.x }}"}
	if c(2) == 0 {
		params["deep"] = map[string]any{"a": json.Number("1"), "b": c.of("x", "y")}
	}
	if c(3) > 0 {
		params["rows"] = []any{map[string]any{"name": "one", "value": "1"}, map[string]any{"name": "two", "value": "2"}, map[string]any{"name": "three", "value": "1"}}[:c(4)]
		params["map"] = map[string]any{"Accept": "*/*", "X-Of": []any{"a", "b"}}
	}
	return &engine.Node{ID: id, Kind: c.of("data.set", "flow.if"), Name: "Node " + id, At: [2]float64{float64(c(9)), float64(c(9))}, Params: params}
}

// meetingOps draws an edit of what others change at the same time.
func meetingOps(c chance, w *engine.Workflow) []engine.Op {
	ops := []engine.Op{rowOp(c, w, "n0"), mapOp(c, w, "n0"), rowOp(c, w, "n1")}
	return ops[c(2) : 2+c(2)]
}

// madeUpOps draws an edit that a person could make on a drawing; now and then one that does not apply.
func madeUpOps(c chance, w *engine.Workflow) []engine.Op {
	ops := []engine.Op{madeUpOp(c, w)}
	if c(6) == 0 {
		after, _, err := applied(w, ops)
		if err == nil {
			ops = append(ops, madeUpOp(c, after))
		}
	}
	return ops
}

func madeUpOp(c chance, w *engine.Workflow) engine.Op {
	id := fmt.Sprint("n", c(6))
	if len(w.Nodes) > 0 && c(8) > 0 {
		id = w.Nodes[c(len(w.Nodes))].ID
	}
	edge := &engine.Edge{From: id, Out: "main", To: fmt.Sprint("n", c(6)), In: "main"}
	if len(w.Edges) > 0 && c(2) == 0 {
		edge = new(w.Edges[c(len(w.Edges))])
	}
	switch c(24) {
	case 0:
		return engine.Op{Op: "node.add", Node: madeUpNode(c, fmt.Sprint("n", c(8)))}
	case 1:
		return engine.Op{Op: "node.remove", ID: id}
	case 2:
		return engine.Op{Op: "node.move", ID: id, At: &[2]float64{float64(c(9)), float64(c(9))}}
	case 3:
		return engine.Op{Op: "node.rename", ID: id, Value: raw(c.of("Renamed", "Node n0", "it's \"odd\"", "plain"))}
	case 4:
		return engine.Op{Op: "node.set", ID: id, Path: c.of("params.deep.a", "params.deep.new", "params.y", "params.deep"), Value: json.RawMessage(c.of(`null`, `3`, `"t"`, `{"b":"z"}`))}
	case 5:
		return engine.Op{Op: "node.set", ID: id, Path: "params.text", Value: json.RawMessage(c.of(`null`, `"all new"`, `"={{ $('Renamed').x }}"`))}
	case 6:
		return engine.Op{Op: "node.set", ID: id, Path: c.of("disabled", "note", "on_error"), Value: json.RawMessage(`null`)}
	case 7:
		return engine.Op{Op: "edge.add", Edge: edge}
	case 8:
		return engine.Op{Op: "edge.remove", Edge: edge}
	case 9:
		return engine.Op{Op: "note.add", Note: &engine.Note{ID: c.of("note", "more"), Text: "New"}}
	case 10:
		return engine.Op{Op: c.of("note.remove", "group.remove"), ID: c.of("note", "group")}
	case 11:
		return engine.Op{Op: "group.set", ID: "group", Path: "nodes", Value: json.RawMessage(c.of(`["n0"]`, `["n1","n7"]`, `null`))}
	case 12:
		return engine.Op{Op: "settings.set", Path: c.of("name", "timezone"), Value: json.RawMessage(c.of(`"A"`, `"B"`))}
	case 13:
		return textOp(c, w, engine.Op{Op: "note.text", ID: "note", Path: "text"})
	case 14:
		return textOp(c, w, engine.Op{Op: "node.text", ID: id, Path: "note"})
	case 15, 16, 17, 18:
		return rowOp(c, w, id)
	case 19:
		return mapOp(c, w, id)
	case 20:
		op := engine.Op{Op: "group.set", ID: "group", Path: "nodes"}
		op.Value = raw(changedRows(c, presentList(w, op), func() any { return fmt.Sprint("n", c(6)) }))
		return op
	default:
		return textOp(c, w, engine.Op{Op: "node.text", ID: id, Path: c.of("params.text", "params.text", "params.text", "params.x", "params.fresh")})
	}
}

// rowOp changes a list of rows as a form does: it sets all of it.
func rowOp(c chance, w *engine.Workflow, id string) engine.Op {
	op := engine.Op{Op: "node.set", ID: id, Path: "params.rows"}
	op.Value = raw(changedRows(c, presentList(w, op), func() any {
		return map[string]any{"name": c.of("", "a", "b", "one"), "value": c.of("", "1", "line\nline", "last\nline")}
	}))
	return op
}

func mapOp(c chance, w *engine.Workflow, id string) engine.Op {
	op := engine.Op{Op: "node.set", ID: id, Path: "params.map"}
	op.Value = raw(changedMap(c, valueAt(w, op)))
	return op
}

func presentList(w *engine.Workflow, op engine.Op) (list []any) {
	if err := json.Unmarshal([]byte(presentAt(w, op)), &list); err != nil {
		return nil
	}
	return list
}

func changedRows(c chance, list []any, row func() any) []any {
	at := c(len(list) + 1)
	switch {
	case at == len(list) || c(3) == 0:
		return slices.Insert(list, at, row())
	case c(4) == 0:
		return slices.Delete(list, at, at+1)
	case c(4) == 0:
		moved := list[at]
		list = slices.Delete(list, at, at+1)
		return slices.Insert(list, c(len(list)+1), moved)
	}
	now, isObject := list[at].(map[string]any)
	next, other := row().(map[string]any)
	if isObject && other && c(3) > 0 {
		next["name"] = now["name"] // one field of it
	}
	if list[at] = any(next); !other {
		list[at] = row()
	}
	return list
}

func changedMap(c chance, now any) map[string]any {
	next := map[string]any{}
	if err := json.Unmarshal(raw(now), &next); err != nil || next == nil {
		next = map[string]any{}
	}
	switch key := c.of("Accept", "X-Of", "X-New"); c(4) {
	case 0:
		delete(next, key)
	case 1:
		list, _ := next["X-Of"].([]any)
		next["X-Of"] = changedRows(c, list, func() any { return c.of("a", "b", "c") })
	default:
		next[key] = c.of("x", "y")
	}
	return next
}

// textOp writes into a text as people do: some letters come, some go.
func textOp(c chance, w *engine.Workflow, op engine.Op) engine.Op {
	text, there := textAt(w, op)
	if !there && op.Path == "params.fresh" {
		text, op.Value = "default", raw("default")
	}
	letters := []rune(text)
	from := c(len(letters) + 1)
	to := from + c(min(3, len(letters)-from)+1)
	next := string(letters[:from]) + c.of("", "A", "bc", "🐈", "\n", "$('Renamed')") + string(letters[to:])
	op.Changes = raw(engine.DiffText(text, next))
	return op
}

// throughJSON gives operations as they come out of a request or the database.
func throughJSON(ops []engine.Op) (out []engine.Op) {
	if err := json.Unmarshal(raw(ops), &out); err != nil {
		panic(err)
	}
	return out
}

func raw(v any) json.RawMessage { return json.RawMessage(encode(v)) }

// guarded gives the operations that undo an edit the values on which they depend.
func guarded(w *engine.Workflow, inverse []engine.Op) []engine.Op {
	var out []engine.Op
	for _, op := range inverse {
		if op.If == nil {
			switch {
			case op.Op == "node.move":
				if i := w.NodeByID(op.ID); i >= 0 {
					op.If = raw(w.Nodes[i].At)
				}
			case op.Op == "node.rename":
				if i := w.NodeByID(op.ID); i >= 0 {
					op.If = raw(w.Nodes[i].Name)
				}
			case op.Op == "node.set" && strings.HasPrefix(op.Path, "params."), op.Op == "group.set" && op.Path == "nodes":
				op.If = raw(json.RawMessage(presentAt(w, op)))
			}
		}
		w = loosely(w, []engine.Op{op})
		out = append(out, op)
	}
	return out
}

func valueAt(w *engine.Workflow, op engine.Op) any {
	i := w.NodeByID(op.ID)
	if i < 0 {
		return nil
	}
	var at any = w.Nodes[i].Params
	for k := range strings.SplitSeq(strings.TrimPrefix(op.Path, "params."), ".") {
		m, _ := at.(map[string]any)
		at = m[k]
	}
	return at
}
