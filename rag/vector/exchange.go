package vector

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"slices"

	"github.com/philippgille/chromem-go"
)

// Document is a vector with its text, as programs exchange them in files of chromem-go.
type Document struct {
	ID       string
	Metadata map[string]string
	Vector   []float32
	Text     string
}

// Export writes documents as a collection in the format of chromem-go, compressed.
func Export(ctx context.Context, w io.Writer, collection string, documents iter.Seq2[Document, error]) error {
	db := chromem.NewDB()
	none := func(context.Context, string) ([]float32, error) {
		return nil, fmt.Errorf("%w: a document without a vector cannot be exported", fs.ErrInvalid)
	}
	c, err := db.CreateCollection(collection, nil, none)
	if err != nil {
		return fmt.Errorf("%w: %w", fs.ErrInvalid, err)
	}
	for d, err := range documents {
		if err != nil {
			return err
		}
		if err := c.AddDocument(ctx, chromem.Document{ID: d.ID, Metadata: d.Metadata, Embedding: d.Vector, Content: d.Text}); err != nil {
			return fmt.Errorf("document %q: %w", d.ID, err)
		}
	}
	return db.ExportToWriter(w, true, "")
}

// Import reads a file of chromem-go, compressed or not, of at most so many bytes uncompressed, and gives the documents of
// each collection by their ids. What cannot be read is an fs.ErrInvalid.
func Import(r io.Reader, most int64) (map[string][]Document, error) {
	buffered := bufio.NewReader(r)
	var plain io.Reader = buffered
	if head, _ := buffered.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, fmt.Errorf("%w: the file is damaged: %w", fs.ErrInvalid, err)
		}
		plain = z
	}
	limited := &io.LimitedReader{R: plain, N: most}
	// The same fields as in chromem-go, so that nothing is decoded that is not expected.
	var file struct {
		Collections map[string]*struct {
			Name      string
			Documents map[string]*chromem.Document
		}
	}
	if err := gob.NewDecoder(limited).Decode(&file); err != nil {
		if limited.N == 0 {
			err = fmt.Errorf("it holds more than %d bytes", most)
		}
		return nil, fmt.Errorf("%w: this is no file of chromem-go, or it is damaged: %w", fs.ErrInvalid, err)
	}
	out := map[string][]Document{}
	for _, c := range file.Collections {
		if c == nil {
			continue
		}
		var documents []Document
		for _, d := range c.Documents {
			if d == nil {
				continue
			}
			if _, err := size(len(d.Embedding), d.Embedding); err != nil || len(d.Embedding) > MaxDims {
				return nil, fmt.Errorf("document %q: %w", d.ID, cmp.Or(err, errors.New("its vector is too long")))
			}
			documents = append(documents, Document{ID: d.ID, Metadata: d.Metadata, Vector: d.Embedding, Text: d.Content})
		}
		slices.SortFunc(documents, func(a, b Document) int { return cmp.Compare(a.ID, b.ID) })
		out[c.Name] = documents
	}
	return out, nil
}
