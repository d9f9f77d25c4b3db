package engine

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// maxCells bounds the table in which two lists are compared, times the fields of their elements. What stands before the
// first difference and behind the last one does not count.
const maxCells = 1_000_000

// How much it says that two elements may be one: that they are equal, and that all their fields are.
const (
	equalWeight = 16
	fieldWeight = 8
)

// pair finds the elements of a list in what became of it; false when that is too much work.
func (m *valueMerge) pair(base, side []any) (pairing, bool) {
	p := newPairing(len(base), len(side))
	from, most := 0, min(len(base), len(side))
	for from < most && m.same(base[from], side[from]) {
		p.join(from, from)
		from++
	}
	end := 0
	for end < most-from && m.same(base[len(base)-1-end], side[len(side)-1-end]) {
		end++
		p.join(len(base)-end, len(side)-end)
	}
	b, s := base[from:len(base)-end], side[from:len(side)-end]
	if len(b) == 0 || len(s) == 0 {
		return p, m.left >= 0
	}
	fields := min(widest(b), widest(s))
	if len(b)*len(s)*(1+fields) > maxCells {
		return p, m.byPlace(&p, b, s, from)
	}
	m.left -= 8 * len(b) * len(s) * (1 + fields)
	ids := map[string]int{}
	rows, cols := m.shapes(b, ids), m.shapes(s, ids)
	if m.left < 0 {
		return p, false
	}
	findEqual(rows, cols)
	inOrder(&p, rows, cols, from)
	elsewhere(&p, rows, cols, from)
	between(&p, len(b), len(s), from)
	return p, true
}

// byPlace pairs long lists most of whose elements are where they were.
func (m *valueMerge) byPlace(p *pairing, base, side []any, from int) bool {
	if len(base) != len(side) {
		return false
	}
	equal := 0
	for i := range base {
		p.join(from+i, from+i)
		if m.same(base[i], side[i]) {
			equal++
		}
	}
	return m.left >= 0 && 4*equal >= 3*len(base)
}

// shape is what is compared of an element: equal values have equal numbers. Fields are those that say something; of a
// list its elements. One that is there unchanged on the other side is nothing else there.
type shape struct {
	id, width int
	fields    map[string]int
	there     bool
}

func (m *valueMerge) shapes(list []any, ids map[string]int) []shape {
	number := func(v any) int {
		text := string(appendKey(nil, v))
		m.left -= len(text)
		id, known := ids[text]
		if !known {
			id = len(ids)
			ids[text] = id
		}
		return id
	}
	out := make([]shape, len(list))
	for i, v := range list {
		if m.left < 0 {
			return nil
		}
		out[i].id = number(v)
		out[i].width = widthOf(v)
		out[i].fields = make(map[string]int, out[i].width)
		switch v := v.(type) {
		case map[string]any:
			for key, field := range v {
				if !saysNothing(field) {
					out[i].fields[key] = number(field)
				}
			}
		case []any:
			for _, e := range v {
				if !saysNothing(e) {
					out[i].fields[strconv.Itoa(number(e))] = 0
				}
			}
		}
	}
	return out
}

func findEqual(rows, cols []shape) {
	for _, sides := range [][2][]shape{{rows, cols}, {cols, rows}} {
		ids := map[int]bool{}
		for i := range sides[1] {
			ids[sides[1][i].id] = true
		}
		for i := range sides[0] {
			sides[0][i].there = ids[sides[0][i].id]
		}
	}
}

// weight tells how much speaks for two elements being one, 0 for nothing.
func weight(a, b *shape) int32 {
	if a.id == b.id {
		return equalWeight
	}
	if a.there || b.there {
		return 0
	}
	equal := 0
	for key, id := range a.fields {
		if other, ok := b.fields[key]; ok && other == id {
			equal++
		}
	}
	if equal == 0 {
		return 0
	}
	return int32(1 + fieldWeight*equal/max(a.width, b.width)) //nolint:gosec // it is at most nine
}

// inOrder pairs elements that stand in the same order on both sides, so that as much as possible speaks for it.
func inOrder(p *pairing, rows, cols []shape, from int) {
	width := len(cols) + 1
	best := make([]int32, (len(rows)+1)*width) // of what is left of both
	for i := len(rows) - 1; i >= 0; i-- {
		for j := len(cols) - 1; j >= 0; j-- {
			b := max(best[(i+1)*width+j], best[i*width+j+1])
			if w := weight(&rows[i], &cols[j]); w > 0 {
				b = max(b, best[(i+1)*width+j+1]+w)
			}
			best[i*width+j] = b
		}
	}
	for i, j := 0, 0; i < len(rows) && j < len(cols); {
		w := weight(&rows[i], &cols[j])
		switch {
		case w > 0 && best[i*width+j] == best[(i+1)*width+j+1]+w:
			p.join(from+i, from+j)
			i++
			j++
		case best[(i+1)*width+j] >= best[i*width+j+1]:
			i++
		default:
			j++
		}
	}
}

// elsewhere pairs what is gone with what came and is equal: it was moved.
func elsewhere(p *pairing, rows, cols []shape, from int) {
	gone := map[int][]int{}
	for i := range rows {
		if p.at[from+i] < 0 {
			gone[rows[i].id] = append(gone[rows[i].id], from+i)
		}
	}
	for j := range cols {
		if left := gone[cols[j].id]; p.of[from+j] < 0 && len(left) > 0 {
			p.join(left[0], from+j)
			p.moved[from+j] = true
			gone[cols[j].id] = left[1:]
		}
	}
}

// between pairs by place what is left between two pairs, where on both sides equally many are.
func between(p *pairing, rows, cols, from int) {
	var gone, come []int
	i := from
	until := func(end int) {
		for ; i < end; i++ {
			if p.at[i] < 0 {
				gone = append(gone, i)
			}
		}
		if len(gone) == len(come) {
			for k := range gone {
				p.join(gone[k], come[k])
			}
		}
		gone, come = gone[:0], come[:0]
	}
	for j := from; j < from+cols; j++ {
		switch {
		case p.of[j] < 0:
			come = append(come, j)
		case !p.moved[j]:
			until(p.of[j])
			i = p.of[j] + 1
		}
	}
	until(from + rows)
}

// widest returns the most parts that an element of a list has.
func widest(list []any) (n int) {
	for _, v := range list {
		n = max(n, widthOf(v))
	}
	return n
}

func widthOf(v any) int {
	switch v := v.(type) {
	case map[string]any:
		return len(v)
	case []any:
		return len(v)
	}
	return 0
}

// appendKey writes a value in its one form: equal values give equal bytes.
func appendKey(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return strconv.AppendQuote(b, v)
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return append(b, v...)
		}
		return strconv.AppendFloat(b, f+0, 'g', -1, 64) // no minus before a zero
	case bool:
		return strconv.AppendBool(b, v)
	case []any:
		b = append(b, '[')
		for _, e := range v {
			b = append(appendKey(b, e), ',')
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for _, key := range slices.Sorted(maps.Keys(v)) {
			b = append(strconv.AppendQuote(b, key), ':')
			b = append(appendKey(b, v[key]), ',')
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}
