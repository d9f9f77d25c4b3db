package rag_test

import (
	"testing"

	"github.com/atelier-studio/atelier/rag/lexical"
)

// What the set of paraphrases promises: enough of them, and no term that a question shares with its passage.
func TestParaphrasesShareNoTerm(t *testing.T) {
	t.Parallel()
	set := readParaphrases(t)
	if len(set.questions) < 100 {
		t.Errorf("%d questions", len(set.questions))
	}
	a := lexical.NewAnalyzer("en")
	for i, q := range set.questions {
		asked := map[string]bool{}
		for _, token := range a.Tokens(nil, q) {
			asked[token.Term] = !token.Stop
		}
		if len(asked) < 2 {
			t.Errorf("%q asks for nothing", q)
		}
		for _, token := range a.Tokens(nil, set.chunks[i].Text) {
			if asked[token.Term] && !token.Stop {
				t.Errorf("%q shares %q with its passage", q, token.Word)
			}
		}
	}
}
