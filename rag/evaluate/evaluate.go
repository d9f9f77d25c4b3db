// Package evaluate measures how well a collection is searched and answered, on questions whose answers people have named.
package evaluate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
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
	// Each, where it is not nil, is called after each question.
	Each func(done, total int)
}

// Result is what a run measured. What could not be measured is left out.
type Result struct {
	Questions    int `json:"questions"`
	Answerable   int `json:"answerable"`
	Unanswerable int `json:"unanswerable"`
	Stale        int `json:"stale"` // whose passages are not there any more: not counted in the means

	NDCG     *float64 `json:"ndcg,omitempty"` // of the first 10
	Recall10 *float64 `json:"recall10,omitempty"`
	Recall50 *float64 `json:"recall50,omitempty"`
	MRR      *float64 `json:"mrr,omitempty"`

	AUROC *float64 `json:"auroc,omitempty"` // how well probabilities tell answerable from unanswerable
	Kept  *float64 `json:"kept,omitempty"`  // share of the answerable above the threshold
	False *float64 `json:"false,omitempty"` // share of the unanswerable above the threshold

	Answered  int      `json:"answered"`            // questions that got an answer
	Supported *float64 `json:"supported,omitempty"` // share of the answers whose every sentence is borne out by its sources

	Model    string        `json:"model,omitempty"`
	Tokens   int           `json:"tokens"`
	Settings rag.Settings  `json:"settings"`
	Took     time.Duration `json:"took"`
	Cases    []Case        `json:"cases"`
}

// Case is what came of one question.
type Case struct {
	ID          string   `json:"id"`
	Question    string   `json:"question"`
	NDCG        float64  `json:"ndcg"`
	Recall50    float64  `json:"recall50"`
	MRR         float64  `json:"mrr"`
	Probability float64  `json:"probability"` // of the best hit
	Mode        rag.Mode `json:"mode,omitempty"`
	Supported   *bool    `json:"supported,omitempty"`
	Note        string   `json:"note,omitempty"` // why it does not count
}

// depth is how many results a run looks at.
const depth = 50

// Run asks every question and measures what comes. An error is of the search; what is wrong with a question is noted with
// it.
func Run(ctx context.Context, r *rag.Retriever, places Places, questions []Question, o Options) (*Result, error) {
	began := time.Now()
	out := &Result{Questions: len(questions), Settings: o.Settings, Cases: make([]Case, 0, len(questions))}
	sum := new(sums)
	for i := range questions {
		c, err := sum.one(ctx, r, places, &questions[i], o, out)
		if err != nil {
			return nil, err
		}
		out.Cases = append(out.Cases, c)
		if o.Each != nil {
			o.Each(i+1, len(questions))
		}
	}
	sum.into(out)
	out.Took = time.Since(began)
	return out, nil
}

// sums are what the means are made of.
type sums struct {
	ndcg, recall10, recall50, mrr float64
	probabilities                 []float64
	answerable                    []bool
	supported                     int
}

func (s *sums) one(ctx context.Context, r *rag.Retriever, places Places, q *Question, o Options, out *Result) (Case, error) {
	c := Case{ID: q.ID, Question: q.Question}
	good, whole, err := resolve(ctx, places, q)
	if errors.Is(err, fs.ErrNotExist) {
		out.Stale++
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
	s.probabilities, s.answerable = append(s.probabilities, c.Probability), append(s.answerable, !q.Unanswerable)
	if q.Unanswerable {
		out.Unanswerable++
	} else {
		out.Answerable++
		ids := whole.results(found.Hits)
		c.NDCG, c.Recall50, c.MRR = rag.NDCG(ids, good, 10), rag.Recall(ids, good, depth), rag.ReciprocalRank(ids, good)
		s.ndcg += c.NDCG
		s.recall10 += rag.Recall(ids, good, 10)
		s.recall50 += c.Recall50
		s.mrr += c.MRR
	}
	if o.Answers {
		return c, s.answer(ctx, r, q, o, out, &c)
	}
	return c, nil
}

// answer has a question answered, and looks whether the sources bear the answer out.
func (s *sums) answer(ctx context.Context, r *rag.Retriever, q *Question, o Options, out *Result, c *Case) error {
	a, err := r.Ask(ctx, o.Model, q.Question, rag.Asking{Settings: o.Settings, Temperature: 0, MaxTokens: rag.DefaultMaxTokens}, nil)
	if err != nil {
		return err
	}
	c.Mode = a.Mode
	out.Tokens += a.Usage.Input + a.Usage.Output
	if a.Model != "" {
		out.Model = a.Model
	}
	if a.Mode == rag.Abstained {
		return nil
	}
	out.Answered++
	supported := a.Supported()
	if c.Supported = &supported; supported {
		s.supported++
	}
	return nil
}

func (s *sums) into(out *Result) {
	mean := func(sum float64, n int) *float64 {
		if n == 0 {
			return nil
		}
		v := sum / float64(n)
		return &v
	}
	out.NDCG, out.MRR = mean(s.ndcg, out.Answerable), mean(s.mrr, out.Answerable)
	out.Recall10, out.Recall50 = mean(s.recall10, out.Answerable), mean(s.recall50, out.Answerable)
	out.Supported = mean(float64(s.supported), out.Answered)
	var kept, wrong float64
	for i, p := range s.probabilities {
		switch {
		case p < out.Settings.Threshold:
		case s.answerable[i]:
			kept++
		default:
			wrong++
		}
	}
	out.Kept, out.False = mean(kept, out.Answerable), mean(wrong, out.Unanswerable)
	if v := rag.AUROC(s.probabilities, s.answerable); !math.IsNaN(v) {
		out.AUROC = &v
	}
}
