// Package rag answers questions from documents: it finds the chunks that may hold the answer by their words and by their
// meaning, ranks them, tells how sure it is, and answers from them with citations that it checks.
//
// The way of a question (docs/retrieval.md has the measurements behind each step):
//
//	words (BM25F) and meaning (vectors), 100 candidates each
//	→ fusion to 50, weighted by how many of the question's words stand in the best chunks
//	→ reranking to 10 by features of question and chunk together
//	→ a probability for each, of which only those above the threshold are evidence
//	→ an answer with a citation a sentence, checked; without evidence, none
package rag

import "context"

// Chunk is a piece of a document, as the index knows it by its number.
type Chunk struct {
	ID       uint32   `json:"id"`
	Document string   `json:"document"` // the document's id
	Title    string   `json:"title"`    // of the document
	Headings []string `json:"headings,omitempty"`
	Text     string   `json:"text"`
	Start    int      `json:"start"` // bytes of the document's text
	End      int      `json:"end"`
	Page     int      `json:"page,omitempty"` // counted from 1; 0: the format has none
}

// Filter says which chunks a question may see: those of the workspace, the collection, the tags. nil: all.
type Filter interface{ Contains(id uint32) bool }

// Source loads chunks by their numbers. Those that are gone are left out.
type Source interface {
	Chunks(ctx context.Context, ids []uint32) ([]Chunk, error)
}

// Embedder turns texts into vectors of unit length, so that near means alike. llm.Embedder is one.
type Embedder interface {
	Name() string
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// Near is a chunk that was found by its meaning.
type Near struct {
	ID     uint32
	Cosine float64 // -1 to 1
}

// Vectors finds the chunks whose vectors are nearest to one, the nearest first.
type Vectors interface {
	Search(query []float32, k int, filter Filter) []Near
}
