package web

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/talk"
)

type talkIn struct {
	ID       string   `path:"id" json:"-"`
	Question string   `json:"question"`
	Tags     []string `json:"tags,omitempty" doc:"Only documents that have all of them."`
	NoModel  bool     `json:"no_model,omitempty" doc:"Answer with sentences of the documents."`
	Accept   string   `header:"Accept" json:"-" doc:"text/event-stream sends the question as it is kept (event message), the text as it comes (events delta), and the answer at the end (event answer)."`
}

type talkOnIn struct {
	ID           string   `path:"id" json:"-"`
	Conversation string   `path:"conversation" json:"-"`
	Question     string   `json:"question"`
	Tags         []string `json:"tags,omitempty" doc:"Only documents that have all of them."`
	NoModel      bool     `json:"no_model,omitempty" doc:"Answer with sentences of the documents."`
	Accept       string   `header:"Accept" json:"-" doc:"As for a new conversation."`
}

type talkOut struct {
	Conversation talk.Conversation `json:"conversation"`
	Message      talk.Message      `json:"message"`
}

// keepWait is how long it may take to keep an answer whose asker has gone.
const keepWait = 10 * time.Second

// maxTold bounds how much of a text that was stopped is kept, in bytes.
const maxTold = 256 << 10

// apiTalk answers a question in a new conversation of the asking person.
func apiTalk(s *Server, c *Ctx, in talkIn) error {
	return s.talk(c, talkOnIn{ID: in.ID, Question: in.Question, Tags: in.Tags, NoModel: in.NoModel, Accept: in.Accept})
}

// apiTalkOn answers a question in a conversation of the asking person.
func apiTalkOn(s *Server, c *Ctx, in talkOnIn) error { return s.talk(c, in) }

// talk answers a question in a conversation, or in a new one, and keeps both. What was asked and answered there before goes
// along. Who goes away stops the answer: what has come until then is kept.
func (s *Server) talk(c *Ctx, in talkOnIn) error {
	ctx := c.Context()
	o, settings, err := s.openCollection(c, in.ID, nil)
	if err != nil {
		return err
	}
	var model llm.Model
	if !in.NoModel && len(o.Collection.Models) > 0 {
		if model, err = s.model(ctx, c.Scope().Workspace(), o.Collection); err != nil {
			return err
		}
	}
	ask := askIn{Question: in.Question, Tags: in.Tags}
	how, err := asking(o, &ask, settings)
	if err != nil {
		return err
	}
	var out talkOut
	var before []talk.Message
	if out.Conversation, out.Message, before, err = s.Store.BeginMessage(ctx, c.Scope(), o.Collection.ID, in.Conversation, in.Question); err != nil {
		return err
	}
	how.Turns = talk.Turns(before)
	a := &answering{server: s, c: c, opened: o, model: model, how: how, out: &out}
	if strings.Contains(in.Accept, eventStream) {
		return a.stream()
	}
	if err := a.run(nil); err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, out)
}

// answering is a question of a conversation that is being answered.
type answering struct {
	server *Server
	c      *Ctx
	opened *library.Opened
	model  llm.Model
	how    rag.Asking
	out    *talkOut
	told   strings.Builder
}

// run answers and keeps what comes of it, whatever that is.
func (a *answering) run(each func(string) error) error {
	ctx, m := a.c.Context(), &a.out.Message
	answer, err := a.opened.Ask(ctx, a.model, m.Question, a.how, func(text string) error {
		if a.told.Len()+len(text) <= maxTold {
			a.told.WriteString(text)
		}
		if each == nil {
			return nil
		}
		return each(text)
	})
	var trace *talk.Trace
	switch {
	case err == nil:
		m.State, m.Text, m.Answer = talk.Answered, answer.Text, answer
		trace = a.trace(ctx, answer.Found)
	case errors.Is(ctx.Err(), context.Canceled):
		m.State, m.Text = talk.Stopped, a.told.String()
	default:
		m.State, m.Text, m.Error = talk.Failed, a.told.String(), a.c.describe(err).Detail
	}
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepWait)
	defer cancel()
	kept := a.server.Store.FinishMessage(keep, a.c.Scope(), a.opened.Collection.ID, m, trace)
	if errors.Is(kept, fs.ErrNotExist) { // thrown away meanwhile
		kept = nil
	}
	if m.Answer != nil {
		short := *m.Answer
		short.Found, m.Answer = nil, &short
	}
	return errors.Join(err, kept)
}

// trace is how the passages were found. That it cannot be had is no reason to give no answer.
func (a *answering) trace(ctx context.Context, f *rag.Found) *talk.Trace {
	if f == nil {
		return nil
	}
	chunks, err := a.opened.Source.Chunks(ctx, talk.Numbers(f))
	if err != nil {
		a.server.Log.WarnContext(ctx, "the search of an answer could not be kept", "error", err)
		return nil
	}
	var took time.Duration
	for _, s := range f.Stages {
		took += s.Took
	}
	return talk.NewTrace(f, a.how.Settings, took, chunks)
}

func (a *answering) stream() error {
	events := a.c.events()
	if err := events.send("message", a.out); err != nil {
		return err
	}
	err := a.run(func(text string) error { return events.send("delta", map[string]string{"text": text}) })
	if a.c.Context().Err() != nil && errors.Is(a.c.Context().Err(), context.Canceled) {
		return nil // who asked has stopped it
	}
	if err != nil {
		return events.fail(err)
	}
	return events.send("answer", a.out)
}
