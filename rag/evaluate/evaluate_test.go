package evaluate_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"testing"

	"github.com/atelier-studio/atelier/rag/evaluate"
	"github.com/atelier-studio/atelier/rag/library"
)

func TestPlaces(t *testing.T) {
	t.Parallel()
	text := "One two three. \n Four five four\n  six. Seven."
	content := &library.Content{Text: text, Chunks: []library.Chunk{{Number: 7, Start: 0, End: 15}, {Number: 8, Start: 15, End: 38}, {Number: 9, Start: 38, End: len(text)}}}
	places := evaluate.In(func(_ context.Context, name string) (string, error) {
		if name != "a" {
			return "", fs.ErrNotExist
		}
		return "id", nil
	}, func(context.Context, string) (*library.Content, error) { return content, nil })
	for _, c := range []struct {
		passage evaluate.Passage
		chunks  []uint32
		whole   bool
		err     error
	}{
		{evaluate.Passage{Document: "a", Quote: "two three"}, []uint32{7}, false, nil},
		{evaluate.Passage{Document: "a", Quote: "three. Four"}, []uint32{7, 8}, false, nil},
		{evaluate.Passage{Document: "a", Quote: " four\nsix. "}, []uint32{8}, false, nil}, // not at the first "four"
		{evaluate.Passage{Document: "a", Start: 37, End: 39}, []uint32{8, 9}, false, nil},
		{evaluate.Passage{Document: "a"}, []uint32{7, 8, 9}, true, nil},
		{evaluate.Passage{Document: "a", Quote: "three four"}, nil, false, fs.ErrNotExist},
		{evaluate.Passage{Document: "a", Start: 900, End: 901}, nil, false, fs.ErrNotExist},
		{evaluate.Passage{Document: "b"}, nil, false, fs.ErrNotExist},
	} {
		chunks, whole, err := places(t.Context(), c.passage)
		if !errors.Is(err, c.err) || !slices.Equal(chunks, c.chunks) || whole != c.whole {
			t.Errorf("%+v: %v, %v, %v", c.passage, chunks, whole, err)
		}
	}
}

func TestRequirements(t *testing.T) {
	t.Parallel()
	number := func(v float64) *float64 { return &v }
	result := &evaluate.Result{NDCG: number(0.5), False: number(0.1)}
	for _, c := range []struct {
		text string
		err  error
	}{
		{"ndcg=0.5, false=0.1", nil}, {"", nil},
		{"ndcg=0.51", evaluate.ErrBelow}, {"false=0.09", evaluate.ErrBelow}, {"mrr=0", evaluate.ErrBelow},
		{"ndcg", fs.ErrInvalid}, {"ndcg=2", fs.ErrInvalid}, {"ndcg=NaN", fs.ErrInvalid}, {"beauty=0.5", fs.ErrInvalid},
	} {
		r, err := evaluate.ParseRequirements(c.text)
		if err == nil {
			err = r.Check(result)
		}
		if !errors.Is(err, c.err) {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}
