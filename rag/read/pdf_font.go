package read

import (
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/ledongthuc/pdf"
	"golang.org/x/text/encoding/charmap"
)

// pdfFont tells what the codes of a font mean and how wide they are.
type pdfFont struct {
	composite bool
	unicode   bool // its codes are those of UTF-16
	codes     *codeMap
	cids      *codeMap // of a composite font whose codes are not its numbers of glyphs
	simple    [256]string
	widths    map[int]float64 // in parts of the size
	other     float64         // width of all others
	bold      bool
	shape     float64 // of a font that is drawn: how high its letters are for a size of one; 0: one
}

// Limits of one font.
const (
	maxFontFile = 1 << 20
	maxFonts    = 5000
)

// font reads the font that a page calls by a name; nil where there is none.
func (p *pdfFile) font(resources pdf.Value, name string) (f *pdfFont) {
	defer func() {
		if recover() != nil && f == nil {
			f = &pdfFont{simple: standardLetters(), other: 0.5}
		}
	}()
	v := resources.Key("Font").Key(name)
	if v.Kind() != pdf.Dict {
		return &pdfFont{simple: standardLetters(), other: 0.5}
	}
	key := v.String()
	if known := p.fonts[key]; known != nil {
		return known
	}
	f = &pdfFont{widths: map[int]float64{}}
	if len(p.fonts) < maxFonts {
		p.fonts[key] = f
	}
	f.read(p, v)
	return f
}

func (f *pdfFont) read(p *pdfFile, v pdf.Value) {
	descriptor := v.Key("FontDescriptor")
	name := v.Key("BaseFont").Name()
	f.codes = p.codeMap(v.Key("ToUnicode"))
	if f.composite = v.Key("Subtype").Name() == "Type0"; f.composite {
		under := kid(v.Key("DescendantFonts"), 0)
		descriptor = under.Key("FontDescriptor")
		f.cidWidths(under)
		f.cids = p.codeMap(v.Key("Encoding"))
		encoding := v.Key("Encoding").Name()
		f.unicode = strings.Contains(encoding, "UCS2") || strings.Contains(encoding, "UTF16")
	} else {
		f.simpleWidths(v, descriptor, name)
		f.simple = f.lettersOf(v, descriptor, name)
	}
	const forceBold = 1 << 18
	lower := strings.ToLower(name + " " + descriptor.Key("FontName").Name())
	f.bold = descriptor.Key("Flags").Int64()&forceBold != 0 || descriptor.Key("FontWeight").Float64() >= 600
	for _, word := range []string{"bold", "black", "heavy", "cmbx", "cmssbx", "sfbx", "-demi"} {
		f.bold = f.bold || strings.Contains(lower, word)
	}
}

// cidWidths reads W and DW (ISO 32000-1, 9.7.4.3).
func (f *pdfFont) cidWidths(v pdf.Value) {
	f.other = 1
	if dw := v.Key("DW"); dw.Kind() != pdf.Null {
		f.other = dw.Float64() / 1000
	}
	w := v.Key("W")
	for i := 0; i+1 < w.Len() && len(f.widths) < 1<<16; {
		first, second := int(w.Index(i).Int64()), w.Index(i+1)
		if second.Kind() == pdf.Array {
			for j := range min(second.Len(), 1<<16) {
				f.widths[first+j] = second.Index(j).Float64() / 1000
			}
			i += 2
			continue
		}
		width := w.Index(i+2).Float64() / 1000
		for c := first; c <= int(second.Int64()) && c-first < 1<<16 && len(f.widths) < 1<<16; c++ {
			f.widths[c] = width
		}
		i += 3
	}
}

func (f *pdfFont) simpleWidths(v, descriptor pdf.Value, name string) {
	scale := 0.001
	if v.Key("Subtype").Name() == "Type3" {
		if m := v.Key("FontMatrix"); m.Len() == 6 {
			scale = m.Index(0).Float64()
			if box := v.Key("FontBBox"); box.Len() == 4 {
				f.shape = (box.Index(3).Float64() - box.Index(1).Float64()) * m.Index(3).Float64()
			}
			if f.shape <= 0.05 || f.shape > 20 {
				f.shape = 0
			}
		}
	}
	f.other = descriptor.Key("MissingWidth").Float64() * scale
	widths := v.Key("Widths")
	if widths.Kind() != pdf.Array { // one of the fonts that every viewer has
		f.other = 0.5
		if strings.Contains(name, "Courier") {
			f.other = 0.6
			return
		}
		for c, w := range helveticaWidths {
			f.widths[' '+c] = float64(w) / 1000
		}
		return
	}
	first := int(v.Key("FirstChar").Int64())
	for i := range min(widths.Len(), 256) {
		f.widths[first+i] = widths.Index(i).Float64() * scale
	}
}

// lettersOf is what the codes of a simple font mean: its encoding, and the differences from it.
func (f *pdfFont) lettersOf(v, descriptor pdf.Value, name string) [256]string {
	encoding := v.Key("Encoding")
	base := encoding.Name()
	if encoding.Kind() == pdf.Dict {
		base = encoding.Key("BaseEncoding").Name()
	}
	var letters [256]string
	switch {
	case base == "WinAnsiEncoding":
		letters = lettersIn(charmap.Windows1252)
	case base == "MacRomanEncoding":
		letters = lettersIn(charmap.Macintosh)
	case strings.Contains(name, "ZapfDingbats"):
		for c := range letters {
			letters[c] = "•"
		}
	default:
		letters = standardLetters()
		builtIn(&letters, descriptor.Key("FontFile"))
	}
	differences := encoding.Key("Differences")
	at := 0
	for i := range min(differences.Len(), 2000) {
		switch d := differences.Index(i); d.Kind() {
		case pdf.Integer:
			at = int(d.Int64())
		case pdf.Name:
			if at >= 0 && at < 256 {
				letters[at] = glyphText(d.Name())
			}
			at++
		}
	}
	return letters
}

var encodes = regexp.MustCompile(`dup\s+(\d{1,3})\s*/([A-Za-z0-9._]+)\s+put`)

// builtIn reads the encoding in the readable part of a Type 1 font.
func builtIn(letters *[256]string, file pdf.Value) {
	defer func() { _ = recover() }()
	if file.Kind() != pdf.Stream {
		return
	}
	head, _ := io.ReadAll(io.LimitReader(file.Reader(), min(max(file.Key("Length1").Int64(), 0), maxFontFile)))
	for _, found := range encodes.FindAllSubmatch(head, 256) {
		if c, err := strconv.Atoi(string(found[1])); err == nil && c < 256 {
			letters[c] = glyphText(string(found[2]))
		}
	}
}

// code takes the first code of a string, and tells how many bytes it has.
func (f *pdfFont) code(text string) (code, n int) {
	if !f.composite {
		return int(text[0]), 1
	}
	n = 2
	switch {
	case f.cids != nil && f.cids.lengths != 0:
		n = f.cids.length(text)
	case f.unicode && len(text) >= 4 && text[0] >= 0xd8 && text[0] < 0xdc:
		n = 4
	}
	n = min(n, len(text))
	for i := range n {
		code = code<<8 | int(text[i])
	}
	return code, n
}

func (f *pdfFont) width(code int) float64 {
	if f.cids != nil {
		if cid, ok := f.cids.numbers[code]; ok {
			code = cid
		}
	}
	if w, ok := f.widths[code]; ok {
		return w
	}
	return f.other
}

// letters is what a code means; empty where nothing tells.
func (f *pdfFont) letters(code int) string {
	if f.codes != nil {
		if text, ok := f.codes.texts[code]; ok {
			return text
		}
	}
	switch {
	case f.unicode && code > 0xffff:
		return string(utf16.DecodeRune(rune(code>>16), rune(code&0xffff)))
	case f.unicode:
		return string(rune(code))
	case f.composite:
		return ""
	}
	return f.simple[code&0xff]
}

func lettersIn(m *charmap.Charmap) (letters [256]string) {
	for c := range letters {
		if r := m.DecodeByte(byte(c)); r >= ' ' && r != 0xfffd {
			letters[c] = string(r)
		}
	}
	return letters
}
