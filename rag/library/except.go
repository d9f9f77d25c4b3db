package library

import (
	"slices"

	"github.com/atelier-studio/atelier/rag"
)

// Except returns all chunks but those that are hidden, as to ask what would be found if they were not there.
func (o *Opened) Except(hidden func(document string, chunk uint32) bool) rag.Filter {
	o.shelf.mu.Lock()
	defer o.shelf.mu.Unlock()
	s := newSelection()
	for _, e := range o.shelf.editions {
		for _, n := range e.chunks {
			if !hidden(e.Document, n) {
				s.add(n)
			}
		}
	}
	return s
}

// Held tells of how many documents and chunks a collection consists that can be searched now.
func (o *Opened) Held() (documents, chunks int) {
	o.shelf.mu.Lock()
	defer o.shelf.mu.Unlock()
	for _, e := range o.shelf.editions {
		documents++
		chunks += len(e.chunks)
	}
	return documents, chunks
}

// Sample returns up to n chunk numbers, evenly from all documents and always the same of the same collection.
func (o *Opened) Sample(n int) []uint32 {
	o.shelf.mu.Lock()
	defer o.shelf.mu.Unlock()
	var all []uint32
	for _, e := range o.shelf.editions {
		all = append(all, e.chunks...)
	}
	slices.Sort(all)
	if len(all) <= n {
		return all
	}
	picked := make([]uint32, n)
	for i := range picked {
		picked[i] = all[i*len(all)/n]
	}
	return picked
}

// ChunksOf returns the chunks of some documents.
func (o *Opened) ChunksOf(documents map[string]bool) map[uint32]bool {
	o.shelf.mu.Lock()
	defer o.shelf.mu.Unlock()
	chunks := map[uint32]bool{}
	for id := range documents {
		if e := o.shelf.editions[id]; e != nil {
			for _, n := range e.chunks {
				chunks[n] = true
			}
		}
	}
	return chunks
}
