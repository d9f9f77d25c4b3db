package rag

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/rag/lexical"
)

// Over returns a retriever of texts that are in no collection, such as the items of a workflow. A chunk's number is its
// place. The embedder may be nil: then they are judged by their words alone.
func Over(ctx context.Context, language string, embedder Embedder, chunks []Chunk) (*Retriever, error) {
	list := texts(slices.Clone(chunks))
	words := lexical.NewIndex(lexical.NewAnalyzer(language), lexical.DefaultRanking)
	docs := make([]lexical.Doc, len(list))
	bodies := make([]string, len(list))
	for i := range list {
		list[i].ID = uint32(i)
		docs[i] = lexical.Doc{ID: uint32(i), Title: list[i].Title, Heading: strings.Join(list[i].Headings, "\n"), Body: list[i].Text}
		bodies[i] = list[i].Text
	}
	words.Update(docs, nil)
	r := &Retriever{Words: words, Source: list, Calibration: DefaultCalibration}
	if embedder == nil || len(list) == 0 {
		return r, nil
	}
	vectors, err := embedder.Embed(ctx, bodies)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err == nil && len(vectors) == len(list) { // else the words must do, as in a collection whose embedder fails
		r.Spaces = []Space{{Embedder: embedder, Index: exact(vectors)}}
	}
	return r, nil
}

// Given makes of chunks that were found elsewhere what a search of this retriever would have given.
func (r *Retriever) Given(question string, hits []Hit) *Found {
	return &Found{Hits: hits, Below: []Hit{}, Coverage: r.Words.Search(question, 1, nil).Coverage}
}

// texts are chunks by their place.
type texts []Chunk

func (t texts) Chunks(_ context.Context, ids []uint32) ([]Chunk, error) {
	list := make([]Chunk, 0, len(ids))
	for _, id := range ids {
		if int(id) < len(t) {
			list = append(list, t[id])
		}
	}
	return list, nil
}

// exact compares with every vector: right for the few that a workflow carries.
type exact [][]float32

func (e exact) Search(query []float32, k int, filter Filter) []Near {
	var list []Near
	for i, v := range e {
		if id := uint32(i); filter == nil || filter.Contains(id) {
			list = append(list, Near{id, dot(query, v)})
		}
	}
	slices.SortFunc(list, func(a, b Near) int { return cmp.Or(cmp.Compare(b.Cosine, a.Cosine), cmp.Compare(a.ID, b.ID)) })
	return list[:min(k, len(list))]
}
