package engine

// list merges two lists that were made of one. Their order stands; into it go what I added, behind what they added at the
// same place, and what I moved.
func (m *valueMerge) list(base, theirs, mine []any, depth int) (any, bool) {
	t, ok := m.pair(base, theirs)
	if !ok {
		return nil, false
	}
	my, ok := m.pair(base, mine)
	if !ok {
		return nil, false
	}
	content := make([]any, len(theirs))
	for i, v := range theirs {
		content[i] = v
		if b := t.of[i]; b >= 0 && my.at[b] < 0 { // I took it away
			if m.same(v, base[b]) {
				content[i] = nothing{}
			} else {
				m.clash = true
			}
		}
	}
	after := make([][]any, len(theirs)+1) // what of mine stands behind each of theirs; the first: before all
	place := 0
	put := func(v any) {
		for place < len(theirs) && t.of[place] < 0 {
			place++
		}
		after[place] = append(after[place], v)
	}
	added := addedTexts(theirs, t)
	for j, v := range mine {
		b := my.of[j]
		if b < 0 {
			if i, twice := added[textIn(v)]; twice {
				delete(added, textIn(v))
				place = i + 1
			} else {
				put(v)
			}
			continue
		}
		i := t.at[b]
		switch {
		case i < 0 && m.same(v, base[b]): // they took it away
		case i < 0:
			m.clash = true
			put(v)
		case my.moved[j]:
			m.clash = m.clash || t.moved[i]
			content[i] = nothing{}
			put(m.value(base[b], theirs[i], v, depth))
		default:
			content[i] = m.value(base[b], theirs[i], v, depth)
			place = i + 1
		}
	}
	out := append(make([]any, 0, len(theirs)), after[0]...)
	for i, v := range content {
		if !isNothing(v) {
			out = append(out, v)
		}
		out = append(out, after[i+1]...)
	}
	return out, true
}

// addedTexts lists the texts that they added: where both add one, as to a list of names, it comes once.
func addedTexts(theirs []any, t pairing) map[string]int {
	added := map[string]int{}
	for i, v := range theirs {
		if text := textIn(v); t.of[i] < 0 && text != "" {
			added[text] = i
		}
	}
	return added
}

func textIn(v any) string { text, _ := v.(string); return text }

// pairing tells what became of the elements of a list.
type pairing struct {
	of    []int  // by element: which it was before, -1 for a new one
	moved []bool // by element: it stood elsewhere among the others
	at    []int  // by element before: which it is now, -1 for one that is gone
}

func newPairing(before, now int) pairing {
	p := pairing{make([]int, now), make([]bool, now), make([]int, before)}
	for i := range p.of {
		p.of[i] = -1
	}
	for i := range p.at {
		p.at[i] = -1
	}
	return p
}

func (p *pairing) join(before, now int) { p.of[now], p.at[before] = before, now }
