package web

import (
	"time"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/evaluate"
	"github.com/atelier-studio/atelier/store"
)

// evaluationLimit is how long a run over judged questions may take.
const evaluationLimit = 10 * time.Minute

type questionsOut struct {
	Questions []evaluate.Question `json:"questions" doc:"The oldest first."`
}

func apiQuestions(s *Server, c *Ctx, in collectionIn) (questionsOut, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	known, err := s.Store.Collection(ctx, scope, in.ID)
	if err != nil {
		return questionsOut{}, err
	}
	found, err := s.Store.Questions(ctx, scope, known.ID)
	return questionsOut{list(found)}, err
}

type putQuestionsIn struct {
	ID        string       `path:"id" json:"-"`
	Questions []questionIn `json:"questions" doc:"All are kept or, where one is wrong, none."`
}

type questionIn struct {
	ID           string             `json:"id,omitempty" doc:"Of the question that is changed; left out: a new one, or the one in the same words."`
	Question     string             `json:"question"`
	Good         []evaluate.Passage `json:"good,omitempty" doc:"What answers it: a document by its name, with a quote, with where it begins and ends in bytes of the text, or as a whole."`
	Unanswerable bool               `json:"unanswerable,omitempty" doc:"Nothing in the collection answers it."`
}

type putQuestionsOut struct {
	IDs []string `json:"ids" doc:"In the order of the questions."`
}

func apiPutQuestions(s *Server, c *Ctx, in putQuestionsIn) (putQuestionsOut, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	known, err := s.Store.Collection(ctx, scope, in.ID)
	if err != nil {
		return putQuestionsOut{}, err
	}
	questions := make([]evaluate.Question, len(in.Questions))
	for i, q := range in.Questions {
		questions[i] = evaluate.Question{ID: q.ID, Question: q.Question, Good: q.Good, Unanswerable: q.Unanswerable}
	}
	ids, err := s.Store.PutQuestions(ctx, scope, known.ID, questions)
	return putQuestionsOut{list(ids)}, err
}

type oneQuestionIn struct {
	ID       string `path:"id"`
	Question string `path:"question"`
}

func apiDeleteQuestion(s *Server, c *Ctx, in oneQuestionIn) (nothing, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	known, err := s.Store.Collection(ctx, scope, in.ID)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, s.Store.DeleteQuestion(ctx, scope, known.ID, in.Question)
}

type evaluationsOut struct {
	Evaluations []store.Evaluation `json:"evaluations" doc:"The last first, without what came of each question."`
}

func apiEvaluations(s *Server, c *Ctx, in collectionIn) (evaluationsOut, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	known, err := s.Store.Collection(ctx, scope, in.ID)
	if err != nil {
		return evaluationsOut{}, err
	}
	found, err := s.Store.Evaluations(ctx, scope, known.ID)
	return evaluationsOut{list(found)}, err
}

type oneEvaluationIn struct {
	ID         string `path:"id"`
	Evaluation string `path:"evaluation"`
}

func apiEvaluation(s *Server, c *Ctx, in oneEvaluationIn) (*store.Evaluation, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	known, err := s.Store.Collection(ctx, scope, in.ID)
	if err != nil {
		return nil, err
	}
	return s.Store.Evaluation(ctx, scope, known.ID, in.Evaluation)
}

type evaluateIn struct {
	ID       string        `path:"id" json:"-"`
	Note     string        `json:"note,omitempty" doc:"What was tried."`
	Settings *rag.Settings `json:"settings,omitempty" doc:"Other than the collection's, for this run only."`
	Answers  bool          `json:"answers,omitempty" doc:"Answer the questions too, and check the sources of every sentence."`
	NoModel  bool          `json:"no_model,omitempty" doc:"Answer with sentences of the documents."`
}

// apiEvaluate asks a collection's judged questions, measures what comes, and keeps it.
func apiEvaluate(s *Server, c *Ctx, in evaluateIn) (*store.Evaluation, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	o, settings, err := s.openCollection(c, in.ID, in.Settings)
	if err != nil {
		return nil, err
	}
	questions, err := s.Store.Questions(ctx, scope, o.Collection.ID)
	if err != nil {
		return nil, err
	}
	if len(questions) == 0 {
		return nil, invalidInput("The collection has no judged questions yet.")
	}
	var model llm.Model
	if in.Answers && !in.NoModel && len(o.Collection.Models) > 0 {
		if model, err = s.model(ctx, scope.Workspace(), o.Collection); err != nil {
			return nil, err
		}
	}
	result, err := evaluate.Run(ctx, o.Retriever, s.Store.JudgedPlaces(scope, o.Collection.ID), questions,
		evaluate.Options{Settings: settings, Model: model, Answers: in.Answers})
	if err != nil {
		return nil, err
	}
	return s.Store.AddEvaluation(ctx, scope, o.Collection.ID, in.Note, result)
}
