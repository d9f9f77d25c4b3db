package library

import (
	"context"
	"sync"

	"github.com/atelier-studio/atelier/rag"
)

// source reads the chunks of a collection, and keeps those that are asked for often in memory. A chunk never changes
// under its number: what changes is which there are, and that begins a new source.
type source struct {
	shelves               Shelves
	workspace, collection string
	read                  *readChunks
}

// readChunks are chunks in memory, by their numbers.
type readChunks struct {
	mu    sync.RWMutex
	by    map[uint32]rag.Chunk
	bytes int
}

// maxRead bounds what is kept of a collection's chunks, in bytes.
const maxRead = 8 << 20

// Chunks is in rag.Source.
func (s source) Chunks(ctx context.Context, ids []uint32) ([]rag.Chunk, error) {
	out := make([]rag.Chunk, 0, len(ids))
	s.read.mu.RLock()
	for _, id := range ids {
		c, ok := s.read.by[id]
		if !ok {
			break
		}
		out = append(out, c)
	}
	s.read.mu.RUnlock()
	if len(out) == len(ids) {
		return out, nil
	}
	out, err := s.shelves.Chunks(ctx, s.workspace, s.collection, ids)
	if err == nil {
		s.read.keep(out)
	}
	return out, err
}

func (r *readChunks) keep(list []rag.Chunk) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.by == nil {
		r.by = map[uint32]rag.Chunk{}
	}
	for i := range list {
		if _, known := r.by[list[i].ID]; !known {
			r.by[list[i].ID] = list[i]
			r.bytes += weight(&list[i])
		}
	}
	for id, c := range r.by { // whichever come first; what is asked for often is soon back
		if r.bytes <= maxRead {
			break
		}
		r.bytes -= weight(&c)
		delete(r.by, id)
	}
}

// weight is about what a chunk takes in memory.
func weight(c *rag.Chunk) int {
	n := 200 + len(c.Text) + len(c.Title) + len(c.Document)
	for _, h := range c.Headings {
		n += len(h) + 16
	}
	return n
}
