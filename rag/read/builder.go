package read

import "strings"

// builder puts a document together block by block.
type builder struct {
	doc  Document
	text strings.Builder
}

// add appends a block, with an empty line before it, or only a line end where it belongs to the one before.
func (b *builder) add(kind Kind, level, page int, text string, joined bool) error {
	text = strings.TrimRight(clean(text), " \t\r\n")
	if strings.TrimSpace(text) == "" {
		return nil
	}
	if b.text.Len()+len(text) > maxText {
		return refused("the file holds more than %d MiB of text", maxText>>20)
	}
	if b.text.Len() > 0 {
		b.text.WriteString("\n")
		if !joined {
			b.text.WriteString("\n")
		}
	}
	start := b.text.Len()
	b.text.WriteString(text)
	b.doc.Blocks = append(b.doc.Blocks, Block{Kind: kind, Level: level, Start: start, End: b.text.Len(), Page: page})
	return nil
}

func (b *builder) done() *Document {
	b.doc.Text = b.text.String()
	return &b.doc
}

// oneLine makes one line of a text, for headings and cells.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// row is a record in words: "column: value; column: value". Empty cells say nothing.
func row(names, cells []string) string {
	var parts []string
	for i, cell := range cells {
		cell = oneLine(cell)
		if cell == "" {
			continue
		}
		if i < len(names) && names[i] != "" {
			cell = names[i] + ": " + cell
		}
		parts = append(parts, cell)
	}
	return strings.Join(parts, "; ")
}
