package rag

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/llm"
)

// Mode says where an answer comes from.
type Mode string

// The modes of answers.
const (
	Generated Mode = "model"   // a language model wrote it from the sources
	Extracted Mode = "extract" // sentences of the sources, as they stand there
	Abstained Mode = "none"    // the documents do not tell
)

// Answer is what a question got.
type Answer struct {
	Question  string        `json:"question"`
	Searched  string        `json:"searched,omitempty"` // what was searched for, where it is not the question itself
	Mode      Mode          `json:"mode"`
	Text      string        `json:"text"` // with marks of citation; empty where the documents do not tell
	Sentences []Sentence    `json:"sentences"`
	Sources   []Hit         `json:"sources"`           // [1] is the first
	Nearest   []Hit         `json:"nearest,omitempty"` // what came near, where there is no evidence
	Model     string        `json:"model,omitempty"`
	Failed    []llm.Attempt `json:"failed,omitempty"` // models that did not answer
	Usage     llm.Usage     `json:"usage"`
	Took      time.Duration `json:"took"`
	Found     *Found        `json:"found,omitempty"`
}

// Asking says how a question is to be answered.
type Asking struct {
	Settings
	Filter      Filter
	Turns       []Turn  // of the conversation so far
	Temperature float64 // of the model
	MaxTokens   int
}

// Defaults of answers by a model.
const (
	DefaultTemperature = 0.1
	DefaultMaxTokens   = 2000
)

// maxNearest is how many sources are shown where none is evidence.
const maxNearest = 3

// Ask answers a question from what the retriever finds. The model may be nil: then, and when it fails, the answer is made
// of sentences of the sources, and its mode says so; only a budget that stops everything is an error. each, where it is not
// nil, gets the text of a model as it comes.
func (r *Retriever) Ask(ctx context.Context, model llm.Model, question string, o Asking, each func(text string) error) (*Answer, error) {
	began := time.Now()
	if question = strings.TrimSpace(question); question == "" {
		return nil, fmt.Errorf("there is no question: %w", fs.ErrInvalid)
	}
	if n := len(o.Turns); n > maxTurns {
		o.Turns = o.Turns[n-maxTurns:]
	}
	a := &Answer{Question: question, Sentences: []Sentence{}, Sources: []Hit{}}
	if o.Expand && r.Wordings == nil && model != nil {
		own := *r
		own.Wordings, r = model, &own
	}
	search := r.searched(ctx, model, question, o.Turns, a)
	found, err := r.Search(ctx, search, o.Settings, o.Filter)
	if err != nil {
		return nil, err
	}
	a.Usage = add(a.Usage, found.spent)
	// A question that nobody could put into words of its own, and that finds nothing by itself, may lean on the one before.
	if whole := carried(question, o.Turns); search == question && whole != question && len(found.Hits) == 0 {
		again, err := r.Search(ctx, whole, o.Settings, o.Filter)
		if err != nil {
			return nil, err
		}
		if len(again.Hits) > 0 {
			search, found = whole, again
		}
	}
	if search != question {
		a.Searched = search
	}
	if err := r.answer(ctx, model, a, search, found, o, each); err != nil {
		return nil, err
	}
	a.Took = time.Since(began)
	return a, nil
}

// AskOf answers a question from what was found before, as Ask does from what it finds itself.
func (r *Retriever) AskOf(ctx context.Context, model llm.Model, question string, found *Found, o Asking) (*Answer, error) {
	began := time.Now()
	if question = strings.TrimSpace(question); question == "" {
		return nil, fmt.Errorf("there is no question: %w", fs.ErrInvalid)
	}
	a := &Answer{Question: question, Sentences: []Sentence{}, Sources: []Hit{}}
	if err := r.answer(ctx, model, a, question, found, o, nil); err != nil {
		return nil, err
	}
	a.Took = time.Since(began)
	return a, nil
}

// answer makes the answer of what was found: by the model, else of sentences of the sources, else none.
func (r *Retriever) answer(ctx context.Context, model llm.Model, a *Answer, search string, found *Found, o Asking, each func(string) error) error {
	a.Found = found
	began := time.Now()
	defer func() {
		if r.Watch != nil && a.Mode != "" {
			r.Watch("answer", string(a.Mode), time.Since(began))
		}
	}()
	switch {
	case len(found.Hits) == 0:
		a.Mode, a.Nearest = Abstained, found.Below[:min(maxNearest, len(found.Below))]
	case model != nil:
		if err := r.generate(ctx, model, a, o, each); err != nil {
			return err
		}
	}
	if a.Mode == "" {
		a.Mode, a.Sources = Extracted, found.Hits
		a.Text, a.Sentences = r.Extract(ctx, search, found)
		if a.Text == "" {
			a.Mode, a.Sources, a.Nearest = Abstained, []Hit{}, found.Hits[:min(maxNearest, len(found.Hits))]
		}
	}
	return nil
}

// searched is what is looked for: the question as a model puts it so that it stands for itself, where it belongs to a
// conversation; without a model the question.
func (r *Retriever) searched(ctx context.Context, model llm.Model, question string, turns []Turn, a *Answer) string {
	if len(turns) == 0 || model == nil {
		return question
	}
	reply, err := model.Generate(ctx, rewrite(question, turns))
	if err != nil {
		return question
	}
	a.Usage = add(a.Usage, reply.Usage)
	if text := strings.TrimSpace(reply.Text); text != "" && len(text) < 4*len(question)+400 {
		return text
	}
	return question
}

// generate has the model write the answer. One that fails leaves the mode empty.
func (r *Retriever) generate(ctx context.Context, model llm.Model, a *Answer, o Asking, each func(string) error) error {
	request := prompt(a.Question, o.Turns, a.Found.Hits)
	request.Temperature, request.MaxTokens = &o.Temperature, o.MaxTokens
	var reply *llm.Reply
	var err error
	if each == nil {
		reply, err = model.Generate(ctx, request)
	} else {
		reply, err = model.Stream(ctx, request, func(d llm.Delta) error { return each(d.Text) })
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if llm.Stops(err) {
		return err
	}
	if reply != nil {
		a.Usage, a.Failed = add(a.Usage, reply.Usage), reply.Failed
	}
	if err != nil {
		a.Failed = append(a.Failed, llm.Attempt{Model: model.Name(), Kind: llm.KindOf(err), Text: err.Error()})
		return nil
	}
	if strings.TrimSpace(reply.Text) == "" {
		a.Failed = append(a.Failed, llm.Attempt{Model: reply.Model, Kind: llm.BadReply, Text: "The model answered nothing."})
		return nil
	}
	a.Mode, a.Text, a.Model, a.Sources = Generated, strings.TrimSpace(reply.Text), reply.Model, a.Found.Hits
	texts := make([]string, len(a.Sources))
	for i, h := range a.Sources {
		texts[i] = h.Title + "\n" + strings.Join(h.Headings, "\n") + "\n" + h.Text
	}
	a.Sentences = CheckAnswer(r.Words, a.Text, texts)
	return nil
}

// Supported tells whether every sentence of an answer that claims something is borne out by its sources.
func (a *Answer) Supported() bool {
	return !slices.ContainsFunc(a.Sentences, func(s Sentence) bool { return s.Support != Supported && s.Support != Neutral })
}

func add(a, b llm.Usage) llm.Usage {
	return llm.Usage{Input: a.Input + b.Input, Output: a.Output + b.Output, Cached: a.Cached + b.Cached, Estimated: a.Estimated || b.Estimated}
}
