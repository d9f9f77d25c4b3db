package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/split"
)

// recutLimit is how long a collection may take that is cut in another way for a comparison.
const recutLimit = time.Minute

// askLimit is how long an answer may take, with all models that are tried.
const askLimit = 5 * time.Minute

type searchIn struct {
	ID       string         `path:"id" json:"-"`
	Question string         `json:"question"`
	Settings *rag.Settings  `json:"settings,omitempty" doc:"Other than the collection's, for this search only."`
	Tags     []string       `json:"tags,omitempty" doc:"Only documents that have all of them."`
	Split    *split.Options `json:"split,omitempty" doc:"Cut in another way than the collection is, in memory; chunks have other numbers then. Only in small collections, and without tags."`
}

type searchOut struct {
	*rag.Found
	Note     string               `json:"note,omitempty" doc:"What is not as it would be, were the collection cut this way."`
	Chunks   map[uint32]rag.Chunk `json:"chunks" doc:"The chunks of all stages, by their numbers."`
	Settings rag.Settings         `json:"settings" doc:"Those that were used."`
	Took     time.Duration        `json:"took" doc:"Nanoseconds."`
}

// apiSearch shows every stage of a search.
func apiSearch(s *Server, c *Ctx, in searchIn) (searchOut, error) {
	ctx := c.Request().Context()
	o, settings, err := s.openCollection(c, in.ID, in.Settings)
	if err != nil {
		return searchOut{}, err
	}
	o, note, err := s.recut(c, o, in.Split, in.Tags)
	if err != nil {
		return searchOut{}, err
	}
	if settings.Expand && len(o.Collection.Models) > 0 {
		if model, err := s.model(ctx, c.Scope().Workspace(), o.Collection); err == nil { // else the stage says that there is none
			o.Wordings = model
		}
	}
	began := time.Now()
	found, err := o.Search(ctx, in.Question, settings, o.Select(in.Tags))
	if err != nil {
		return searchOut{}, err
	}
	out := searchOut{Found: found, Note: note, Settings: settings, Took: time.Since(began), Chunks: map[uint32]rag.Chunk{}}
	var numbers []uint32
	for i := range found.Stages {
		stage := &found.Stages[i]
		stage.Hits = stage.Hits[:min(len(stage.Hits), settings.Candidates)]
		for _, h := range stage.Hits {
			if _, seen := out.Chunks[h.ID]; !seen {
				out.Chunks[h.ID] = rag.Chunk{}
				numbers = append(numbers, h.ID)
			}
		}
	}
	chunks, err := o.Source.Chunks(ctx, numbers)
	clear(out.Chunks)
	for _, k := range chunks {
		out.Chunks[k.ID] = k
	}
	return out, err
}

func (s *Server) openCollection(c *Ctx, id string, other *rag.Settings) (*library.Opened, rag.Settings, error) {
	if s.Library == nil {
		return nil, rag.Settings{}, errNoLibrary
	}
	ctx, scope := c.Request().Context(), c.Scope()
	o, err := s.Library.Open(ctx, scope.Workspace(), id)
	if err != nil {
		return nil, rag.Settings{}, err
	}
	c.about(o.Collection.ID, o.Collection.Name)
	if other != nil {
		return o, *other, other.Check()
	}
	return o, o.Collection.Settings, nil
}

// recut opens a collection as if it were cut in another way; nil, or the way it is cut, changes nothing.
func (s *Server) recut(c *Ctx, o *library.Opened, cut *split.Options, tags []string) (*library.Opened, string, error) {
	switch {
	case cut == nil || *cut == o.Collection.Split:
		return o, "", nil
	case len(tags) > 0:
		return nil, "", invalidInput("Other chunks can be compared in the whole collection only, not by tags.")
	case s.Recutter == nil:
		return nil, "", errNoLibrary
	}
	if err := cut.Check(); err != nil {
		return nil, "", err
	}
	o, lack, err := s.Recutter.Open(c.Request().Context(), c.Scope().Workspace(), o.Collection.ID, *cut)
	switch lack {
	case library.LackProvider:
		return o, c.T("These chunks are searched by their words only: embedding them with the collection's provider would cost money."), err
	case library.LackTime:
		return o, c.T("These chunks are searched by their words only: there are too many to embed while you wait."), err
	}
	return o, "", err
}

var errNoLibrary = failure{Status: http.StatusNotImplemented, Text: "This studio keeps no documents."}

type askIn struct {
	ID          string         `path:"id" json:"-"`
	Question    string         `json:"question"`
	Turns       []rag.Turn     `json:"turns,omitempty" doc:"Of the conversation so far, the oldest first."`
	Settings    *rag.Settings  `json:"settings,omitempty" doc:"Other than the collection's, for this question only."`
	Tags        []string       `json:"tags,omitempty" doc:"Only documents that have all of them."`
	Temperature *float64       `json:"temperature,omitempty" doc:"Of the model, 0 to 2; 0.1 when left out."`
	MaxTokens   int            `json:"max_tokens,omitempty" doc:"Of the answer; 2000 when left out."`
	NoModel     bool           `json:"no_model,omitempty" doc:"Answer with sentences of the documents."`
	Models      []string       `json:"models,omitempty" doc:"Other than the collection's, for this question only: names of credentials. Takes the right to change the collection."`
	Split       *split.Options `json:"split,omitempty" doc:"Cut in another way than the collection is, in memory, as with a search."`
	IdemKey     string         `header:"Idempotency-Key" json:"-" doc:"The same key again within a day gives the same answer, and asks no model a second time."`
	Accept      string         `header:"Accept" json:"-" doc:"text/event-stream sends the text as it comes (events delta), and the answer at the end (event answer)."`
}

// apiAsk answers a question from a collection.
func apiAsk(s *Server, c *Ctx, in askIn) error {
	ctx := c.Request().Context()
	o, settings, err := s.openCollection(c, in.ID, in.Settings)
	if err != nil {
		return err
	}
	if o, _, err = s.recut(c, o, in.Split, in.Tags); err != nil {
		return err
	}
	asking, err := asking(o, &in, settings)
	if err != nil {
		return err
	}
	var model llm.Model
	known := *o.Collection
	if len(in.Models) > 0 && !slices.Equal(in.Models, known.Models) {
		if !c.Allows(auth.CollectionEdit) || len(in.Models) > shownModels {
			return invalidInput("Only who may change the collection can have another model answer, and at most %d of them.", shownModels)
		}
		known.Models = in.Models
	}
	if !in.NoModel && len(known.Models) > 0 {
		if model, err = s.model(ctx, c.Scope().Workspace(), &known); err != nil {
			return err
		}
	}
	if strings.Contains(in.Accept, eventStream) {
		return s.streamAnswer(c, o, model, &in, asking)
	}
	answer, err := o.Ask(ctx, model, in.Question, asking, nil)
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, answer)
}

const maxAskedTurns = 50

func asking(o *library.Opened, in *askIn, settings rag.Settings) (rag.Asking, error) {
	a := rag.Asking{Settings: settings, Filter: o.Select(in.Tags), Turns: in.Turns, Temperature: rag.DefaultTemperature, MaxTokens: rag.DefaultMaxTokens}
	if in.Temperature != nil {
		a.Temperature = *in.Temperature
	}
	if in.MaxTokens != 0 {
		a.MaxTokens = in.MaxTokens
	}
	if !(a.Temperature >= 0 && a.Temperature <= 2) || a.MaxTokens < 1 || a.MaxTokens > 32_000 {
		return a, invalidInput("The temperature must be 0 to 2, and the number of tokens 1 to 32000.")
	}
	if len(a.Turns) > maxAskedTurns {
		a.Turns = a.Turns[len(a.Turns)-maxAskedTurns:]
	}
	return a, nil
}

// model is what answers for a collection: its models in their order.
func (s *Server) model(ctx context.Context, workspace string, c *library.Collection) (llm.Model, error) {
	if s.Model == nil {
		return nil, failure{Status: http.StatusNotImplemented, Text: "This studio knows no language models."}
	}
	return s.Model(ctx, workspace, c.Models)
}

// streamAnswer sends the text as it comes. An error after the first piece is an event too: the status has gone out.
func (s *Server) streamAnswer(c *Ctx, o *library.Opened, model llm.Model, in *askIn, asking rag.Asking) error {
	events := c.events()
	answer, err := o.Ask(c.Request().Context(), model, in.Question, asking, func(text string) error { return events.send("delta", map[string]string{"text": text}) })
	if c.Request().Context().Err() != nil {
		return nil //nolint:nilerr // who asked has stopped it
	}
	if err != nil {
		return events.fail(err)
	}
	return events.send("answer", answer)
}
