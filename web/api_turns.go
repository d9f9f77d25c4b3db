package web

import (
	"context"
	"errors"
	"io/fs"
	"net/http"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// maxTalkEvents bounds the events of a run that are looked through for turns and questions.
const maxTalkEvents = 20_000

type turnsOut struct {
	Talks     []*engine.Talk        `json:"talks" doc:"What models and their tools did, turn by turn: an entry for each step and item."`
	Questions []engine.OpenQuestion `json:"questions" doc:"What the run asks a person now; answer with POST …/answer."`
}

// apiTurns gives what agents did in a run.
func apiTurns(s *Server, c *Ctx, in runIn) (turnsOut, error) {
	ctx := c.Context()
	if _, err := s.Store.Run(ctx, c.Scope(), in.ID); err != nil {
		return turnsOut{}, err
	}
	talks, questions, err := s.talks(ctx, c.Scope(), in.ID)
	if err != nil {
		return turnsOut{}, err
	}
	for i := range questions {
		questions[i].Text = c.Retell(questions[i].Text)
	}
	return turnsOut{list(talks), list(questions)}, nil
}

// talks reads what agents did in a run, and what it asks now.
func (s *Server) talks(ctx context.Context, scope auth.Scope, run string) ([]*engine.Talk, []engine.OpenQuestion, error) {
	var told []engine.Event
	for since, seen := int64(0), 0; seen < maxTalkEvents; {
		page, err := s.Store.Events(ctx, scope, run, since, eventPage)
		if err != nil {
			return nil, nil, err
		}
		for _, e := range page {
			e.Outputs = nil
			told = append(told, e)
		}
		if seen += len(page); len(page) < eventPage {
			break
		}
		since = page[len(page)-1].Seq
	}
	answers, err := s.Store.Journal().Answers(ctx, scope.Workspace(), run)
	if err != nil {
		return nil, nil, err
	}
	talks, questions := engine.Talks(told, answers)
	return talks, questions, nil
}

type answerIn struct {
	ID       string `path:"id" json:"-"`
	Question string `json:"question" doc:"The id of the question, from GET …/turns."`
	Choice   string `json:"choice" doc:"approve or refuse."`
	Text     string `json:"text,omitempty" doc:"A word that the model is told, of up to 2,000 letters."`
}

// apiAnswer answers a question of a run, which then goes on.
func apiAnswer(s *Server, c *Ctx, in answerIn) (*engine.Run, error) {
	ctx := c.Context()
	if err := s.answerQuestion(ctx, c.Scope(), in); err != nil {
		return nil, err
	}
	return s.Store.Run(ctx, c.Scope(), in.ID)
}

func (s *Server) answerQuestion(ctx context.Context, scope auth.Scope, in answerIn) error {
	if in.Choice != engine.Approve && in.Choice != engine.Refuse {
		return invalidInput("choice must be approve or refuse.")
	}
	if in.Question == "" {
		return invalidInput("question is missing.")
	}
	if _, err := s.Store.Run(ctx, scope, in.ID); err != nil {
		return err
	}
	return s.Runner.Answer(ctx, scope.Workspace(), in.ID, engine.Answer{Question: in.Question, Choice: in.Choice, Text: in.Text, By: scope.User()})
}

// answerRun is the form of a question on a run's page. Who comes second sees what the first one said.
func answerRun(s *Server, c *Ctx) error {
	in := answerIn{ID: c.Param("id"), Question: c.FormValue("question"), Choice: c.FormValue("choice"), Text: c.FormValue("text")}
	if err := s.answerQuestion(c.Context(), c.Scope(), in); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return c.Back("/runs/" + c.Param("id"))
}

type choicesIn struct {
	Kind   string         `path:"kind" json:"-"`
	At     []string       `json:"at" doc:"The path of the parameter."`
	Params map[string]any `json:"params" doc:"The parameters of the node as they are, with the names of credentials and without expressions."`
}

type choicesOut struct {
	Choices []engine.Choice `json:"choices"`
}

// apiChoices gives what a parameter can be, such as the tools of a server.
func apiChoices(s *Server, c *Ctx, in choicesIn) (choicesOut, error) {
	kind, ok := s.Catalogue.Kind(in.Kind)
	if !ok || kind.Choices == nil {
		return choicesOut{}, absent("There are no choices for this kind of node.")
	}
	found, err := kind.Choices(c.Context(), c.Scope().Workspace(), in.Params, in.At)
	if err != nil {
		if p, ok := errors.AsType[engine.Problem](err); ok {
			return choicesOut{}, invalidInput("%s", sentence(p.Text))
		}
		return choicesOut{}, failure{Status: http.StatusBadGateway, Text: sentence(err.Error()), Err: err}
	}
	for i := range found { // what is not ours, such as a tool's name, stays as it is
		found[i].Label = c.T(found[i].Label)
	}
	return choicesOut{list(found)}, nil
}
