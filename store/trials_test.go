package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/evaluate"
)

func (d *desk) evaluator(owner string) *evaluate.Worker {
	return &evaluate.Worker{
		Queue: d.Trials(), Open: d.Library.Open, Owner: owner, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Model: func(context.Context, string, []string) (llm.Model, error) { return nil, errors.New("no model") },
	}
}

// An evaluation has one worker at a time. One that is taken over goes on where it was, and says so; one that is stopped
// takes nothing more.
func TestEvaluationsHaveOneWorker(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		d, q := newDesk(p), p.Trials()
		c := d.collection(t, p.alpha, "Handbook")
		d.add(t, p.alpha, c.ID, "shoes.txt", "Leather shoes want wax twice a year.")
		d.work(t)
		ids, err := d.PutQuestions(t.Context(), p.alpha, c.ID, []evaluate.Question{
			{Question: "How often do leather shoes want wax?", Good: []evaluate.Passage{{Document: "shoes.txt"}}},
			{Question: "Who is the king of Ruritania?", Unanswerable: true},
		})
		if err != nil {
			t.Fatal(err)
		}
		added, err := d.AddEvaluation(t.Context(), p.alpha, c.ID, evaluate.Evaluation{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.AddEvaluation(t.Context(), p.alpha, c.ID, evaluate.Evaluation{})
		want(t, err, fs.ErrExist, "a second one at a time")

		late, err := q.Claim(t.Context(), "dies", 0)
		if err != nil || late == nil || late.ID != added.ID {
			t.Fatalf("claimed %+v, %v", late, err)
		}
		if again, err := q.Claim(t.Context(), "other", 0); err != nil || again != nil {
			t.Fatalf("what is worked on was claimed: %+v, %v", again, err)
		}
		// It had asked the first question, with a mark that no other run makes.
		if err := q.Beat(t.Context(), late, 1, 2, []evaluate.Case{{ID: ids[0], Question: "How often do leather shoes want wax?", NDCG: 0.25}}); err != nil {
			t.Fatal(err)
		}
		w := d.evaluator("other")
		w.Now = func() time.Time { return time.UnixMicro(math.MaxInt64 / 2) }
		if more, err := w.Next(t.Context()); err != nil || !more {
			t.Fatalf("a dead worker's evaluation was not taken over: %v, %v", more, err)
		}
		want(t, q.Beat(t.Context(), late, 2, 2, nil), evaluate.ErrTaken, "a sign of who lost it")
		want(t, q.Finish(t.Context(), late), evaluate.ErrTaken, "the end by who lost it")
		done, err := d.Evaluation(t.Context(), p.alpha, c.ID, added.ID)
		if err != nil || done.Status != evaluate.Done || done.Restarts != 1 || done.Done != 2 || *done.Result.NDCG != 0.25 || done.Result.Unanswerable != 1 {
			t.Errorf("it ended as %+v, %v", done, err)
		}
		if done.Result.Setup == nil || done.Result.Setup.Documents != 1 {
			t.Errorf("the collection was %+v", done.Result.Setup)
		}

		stopped, err := d.AddEvaluation(t.Context(), p.alpha, c.ID, evaluate.Evaluation{})
		if err != nil {
			t.Fatal(err)
		}
		task, err := q.Claim(t.Context(), "worker", 0)
		if err != nil || task == nil {
			t.Fatalf("claimed %+v, %v", task, err)
		}
		if err := d.StopEvaluation(t.Context(), p.alpha, c.ID, stopped.ID); err != nil {
			t.Fatal(err)
		}
		want(t, q.Beat(t.Context(), task, 1, 2, nil), evaluate.ErrTaken, "a sign after the stop")
		want(t, d.StopEvaluation(t.Context(), p.alpha, c.ID, stopped.ID), fs.ErrNotExist, "a second stop")
		if err := d.DeleteEvaluation(t.Context(), p.alpha, c.ID, stopped.ID); err != nil {
			t.Error(err)
		}
	})
}

// A calibration is fitted on one half of the questions and judged on the other; it is used when somebody says so.
func TestFit(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		d := newDesk(p)
		c := d.collection(t, p.alpha, "Handbook")
		var questions []evaluate.Question
		for i := range 24 {
			subject := strings.Repeat(string(rune('a'+i)), 5)
			d.add(t, p.alpha, c.ID, subject+".txt", fmt.Sprintf("The %s machine is oiled every %d days by the keeper of the %s hall.", subject, i+2, subject))
			questions = append(questions,
				evaluate.Question{Question: fmt.Sprintf("When is the %s machine oiled?", subject), Good: []evaluate.Passage{{Document: subject + ".txt"}}},
				evaluate.Question{Question: fmt.Sprintf("Who owns the %s%s ship?", subject, subject), Unanswerable: true})
		}
		d.work(t)
		if _, err := d.PutQuestions(t.Context(), p.alpha, c.ID, questions); err != nil {
			t.Fatal(err)
		}
		added, err := d.AddEvaluation(t.Context(), p.alpha, c.ID, evaluate.Evaluation{Order: evaluate.Order{Fit: true}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.evaluator("worker").Next(t.Context()); err != nil {
			t.Fatal(err)
		}
		done, err := d.Evaluation(t.Context(), p.alpha, c.ID, added.ID)
		if err != nil || done.Status != evaluate.Done || done.Fitting == nil {
			t.Fatalf("it ended as %+v, %v", done, err)
		}
		f := done.Fitting
		if f.Source != evaluate.FromJudged || f.Questions != 48 || f.Before.Answerable+f.Before.Unanswerable != f.After.Answerable+f.After.Unanswerable || f.Before.Unanswerable == 0 {
			t.Errorf("fitted %+v", f)
		}
		if f.Better != (f.Before.Error-f.After.Error >= 0.002 && share(f.After) >= share(f.Before)) {
			t.Errorf("better is %v of %+v and %+v", f.Better, f.Before, f.After)
		}
		if !f.Better {
			t.Errorf("words that are only in one document tell nothing: %+v", f)
		}
		if err := d.SetCalibration(t.Context(), p.alpha, c.ID, &f.Fitted); err != nil {
			t.Fatal(err)
		}
		o, err := d.Library.Open(t.Context(), "alpha", c.ID)
		if err != nil || o.Retriever.Calibration != f.Fitted {
			t.Errorf("searched with %+v, %v", o.Retriever.Calibration, err)
		}
		if err := d.SetCalibration(t.Context(), p.alpha, c.ID, nil); err != nil {
			t.Fatal(err)
		}
		if o, err = d.Library.Open(t.Context(), "alpha", c.ID); err != nil || o.Retriever.Calibration != rag.DefaultCalibration {
			t.Errorf("then with %+v, %v", o.Retriever.Calibration, err)
		}

		// Without judged questions the fit makes its own of the documents; there are too few here.
		bare := d.collection(t, p.alpha, "Bare")
		d.add(t, p.alpha, bare.ID, "a.txt", "The old machine is oiled every seven days by the keeper.")
		d.work(t)
		if added, err = d.AddEvaluation(t.Context(), p.alpha, bare.ID, evaluate.Evaluation{Order: evaluate.Order{Fit: true}}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.evaluator("worker").Next(t.Context()); err != nil {
			t.Fatal(err)
		}
		if done, err = d.Evaluation(t.Context(), p.alpha, bare.ID, added.ID); err != nil || done.Status != evaluate.Failed || !strings.Contains(done.Error, "at least 30 questions") {
			t.Errorf("too few questions: %+v, %v", done, err)
		}
	})
}

func share(r evaluate.Reliability) float64 {
	return float64(r.Kept)/float64(r.Answerable) + float64(r.Refused)/float64(r.Unanswerable)
}
