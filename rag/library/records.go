package library

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/rag"
)

// maxRecords is how many of the best matches a search for records looks at.
const maxRecords = 20_000

// Records is a page of what words find in a collection, a chunk each.
type Records struct {
	Records []Record       `json:"records"`
	Total   int            `json:"total"` // of all pages
	Tags    map[string]int `json:"tags"`  // how many of all have each tag
}

// Record is a chunk that words found.
type Record struct {
	Document string   `json:"document"`
	Chunk    uint32   `json:"chunk"`
	Title    string   `json:"title"`
	Headings []string `json:"headings,omitempty"`
	Snippet  string   `json:"snippet"`
	Page     int      `json:"page,omitempty"`
	Tags     []string `json:"tags"`
	Score    float64  `json:"score"`
}

// Find searches by words alone, for lists that people leaf through: every match is counted, and only the chunks of the
// page are read. from is the number of the first.
func (o *Opened) Find(ctx context.Context, text string, tags []string, from, limit int) (*Records, error) {
	found := o.Retriever.Words.Search(text, maxRecords, o.Select(tags)).Hits
	out := &Records{Records: []Record{}, Total: len(found), Tags: map[string]int{}}
	shown := found[min(from, len(found)):min(from+limit, len(found))]
	numbers := make([]uint32, len(shown))
	held := make(map[uint32][]string, len(shown))
	holders := o.shelf.holders()
	for i, h := range found {
		e := holders[h.ID]
		if e == nil { // removed since
			continue
		}
		for _, tag := range e.Tags {
			out.Tags[tag]++
		}
		if i >= from && i < from+limit {
			numbers[i-from], held[h.ID] = h.ID, e.Tags
		}
	}
	chunks, err := o.Retriever.Source.Chunks(ctx, numbers)
	if err != nil {
		return nil, err
	}
	read := make(map[uint32]*rag.Chunk, len(chunks))
	for i := range chunks {
		read[chunks[i].ID] = &chunks[i]
	}
	for _, h := range shown {
		if c := read[h.ID]; c != nil {
			out.Records = append(out.Records, Record{c.Document, c.ID, c.Title, c.Headings, snippet(c.Text, text), c.Page, slices.Clone(held[h.ID]), h.Score})
		}
	}
	return out, nil
}

// holders are the editions by their chunks, as they are now. They are made anew after a change.
func (s *shelf) holders() map[uint32]*edition {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byChunk == nil {
		s.byChunk = map[uint32]*edition{}
		for _, e := range s.editions {
			for _, n := range e.chunks {
				s.byChunk[n] = e
			}
		}
	}
	return s.byChunk
}

const snippetBytes = 240

// snippet is the part of a text where the first of the words stands, on whole words.
func snippet(text, words string) string {
	if len(text) <= snippetBytes {
		return text
	}
	at := -1
	for word := range strings.FieldsSeq(words) {
		if i := strings.Index(text, word); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	begin := max(0, min(at-snippetBytes/4, len(text)-snippetBytes))
	end := begin + snippetBytes
	for begin > 0 && !utf8.RuneStart(text[begin]) {
		begin--
	}
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end++
	}
	part := text[begin:end]
	if end < len(text) {
		part = strings.TrimRight(part[:max(strings.LastIndexByte(part, ' '), len(part)-30)], " ") + "…"
	}
	if begin > 0 {
		if i := strings.IndexByte(part, ' '); i >= 0 && i < 30 {
			part = part[i+1:]
		}
		part = "…" + part
	}
	return strings.ToValidUTF8(part, "")
}
