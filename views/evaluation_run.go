package views

import (
	"cmp"
	"context"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/evaluate"
)

func runPageTitle(ctx context.Context, v EvaluationRunView) string {
	if v.Other != nil {
		return tr(ctx, "{a} against {b}", "a", runTitle(ctx, v.Number), "b", runTitle(ctx, v.Older))
	}
	return runTitle(ctx, v.Number)
}

func compareChoice(ctx context.Context, v EvaluationRunView, r evaluate.Evaluation) string {
	text := runTitle(ctx, v.Numbers[r.ID])
	if r.Note != "" {
		text += " · " + oneLine(r.Note, 40)
	}
	return text
}

// pair is a setting of two runs.
type pair struct{ name, a, b string }

func settingPairs(ctx context.Context, v EvaluationRunView) []pair {
	a := settingTexts(ctx, &v.Run.Result)
	b := make([]string, len(a))
	if v.Other != nil {
		b = settingTexts(ctx, &v.Other.Result)
	}
	names := []string{
		tr(ctx, "Fusion"), tr(ctx, "Candidates"), tr(ctx, "Results"), tr(ctx, "Threshold"), tr(ctx, "Characters of a chunk"), tr(ctx, "Embedder"),
		tr(ctx, "Calibration"), tr(ctx, "Documents"), tr(ctx, "Chunks"), tr(ctx, "Questions"), tr(ctx, "Model"), tr(ctx, "Tokens"),
	}
	pairs := make([]pair, len(names))
	for i, name := range names {
		pairs[i] = pair{name, a[i], b[i]}
	}
	return pairs
}

func settingTexts(ctx context.Context, r *evaluate.Result) []string {
	s := r.Settings
	setup := r.Setup
	if setup == nil {
		setup = &evaluate.Setup{}
	}
	calibration := tr(ctx, "default")
	if setup.Fitted > 0 {
		calibration = trn(ctx, setup.Fitted, "fitted on {n} search", "fitted on {n} searches")
	}
	model := r.Model
	if model == "" && r.Answered > 0 {
		model = tr(ctx, "sentences of the documents")
	}
	return []string{
		fusionName(ctx, s.Fusion), itoa(s.Candidates), itoa(s.Results), percentText(s.Threshold), itoa(setup.Split.Size), cmp.Or(setup.Embedder, tr(ctx, "built in")),
		calibration, itoa(setup.Documents), itoa(setup.Chunks), itoa(r.Questions), cmp.Or(model, tr(ctx, "not run: no model")), itoa(r.Tokens),
	}
}

// wrongSide tells whether a question is kept without an answer, or refused with one.
func wrongSide(c *evaluate.Case, threshold float64) bool {
	return c != nil && c.Note == "" && (c.Probability >= threshold) == c.Unanswerable
}

// caseAnswer says what became of the answer.
func caseAnswer(ctx context.Context, c *evaluate.Case) string {
	switch {
	case c.Note != "" || c.Mode == "":
		return tr(ctx, "not run")
	case c.Mode == rag.Abstained:
		return tr(ctx, "said that it does not know")
	case c.Supported != nil && *c.Supported:
		return tr(ctx, "supported")
	}
	return tr(ctx, "not all of it supported")
}

// questionsData are the questions of a page as the script edits them.
func questionsData(v QuestionsView) map[string]evaluate.Question {
	data := map[string]evaluate.Question{}
	for _, q := range v.Rows {
		data[q.ID] = q.Question
	}
	return data
}

func questionFile(v QuestionsView, format string) string {
	return "/api/v1/collections/" + v.Collection.ID + "/questions/file?format=" + format
}
