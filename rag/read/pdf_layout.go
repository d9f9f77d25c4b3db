package read

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pdfLayout makes blocks of lines.
type pdfLayout struct {
	b     *builder
	body  float64 // the size that most letters have
	pitch float64 // from one line of a paragraph to the next, in parts of the size
	text  strings.Builder
	kind  Kind
	page  int
	last  pdfLine // of the open block
}

func writePDF(b *builder, lines []pdfLine) error {
	l := &pdfLayout{b: b}
	l.measure(lines)
	for i := 0; i < len(lines); {
		if n := tableAt(lines[i:]); n > 0 {
			if err := l.table(lines[i : i+n]); err != nil {
				return err
			}
			i += n
			continue
		}
		if level := l.heading(lines, i); level > 0 {
			n := 1
			for i+n < len(lines) && n < 4 && sameHeading(lines[i+n-1], lines[i+n]) {
				n++
			}
			if err := l.title(level, lines[i:i+n]); err != nil {
				return err
			}
			i += n
			continue
		}
		if err := l.line(lines[i]); err != nil {
			return err
		}
		i++
	}
	return l.flush()
}

// measure finds the size of the body and the distance of its lines.
func (l *pdfLayout) measure(lines []pdfLine) {
	sizes, pitches := map[float64]int{}, map[float64]int{}
	for i, line := range lines {
		size := math.Round(line.size*4) / 4
		sizes[size] += len(line.text)
		if i > 0 && !line.first && line.page == lines[i-1].page && line.size > 0 {
			if pitch := math.Round((lines[i-1].y-line.y)/line.size*20) / 20; pitch > 0.8 && pitch < 3 {
				pitches[pitch] += min(len(line.text), len(lines[i-1].text))
			}
		}
	}
	l.body, l.pitch = most(sizes, 10), most(pitches, 1.2)
}

// most is the key with the highest count, the smaller one of two.
func most(counts map[float64]int, otherwise float64) float64 {
	best, n := otherwise, 0
	for k, c := range counts {
		if c > n || c == n && k < best {
			best, n = k, c
		}
	}
	return best
}

// heading is the level of a short line in bigger or bolder letters than the body's; 0: it is none.
func (l *pdfLayout) heading(lines []pdfLine, i int) int {
	line := lines[i]
	if utf8.RuneCountInString(line.text) > 150 || strings.HasSuffix(line.text, ".") && !strings.HasSuffix(line.text, "...") || strings.IndexFunc(line.text, unicode.IsLetter) < 0 || strings.Contains(line.text, ". . .") || strings.Contains(line.text, "....") {
		return 0
	}
	switch ratio := line.size / l.body; {
	case ratio >= 1.7:
		return 1
	case ratio >= 1.35:
		return 2
	case ratio >= 1.12:
		return 3
	case ratio < 0.95 || !line.bold || len(line.text) > 100 || len(line.cells) > 1:
		return 0
	}
	// A bold line of the body's size is a heading where it stands off from what is above, and what follows is not bold.
	if i+1 < len(lines) && lines[i+1].bold || strings.ContainsAny(line.text[len(line.text)-1:], ",;:") {
		return 0
	}
	if !line.first && lines[i-1].page == line.page && lines[i-1].y-line.y < 1.15*l.pitch*line.size {
		return 0
	}
	return 4
}

// sameHeading tells whether a heading goes on in the next line.
func sameHeading(a, b pdfLine) bool {
	gap := a.y - b.y
	return a.page == b.page && !b.first && math.Abs(a.size-b.size) < 0.5 && a.bold == b.bold && gap > 0 && gap < 1.6*b.size && !numbered(b.text)
}

// numbered tells whether a line begins with a number, as the next heading does.
func numbered(text string) bool { return text != "" && text[0] >= '0' && text[0] <= '9' }

func (l *pdfLayout) title(level int, lines []pdfLine) error {
	if err := l.flush(); err != nil {
		return err
	}
	texts := make([]string, len(lines))
	for i, line := range lines {
		texts[i] = line.text
	}
	text := strings.Join(texts, " ")
	if l.b.doc.Title == "" && level <= 2 {
		l.b.doc.Title = text
	}
	return l.b.add(Heading, level, lines[0].page, text, false)
}

// tableAt counts the lines of a table that begins here: three or more with the same number of cells, or nearly.
func tableAt(lines []pdfLine) (n int) {
	for n < len(lines) && len(lines[n].cells) > 1 && lines[n].page == lines[0].page && (n == 0 || !lines[n].first) {
		if d := len(lines[n].cells) - len(lines[0].cells); d > 1 || d < -1 {
			break
		}
		n++
	}
	if n < 3 {
		return 0
	}
	return n
}

func (l *pdfLayout) table(lines []pdfLine) error {
	if err := l.flush(); err != nil {
		return err
	}
	rows := make([][]string, len(lines))
	for i, line := range lines {
		rows[i] = line.cells
	}
	return l.b.add(Table, 0, lines[0].page, markdownTable(rows), false)
}

// line goes on with the open paragraph, or begins another.
func (l *pdfLayout) line(line pdfLine) error {
	item := isItem(line.text)
	if l.text.Len() > 0 && (item || l.ends(line)) {
		if err := l.flush(); err != nil {
			return err
		}
	}
	l.last = line
	if l.text.Len() > 0 {
		l.join(line.text)
		return nil
	}
	l.page, l.kind = line.page, Paragraph
	if item {
		l.kind = Item
	}
	l.text.WriteString(line.text)
	return nil
}

// join writes a line behind another; a word that was divided becomes whole.
func (l *pdfLayout) join(text string) {
	written := l.text.String()
	if before, found := strings.CutSuffix(written, "-"); found && startsLower(text) && endsLower(before) {
		l.text.Reset()
		l.text.WriteString(before)
	} else if !found || before == "" || strings.HasSuffix(before, " ") || strings.HasPrefix(text, "-") {
		l.text.WriteByte(' ')
	}
	l.text.WriteString(text)
}

// ends tells whether the open paragraph is over before a line.
func (l *pdfLayout) ends(line pdfLine) bool {
	written := l.text.String()
	ended := strings.ContainsAny(written[len(written)-1:], ".!?:") || strings.HasSuffix(written, "”")
	const long = 4000
	if len(written) > long && ended || len(written) > 4*long {
		return true
	}
	if line.first || line.page != l.last.page {
		return ended || l.kind == Item
	}
	size := max(line.size, l.last.size)
	switch gap := l.last.y - line.y; {
	case gap > (l.pitch+0.35)*size, gap < 0:
		return true
	case math.Abs(line.size-l.last.size) > 0.15*size:
		return true
	}
	indent := line.x - l.last.x
	return l.kind == Paragraph && ended && indent > 0.8*size && indent < 4*size || l.kind == Item && ended && indent < -0.8*size
}

func (l *pdfLayout) flush() error {
	text := l.text.String()
	l.text.Reset()
	return l.b.add(l.kind, 0, l.page, text, false)
}

// isItem tells whether a line begins with the mark of a list.
func isItem(text string) bool {
	r, n := utf8.DecodeRuneInString(text)
	return strings.ContainsRune("•◦▪‣●○■–*", r) && strings.HasPrefix(text[n:], " ")
}

func startsLower(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLower(r)
}

func endsLower(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return unicode.IsLower(r)
}

// dropFurniture takes away running heads and page numbers: lines at the edge of pages that say the same as others at that
// height but for their digits, or whose number grows with the pages.
func dropFurniture(lines []pdfLine, pages int) []pdfLine {
	type place struct {
		text string
		y    int
	}
	if pages < 2 {
		return lines
	}
	fewest := max(2, min(pages-1, 3), pages*3/10)
	seen, offsets := map[place]int{}, map[int]int{}
	edges := edgesOf(lines)
	at := func(l pdfLine) place {
		return place{strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return -1
			}
			return r
		}, l.text), int(math.Round(l.y / 3))}
	}
	for _, i := range edges {
		seen[at(lines[i])]++
		for _, n := range numbersIn(lines[i].text) {
			offsets[n-lines[i].page]++
		}
	}
	offset, often := 0, 0
	for o, n := range offsets {
		if n > often || n == often && o < offset {
			offset, often = o, n
		}
	}
	drop := map[int]bool{}
	for _, i := range edges {
		l := lines[i]
		drop[i] = seen[at(l)] >= fewest || pages > 3 && often*2 >= pages && slices.Contains(numbersIn(l.text), l.page+offset)
	}
	kept := lines[:0:0]
	for i, l := range lines {
		if !drop[i] {
			kept = append(kept, l)
		}
	}
	if len(kept) == 0 {
		return lines
	}
	return kept
}

// edgesOf are the places of the two highest and two lowest lines of each page.
func edgesOf(lines []pdfLine) (edges []int) {
	for from := 0; from < len(lines); {
		to := from
		var order []int
		for ; to < len(lines) && lines[to].page == lines[from].page; to++ {
			order = append(order, to)
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(lines[b].y, lines[a].y) })
		if len(order) > 4 {
			order = slices.Concat(order[:2], order[len(order)-2:])
		}
		edges = append(edges, order...)
		from = to
	}
	return edges
}

// numbersIn are the numbers that a line begins and ends with.
func numbersIn(text string) (list []int) {
	words := strings.Fields(text)
	for i, w := range words {
		if i == 0 || i == len(words)-1 {
			if n, err := strconv.Atoi(strings.Trim(w, "-–|[]()")); err == nil && n > 0 {
				list = append(list, n)
			}
		}
	}
	return list
}
