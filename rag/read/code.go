package read

import (
	"context"
	"strings"
)

// readCode reads a program: one block of code for each declaration at the margin, with the comment above it.
func readCode(_ context.Context, name string, data []byte) (*Document, error) {
	doc := &Document{Title: strings.ReplaceAll(name, `\`, "/"), Text: decode(data)}
	m := &markdown{doc: doc}
	blank := false
	for m.at < len(doc.Text) {
		start, end, next := m.bounds(m.at)
		line := doc.Text[start:end]
		switch {
		case strings.TrimSpace(line) == "":
			blank = true
		case blank && line[0] != ' ' && line[0] != '\t' && !closes(line):
			m.end()
			m.extend(Code, start, end)
			blank = false
		default:
			m.extend(Code, start, end)
			blank = false
		}
		m.at = next
	}
	m.end()
	return doc, nil
}

// closes tells whether a line ends what was begun before.
func closes(line string) bool { return strings.Trim(line, ")]}; \t") == "" }
