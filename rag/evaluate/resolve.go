package evaluate

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"unicode"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
)

// wholes are documents that are meant as a whole: the first of their chunks stands for all.
type wholes map[uint32]uint32

// resolve finds the chunks that answer a question.
func resolve(ctx context.Context, places Places, q *Question) (map[uint32]bool, wholes, error) {
	good, whole := map[uint32]bool{}, wholes{}
	for _, p := range q.Good {
		chunks, all, err := places(ctx, p)
		if err != nil {
			return nil, nil, err
		}
		for _, n := range chunks {
			if all {
				whole[n] = chunks[0]
			} else {
				good[n] = true
			}
		}
	}
	for _, first := range whole {
		good[first] = true
	}
	return good, whole, nil
}

// results are the numbers of what was found, each document that is meant as a whole once.
func (w wholes) results(hits []rag.Hit) []uint32 {
	ids := make([]uint32, 0, len(hits))
	seen := map[uint32]bool{}
	for _, h := range hits {
		id := h.ID
		if first, whole := w[id]; whole {
			if seen[first] {
				continue
			}
			id, seen[first] = first, true
		}
		ids = append(ids, id)
	}
	return ids
}

// In returns the places of an open collection. named finds a document's id by its name, content what is searched of it.
func In(named func(ctx context.Context, name string) (id string, err error), content func(ctx context.Context, id string) (*library.Content, error)) Places {
	type read struct {
		*library.Content
		err error
	}
	known := map[string]read{} // by name; questions are often about the same documents
	return func(ctx context.Context, p Passage) ([]uint32, bool, error) {
		k, seen := known[p.Document]
		if !seen {
			var id string
			if id, k.err = named(ctx, p.Document); k.err == nil {
				k.Content, k.err = content(ctx, id)
			}
			if k.err == nil && (k.Content == nil || len(k.Chunks) == 0) {
				k.err = fmt.Errorf("the document %.100q is not searched yet: %w", p.Document, fs.ErrNotExist)
			}
			if len(known) >= maxKnown {
				clear(known)
			}
			known[p.Document] = k
		}
		if k.err != nil {
			return nil, false, k.err
		}
		return place(k.Content, p)
	}
}

// Quote is a chunk as a passage that stays right when its document is cut anew. What is longer than a quote may be is
// quoted from its beginning.
func Quote(document string, k rag.Chunk) Passage {
	text := k.Text
	if n := k.End - k.Start; n > 0 && n < len(text) {
		text = text[len(text)-n:] // a part of a table carries the table's head before it
	}
	if len(text) > maxQuote {
		text = strings.ToValidUTF8(text[:maxQuote], "")
		if i := strings.LastIndexFunc(text, unicode.IsSpace); i > 0 {
			text = text[:i]
		}
	}
	return Passage{Document: document, Quote: strings.TrimSpace(text)}
}

// maxKnown is how many documents are held at a time.
const maxKnown = 20

func place(c *library.Content, p Passage) (list []uint32, whole bool, err error) {
	start, end := p.Start, p.End
	if p.Quote != "" {
		if start, end = find(c.Text, p.Quote); start < 0 {
			return nil, false, fmt.Errorf("the quote %.80q does not stand in %.100q: %w", p.Quote, p.Document, fs.ErrNotExist)
		}
	}
	whole = end == 0
	for _, k := range c.Chunks {
		if whole || k.Start < end && k.End > start {
			list = append(list, k.Number)
		}
	}
	if len(list) == 0 {
		return nil, false, fmt.Errorf("there is no text from byte %d to %d of %.100q: %w", start, end, p.Document, fs.ErrNotExist)
	}
	return list, whole, nil
}

// find tells where a quote stands in a text, in bytes; -1 where it does not. Runs of spaces count as one.
func find(text, quote string) (start, end int) {
	if at := strings.Index(text, quote); at >= 0 {
		return at, at + len(quote)
	}
	words := strings.Fields(quote)
	if len(words) == 0 {
		return -1, -1
	}
	for at := 0; ; {
		next := strings.Index(text[at:], words[0])
		if next < 0 {
			return -1, -1
		}
		start = at + next
		if end := follow(text, start, words); end >= 0 {
			return start, end
		}
		at = start + len(words[0])
	}
}

// follow returns where words that begin at a place end, or -1.
func follow(text string, at int, words []string) int {
	for i, w := range words {
		if i > 0 {
			rest := strings.TrimLeftFunc(text[at:], unicode.IsSpace)
			if len(rest) == len(text)-at {
				return -1
			}
			at = len(text) - len(rest)
		}
		if !strings.HasPrefix(text[at:], w) {
			return -1
		}
		at += len(w)
	}
	return at
}
