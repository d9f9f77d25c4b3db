package store_test

import (
	"io/fs"
	"slices"
	"testing"

	"github.com/atelier-studio/atelier/rag/evaluate"
)

func TestEvaluations(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		d := newDesk(p)
		c := d.collection(t, p.alpha, "Handbook")
		d.add(t, p.alpha, c.ID, "returns.md", "# Returns\n\nParcels go back within thirty\ndays of the purchase.")
		d.add(t, p.alpha, c.ID, "shoes.txt", "Leather shoes want wax twice a year.")
		d.work(t)
		ids, err := d.PutQuestions(t.Context(), p.alpha, c.ID, []evaluate.Question{
			{Question: "Until when do parcels go back?", Good: []evaluate.Passage{{Document: "returns.md", Quote: "within thirty days"}}},
			{Question: "How often do leather shoes want wax?", Good: []evaluate.Passage{{Document: "shoes.txt"}}},
			{Question: "Who is the king of Ruritania?", Unanswerable: true},
			{Question: "What was in the lost chapter?", Good: []evaluate.Passage{{Document: "returns.md", Quote: "a chapter that is gone"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		// The same words again change the question that is there.
		again, err := d.PutQuestions(t.Context(), p.alpha, c.ID, []evaluate.Question{{Question: " Who is the king of Ruritania? ", Unanswerable: true}})
		if err != nil || !slices.Equal(again, ids[2:3]) {
			t.Errorf("the same question is %q, %v; it was %q", again, err, ids[2])
		}
		for _, bad := range []evaluate.Question{{}, {Question: "x"}, {Question: "x", Unanswerable: true, Good: []evaluate.Passage{{Document: "shoes.txt"}}}, {Question: "x", Good: []evaluate.Passage{{}}}} {
			_, err := d.PutQuestions(t.Context(), p.alpha, c.ID, []evaluate.Question{{Question: "fine", Unanswerable: true}, bad})
			want(t, err, fs.ErrInvalid, "a wrong question")
		}
		questions, err := d.Questions(t.Context(), p.alpha, c.ID)
		if err != nil || len(questions) != 4 {
			t.Fatalf("%d questions, %v", len(questions), err)
		}

		o, err := d.Library.Open(t.Context(), "alpha", c.ID)
		if err != nil {
			t.Fatal(err)
		}
		result, err := evaluate.Run(t.Context(), o.Retriever, d.JudgedPlaces(p.alpha, c.ID), questions, evaluate.Options{Settings: o.Settings, Answers: true})
		if err != nil {
			t.Fatal(err)
		}
		if result.Answerable != 2 || result.Unanswerable != 1 || result.Stale != 1 || *result.NDCG != 1 || *result.MRR != 1 || *result.Recall50 != 1 || *result.AUROC != 1 {
			t.Errorf("measured %+v", result)
		}
		if result.Supported == nil || *result.Supported != 1 || result.Cases[3].Note == "" {
			t.Errorf("answers: %+v", result)
		}
		kept, err := d.AddEvaluation(t.Context(), p.alpha, c.ID, evaluate.Evaluation{Note: "as it is", Status: evaluate.Done, Result: *result})
		if err != nil {
			t.Fatal(err)
		}
		list, err := d.Evaluations(t.Context(), p.alpha, c.ID)
		if err != nil || len(list) != 1 || *list[0].Result.NDCG != 1 || len(list[0].Result.Cases) != 0 {
			t.Errorf("listed %+v, %v", list, err)
		}
		one, err := d.Evaluation(t.Context(), p.alpha, c.ID, kept.ID)
		if err != nil || len(one.Result.Cases) != 4 || one.Note != "as it is" {
			t.Errorf("one is %+v, %v", one, err)
		}

		for what, try := range map[string]func() error{
			"questions":   func() error { _, err := d.Questions(t.Context(), p.beta, c.ID); return err },
			"a question":  func() error { return d.DeleteQuestion(t.Context(), p.beta, c.ID, ids[0]) },
			"evaluations": func() error { _, err := d.Evaluations(t.Context(), p.beta, c.ID); return err },
			"one":         func() error { _, err := d.Evaluation(t.Context(), p.beta, c.ID, kept.ID); return err },
			"stopping":    func() error { return d.StopEvaluation(t.Context(), p.beta, c.ID, kept.ID) },
			"deleting":    func() error { return d.DeleteEvaluation(t.Context(), p.beta, c.ID, kept.ID) },
			"calibrating": func() error { return d.SetCalibration(t.Context(), p.beta, c.ID, nil) },
			"adding":      func() error { _, err := d.AddEvaluation(t.Context(), p.beta, c.ID, evaluate.Evaluation{}); return err },
		} {
			want(t, try(), fs.ErrNotExist, what+" of another workspace")
		}
		if err := d.DeleteQuestion(t.Context(), p.alpha, c.ID, ids[0]); err != nil {
			t.Error(err)
		}
		if err := d.DeleteCollection(t.Context(), p.alpha, c.ID); err != nil {
			t.Error(err)
		}
	})
}
