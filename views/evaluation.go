package views

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/evaluate"
	"github.com/atelier-studio/atelier/rag/library"
)

// EvaluationView is how well a collection is searched and answered, as it was measured over time.
type EvaluationView struct {
	Collection library.Collection
	Questions  int
	Runs       []evaluate.Evaluation // the last first, fits of the calibration among them
}

// Open is the evaluation that is under way; nil: none.
func (v EvaluationView) open() *evaluate.Evaluation {
	for i := range v.Runs {
		if v.Runs[i].Status.Open() {
			return &v.Runs[i]
		}
	}
	return nil
}

// asked are the evaluations that asked judged questions, the last first.
func (v EvaluationView) asked() []evaluate.Evaluation {
	var list []evaluate.Evaluation
	for _, r := range v.Runs {
		if !r.Order.Fit {
			list = append(list, r)
		}
	}
	return list
}

// finished are those that came to their end.
func (v EvaluationView) finished() []evaluate.Evaluation { return Finished(v.Runs) }

// Finished are the evaluations that asked judged questions and came to their end, in the order given.
func Finished(runs []evaluate.Evaluation) []evaluate.Evaluation {
	var list []evaluate.Evaluation
	for _, r := range runs {
		if !r.Order.Fit && r.Status == evaluate.Done {
			list = append(list, r)
		}
	}
	return list
}

// fit is the last fit of the calibration; nil: none.
func (v EvaluationView) fit() *evaluate.Evaluation {
	for i := range v.Runs {
		if r := &v.Runs[i]; r.Order.Fit && !r.Status.Open() {
			return r
		}
	}
	return nil
}

// used tells whether the collection searches with the calibration of a fit.
func (v EvaluationView) used(f *evaluate.Fitting) bool {
	return f != nil && v.Collection.Calibration != nil && *v.Collection.Calibration == f.Fitted
}

func evaluationAddress(c library.Collection, rest ...string) string {
	return "/collections/" + c.ID + "/evaluation" + strings.Join(rest, "")
}

// measure is a number that a run gives.
type measure struct {
	key, title, help string
	value            func(*evaluate.Result) *float64
}

// measures are the numbers of a run in the order in which they are shown.
func measures(ctx context.Context) []measure {
	return []measure{
		{"ndcg", "nDCG@10", tr(ctx, "How far up what answers stands among the first ten; 1: nothing better is possible."), func(r *evaluate.Result) *float64 { return r.NDCG }},
		{"recall", "Recall@50", tr(ctx, "Share of the answering passages that are among the first fifty."), func(r *evaluate.Result) *float64 { return r.Recall50 }},
		{"mrr", "MRR", tr(ctx, "1 divided by the place of the first answering passage, as a mean."), func(r *evaluate.Result) *float64 { return r.MRR }},
		{"supported", tr(ctx, "Answers supported"), tr(ctx, "Share of the answers whose every sentence is borne out by the source that it cites."), func(r *evaluate.Result) *float64 { return r.Supported }},
		{"auroc", "AUROC", tr(ctx, "How well probabilities tell questions with an answer from those without; 0.5 is chance."), func(r *evaluate.Result) *float64 { return r.AUROC }},
	}
}

// measured is a number of a run as a text, or why there is none.
func measured(ctx context.Context, m measure, r *evaluate.Evaluation) string {
	if v := m.value(&r.Result); v != nil {
		return score(ctx, *v)
	}
	switch {
	case r.Status != evaluate.Done:
		return "–"
	case m.key == "supported":
		return tr(ctx, "not run: no model")
	case m.key == "auroc":
		return tr(ctx, "needs both kinds")
	}
	return "–"
}

func score(ctx context.Context, v float64) string {
	return fraction(ctx, strconv.FormatFloat(v, 'f', 3, 64))
}

func percentText(v float64) string { return strconv.Itoa(int(math.Round(100*v))) + " %" }

// change is the difference to another number, with its sign; "" where one is missing.
func change(ctx context.Context, now, before *float64) string {
	if now == nil || before == nil {
		return ""
	}
	switch d := *now - *before; {
	case d >= 0.0005:
		return "+" + score(ctx, d)
	case d <= -0.0005:
		return "−" + score(ctx, -d)
	}
	return "±0"
}

// direction is the class of a change.
func direction(now, before *float64) string {
	if now == nil || before == nil || math.Abs(*now-*before) < 0.0005 {
		return "muted"
	}
	if *now > *before {
		return "ok-text"
	}
	return "bad-text"
}

// settingsText are the settings of a run in a line, beginning with those that matter most.
func settingsText(ctx context.Context, r *evaluate.Result) string {
	s := r.Settings
	parts := []string{
		fusionName(ctx, s.Fusion), tr(ctx, "top {n}", "n", s.Results), tr(ctx, "{n} candidates", "n", s.Candidates),
		tr(ctx, "threshold {n}", "n", percentText(s.Threshold)),
	}
	if u := r.Setup; u != nil {
		parts = append(parts, tr(ctx, "chunks of {n}", "n", u.Split.Size))
		if u.Fitted > 0 {
			parts = append(parts, tr(ctx, "fitted calibration"))
		}
	}
	return strings.Join(parts, " · ")
}

func fusionName(ctx context.Context, f rag.Fusion) string {
	switch f {
	case rag.Adaptive:
		return tr(ctx, "Adaptive")
	case rag.Convex:
		return tr(ctx, "Fixed weight")
	case rag.RRF:
		return tr(ctx, "Reciprocal ranks")
	case rag.Lexical:
		return tr(ctx, "Words only")
	case rag.Semantic:
		return tr(ctx, "Meaning only")
	}
	return string(f)
}

func evaluationStatus(ctx context.Context, s evaluate.Status) string {
	switch s {
	case evaluate.Queued:
		return tr(ctx, "Waiting")
	case evaluate.Working:
		return tr(ctx, "Under way")
	case evaluate.Done:
		return tr(ctx, "Done")
	case evaluate.Failed:
		return tr(ctx, "Failed")
	case evaluate.Stopped:
		return tr(ctx, "Stopped")
	}
	return string(s)
}

// runTitle names a run by its number: the first of those that are kept is 1.
func runTitle(ctx context.Context, number int) string { return tr(ctx, "Run {n}", "n", number) }

// fitSource says what a calibration was fitted on.
func fitSource(ctx context.Context, f *evaluate.Fitting) string {
	switch f.Source {
	case evaluate.FromModel:
		return trn(ctx, f.Questions, "Too few questions are judged: a model wrote {n} question from passages of the documents.", "Too few questions are judged: a model wrote {n} questions from passages of the documents.")
	case evaluate.FromSentences:
		return trn(ctx, f.Questions, "Too few questions are judged: {n} question was made of words of the documents. It is easier than people's.", "Too few questions are judged: {n} questions were made of words of the documents. They are easier than people's.")
	}
	return trn(ctx, f.Questions, "Fitted on one half of {n} judged question, measured on the other.", "Fitted on one half of {n} judged questions, measured on the other.")
}

// whyNotBetter says why a fitted calibration is not offered.
func whyNotBetter(ctx context.Context, f *evaluate.Fitting) string {
	if f.After.Error < f.Before.Error {
		return tr(ctx, "Not better: its probabilities are hardly nearer to the truth, or more questions fall on the wrong side of the threshold. Nothing was changed.")
	}
	return tr(ctx, "Not better: its probabilities are farther from the truth than those of now. Nothing was changed.")
}

// CaseRow is what came of a question in one run, or in two.
type CaseRow struct {
	Case, Other *evaluate.Case // Other: in the run that it is compared with; nil: not asked there
	Verdict     string         // "won", "lost" or "same"; "" where it is not compared
}

// EvaluationRunView is a run question by question, and beside it, where it is not nil, another.
type EvaluationRunView struct {
	Collection    library.Collection
	Run, Other    *evaluate.Evaluation
	Number, Older int
	Runs          []evaluate.Evaluation // that it can be compared with, the last first
	Numbers       map[string]int
	Rows          []CaseRow // a page of those that the filter lets through
	Counts        map[string]int
	Show          string
	From, Total   int
	Size          int // of a page
}

// address of the page with a filter.
func (v EvaluationRunView) address(show string, from int) string {
	q := url.Values{}
	if v.Other != nil {
		q.Set("with", v.Other.ID)
	}
	if show != "" {
		q.Set("show", show)
	}
	if from > 0 {
		q.Set("from", strconv.Itoa(from))
	}
	address := evaluationAddress(v.Collection, "/runs/", v.Run.ID)
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

// filters are what the list can be narrowed to.
func (v EvaluationRunView) filters() []string {
	if v.Other != nil {
		return []string{"", "won", "lost", "same"}
	}
	return []string{"", "found", "missed", "wrong", "gone"}
}

func filterText(ctx context.Context, show string) string {
	switch show {
	case "won":
		return tr(ctx, "Won")
	case "lost":
		return tr(ctx, "Lost")
	case "same":
		return tr(ctx, "The same")
	case "found":
		return tr(ctx, "Found at once")
	case "missed":
		return tr(ctx, "Not found")
	case "wrong":
		return tr(ctx, "Wrong side of the threshold")
	case "gone":
		return tr(ctx, "Passage gone")
	}
	return tr(ctx, "All")
}

// searchAddress opens a question in the retrieval view, with the settings of a run and of another beside them.
func (v EvaluationRunView) searchAddress(question string) string {
	q := url.Values{"question": {question}, "run": {v.Run.ID}}
	if v.Other != nil {
		q.Set("with", v.Other.ID)
	}
	return "/collections/" + v.Collection.ID + "/search?" + q.Encode()
}

// placeText is where the first answering passage stood.
func placeText(ctx context.Context, c *evaluate.Case) string {
	switch {
	case c == nil:
		return tr(ctx, "not asked")
	case c.Note != "":
		return tr(ctx, "passage gone")
	case c.Unanswerable:
		return tr(ctx, "no answer")
	case c.MRR <= 0:
		return tr(ctx, "not found")
	}
	return tr(ctx, "place {n}", "n", int(math.Round(1/c.MRR)))
}

// sureText is how sure the search was, and on which side of the threshold that is.
func sureText(ctx context.Context, c *evaluate.Case, threshold float64) string {
	if c == nil || c.Note != "" {
		return "–"
	}
	if c.Probability >= threshold {
		return tr(ctx, "{share}, kept", "share", percentText(c.Probability))
	}
	return tr(ctx, "{share}, refused", "share", percentText(c.Probability))
}

func caseScore(ctx context.Context, c *evaluate.Case) string {
	if c == nil || c.Note != "" || c.Unanswerable {
		return "–"
	}
	return score(ctx, c.NDCG)
}

// QuestionRow is a judged question, with what is wrong with its passages.
type QuestionRow struct {
	evaluate.Question
	Gone string // why a passage is not found any more
}

// QuestionsView is a page of the judged questions of a collection.
type QuestionsView struct {
	Collection library.Collection
	Rows       []QuestionRow
	Query      string
	All, Total int // questions, and of those the ones with the words
	From, Size int
	Mistake    string
}

func (v QuestionsView) address(from int) string {
	q := url.Values{}
	if v.Query != "" {
		q.Set("q", v.Query)
	}
	if from > 0 {
		q.Set("from", strconv.Itoa(from))
	}
	address := evaluationAddress(v.Collection, "/questions")
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

// passageText is a passage in a line.
func passageText(ctx context.Context, p evaluate.Passage) string {
	switch {
	case p.Quote != "":
		return oneLine(p.Quote, 160)
	case p.End > 0:
		return tr(ctx, "bytes {from} to {to}", "from", p.Start, "to", p.End)
	}
	return tr(ctx, "the whole document")
}

func oneLine(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return strings.TrimRight(string(runes[:most]), " ") + "…"
}

func fromTo(ctx context.Context, from, size, total int) string {
	return tr(ctx, "{from} to {to} of {n}", "from", fmt.Sprint(from+1), "to", fmt.Sprint(min(from+size, total)), "n", fmt.Sprint(total))
}

func countOf(ctx context.Context, n, of int) string {
	if of == 0 {
		return "–"
	}
	return tr(ctx, "{n} of {total}", "n", n, "total", of)
}
