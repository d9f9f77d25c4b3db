package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"
	"unicode/utf8"
)

// Question is what a step asks a person before it goes on. It stands in the run's journal until it is answered, or the
// time of its Wait has come.
type Question struct {
	// ID tells the questions of a run apart.
	ID string `json:"id"`
	// Text is the question in one sentence. It ends up in the run's row, and is said in people's languages like an error.
	Text string `json:"text"`
	// Tool and Arguments are what is to be done, as a JSON object.
	Tool      string          `json:"tool,omitempty"`
	Arguments json.RawMessage `json:"arguments,omitempty"`
}

// What a person can answer.
const (
	Approve = "approve"
	Refuse  = "refuse"
)

// maxAnswer bounds the word that goes with an answer, in letters.
const maxAnswer = 2000

// Answer is a person's answer to a question.
type Answer struct {
	Question string `json:"question"`
	Choice   string `json:"choice"` // Approve or Refuse
	Text     string `json:"text,omitempty"`
	By       string `json:"by,omitempty"` // user id
	At       int64  `json:"at"`           // microseconds UTC
}

// data is what a step that goes on is told.
func (a *Answer) data() map[string]any {
	return map[string]any{"question": a.Question, "choice": a.Choice, "text": a.Text, "by": a.By, "at": float64(a.At)}
}

// Questions keep what people answer. An answer is kept apart from the run's journal, which only the process that executes
// the run may write.
type Questions interface {
	// Answer keeps an answer, and, when the run sleeps, sets its Wake to the answer's time. A question that was answered
	// before is fs.ErrExist, a run that has ended fs.ErrInvalid.
	Answer(ctx context.Context, workspace, run string, a Answer) error
	// Answers returns what was answered in a run.
	Answers(ctx context.Context, workspace, run string) ([]Answer, error)
	// Rouse sets the Wake of a run that sleeps; of another it does nothing.
	Rouse(ctx context.Context, workspace, run string, at int64) error
}

var errNobody = fmt.Errorf("a person would have to be asked, and nobody can be: only runs in the studio that keep their steps can wait for an answer: %w", errors.ErrUnsupported)

// Answer gives a person's answer to a question of a run, which then goes on, here or in the process that executes it.
func (r *Runner) Answer(ctx context.Context, workspace, id string, a Answer) error {
	switch {
	case a.Choice != Approve && a.Choice != Refuse:
		return invalid("the answer must be %s or %s, not %q", Approve, Refuse, a.Choice)
	case utf8.RuneCountInString(a.Text) > maxAnswer:
		return invalid("the word that goes with an answer has at most %d letters", maxAnswer)
	case r.journal == nil:
		return missing("the run %q is not under way", id)
	}
	_, chunks, err := r.journal.Load(ctx, workspace, id)
	if err != nil {
		return err
	}
	a.At = r.now().UnixMicro()
	until, err := deadlineOf(chunks, a.Question)
	if err != nil {
		return err
	}
	if until <= a.At {
		return invalid("the time for this answer is over: the run goes on without it")
	}
	err = r.journal.Answer(ctx, workspace, id, a)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("this question was answered before: %w", fs.ErrExist)
	}
	if err != nil {
		return err
	}
	return r.Recover(context.WithoutCancel(ctx), 0) // a run that was claimed must go on even if who answered has gone
}

// deadlineOf finds a question in a journal, and until when it can be answered.
func deadlineOf(chunks []Chunk, question string) (int64, error) {
	for _, c := range slices.Backward(chunks) {
		events, err := DecodeEvents(c.Events)
		if err != nil {
			return 0, err
		}
		for i := range events {
			if q := events[i].Question(); q != nil && q.ID == question {
				return events[i].Until, nil
			}
		}
	}
	return 0, missing("the run asks no such question")
}

// Question returns what an event asks a person, nil when it asks nothing.
func (e *Event) Question() *Question {
	if e.Type != RunWaiting || e.Status != Waiting || e.Node == "" || len(e.Data) == 0 {
		return nil
	}
	q := new(Question)
	if json.Unmarshal(e.Data, q) != nil || q.ID == "" {
		return nil
	}
	return q
}

// encode writes a question for the journal.
func (q *Question) encode() json.RawMessage {
	if q == nil {
		return nil
	}
	data, err := json.Marshal(q)
	if err != nil { // the arguments are no JSON
		data, _ = json.Marshal(Question{ID: q.ID, Text: q.Text, Tool: q.Tool}) //nolint:errchkjson // texts always encode
	}
	return data
}

// askable tells whether a person can be asked in this run: it is kept, and so is what was done before the question.
func (x *execution) askable() bool {
	return x.r.journal != nil && x.row.Mode != "ephemeral" && x.start.rehearsal == nil
}

// asking returns a step that sleeps until a person answers, nil when there is none.
func (x *execution) asking() *step {
	for _, st := range x.sleeping {
		if st.asks != nil {
			return st
		}
	}
	return nil
}

// readAnswers takes up what people have answered. Steps that slept until then are due; it tells whether there are any.
func (x *execution) readAnswers(ctx context.Context) (found bool) {
	list, err := x.r.journal.Answers(ctx, x.row.Workspace, x.row.ID)
	if err != nil {
		if ctx.Err() == nil {
			x.r.log.ErrorContext(ctx, "answers could not be read", "run", x.row.ID, "error", err)
		}
		return false
	}
	for i := range list {
		if x.answers == nil {
			x.answers = map[string]*Answer{}
		}
		x.answers[list[i].Question] = &list[i]
	}
	for _, st := range x.sleeping {
		if st.asks != nil && x.answers[st.asks.ID] != nil {
			st.until, found = x.r.now(), true
		}
	}
	return found
}

// wake is what a step that slept is told.
func (x *execution) wake(at time.Time, asks *Question) *Wake {
	w := &Wake{At: at}
	if asks != nil && x.answers[asks.ID] != nil {
		w.Data = x.answers[asks.ID].data()
	}
	return w
}
