package read

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// maxXMLDepth is how deep elements of an Office file may lie in each other.
const maxXMLDepth = 256

// readWord reads WordprocessingML (ECMA-376 part 1, section 17): paragraphs, headings by their style, lists, tables.
// What was deleted with changes being tracked is not read.
func readWord(ctx context.Context, _ string, data []byte) (*Document, error) {
	if err := checkArchive(data); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, refused("the file is damaged: %v", err)
	}
	w := &word{ctx: ctx, headings: map[string]int{}}
	if err := w.part(z, "word/styles.xml", w.styles); err != nil && !errors.Is(err, errNoPart) {
		return nil, err
	}
	if err := w.part(z, "docProps/core.xml", w.properties); err != nil && !errors.Is(err, errNoPart) {
		return nil, err
	}
	if err := w.part(z, "word/document.xml", w.document); err != nil {
		if errors.Is(err, errNoPart) {
			return nil, refused("the file is damaged: it has no text of a document")
		}
		return nil, err
	}
	return w.done(), nil
}

var errNoPart = errors.New("no such part")

type word struct {
	builder
	ctx      context.Context
	headings map[string]int // style → level of the heading it is
}

func (w *word) part(z *zip.Reader, name string, read func(*xml.Decoder) error) error {
	f, err := z.Open(name)
	if err != nil {
		return errNoPart
	}
	defer func() { _ = f.Close() }()
	err = read(xml.NewDecoder(io.LimitReader(f, 4*maxText)))
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrChecksum) {
		return refused("the file is damaged: its part %s cannot be read to its end (%v)", name, err)
	}
	return err
}

// styles learns which styles are headings: those with an outline level, or called so.
func (w *word) styles(d *xml.Decoder) error {
	id := ""
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "style":
			id = attribute(e, "styleId")
		case "name":
			name := strings.ToLower(attribute(e, "val"))
			if level, err := strconv.Atoi(strings.TrimPrefix(name, "heading ")); err == nil && level >= 1 && level <= 9 {
				w.headings[id] = level
			} else if name == "title" {
				w.headings[id] = 1
			}
		case "outlineLvl":
			if level, err := strconv.Atoi(attribute(e, "val")); err == nil && level >= 0 && level < 9 && id != "" {
				w.headings[id] = level + 1
			}
		}
	}
}

func (w *word) properties(d *xml.Decoder) error {
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "title" {
			var title string
			if err := d.DecodeElement(&title, &e); err != nil {
				return err
			}
			w.doc.Title = oneLine(clean(title))
		}
	}
}

// paragraph is one that is being read.
type paragraph struct {
	text  strings.Builder
	level int  // of a heading; 0: none
	item  bool // of a list
}

func (w *word) document(d *xml.Decoder) error {
	var p paragraph
	var table [][]string // rows of the outermost table that is being read
	var cell []string
	tables, depth, skipped := 0, 0, 0
	for {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxXMLDepth {
				return refused("elements of the file lie more than %d deep in each other", maxXMLDepth)
			}
			switch e.Name.Local {
			case "p":
				p = paragraph{}
			case "pStyle":
				p.level = w.headings[attribute(e, "val")]
			case "numPr":
				p.item = true
			case "tab":
				p.text.WriteByte('\t')
			case "br", "cr":
				p.text.WriteByte('\n')
			case "tbl":
				tables++
			case "tr":
				if tables == 1 {
					table = append(table, nil)
				}
			case "tc":
				if tables == 1 {
					cell = nil
				}
			case "del", "instrText", "Fallback":
				skipped++
			case "t":
				var text string
				depth--
				if err := d.DecodeElement(&text, &e); err != nil {
					return err
				}
				if skipped == 0 {
					p.text.WriteString(text)
				}
			}
		case xml.EndElement:
			depth--
			switch e.Name.Local {
			case "del", "instrText", "Fallback":
				skipped--
			case "p":
				if tables > 0 {
					cell = append(cell, p.text.String())
				} else if err := w.paragraph(&p); err != nil {
					return err
				}
			case "tc":
				if n := len(table); tables == 1 && n > 0 {
					table[n-1] = append(table[n-1], oneLine(strings.Join(cell, " ")))
				}
			case "tbl":
				if tables--; tables == 0 {
					if err := w.add(Table, 0, 0, markdownTable(table), false); err != nil {
						return err
					}
					table = nil
				}
			}
		}
	}
}

func (w *word) paragraph(p *paragraph) error {
	switch {
	case p.level > 0:
		if w.doc.Title == "" && p.level == 1 {
			w.doc.Title = oneLine(clean(p.text.String()))
		}
		return w.add(Heading, p.level, 0, oneLine(p.text.String()), false)
	case p.item:
		joined := len(w.doc.Blocks) > 0 && w.doc.Blocks[len(w.doc.Blocks)-1].Kind == Item
		return w.add(Item, 0, 0, "- "+strings.TrimSpace(p.text.String()), joined)
	}
	return w.add(Paragraph, 0, 0, p.text.String(), false)
}

// markdownTable writes rows as a table of Markdown, the first of them as its head.
func markdownTable(rows [][]string) string {
	var b strings.Builder
	for i, cells := range rows {
		b.WriteString("| " + strings.ReplaceAll(strings.Join(cells, " | "), "\n", " ") + " |\n")
		if i == 0 {
			b.WriteString("|" + strings.Repeat(" --- |", max(len(cells), 1)) + "\n")
		}
	}
	return b.String()
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
