// Package evaluate measures how well a collection is searched and answered, on questions whose answers people have named.
package evaluate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/rag"
)

// Question is a question with the verdict what answers it.
type Question struct {
	ID           string    `json:"id"`
	Question     string    `json:"question"`
	Good         []Passage `json:"good"`         // what answers it
	Unanswerable bool      `json:"unanswerable"` // nothing in the collection does
	Created      int64     `json:"created"`
	Updated      int64     `json:"updated"`
	By           string    `json:"by"`
}

// Passage is a place in a document. Where it has neither a quote nor an end, the whole document is meant: then any of
// its chunks is as good.
type Passage struct {
	Document string `json:"document"`        // its name in the collection
	Quote    string `json:"quote,omitempty"` // as it stands there; spaces and line ends do not matter
	Start    int    `json:"start,omitempty"` // bytes of the document's text
	End      int    `json:"end,omitempty"`
}

// Limits of questions.
const (
	MaxQuestions = 2000 // a collection
	maxPassages  = 20
	maxQuote     = 4000 // bytes
	maxQuestion  = 4000 // bytes
)

// Check says what is wrong with a question.
func (q *Question) Check() error {
	switch {
	case q.Question == "" || len(q.Question) > maxQuestion:
		return fmt.Errorf("a question has 1 to %d bytes: %w", maxQuestion, fs.ErrInvalid)
	case q.Unanswerable && len(q.Good) > 0:
		return fmt.Errorf("%.80q is said to have no answer, and passages that answer it: leave one of the two away: %w", q.Question, fs.ErrInvalid)
	case !q.Unanswerable && len(q.Good) == 0:
		return fmt.Errorf("%.80q needs a passage that answers it, or the mark that nothing does: %w", q.Question, fs.ErrInvalid)
	case len(q.Good) > maxPassages:
		return fmt.Errorf("%.80q has more than %d passages: %w", q.Question, maxPassages, fs.ErrInvalid)
	}
	for _, p := range q.Good {
		if p.Document == "" || len(p.Quote) > maxQuote || p.Start < 0 || p.End < p.Start {
			return fmt.Errorf("a passage of %.80q is wrong: it names a document, and at most %d bytes of it or where they begin and end: %w", q.Question, maxQuote, fs.ErrInvalid)
		}
	}
	return nil
}

// Places finds the chunks of a passage in what is searched now, and whether the whole document was meant. fs.ErrNotExist:
// there is no such document, or the quote does not stand in it any more.
type Places func(ctx context.Context, p Passage) (chunks []uint32, whole bool, err error)

// Options say what is measured.
type Options struct {
	Settings rag.Settings
	Model    llm.Model // nil: answers are made of sentences of the documents
	Answers  bool      // whether questions are answered too, which costs tokens where there is a model
	// Known are what came of questions that a run before this one had done: they are not asked again.
	Known []Case
	// Each, where it is not nil, is called after each question with what came of all so far. An error ends the run.
	Each func(done []Case, total int) error
}

// depth is how many results a run looks at.
const depth = 50

// Run asks every question and measures what comes. An error is of the search; what is wrong with a question is noted with
// it.
func Run(ctx context.Context, r *rag.Retriever, places Places, questions []Question, o Options) (*Result, error) {
	began := time.Now()
	known := make(map[string]*Case, len(o.Known))
	for i := range o.Known {
		known[o.Known[i].ID] = &o.Known[i]
	}
	cases := make([]Case, 0, len(questions))
	for i := range questions {
		q := &questions[i]
		if k := known[q.ID]; k != nil && q.ID != "" && k.Question == q.Question && k.Unanswerable == q.Unanswerable {
			cases = append(cases, *k)
			continue
		}
		c, err := one(ctx, r, places, q, o)
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
		if o.Each == nil {
			continue
		}
		if err := o.Each(cases, len(questions)); err != nil {
			return nil, err
		}
	}
	out := summary(cases, o.Settings)
	out.Took = time.Since(began)
	return out, nil
}

func one(ctx context.Context, r *rag.Retriever, places Places, q *Question, o Options) (Case, error) {
	c := Case{ID: q.ID, Question: q.Question, Unanswerable: q.Unanswerable}
	good, whole, err := resolve(ctx, places, q)
	if errors.Is(err, fs.ErrNotExist) {
		c.Note = err.Error()
		return c, nil
	}
	if err != nil {
		return c, err
	}
	settings := o.Settings
	settings.Candidates = max(settings.Candidates, depth)
	settings.Results, settings.Threshold = max(settings.Results, depth), 0
	found, err := r.Search(ctx, q.Question, settings, nil)
	if err != nil {
		return c, err
	}
	for _, h := range found.Hits[:min(o.Settings.Results, len(found.Hits))] {
		c.Probability = max(c.Probability, h.Probability)
	}
	if !q.Unanswerable {
		ids := whole.results(found.Hits)
		c.NDCG, c.Recall10, c.Recall50, c.MRR = rag.NDCG(ids, good, 10), rag.Recall(ids, good, 10), rag.Recall(ids, good, depth), rag.ReciprocalRank(ids, good)
	}
	if o.Answers {
		return c, answer(ctx, r, q, o, &c)
	}
	return c, nil
}

// answer has a question answered, and looks whether the sources bear the answer out.
func answer(ctx context.Context, r *rag.Retriever, q *Question, o Options, c *Case) error {
	a, err := r.Ask(ctx, o.Model, q.Question, rag.Asking{Settings: o.Settings, Temperature: 0, MaxTokens: rag.DefaultMaxTokens}, nil)
	if err != nil {
		return err
	}
	c.Mode, c.Model, c.Tokens = a.Mode, a.Model, a.Usage.Input+a.Usage.Output
	if a.Mode != rag.Abstained {
		supported := a.Supported()
		c.Supported = &supported
	}
	return nil
}
