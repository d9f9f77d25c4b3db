package store_test

import (
	"maps"
	"testing"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/evaluate"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/site"
	"github.com/atelier-studio/atelier/rag/talk"
	"github.com/atelier-studio/atelier/store"
)

// ours are the documents and the keys of workspace alpha.
type ours struct {
	collection, document, question, evaluation, key, talk, thrown, message, asked, source string
}

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
	"AddDocuments": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.AddDocuments(t.Context(), s, v.collection, []store.NewDocument{{Name: "more.txt", Data: []byte("more")}})
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
		_, err := p.AddEvaluation(t.Context(), s, v.collection, evaluate.Evaluation{Status: evaluate.Done})
		return 1, err
	},
	"StopEvaluation": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.StopEvaluation(t.Context(), s, v.collection, v.evaluation)
	},
	"SetCalibration": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.SetCalibration(t.Context(), s, v.collection, nil)
	},
	"DeleteEvaluation": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.DeleteEvaluation(t.Context(), s, v.collection, v.evaluation)
	},
	"Evaluations": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Evaluations(t.Context(), s, v.collection)
		return len(list), err
	},
	"Evaluation": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Evaluation(t.Context(), s, v.collection, v.evaluation)
		return 1, err
	},
	"Sources": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Sources(t.Context(), s, v.collection)
		return len(list), err
	},
	"Source": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Source(t.Context(), s, v.collection, v.source)
		return 1, err
	},
	"PutSource": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.PutSource(t.Context(), s, v.collection, site.Source{Address: "https://example.org/other"})
		return 1, err
	},
	"OrderSource": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.OrderSource(t.Context(), s, v.collection, v.source, store.LookSource)
		return 1, err
	},
	"SourcePages": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, _, err := p.SourcePages(t.Context(), s, v.collection, v.source, "", "", 0)
		return 1, err
	},
	"FetchedDocument": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, _, _, err := p.FetchedDocument(t.Context(), s, v.collection, "https://example.org/")
		return 1, err
	},
	"DeleteSource": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.DeleteSource(t.Context(), s, v.collection, v.source, true)
		return 1, err
	},
	"Conversations": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, _, err := p.Conversations(t.Context(), s, v.collection, store.ConversationFilter{})
		return len(list), err
	},
	"Conversation": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Conversation(t.Context(), s, v.collection, v.talk)
		return 1, err
	},
	"RenameConversation": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.RenameConversation(t.Context(), s, v.collection, v.talk, "Ours")
	},
	"RestoreConversation": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.RestoreConversation(t.Context(), s, v.collection, v.thrown)
	},
	"BeginMessage": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, _, _, err := p.BeginMessage(t.Context(), s, v.collection, v.talk, "Another?")
		return 1, err
	},
	"FinishMessage": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.FinishMessage(t.Context(), s, v.collection, &talk.Message{ID: v.asked, State: talk.Stopped}, nil)
	},
	"Messages": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Messages(t.Context(), s, v.collection, v.talk)
		return len(list), err
	},
	"MessageTrace": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.MessageTrace(t.Context(), s, v.collection, v.message, true)
		return 1, err
	},
	"Judge": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.Judge(t.Context(), s, v.collection, v.talk, v.message, &talk.Feedback{Verdict: talk.Down})
	},
	"Judged": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, _, err := p.Judged(t.Context(), s, v.collection, store.JudgedFilter{})
		return len(list), err
	},
	"JudgedCounts": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		counts, err := p.JudgedCounts(t.Context(), s, v.collection)
		return len(counts), err
	},
	"JudgedAnswer": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, _, err := p.JudgedAnswer(t.Context(), s, v.collection, v.message)
		return 1, err
	},
	"MakeQuestion": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.MakeQuestion(t.Context(), s, v.collection, v.message, evaluate.Question{Question: "Whose, then?", Unanswerable: true})
		return 1, err
	},
	"DeleteConversation": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.DeleteConversation(t.Context(), s, v.collection, v.talk)
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

// talks has the person of workspace alpha talk with their collection: an answer they judged, a question that waits for one, and
// a conversation that they threw away.
func (p *place) talks(t *testing.T, v *ours) {
	ctx := t.Context()
	c, m, _, err := p.BeginMessage(ctx, p.alpha, v.collection, "", "Whose?")
	must(t, err)
	m.State, m.Answer = talk.Answered, &rag.Answer{Question: "Whose?", Mode: rag.Abstained}
	must(t, p.FinishMessage(ctx, p.alpha, v.collection, &m, &talk.Trace{Found: new(rag.Found)}))
	must(t, p.Judge(ctx, p.alpha, v.collection, c.ID, m.ID, &talk.Feedback{Verdict: talk.Down}))
	_, open, _, err := p.BeginMessage(ctx, p.alpha, v.collection, c.ID, "And then?")
	must(t, err)
	thrown, _, _, err := p.BeginMessage(ctx, p.alpha, v.collection, "", "Never mind")
	must(t, err)
	must(t, p.DeleteConversation(ctx, p.alpha, v.collection, thrown.ID))
	v.talk, v.message, v.asked, v.thrown = c.ID, m.ID, open.ID, thrown.ID
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
	e, err := p.AddEvaluation(ctx, p.alpha, c.ID, evaluate.Evaluation{})
	must(t, err)
	v = ours{collection: c.ID, document: d.ID, question: questions[0], evaluation: e.ID, key: "key1"}
	p.talks(t, &v)
	source, err := p.PutSource(ctx, p.alpha, c.ID, site.Source{Address: "https://example.org/"})
	must(t, err)
	v.source = source.ID
	must(t, p.CreateKey(ctx, auth.Key{ID: v.key, Hash: "hash1", Hint: "atl_", Name: "Key", UserID: p.alpha.User(), Workspace: "alpha", Scopes: []string{"view"}, Created: 1, Expires: 1 << 60}))
	return v
}
