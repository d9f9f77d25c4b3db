package library

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/atelier-studio/atelier/rag/lexical"
)

// IndexWords makes the index of a document's words, to be kept.
func IndexWords(language string, c *Content) (Words, error) {
	part, err := lexical.Build(lexical.NewAnalyzer(language), wordsOf(c)).MarshalBinary()
	return Words{Language: language, Part: part}, err
}

// wordsOf is what of a document's chunks is found by its words.
func wordsOf(c *Content) []lexical.Doc {
	docs := make([]lexical.Doc, len(c.Chunks))
	for i, k := range c.Chunks {
		docs[i] = lexical.Doc{ID: k.Number, Title: c.Title, Heading: strings.Join(k.Headings, "\n"), Body: k.Text}
	}
	return docs
}

// read reads what was kept; the error wraps fs.ErrInvalid when it has to be made again.
func (w *Words) read(language string) (*lexical.Part, error) {
	switch {
	case w.Part == nil:
		return nil, errors.Join(errors.New("the words were not kept"), fs.ErrInvalid)
	case w.Language != language:
		return nil, fmt.Errorf("the words were read as %q: %w", w.Language, fs.ErrInvalid)
	}
	return lexical.ParsePart(w.Part)
}
