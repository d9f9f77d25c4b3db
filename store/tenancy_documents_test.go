package store_test

import (
	"maps"
	"testing"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag/evaluate"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/store"
)

// ours are the documents and the keys of workspace alpha.
type ours struct{ collection, document, question, evaluation, key string }

func init() { maps.Copy(scoped, scopedDocuments) }

var scopedDocuments = map[string]asked{
	"Collections": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Collections(t.Context(), s)
		return len(list), err
	},
	"Collection": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Collection(t.Context(), s, v.collection)
		return 1, err
	},
	"CollectionID": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.CollectionID(t.Context(), s, "Ours")
		return 1, err
	},
	"PutCollection": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.PutCollection(t.Context(), s, library.Collection{ID: v.collection, Name: "Ours"})
		return 1, err
	},
	"AddDocument": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, _, err := p.AddDocument(t.Context(), s, v.collection, store.NewDocument{Name: "more.txt", Data: []byte("more")})
		return 1, err
	},
	"Documents": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, _, err := p.Documents(t.Context(), s, v.collection, store.DocumentFilter{})
		return len(list), err
	},
	"Document": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Document(t.Context(), s, v.collection, v.document)
		return 1, err
	},
	"DocumentText": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.DocumentText(t.Context(), s, v.collection, v.document)
		return 1, err
	},
	"DocumentFile": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.DocumentFile(t.Context(), s, v.collection, v.document)
		return 1, err
	},
	"OrderDocuments": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return p.OrderDocuments(t.Context(), s, v.collection, store.RetryDocuments)
	},
	"Questions": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Questions(t.Context(), s, v.collection)
		return len(list), err
	},
	"PutQuestions": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.PutQuestions(t.Context(), s, v.collection, []evaluate.Question{{Question: "Another?", Unanswerable: true}})
		return 1, err
	},
	"JudgedPlaces": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, _, err := p.JudgedPlaces(s, v.collection)(t.Context(), evaluate.Passage{Document: "ours.txt"})
		return 1, err
	},
	"AddEvaluation": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.AddEvaluation(t.Context(), s, v.collection, "", &evaluate.Result{})
		return 1, err
	},
	"Evaluations": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Evaluations(t.Context(), s, v.collection)
		return len(list), err
	},
	"Evaluation": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Evaluation(t.Context(), s, v.collection, v.evaluation)
		return 1, err
	},
	"Keys": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Keys(t.Context(), s)
		return len(list), err
	},
	"DeleteKey": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.DeleteKey(t.Context(), s, v.key)
	},
	"DeleteQuestion": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.DeleteQuestion(t.Context(), s, v.collection, v.question)
	},
	"DeleteDocuments": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return p.DeleteDocuments(t.Context(), s, v.collection, v.document)
	},
	"DeleteCollection": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.DeleteCollection(t.Context(), s, v.collection)
	},
}

// documents fills a collection of workspace alpha.
func (p *place) documents(t *testing.T) (v ours) {
	ctx := t.Context()
	c, err := p.PutCollection(ctx, p.alpha, library.Collection{Name: "Ours"})
	must(t, err)
	d, _, err := p.AddDocument(ctx, p.alpha, c.ID, store.NewDocument{Name: "ours.txt", Data: []byte("Ours")})
	must(t, err)
	q := p.Store.Library()
	task, err := q.Claim(ctx, "worker", 0)
	must(t, err)
	must(t, q.Publish(ctx, task, &library.Content{Title: "Ours", Text: "Ours", Chunks: []library.Chunk{{Number: 1, End: 4, Text: "Ours"}}}))
	questions, err := p.PutQuestions(ctx, p.alpha, c.ID, []evaluate.Question{{Question: "Whose?", Good: []evaluate.Passage{{Document: "ours.txt"}}}})
	must(t, err)
	e, err := p.AddEvaluation(ctx, p.alpha, c.ID, "", &evaluate.Result{})
	must(t, err)
	v = ours{c.ID, d.ID, questions[0], e.ID, "key1"}
	must(t, p.CreateKey(ctx, auth.Key{ID: v.key, Hash: "hash1", Hint: "atl_", Name: "Key", UserID: p.alpha.User(), Workspace: "alpha", Scopes: []string{"view"}, Created: 1, Expires: 1 << 60}))
	return v
}
