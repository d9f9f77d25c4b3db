package read

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/ledongthuc/pdf"
)

// readPDF reads the text of a PDF in the order in which it was written, and finds lines, paragraphs and headings by where
// the characters stand and how big they are.
func readPDF(ctx context.Context, _ string, data []byte) (*Document, error) {
	file, err := pdf.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		if strings.Contains(err.Error(), "password") || strings.Contains(err.Error(), "encrypt") || bytes.Contains(data, []byte("/Encrypt")) {
			return nil, refused("the PDF has a password; save it without one")
		}
		return nil, refused("the PDF is damaged: %v", err)
	}
	pages := file.NumPage()
	if pages > maxPage {
		return nil, refused("the PDF has %d pages; up to %d can be read", pages, maxPage)
	}
	p := &pdfText{sizes: map[float64]int{}}
	for n := 1; n <= pages; n++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p.page(n, file.Page(n))
	}
	if len(p.lines) == 0 {
		if pages > 0 {
			return nil, refused("the PDF has %d pages but no text, so it was scanned; run it through text recognition (OCR) first", pages)
		}
		return nil, refused("the PDF has no pages")
	}
	b := new(builder)
	b.doc.Pages = pages
	b.doc.Title = oneLine(clean(file.Trailer().Key("Info").Key("Title").Text()))
	if err := p.write(b); err != nil {
		return nil, err
	}
	return b.done(), nil
}

// pdfLine is a line of a page.
type pdfLine struct {
	text string
	size float64 // of its letters
	y    float64
	page int
}

type pdfText struct {
	lines []pdfLine
	sizes map[float64]int // how many letters have a size
}

// page reads a page whose own mistakes cost no more than this page.
func (p *pdfText) page(n int, page pdf.Page) {
	defer func() { _ = recover() }()
	if page.V.IsNull() {
		return
	}
	var glyphs []pdf.Text
	var size float64
	flush := func() {
		if text := strings.TrimSpace(lineOf(glyphs)); text != "" {
			p.lines = append(p.lines, pdfLine{text, size, glyphs[0].Y, n})
		}
		glyphs, size = glyphs[:0], 0
	}
	for _, t := range page.Content().Text {
		letter := math.Abs(t.FontSize)
		if len(glyphs) > 0 {
			if last := glyphs[len(glyphs)-1]; math.Abs(t.Y-last.Y) > max(size, letter)*0.5 || t.X < last.X-max(size, letter) {
				flush()
			}
		}
		glyphs = append(glyphs, t)
		size = max(size, letter)
		p.sizes[math.Round(letter*2)/2] += len(t.S)
	}
	flush()
}

// lineOf writes the glyphs of a line, with spaces where there are gaps. The widths that fonts tell are often wrong, and
// many programs write the spaces themselves: then only a gap of several letters, as between the columns of a table, is one.
func lineOf(glyphs []pdf.Text) string {
	spaced := slices.ContainsFunc(glyphs, func(t pdf.Text) bool { return strings.TrimSpace(t.S) == "" })
	var advances []float64
	for i := 1; i < len(glyphs); i++ {
		advances = append(advances, glyphs[i].X-glyphs[i-1].X)
	}
	slices.Sort(advances)
	var line strings.Builder
	for i, t := range glyphs {
		if i > 0 {
			before := glyphs[i-1]
			gap := t.X - before.X - before.W
			wide := gap > 0.2*math.Abs(t.FontSize)
			if spaced || before.W <= 0 {
				wide = t.X-before.X > 3.2*advances[len(advances)/2] && t.X-before.X > before.W
			}
			if wide && !strings.HasSuffix(line.String(), " ") && !strings.HasPrefix(t.S, " ") {
				line.WriteByte(' ')
			}
		}
		line.WriteString(ligatures.Replace(t.S))
	}
	return line.String()
}

// ligatures are single characters in fonts, and two or three letters to everybody who searches.
var ligatures = strings.NewReplacer("ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl", "ﬃ", "ffi", "ﬄ", "ffl", "ﬅ", "st", "ﬆ", "st", "\u00ad", "")

// write makes paragraphs of lines.
func (p *pdfText) write(b *builder) error {
	body := p.bodySize()
	p.dropFurniture()
	var text strings.Builder
	page := 0
	flush := func() error {
		err := b.add(Paragraph, 0, page, text.String(), false)
		text.Reset()
		return err
	}
	for i, l := range p.lines {
		if level := l.heading(body); level > 0 {
			if err := flush(); err != nil {
				return err
			}
			if err := b.add(Heading, level, l.page, l.text, false); err != nil {
				return err
			}
			continue
		}
		if i > 0 && text.Len() > 0 {
			before := p.lines[i-1]
			gap := before.y - l.y
			ended := strings.ContainsAny(text.String()[text.Len()-1:], ".!?:")
			if gap > 1.7*l.size || gap < 0 && ended || text.Len() > 4000 && ended {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		switch written := text.String(); {
		case written == "":
			page = l.page
		case strings.HasSuffix(written, "-") && startsLower(l.text): // a word that was divided
			text.Reset()
			text.WriteString(strings.TrimSuffix(written, "-"))
		default:
			text.WriteByte(' ')
		}
		text.WriteString(l.text)
	}
	return flush()
}

func startsLower(text string) bool {
	for _, r := range text {
		return unicode.IsLower(r)
	}
	return false
}

// bodySize is the size that most letters have.
func (p *pdfText) bodySize() float64 {
	best, most := 0.0, -1
	for size, n := range p.sizes {
		if n > most || n == most && size < best {
			best, most = size, n
		}
	}
	return best
}

// heading is the level of a short line in bigger letters than the body's; 0: it is none.
func (l pdfLine) heading(body float64) int {
	if body == 0 || len(l.text) > 150 || strings.HasSuffix(l.text, ".") {
		return 0
	}
	switch ratio := l.size / body; {
	case ratio >= 1.7:
		return 1
	case ratio >= 1.35:
		return 2
	case ratio >= 1.12:
		return 3
	}
	return 0
}

// dropFurniture takes away running heads and page numbers: lines that stand at one height on most pages and say the same
// but for their digits.
func (p *pdfText) dropFurniture() {
	pages := 0
	type place struct {
		text string
		y    int
	}
	seen := map[place]int{}
	at := func(l pdfLine) place {
		return place{strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return '#'
			}
			return r
		}, l.text), int(l.y)}
	}
	for _, l := range p.lines {
		pages = max(pages, l.page)
		seen[at(l)]++
	}
	if pages < 4 {
		return
	}
	p.lines = slices.DeleteFunc(p.lines, func(l pdfLine) bool { return cmp.Compare(seen[at(l)]*2, pages) > 0 })
}
