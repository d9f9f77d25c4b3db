package web

import (
	"context"
	"encoding/json"

	"github.com/atelier-studio/atelier/live"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/evaluate"
)

type evaluationsOut struct {
	Evaluations []evaluate.Evaluation `json:"evaluations" doc:"The last first, without what came of each question."`
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

func apiEvaluation(s *Server, c *Ctx, in oneEvaluationIn) (*evaluate.Evaluation, error) {
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
	Settings *rag.Settings `json:"settings,omitempty" doc:"Other than the collection's, for this evaluation only."`
	Answers  bool          `json:"answers,omitempty" doc:"Answer the questions too, and check the sources of every sentence."`
	NoModel  bool          `json:"no_model,omitempty" doc:"Answer with sentences of the documents."`
	Fit      bool          `json:"fit,omitempty" doc:"Fit the calibration of its probabilities to the collection instead, and measure it before and after on questions that it was not fitted on. It is not used before you say so."`
}

// apiEvaluate has a collection's judged questions asked, or its calibration fitted, in the background.
func apiEvaluate(s *Server, c *Ctx, in evaluateIn) (*evaluate.Evaluation, error) {
	if s.Evaluator == nil {
		return nil, errNoLibrary
	}
	ctx, scope := c.Request().Context(), c.Scope()
	known, err := s.Store.Collection(ctx, scope, in.ID)
	if err != nil {
		return nil, err
	}
	questions, err := s.Store.Questions(ctx, scope, known.ID)
	if err != nil {
		return nil, err
	}
	if len(questions) == 0 && !in.Fit {
		return nil, invalidInput("The collection has no judged questions yet.")
	}
	order := evaluate.Order{Fit: in.Fit, Settings: in.Settings, Answers: in.Answers, NoModel: in.NoModel}
	v, err := s.Store.AddEvaluation(ctx, scope, known.ID, evaluate.Evaluation{Note: in.Note, Order: order, Total: len(questions)})
	if err != nil {
		return nil, err
	}
	s.Evaluator.Wake()
	s.tellEvaluation(ctx, scope.Workspace(), known.ID, v)
	return v, nil
}

func apiStopEvaluation(s *Server, c *Ctx, in oneEvaluationIn) (*evaluate.Evaluation, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	known, err := s.Store.Collection(ctx, scope, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.Store.StopEvaluation(ctx, scope, known.ID, in.Evaluation); err != nil {
		return nil, err
	}
	v, err := s.Store.Evaluation(ctx, scope, known.ID, in.Evaluation)
	if err == nil {
		s.tellEvaluation(ctx, scope.Workspace(), known.ID, v)
	}
	return v, err
}

func apiDeleteEvaluation(s *Server, c *Ctx, in oneEvaluationIn) (nothing, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	known, err := s.Store.Collection(ctx, scope, in.ID)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, s.Store.DeleteEvaluation(ctx, scope, known.ID, in.Evaluation)
}

type calibrationIn struct {
	ID         string `path:"id" json:"-"`
	Evaluation string `json:"evaluation,omitempty" doc:"The fit whose calibration is used from now on; left out: the one that comes with the program."`
}

// apiCalibrate has a collection use the calibration of a fit, or go back to the one that comes with the program.
func apiCalibrate(s *Server, c *Ctx, in calibrationIn) (nothing, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	known, err := s.Store.Collection(ctx, scope, in.ID)
	if err != nil {
		return nothing{}, err
	}
	var fitted *rag.Calibration
	if in.Evaluation != "" {
		v, err := s.Store.Evaluation(ctx, scope, known.ID, in.Evaluation)
		if err != nil {
			return nothing{}, err
		}
		if v.Fitting == nil || !v.Fitting.Better {
			return nothing{}, invalidInput("This calibration was not better than the one before on questions that it was not fitted on: it is not used.")
		}
		fitted = &v.Fitting.Fitted
	}
	if err := s.Store.SetCalibration(ctx, scope, known.ID, fitted); err != nil {
		return nothing{}, err
	}
	s.collectionChanged(ctx, scope.Workspace(), known.ID)
	return nothing{}, nil
}

// evaluationFrame tells watchers of a collection how far an evaluation of it is.
type evaluationFrame struct {
	Type       string          `json:"t"`
	Collection string          `json:"collection"`
	Evaluation string          `json:"evaluation"`
	Status     evaluate.Status `json:"status"`
	Done       int             `json:"done"`
	Total      int             `json:"total"`
}

func (s *Server) tellEvaluation(ctx context.Context, workspace, collection string, v *evaluate.Evaluation) {
	if s.Live != nil {
		TellEvaluation(ctx, s.Live.Bus(), workspace, collection, v)
	}
}

// TellEvaluation says on the bus how far an evaluation is. Who cannot be told sees it when the page is loaded again.
func TellEvaluation(ctx context.Context, bus live.Bus, workspace, collection string, v *evaluate.Evaluation) {
	data, err := json.Marshal(evaluationFrame{"evaluation", collection, v.ID, v.Status, v.Done, v.Total})
	if err == nil {
		_ = bus.Publish(ctx, live.CollectionTopic(workspace, collection), live.Message{Data: data}) // see above
	}
}
