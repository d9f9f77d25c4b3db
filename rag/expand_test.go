package rag_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/llm/llmtest"
	"github.com/atelier-studio/atelier/rag"
)

// A model's other wordings find what the question's own words do not; without one that answers, the question is searched as
// it was asked, and the stage says so.
func TestWordings(t *testing.T) {
	t.Parallel()
	server := llmtest.Pipe()
	t.Cleanup(server.Close)
	provider, err := llm.Open(llm.Config{Kind: llm.OpenAI, BaseURL: server.URL + "/v1", Model: "chat"}, server.Client(), llmtest.Key)
	if err != nil {
		t.Fatal(err)
	}
	const question = "How do I get my money back?"
	many := strings.Repeat("Another wording of the question\n- ", 9)
	for name, tt := range map[string]struct {
		said   string
		fault  *llmtest.Fault
		expand bool
		none   bool // no model is set up
		want   []string
		first  uint32
		note   string
	}{
		"found by another wording": {said: "1. When are refunds granted?\n\nHOW DO I GET MY MONEY BACK?\n", expand: true, want: []string{"When are refunds granted?"}, first: 1},
		"not wanted":               {said: "When are refunds granted?"},
		"no more than a few":       {said: "one\ntwo\nthree\nfour", expand: true, want: []string{"one", "two", "three"}},
		"each once, none too long": {said: many + strings.Repeat("long ", 100), expand: true, want: []string{"Another wording of the question"}},
		"the question again":       {said: question, expand: true, note: "no other wording"},
		"a model that fails":       {fault: &llmtest.Fault{Status: 400}, expand: true, note: "as it was asked"},
		"no model":                 {expand: true, none: true, note: "No language model"},
	} {
		t.Run(name, func(t *testing.T) { // one after the other: they share the server
			r, err := rag.Over(t.Context(), "en", nil, []rag.Chunk{
				{Document: "a", Text: "Parcels arrive within three days."},
				{Document: "b", Text: "Refunds are granted within thirty days of purchase."},
			})
			if err != nil {
				t.Fatal(err)
			}
			if !tt.none {
				r.Wordings = provider.Model
			}
			server.Answer(func(llmtest.Asked) llmtest.Said { return llmtest.Said{Pieces: []string{tt.said}} })
			if tt.fault != nil {
				server.Break(*tt.fault)
			}
			before := len(server.Asked())
			s := rag.DefaultSettings
			s.Expand, s.Threshold = tt.expand, 0
			found, err := r.Search(t.Context(), question, s, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(found.Wordings, tt.want) || !strings.Contains(found.Stages[0].Note, tt.note) || tt.note == "" && found.Stages[0].Note != "" {
				t.Errorf("searched for %q, and says %q", found.Wordings, found.Stages[0].Note)
			}
			if tt.first > 0 && (len(found.Hits) == 0 || found.Hits[0].ID != tt.first) {
				t.Errorf("found %+v", found.Hits)
			}
			if asked := len(server.Asked()) - before; (asked > 0) != (tt.expand && !tt.none) {
				t.Errorf("the model was asked %d times", asked)
			}
		})
	}
}
