package views

import (
	"context"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/split"
)

// RetrievalView is the page that shows how questions find chunks, with what its address asks for.
type RetrievalView struct {
	Collection library.Collection
	Question   string
	A, B       SearchSide
	Compare    bool
	Providers  []string // names of credentials of language models that can answer here
}

// SearchSide is how one side of a comparison searches.
type SearchSide struct {
	Settings rag.Settings
	Split    split.Options
}

// answerChoices are who can answer: nobody, which is the first choice, sentences of the documents, or a model.
func (v RetrievalView) answerChoices(ctx context.Context) []Choice {
	list := []Choice{{"-", tr(ctx, "None: only search")}, {"", tr(ctx, "Sentences of the documents")}}
	for _, name := range v.Providers {
		list = append(list, Choice{name, name})
	}
	return list
}
