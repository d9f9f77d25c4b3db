package evaluate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"slices"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
)

// Where the questions of a fit come from.
const (
	FromJudged    = "judged"    // people have judged them
	FromModel     = "model"     // a model wrote them from passages of the documents
	FromSentences = "sentences" // they are words of sentences of the documents
)

// Fitting is a calibration that was fitted to a collection, and how it does on questions that it was not fitted on.
type Fitting struct {
	Source    string          `json:"source"`
	Questions int             `json:"questions"`
	Threshold float64         `json:"threshold"`
	Before    Reliability     `json:"before"` // as it is now
	After     Reliability     `json:"after"`  // with the fitted one
	Better    bool            `json:"better"` // than before, on the half that it was not fitted on; otherwise it is not offered
	Fitted    rag.Calibration `json:"fitted"`
}

// FitOptions say how a calibration is fitted.
type FitOptions struct {
	Model llm.Model // writes questions where too few were judged; nil: they are made of sentences
	// Each, where it is not nil, is called after each question. An error ends the fit.
	Each func(done, total int) error
}

const (
	// minFitted is how many questions a fit needs: half of them fit, the other half judges.
	minFitted = 30
	// maxFitted bounds the work.
	maxFitted = 300
	// maxWritten is how many questions a model is asked for, each of which costs tokens.
	maxWritten = 60
)

// trial is a search whose best hit is an example: with all chunks, or with those hidden that answer.
type trial struct {
	question string
	hidden   map[uint32]bool // nil: none
	good     bool
}

// Fit fits a calibration to a collection. Where fewer than minFitted questions were judged it makes its own. Every
// question with an answer is asked twice: as it is, and with the document of its answer taken out (with the passage taken
// out, where there is only one document).
func Fit(ctx context.Context, o *library.Opened, places Places, questions []Question, f FitOptions) (*Fitting, error) {
	out := &Fitting{Source: FromJudged, Threshold: o.Collection.Settings.Threshold}
	asked, err := judgedTrials(ctx, o, places, questions)
	if err != nil {
		return nil, err
	}
	if len(asked) < minFitted {
		if out.Source, asked, err = madeTrials(ctx, o, f); err != nil {
			return nil, err
		}
	}
	if len(asked) < minFitted {
		return nil, fmt.Errorf("a fit needs at least %d questions, and there are %d: judge more, or add documents: %w", minFitted, len(asked), fs.ErrInvalid)
	}
	out.Questions = len(asked)
	halves, err := examples(ctx, o, asked, f.Each)
	if err != nil {
		return nil, err
	}
	if out.Fitted, err = rag.Fit(balanced(halves[0])); err != nil {
		return nil, err
	}
	out.Fitted.Fitted = len(halves[0])
	out.Before = reliability(o.Retriever.Calibration, halves[1], out.Threshold)
	out.After = reliability(out.Fitted, halves[1], out.Threshold)
	out.Better = out.After.better(out.Before)
	return out, nil
}

// examples asks all questions; those of the first half are to be fitted on.
func examples(ctx context.Context, o *library.Opened, asked [][]trial, each func(int, int) error) (halves [2][]rag.Example, err error) {
	settings := o.Collection.Settings
	settings.Threshold = 0
	for i, list := range asked {
		for _, t := range list {
			var filter rag.Filter
			if t.hidden != nil {
				filter = o.Except(func(_ string, chunk uint32) bool { return t.hidden[chunk] })
			}
			found, err := o.Search(ctx, t.question, settings, filter)
			if err != nil {
				return halves, err
			}
			if e, ok := found.Example(t.good); ok {
				halves[i%2] = append(halves[i%2], e)
			}
		}
		if each == nil {
			continue
		}
		if err := each(i+1, len(asked)); err != nil {
			return halves, err
		}
	}
	return halves, nil
}

// judgedTrials are those of the judged questions, in an order that neither time nor words have a part in.
func judgedTrials(ctx context.Context, o *library.Opened, places Places, questions []Question) ([][]trial, error) {
	questions = slices.Clone(questions)
	slices.SortFunc(questions, func(a, b Question) int {
		return cmp.Or(cmp.Compare(mix(a.Question), mix(b.Question)), cmp.Compare(a.Question, b.Question))
	})
	var asked [][]trial
	for i := range questions[:min(len(questions), maxFitted)] {
		q := &questions[i]
		if q.Unanswerable {
			asked = append(asked, []trial{{question: q.Question}})
			continue
		}
		good, whole, err := resolve(ctx, places, q)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for n := range whole {
			good[n] = true
		}
		list, err := trials(ctx, o, q.Question, good)
		if err != nil {
			return nil, err
		}
		asked = append(asked, list)
	}
	return asked, nil
}

func mix(text string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text)) // never fails
	return h.Sum32()
}

// trials ask a question as it is and without what answers it.
func trials(ctx context.Context, o *library.Opened, question string, good map[uint32]bool) ([]trial, error) {
	hidden := good
	if documents, _ := o.Held(); documents > 1 {
		var err error
		if hidden, err = siblings(ctx, o, good); err != nil {
			return nil, err
		}
	}
	return []trial{{question: question, good: true}, {question: question, hidden: hidden}}, nil
}

// siblings are all chunks of the documents that some are from.
func siblings(ctx context.Context, o *library.Opened, some map[uint32]bool) (map[uint32]bool, error) {
	numbers := make([]uint32, 0, len(some))
	for n := range some {
		numbers = append(numbers, n)
	}
	chunks, err := o.Source.Chunks(ctx, numbers)
	if err != nil {
		return nil, err
	}
	of := map[string]bool{}
	for i := range chunks {
		of[chunks[i].Document] = true
	}
	return o.ChunksOf(of), nil
}

// balanced repeats the rarer kind of examples until there are about as many of both.
func balanced(list []rag.Example) []rag.Example {
	var kinds [2][]rag.Example
	for _, e := range list {
		kinds[kind(e)] = append(kinds[kind(e)], e)
	}
	few, many := kinds[0], kinds[1]
	if len(few) > len(many) {
		few, many = many, few
	}
	out := slices.Concat(few, many)
	for len(few) > 0 && len(out)+len(few) <= 2*len(many) {
		out = append(out, few...)
	}
	return out
}

func kind(e rag.Example) int {
	if e.Good {
		return 1
	}
	return 0
}
