package web

import (
	"math"
	"net/http"
	"slices"

	"github.com/atelier-studio/atelier/rag/evaluate"
	"github.com/atelier-studio/atelier/views"
)

// evaluationRunPage shows a run question by question, or two beside each other.
func evaluationRunPage(s *Server, c *Ctx) error {
	ctx, scope := c.Context(), c.Scope()
	found, err := s.Store.Collection(ctx, scope, c.Param("id"))
	if err != nil {
		return err
	}
	v := views.EvaluationRunView{Collection: *found, Show: c.QueryParam("show"), Size: shownQuestions, Numbers: map[string]int{}, Counts: map[string]int{}}
	if v.Run, err = s.Store.Evaluation(ctx, scope, found.ID, c.Param("evaluation")); err != nil {
		return err
	}
	if v.Run.Order.Fit {
		return absent("A fit of the calibration has no questions to show.")
	}
	if with := c.QueryParam("with"); with != "" && with != v.Run.ID {
		if v.Other, err = s.Store.Evaluation(ctx, scope, found.ID, with); err != nil {
			return err
		}
	}
	all, err := s.Store.Evaluations(ctx, scope, found.ID)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(r evaluate.Evaluation) bool { return r.Order.Fit })
	for i, r := range all {
		v.Numbers[r.ID] = len(all) - i
	}
	v.Runs = slices.DeleteFunc(views.Finished(all), func(r evaluate.Evaluation) bool { return r.ID == v.Run.ID })
	v.Number = v.Numbers[v.Run.ID]
	if v.Other != nil {
		v.Older = v.Numbers[v.Other.ID]
	}
	fillRun(&v)
	v.From = pageFrom(c, v.Total, v.Size)
	v.Rows = v.Rows[v.From:min(v.From+v.Size, len(v.Rows))]
	title := c.T("Run {n}", "n", v.Number)
	return c.View(http.StatusOK, views.EvaluationRunPage(c.underEvaluation(title, found.ID, found.Name), v))
}

// fillRun sorts what came of the questions.
func fillRun(v *views.EvaluationRunView) {
	cases := v.Run.Result.Cases
	others := map[string]*evaluate.Case{}
	if v.Other != nil {
		for i := range v.Other.Result.Cases {
			others[v.Other.Result.Cases[i].ID] = &v.Other.Result.Cases[i]
		}
	}
	for i := range cases {
		row := views.CaseRow{Case: &cases[i], Other: others[cases[i].ID]}
		kinds := kindsOf(row.Case, v.Run.Result.Settings.Threshold)
		if v.Other != nil {
			row.Verdict = verdict(row, v.Run.Result.Settings.Threshold, v.Other.Result.Settings.Threshold)
			kinds = []string{row.Verdict}
		}
		v.Counts[""]++
		for _, kind := range kinds {
			v.Counts[kind]++
		}
		if v.Show == "" || slices.Contains(kinds, v.Show) {
			v.Rows = append(v.Rows, row)
		}
	}
	v.Total = len(v.Rows)
}

// kindsOf are the filters that let what came of a question through.
func kindsOf(c *evaluate.Case, threshold float64) (kinds []string) {
	if c.Note != "" {
		return []string{"gone"}
	}
	if !c.Unanswerable && c.MRR == 1 {
		kinds = append(kinds, "found")
	}
	if !c.Unanswerable && c.MRR == 0 {
		kinds = append(kinds, "missed")
	}
	if (c.Probability >= threshold) == c.Unanswerable {
		kinds = append(kinds, "wrong")
	}
	return kinds
}

// verdict tells whether a question came out better in a run than in the other; "" where they do not compare. A question
// with an answer is better where what answers stands further up, one without where it is refused.
func verdict(r views.CaseRow, threshold, otherThreshold float64) string {
	if r.Other == nil || r.Case.Note != "" || r.Other.Note != "" || r.Case.Unanswerable != r.Other.Unanswerable {
		return ""
	}
	a, b := points(r.Case, threshold), points(r.Other, otherThreshold)
	switch {
	case math.Abs(a-b) < 1e-9:
		return "same"
	case a > b:
		return "won"
	}
	return "lost"
}

func points(c *evaluate.Case, threshold float64) float64 {
	if !c.Unanswerable {
		return c.NDCG + c.MRR*1e-3 + c.Recall50*1e-6 // the finer ones decide where the first is equal
	}
	if c.Probability < threshold {
		return 1
	}
	return 0
}
