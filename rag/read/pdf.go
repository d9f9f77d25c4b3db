package read

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/ledongthuc/pdf"
)

// Limits of one PDF.
const (
	maxContent = 32 << 20  // bytes of what one page draws, unpacked
	maxDrawn   = 256 << 20 // bytes of what all pages draw
	maxGlyphs  = 400_000   // characters on one page
	maxForms   = 2000      // forms drawn on one page
	formDepth  = 8         // of forms in each other
)

// readPDF reads the text of a PDF (ISO 32000-1) in the order in which people read it, and finds lines, columns, paragraphs,
// tables and headings by where the characters stand and how big they are.
func readPDF(ctx context.Context, _ string, data []byte) (*Document, error) {
	file, err := openPDF(data)
	if err != nil {
		return nil, err
	}
	p := &pdfFile{file: file, fonts: map[string]*pdfFont{}}
	pages := p.pages()
	switch {
	case len(pages) == 0:
		return nil, refused("the PDF has no pages")
	case len(pages) > maxPage:
		return nil, refused("the PDF has more than %d pages", maxPage)
	}
	var lines []pdfLine
	unread, unknown, known, images := 0, 0, 0, 0
	for n, page := range pages {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		drawing, err := p.draw(ctx, page)
		if err != nil {
			unread++
		}
		if p.drawn > maxDrawn {
			return nil, refused("the pages of the PDF unpack to more than %d MiB", maxDrawn>>20)
		}
		unknown += drawing.unknown
		known += len(drawing.glyphs)
		images += drawing.images
		lines = append(lines, linesOf(drawing.glyphs, n+1)...)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch {
	case len(lines) > 0 && unknown <= known*4:
	case unread == len(pages):
		return nil, refused("the PDF is damaged: none of its %d pages can be read", len(pages))
	case unknown > 0:
		return nil, refused("the fonts of the PDF do not tell which letters they draw; run it through text recognition (OCR) first")
	case images > 0:
		return nil, refused("the PDF has %d pages but no text, so it was scanned; run it through text recognition (OCR) first", len(pages))
	default:
		return nil, refused("the PDF has %d pages but no text on them", len(pages))
	}
	b := new(builder)
	b.doc.Pages = len(pages)
	b.doc.Title = p.title()
	if err := writePDF(b, dropFurniture(lines, len(pages))); err != nil {
		return nil, err
	}
	return b.done(), nil
}

// openPDF opens a file. Bytes before its first mark and after its last are passed over, as every viewer does.
func openPDF(data []byte) (*pdf.Reader, error) {
	head := bytes.Index(data[:min(len(data), 1024)], []byte("%PDF-"))
	if head < 0 {
		return nil, refused("the file is not a PDF")
	}
	data = data[head:]
	end := bytes.LastIndex(data, []byte("%%EOF"))
	if end < 0 {
		return nil, refused("the PDF was cut off: its end is missing")
	}
	data = bytes.Clone(data[:end+5])
	if len(data) < 200 {
		return nil, refused("the PDF is damaged: it holds nothing")
	}
	if data[5] != '1' || data[7] > '7' || data[8] != '\r' && data[8] != '\n' { // a newer version, or words behind it
		copy(data, "%PDF-1.7\n")
	}
	file, err := pdf.NewReader(bytes.NewReader(data), int64(len(data)))
	switch {
	case err == nil:
		return file, nil
	case errors.Is(err, pdf.ErrInvalidPassword), strings.Contains(err.Error(), "encrypt"), bytes.Contains(data, []byte("/Encrypt")):
		return nil, refused("the PDF has a password; save it without one")
	}
	return nil, refused("the PDF is damaged: %v", err)
}

// pdfFile is a file that is being read.
type pdfFile struct {
	file  *pdf.Reader
	fonts map[string]*pdfFont // by how the file describes them
	drawn int                 // bytes of what was drawn
}

func (p *pdfFile) title() (title string) {
	defer func() {
		if recover() != nil {
			title = ""
		}
	}()
	title = oneLine(clean(p.file.Trailer().Key("Info").Key("Title").Text()))
	if strings.HasPrefix(title, "Microsoft Word - ") || strings.EqualFold(title, "untitled") {
		return ""
	}
	return title
}

// pdfPage is a page with what it has from the nodes above it.
type pdfPage struct{ page, resources pdf.Value }

// pages walks through the tree of pages. Loops in it end at the depth and the count of what a file may have.
func (p *pdfFile) pages() (list []pdfPage) {
	const maxDepth, maxNodes = 30, 4 * maxPage
	nodes := 0
	var walk func(v, resources pdf.Value, depth int)
	walk = func(v, resources pdf.Value, depth int) {
		if nodes++; depth > maxDepth || nodes > maxNodes || len(list) > maxPage {
			return
		}
		defer func() { _ = recover() }() // a branch that cannot be read costs that branch
		if own := v.Key("Resources"); own.Kind() == pdf.Dict {
			resources = own
		}
		kids := v.Key("Kids")
		if kids.Kind() != pdf.Array {
			if v.Kind() == pdf.Dict {
				list = append(list, pdfPage{v, resources})
			}
			return
		}
		for i := range kids.Len() {
			if nodes > maxNodes {
				return
			}
			walk(kid(kids, i), resources, depth+1)
		}
	}
	defer func() { _ = recover() }()
	walk(p.file.Trailer().Key("Root").Key("Pages"), pdf.Value{}, 0)
	return list
}

// kid is an entry of a list; nothing where it cannot be read.
func kid(list pdf.Value, i int) (v pdf.Value) {
	defer func() { _ = recover() }()
	return list.Index(i)
}
