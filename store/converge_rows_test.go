package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"pgregory.net/rapid"
)

// TestRowsOfOthersStay has people edit, add, remove, move and take back rows of one list, which each of them sets as a
// whole, over lines that lose, repeat and reorder. Each touches only rows of their own: in the end they all are as their
// author saw them last.
func TestRowsOfOthersStay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := &together{t: t, start: roundTrip(&engine.Workflow{Name: "Rows", Nodes: []engine.Node{{ID: "n0", Kind: "data.set", Name: "Set"}}})}
		h.log = &rulesLog{doc: h.start.Clone()}
		for range 2 + h.c(2) {
			h.tabs = append(h.tabs, h.open())
		}
		left := map[*tab][]string{} // each one's rows, as they saw them last
		serial := 0
		for range rapid.IntRange(10, 50).Draw(t, "turns") {
			b := h.tabs[h.c(len(h.tabs))]
			switch k := h.c(12); {
			case k < 5:
				serial++
				h.edit(b, &batch{Ops: []engine.Op{ownRowOp(h.c, b, serial)}})
				left[b] = rowsOf(b.replica.view, b.name)
			case k == 5:
				h.undo(b)
				left[b] = rowsOf(b.replica.view, b.name)
			case k < 9:
				h.deliver(b)
			default:
				h.hear(b)
			}
			if got := rowsOf(b.replica.view, b.name); !slices.Equal(got, left[b]) {
				t.Fatalf("%s sees its rows change to %v from %v", b.name, got, left[b])
			}
		}
		h.settle()
		h.check()
		stored, _ := h.log.head()
		for _, b := range h.tabs {
			if got := rowsOf(stored, b.name); !slices.Equal(got, left[b]) {
				t.Fatalf("of the rows of %s are stored %v, want %v", b.name, got, left[b])
			}
		}
	})
}

// rowsOf lists somebody's rows, sorted.
func rowsOf(w *engine.Workflow, owner string) (list []string) {
	for _, row := range presentList(w, engine.Op{Op: "node.set", ID: "n0", Path: "params.rows"}) {
		if name, _ := row.(map[string]any)["name"].(string); strings.HasPrefix(name, owner+" ") {
			list = append(list, encode(row))
		}
	}
	slices.Sort(list)
	return list
}

// ownRowOp changes one row of somebody's.
func ownRowOp(c chance, b *tab, serial int) engine.Op {
	op := engine.Op{Op: "node.set", ID: "n0", Path: "params.rows"}
	list := presentList(b.replica.view, op)
	var own []int
	for i, row := range list {
		if name, _ := row.(map[string]any)["name"].(string); strings.HasPrefix(name, b.name+" ") {
			own = append(own, i)
		}
	}
	at := c(len(list) + 1)
	kind := c(6)
	if len(own) > 0 && kind > 1 {
		at = own[c(len(own))]
	}
	switch {
	case len(own) == 0 || kind < 2:
		list = slices.Insert(list, at, any(map[string]any{"name": fmt.Sprint(b.name, " ", serial), "type": "text"}))
	case kind == 2:
		list = slices.Delete(list, at, at+1)
	case kind == 3:
		row := list[at]
		list = slices.Delete(list, at, at+1)
		list = slices.Insert(list, c(len(list)+1), row)
	default:
		row, _ := list[at].(map[string]any)
		row["value"] = fmt.Sprint("value ", serial)
	}
	op.Value = raw(list)
	return op
}
