package read

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
)

// pdfLine is a line of a page, or of one of its columns.
type pdfLine struct {
	text    string
	cells   []string // more than one where there are wide gaps in it, as between the columns of a table
	x, end  float64
	y, size float64
	bold    bool
	page    int
	first   bool // the first of its column
}

// stretch is a part of a line without wide gaps.
type stretch struct {
	text      strings.Builder
	x, end, y float64
	size      float64
	letters   int
	bold      int
	last      glyph
}

// linesOf puts the characters of a page together, in the order in which people read them.
func linesOf(glyphs []glyph, page int) (lines []pdfLine) {
	var turned [4][]glyph
	for _, g := range glyphs {
		turned[g.turn&3] = append(turned[g.turn&3], g)
	}
	// What most of the page is written in comes first; then what stands at its margins.
	slices.SortStableFunc(turned[:], func(a, b []glyph) int { return cmp.Compare(len(b), len(a)) })
	for _, list := range turned {
		for _, column := range columns(stretches(list), 0) {
			lines = append(lines, columnLines(column, page)...)
		}
	}
	return lines
}

// Gaps between characters, in parts of their size.
const (
	wordGap = 0.13 // and more is a space
	wideGap = 0.95 // and more divides a line into stretches
	cellGap = 1.6  // and more divides the columns of a table
)

// stretches joins characters that follow each other in a line.
func stretches(glyphs []glyph) (list []*stretch) {
	type place struct {
		text       string
		x, y, size int
	}
	seen := map[place]bool{}
	var open *stretch
	for _, g := range glyphs {
		text := ligatures.Replace(g.text)
		if text == "" {
			continue
		}
		blank := strings.TrimSpace(text) == ""
		if !blank { // a bold letter may be one that is drawn twice
			at := place{text, int(g.x / (0.15 * g.size)), int(g.y / (0.15 * g.size)), int(g.size * 4)}
			if seen[at] {
				continue
			}
			seen[at] = true
		}
		if open != nil && !open.follows(g) {
			open = nil
		}
		if open == nil {
			if blank {
				continue
			}
			open = &stretch{x: g.x, end: g.x, y: g.y, size: g.size}
			list = append(list, open)
		}
		open.add(g, text, blank)
	}
	return list
}

func (s *stretch) follows(g glyph) bool {
	size := max(s.last.size, g.size)
	gap := g.x - s.end
	return math.Abs(g.y-s.y) < 0.45*size && gap > -0.6*size && gap < wideGap*size
}

func (s *stretch) add(g glyph, text string, blank bool) {
	spaced := s.text.Len() == 0 || strings.HasSuffix(s.text.String(), " ")
	if !spaced && (blank || g.x-s.end > wordGap*max(min(s.last.size, g.size), 0.1)) {
		s.text.WriteByte(' ')
	}
	if s.last = g; blank {
		s.end = max(s.end, g.end)
		return
	}
	if g.size > s.size { // a small letter at the begin is one that stands higher or lower
		s.size, s.y = g.size, g.y
	}
	s.text.WriteString(text)
	s.end = max(s.end, g.end)
	s.letters++
	if g.bold {
		s.bold++
	}
}

// ligatures are single characters in fonts, and two or three letters to everybody who searches.
var ligatures = strings.NewReplacer("ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl", "ﬃ", "ffi", "ﬄ", "ffl", "ﬅ", "st", "ﬆ", "st", "\u00ad", "-", "\u00a0", " ", "\u200b", "", "\ufeff", "", "\x00", "")

// columns divides what stands beside each other. What reaches over the gap between two columns, as a headline does,
// comes between what is above it and what is below.
func columns(list []*stretch, depth int) (parts [][]*stretch) {
	gap, ok := gutter(list)
	if !ok || depth > 3 {
		return [][]*stretch{list}
	}
	slices.SortStableFunc(list, func(a, b *stretch) int { return cmp.Compare(b.y, a.y) })
	var left, right, over []*stretch
	flush := func() {
		for _, part := range [][]*stretch{left, right} {
			if len(part) > 0 {
				parts = append(parts, columns(part, depth+1)...)
			}
		}
		left, right = nil, nil
	}
	for _, s := range list {
		side := s.end <= gap || s.x >= gap
		if side && len(over) > 0 {
			parts, over = append(parts, over), nil
		}
		switch {
		case !side:
			flush()
			over = append(over, s)
		case s.x >= gap:
			right = append(right, s)
		default:
			left = append(left, s)
		}
	}
	flush()
	if len(over) > 0 {
		parts = append(parts, over)
	}
	return parts
}

// gutter finds where the gap between two columns of text is.
func gutter(list []*stretch) (x float64, ok bool) {
	const cells, fewest, fewestLetters = 400, 6, 18
	if len(list) < 2*fewest {
		return 0, false
	}
	from, to := list[0].x, list[0].end
	for _, s := range list {
		from, to = min(from, s.x), max(to, s.end)
	}
	step := (to - from) / cells
	if step <= 0 {
		return 0, false
	}
	var begin [cells + 2]int
	for _, s := range list {
		begin[int((s.x-from)/step)]++
		begin[min(int((s.end-from)/step)+1, cells+1)]--
	}
	best, covered, open := len(list), 0, -1
	for i := range cells {
		covered += begin[i]
		if i > cells/5 && i < cells*4/5 && covered < best {
			best, open = covered, i
		}
	}
	if open < 0 || best*6 > len(list) {
		return 0, false
	}
	x = from + (float64(open)+0.5)*step
	lines, letters := [2]int{}, [2]int{}
	top, bottom := [2]float64{math.Inf(-1), math.Inf(-1)}, [2]float64{math.Inf(1), math.Inf(1)}
	for _, s := range list {
		side := 0
		if s.x >= x {
			side = 1
		} else if s.end > x {
			continue
		}
		lines[side]++
		letters[side] += s.letters
		top[side], bottom[side] = max(top[side], s.y), min(bottom[side], s.y)
	}
	for side := range 2 {
		if lines[side] < fewest || letters[side] < fewestLetters*lines[side] {
			return 0, false
		}
	}
	return x, min(top[0], top[1]) > max(bottom[0], bottom[1])
}

// columnLines puts what stands at the same height into one line.
func columnLines(list []*stretch, page int) (lines []pdfLine) {
	slices.SortStableFunc(list, func(a, b *stretch) int { return cmp.Compare(b.y, a.y) })
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[0].y-list[n].y < 0.4*min(max(list[0].size, 1), max(list[n].size, 1)) {
			n++
		}
		row := slices.Clone(list[:n])
		list = list[n:]
		slices.SortStableFunc(row, func(a, b *stretch) int { return cmp.Compare(a.x, b.x) })
		if line, ok := lineOf(row, page); ok {
			line.first = len(lines) == 0
			lines = append(lines, line)
		}
	}
	return lines
}

func lineOf(row []*stretch, page int) (line pdfLine, ok bool) {
	line = pdfLine{x: row[0].x, end: row[0].end, y: row[0].y, page: page}
	letters, bold := 0, 0
	for i, s := range row {
		text := strings.TrimSpace(s.text.String())
		switch {
		case i == 0 || s.x-line.end > cellGap*s.size:
			line.cells = append(line.cells, text)
		case s.x-line.end > wordGap*s.size:
			line.cells[len(line.cells)-1] += " " + text
		default:
			line.cells[len(line.cells)-1] += text
		}
		if s.letters > letters/2 || s.size > line.size {
			line.size = max(line.size, s.size)
		}
		line.end = max(line.end, s.end)
		letters += s.letters
		bold += s.bold
	}
	line.text = strings.Join(line.cells, " ")
	line.bold = bold*10 >= letters*9 && strings.IndexFunc(line.text, unicode.IsLetter) >= 0
	return line, line.text != ""
}
