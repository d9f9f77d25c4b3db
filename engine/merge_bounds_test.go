//go:build !race

package engine_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/engine"
)

// TestMergeIsBounded has a hostile author make edits that are short to write and long to carry out: they are refused,
// or done, at once, because others wait for the same drawing. Done word for word they would take minutes, beyond the
// time limit of the tests. The race detector would make minutes of the rest: make test runs it without.
func TestMergeIsBounded(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("x", 1<<20)
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	repeated := func(n int, op func(i int) string) string {
		all := make([]string, n)
		for i := range all {
			all[i] = op(i)
		}
		return "[" + strings.Join(all, ",") + "]"
	}
	long := `[{"op":"node.set","id":"a","path":"params.text","value":` + string(quoted) + `}]`
	renames := repeated(3000, func(i int) string { return fmt.Sprintf(`{"op":"node.rename","id":"a","value":"N%d"}`, i) })
	for _, c := range []struct {
		name   string
		begin  string   // to the drawing
		others []string // a revision each
		mine   string
		err    error  // nil: it is done
		end    string // of the list of rows
	}{
		{name: "many pieces that come at one place", mine: `[{"op":"note.text","id":"n","path":"text","changes":[` +
			strings.Repeat(`[0,"`+strings.Repeat("y", 500)+`"],`, 9_900) + `3]}]`},
		{name: "many changes of a long text", begin: long,
			mine: repeated(10_000, func(i int) string {
				return fmt.Sprintf(`{"op":"node.text","id":"a","path":"params.text","changes":[%d,[0,"y"]]}`, 1<<20+i)
			}), err: fs.ErrInvalid},
		{name: "many changes of a long text of its own", mine: strings.TrimSuffix(long, "]") + "," + strings.TrimPrefix(
			repeated(10_000, func(i int) string {
				return fmt.Sprintf(`{"op":"node.text","id":"a","path":"params.text","changes":[%d,[0,"y"]]}`, 1<<20+i)
			}), "["), err: fs.ErrInvalid},
		{name: "many renames in a long text", begin: long, mine: renames, err: fs.ErrInvalid},
		{name: "behind many renames in one revision", others: []string{renames},
			mine: `[{"op":"node.text","id":"b","path":"params.x","changes":[28,[3,"END"]]}]`},
		{name: "many nodes of one name", mine: repeated(4_000, func(i int) string {
			return fmt.Sprintf(`{"op":"node.add","node":{"id":"x%d","kind":"data.set","name":"Same","at":[0,0],"params":{}}}`, i)
		})},
		{name: "a long name in many places", begin: `[{"op":"node.set","id":"a","path":"params.text","value":"={{ ` + strings.Repeat("$('Use') ", 100_000) + `}}"}]`,
			mine: `[{"op":"node.rename","id":"b","value":"` + strings.Repeat("n", 100_000) + `"}]`, err: fs.ErrInvalid},
		{name: "many changes over many places", begin: long,
			others: []string{`[{"op":"node.text","id":"a","path":"params.text","changes":[` + strings.Repeat(`1,[1,"z"],`, 4990) + fmt.Sprint(1<<20-2*4990) + `]}]`},
			mine: repeated(10_000, func(int) string {
				return fmt.Sprintf(`{"op":"node.text","id":"a","path":"params.text","changes":[%d]}`, 1<<20)
			}), err: fs.ErrInvalid},
		{name: "a row in a long list", begin: setRows(rowsOf(100_000, "")), others: []string{setRows(rowsOf(100_000, `"new",`))},
			mine: setRows(rowsOf(99_999, "") + `,"mine"`), end: `"mine"`},
		{name: "long lists that have nothing in common", begin: setRows(rowsOf(30_000, "")), others: []string{setRows(otherRows(30_000, "one"))},
			mine: setRows(otherRows(30_000, "other"))},
		{name: "rows of many fields", begin: setRows(wideRows("a")), others: []string{setRows(wideRows("b"))}, mine: setRows(wideRows("c"))},
		{name: "lists in lists", begin: setRows(nested("1")), others: []string{setRows(nested("2"))}, mine: setRows(nested("3")), end: `",3]`},
		{name: "the same list again and again", begin: setRows(rowsOf(20_000, "")), others: []string{setRows(rowsOf(20_000, `"new",`))},
			mine: repeated(20, func(i int) string { return oneOp(setRows(rowsOf(20_000, "") + fmt.Sprintf(`,"%d"`, i))) })},
		{name: "the same list on a condition, again and again", begin: setRows(rowsOf(20_000, "")),
			mine: repeated(200, func(i int) string {
				return strings.TrimSuffix(oneOp(setRows(fmt.Sprintf(`"%d"`, i))), "}") + `,"if":[]}`
			}), err: fs.ErrInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := drawingOf(t)
			if c.begin != "" {
				if _, err := engine.Apply(head, ops(t, c.begin)...); err != nil {
					t.Fatal(err)
				}
			}
			var since []engine.Revision
			for i, text := range c.others {
				list := ops(t, text)
				inverse, err := engine.Apply(head, list...)
				if err != nil {
					t.Fatal(err)
				}
				since = append(since, engine.Revision{Number: int64(2 + i), Ops: list, Inverse: inverse})
			}
			mine := ops(t, c.mine)
			_, _, err := engine.Merge(head, since, engine.Edit{Base: 1, Ops: mine})
			if c.err == nil && err != nil || c.err != nil && !isOf(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			if c.end != "" {
				rows, err := json.Marshal(head.Nodes[0].Params["rows"])
				if last := string(rows[max(0, len(rows)-100):]); err != nil || !strings.Contains(last, c.end) {
					t.Errorf("the rows end with %s, %v", last, err)
				}
			}
		})
	}
}

func oneOp(list string) string { return strings.TrimSuffix(strings.TrimPrefix(list, "["), "]") }

func setRows(rows string) string {
	return `[{"op":"node.set","id":"a","path":"params.rows","value":[` + rows + `]}]`
}

// rowsOf lists rows that are all different, behind one that is given.
func rowsOf(n int, first string) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"name":"row %d","value":"%d"}`, i, i)
	}
	return first + strings.Join(rows, ",")
}

// otherRows lists rows that rowsOf does not have.
func otherRows(n int, name string) string { return strings.ReplaceAll(rowsOf(n, ""), "row", name) }

func wideRows(value string) string {
	var fields, rows []string
	for i := range 1000 {
		fields = append(fields, fmt.Sprintf(`"f%d":"%s%d"`, i, value, i))
	}
	for range 200 {
		rows = append(rows, "{"+strings.Join(fields, ",")+"}")
	}
	return strings.Join(rows, ",")
}

// nested is as deep as a drawing may be, with something to look at on each level.
func nested(value string) string {
	const levels = 50
	long := `"` + strings.Repeat("x", 100_000) + `"`
	return strings.Repeat("["+long+",", levels) + value + strings.Repeat("]", levels)
}
