package library

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/rag"
)

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
	holders := o.shelf.holders()
	counts, total := make([]int, len(holders.sets)), 0
	best := o.Retriever.Words.SearchEach(text, from+limit, o.Select(tags), func(id uint32) {
		if total++; int(id) < len(holders.set) {
			counts[holders.set[id]]++
		}
	}).Hits
	out := &Records{Records: []Record{}, Total: total, Tags: map[string]int{}}
	for set, n := range counts {
		for _, tag := range holders.sets[set] {
			if n > 0 {
				out.Tags[tag] += n
			}
		}
	}
	shown := best[min(from, len(best)):]
	numbers := make([]uint32, len(shown))
	for i, h := range shown {
		numbers[i] = h.ID
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
			out.Records = append(out.Records, Record{c.Document, c.ID, c.Title, c.Headings, snippet(c.Text, text), c.Page, holders.tags(h.ID), h.Score})
		}
	}
	return out, nil
}

// holders say which tags each chunk has, by the chunk's number: as a number of a set of tags, of which there are few.
type holders struct {
	set  []uint32
	sets [][]string // the first is empty, for chunks that are gone
}

func (h *holders) tags(chunk uint32) []string {
	if int(chunk) >= len(h.set) {
		return []string{}
	}
	return append([]string{}, h.sets[h.set[chunk]]...)
}

// holders are made anew after a change.
func (s *shelf) holders() *holders {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held != nil {
		return s.held
	}
	h, known := &holders{sets: [][]string{nil}}, map[string]uint32{"": 0}
	for _, e := range s.editions {
		key := strings.Join(e.Tags, "\x00")
		set, found := known[key]
		if !found {
			set = uint32(len(h.sets))
			known[key], h.sets = set, append(h.sets, e.Tags)
		}
		for _, n := range e.chunks {
			if int(n) >= len(h.set) {
				h.set = append(h.set, make([]uint32, int(n)+1-len(h.set))...)
			}
			h.set[n] = set
		}
	}
	s.held = h
	return h
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
