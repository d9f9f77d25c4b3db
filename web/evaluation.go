package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag/evaluate"
	"github.com/atelier-studio/atelier/views"
)

// evaluationRoutes are the pages of judged questions, of runs over them and of the calibration.
var evaluationRoutes = []route{
	{Method: "GET", Path: "/collections/:id/evaluation", Permission: auth.CollectionView, Handle: evaluationPage},
	{Method: "POST", Path: "/collections/:id/evaluation/runs", Permission: auth.CollectionEdit, Handle: startEvaluation, Body: formBody, Cost: costTests},
	{Method: "POST", Path: "/collections/:id/evaluation/fit", Permission: auth.CollectionEdit, Handle: startFit, Body: formBody, Cost: costTests},
	{Method: "POST", Path: "/collections/:id/evaluation/calibration", Permission: auth.CollectionEdit, Handle: useCalibration, Body: formBody},
	{Method: "GET", Path: "/collections/:id/evaluation/compare", Permission: auth.CollectionView, Handle: compareRuns},
	{Method: "GET", Path: "/collections/:id/evaluation/runs/:evaluation", Permission: auth.CollectionView, Handle: evaluationRunPage},
	{Method: "POST", Path: "/collections/:id/evaluation/runs/:evaluation/stop", Permission: auth.CollectionEdit, Handle: stopEvaluation, Body: formBody},
	{Method: "POST", Path: "/collections/:id/evaluation/runs/:evaluation/delete", Permission: auth.CollectionEdit, Handle: deleteEvaluation, Body: formBody},
	{Method: "GET", Path: "/collections/:id/evaluation/questions", Permission: auth.CollectionView, Handle: questionsPage},
	{Method: "POST", Path: "/collections/:id/evaluation/questions/import", Permission: auth.CollectionEdit, Handle: importQuestionFile, Body: maxQuestionFile, Cost: costFile},
	{Method: "POST", Path: "/collections/:id/evaluation/questions/delete", Permission: auth.CollectionEdit, Handle: deleteQuestions, Body: formBody},
}

func evaluationPage(s *Server, c *Ctx) error {
	ctx, scope := c.Context(), c.Scope()
	found, err := s.Store.Collection(ctx, scope, c.Param("id"))
	if err != nil {
		return err
	}
	v := views.EvaluationView{Collection: *found}
	if v.Runs, err = s.Store.Evaluations(ctx, scope, found.ID); err != nil {
		return err
	}
	questions, err := s.Store.Questions(ctx, scope, found.ID)
	if err != nil {
		return err
	}
	v.Questions = len(questions)
	return c.View(http.StatusOK, views.EvaluationPage(c.collectionPage(c.T("Evaluation of {name}", "name", found.Name)), v))
}

// underEvaluation is the frame of a page below the evaluation of a collection.
func (c *Ctx) underEvaluation(title, id, name string) views.Page {
	return c.collectionPage(title, views.Link{Text: name, Href: "/collections/" + id}, views.Link{Text: c.T("Evaluation"), Href: "/collections/" + id + "/evaluation"})
}

func (c *Ctx) backToEvaluation(rest string) error {
	return c.Back("/collections/" + c.Param("id") + "/evaluation" + rest)
}

// told does what a form asks for; what speaks against it stands on the page then.
func (c *Ctx) told(err error, done, rest string) error {
	if err == nil {
		if done == "" {
			return c.backToEvaluation(rest)
		}
		return errors.Join(c.Say(done), c.backToEvaluation(rest))
	}
	wrong, err := mistakes(c, err)
	if err != nil {
		return err
	}
	return errors.Join(c.Flash(views.Flash{Text: wrong[""], Error: true}), c.backToEvaluation(rest))
}

func startEvaluation(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	_, err = apiEvaluate(s, c, evaluateIn{ID: c.Param("id"), Note: strings.TrimSpace(form.Get("note")), Answers: form.Get("answers") != ""})
	return c.told(err, "", "")
}

func startFit(s *Server, c *Ctx) error {
	_, err := apiEvaluate(s, c, evaluateIn{ID: c.Param("id"), Fit: true})
	return c.told(err, "", "")
}

func useCalibration(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	_, err = apiCalibrate(s, c, calibrationIn{ID: c.Param("id"), Evaluation: form.Get("evaluation")})
	done := c.T("The fitted calibration is used from now on.")
	if form.Get("evaluation") == "" {
		done = c.T("The default calibration is used again.")
	}
	return c.told(err, done, "")
}

func stopEvaluation(s *Server, c *Ctx) error {
	_, err := apiStopEvaluation(s, c, oneEvaluationIn{c.Param("id"), c.Param("evaluation")})
	return c.told(err, c.T("The evaluation is stopped."), "")
}

func deleteEvaluation(s *Server, c *Ctx) error {
	_, err := apiDeleteEvaluation(s, c, oneEvaluationIn{c.Param("id"), c.Param("evaluation")})
	return c.told(err, c.T("The run is deleted."), "")
}

// compareRuns leads from two ticked runs to the page that compares them, the later one first.
func compareRuns(s *Server, c *Ctx) error {
	ids := c.QueryParams()["run"]
	if len(ids) != 2 {
		return errors.Join(c.Say(c.T("Tick two runs to compare them.")), c.backToEvaluation(""))
	}
	for _, id := range ids {
		if _, err := apiEvaluation(s, c, oneEvaluationIn{c.Param("id"), id}); err != nil {
			return err
		}
	}
	return c.backToEvaluation("/runs/" + ids[0] + "?with=" + ids[1])
}

// shownQuestions is how many questions stand on one page.
const shownQuestions = 50

func questionsPage(s *Server, c *Ctx) error { return s.showQuestions(c, http.StatusOK, "") }

func (s *Server) showQuestions(c *Ctx, status int, mistake string) error {
	ctx, scope := c.Context(), c.Scope()
	found, err := s.Store.Collection(ctx, scope, c.Param("id"))
	if err != nil {
		return err
	}
	all, err := s.Store.Questions(ctx, scope, found.ID)
	if err != nil {
		return err
	}
	v := views.QuestionsView{Collection: *found, Query: strings.TrimSpace(c.QueryParam("q")), All: len(all), Size: shownQuestions, Mistake: mistake}
	var fit []evaluate.Question
	for i := len(all) - 1; i >= 0; i-- { // the newest first
		if asks(&all[i], v.Query) {
			fit = append(fit, all[i])
		}
	}
	v.Total = len(fit)
	v.From = pageFrom(c, v.Total, shownQuestions)
	places := s.Store.JudgedPlaces(scope, found.ID)
	for _, q := range fit[v.From:min(v.From+shownQuestions, len(fit))] {
		row := views.QuestionRow{Question: q}
		for _, p := range q.Good {
			if _, _, err := places(ctx, p); err != nil {
				row.Gone = c.describe(err).Detail
			}
		}
		v.Rows = append(v.Rows, row)
	}
	return c.View(status, views.QuestionsPage(c.underEvaluation(c.T("Judged questions"), found.ID, found.Name), v))
}

// asks tells whether a question has the words, in itself or in the names of its documents.
func asks(q *evaluate.Question, words string) bool {
	text := q.Question
	for _, p := range q.Good {
		text += "\n" + p.Document
	}
	return strings.Contains(strings.ToLower(text), strings.ToLower(words))
}

// pageFrom is where a page of a list begins, by the address.
func pageFrom(c *Ctx, total, size int) int {
	from, _ := strconv.Atoi(c.QueryParam("from")) // 0 where it is no number
	return max(0, min(from-from%size, (total-1)/size*size))
}

func importQuestionFile(s *Server, c *Ctx) error {
	file, err := c.FormFile("file")
	if err != nil {
		return formError(err)
	}
	data, err := readUpload(file)
	if err != nil {
		return err
	}
	ids, err := s.importQuestions(c, c.Param("id"), data)
	if err != nil {
		wrong, err := mistakes(c, err)
		if err != nil {
			return err
		}
		return s.showQuestions(c, http.StatusUnprocessableEntity, wrong[""])
	}
	return c.told(nil, c.T("Imported: {n}", "n", strconv.Itoa(len(ids))), "/questions")
}

func deleteQuestions(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	ids := form["question"]
	for _, id := range ids {
		if _, err := apiDeleteQuestion(s, c, oneQuestionIn{c.Param("id"), id}); err != nil {
			return err
		}
	}
	return c.told(nil, c.T("Deleted: {n}", "n", strconv.Itoa(len(ids))), "/questions")
}
