package evaluate

import (
	"math"
	"time"

	"github.com/atelier-studio/atelier/rag"
	"github.com/atelier-studio/atelier/rag/split"
)

// Result is what a run measured. What could not be measured is left out.
type Result struct {
	Questions    int `json:"questions"`
	Answerable   int `json:"answerable"`
	Unanswerable int `json:"unanswerable"`
	Stale        int `json:"stale"` // whose passages are not there any more: not counted in the means

	NDCG     *float64 `json:"ndcg,omitempty"` // of the first 10
	Recall10 *float64 `json:"recall10,omitempty"`
	Recall50 *float64 `json:"recall50,omitempty"`
	MRR      *float64 `json:"mrr,omitempty"`

	AUROC *float64 `json:"auroc,omitempty"` // how well probabilities tell answerable from unanswerable
	Kept  *float64 `json:"kept,omitempty"`  // share of the answerable above the threshold
	False *float64 `json:"false,omitempty"` // share of the unanswerable above the threshold

	Answered  int      `json:"answered"`            // questions that got an answer
	Supported *float64 `json:"supported,omitempty"` // share of the answers whose every sentence is borne out by its sources

	Model    string        `json:"model,omitempty"`
	Tokens   int           `json:"tokens"`
	Settings rag.Settings  `json:"settings"`
	Setup    *Setup        `json:"setup,omitempty"`
	Took     time.Duration `json:"took"`
	Cases    []Case        `json:"cases"`
}

// Setup is what a collection was like when it was measured, beside its settings.
type Setup struct {
	Documents int           `json:"documents"`
	Chunks    int           `json:"chunks"`
	Split     split.Options `json:"split"`
	Embedder  string        `json:"embedder,omitempty"` // name of a credential; empty: the one that needs nothing
	Fitted    int           `json:"fitted,omitempty"`   // on how many examples its calibration was fitted; 0: the one that comes with the program
}

// Case is what came of one question.
type Case struct {
	ID           string   `json:"id"`
	Question     string   `json:"question"`
	Unanswerable bool     `json:"unanswerable,omitempty"`
	NDCG         float64  `json:"ndcg"`
	Recall10     float64  `json:"recall10"`
	Recall50     float64  `json:"recall50"`
	MRR          float64  `json:"mrr"`
	Probability  float64  `json:"probability"` // of the best hit
	Mode         rag.Mode `json:"mode,omitempty"`
	Model        string   `json:"model,omitempty"`
	Tokens       int      `json:"tokens,omitempty"`
	Supported    *bool    `json:"supported,omitempty"`
	Note         string   `json:"note,omitempty"` // why it does not count
}

// summary makes the means of what came of the questions.
func summary(cases []Case, settings rag.Settings) *Result {
	out := &Result{Questions: len(cases), Settings: settings, Cases: cases}
	var ndcg, recall10, recall50, mrr, kept, wrong, supported float64
	var probabilities []float64
	var answerable []bool
	for i := range cases {
		c := &cases[i]
		if c.Note != "" {
			out.Stale++
			continue
		}
		probabilities, answerable = append(probabilities, c.Probability), append(answerable, !c.Unanswerable)
		above := 0.0
		if c.Probability >= settings.Threshold {
			above = 1
		}
		if c.Unanswerable {
			out.Unanswerable++
			wrong += above
		} else {
			out.Answerable++
			kept += above
			ndcg, recall10, recall50, mrr = ndcg+c.NDCG, recall10+c.Recall10, recall50+c.Recall50, mrr+c.MRR
		}
		out.Tokens += c.Tokens
		if c.Model != "" {
			out.Model = c.Model
		}
		if c.Supported != nil {
			out.Answered++
			if *c.Supported {
				supported++
			}
		}
	}
	out.NDCG, out.MRR = mean(ndcg, out.Answerable), mean(mrr, out.Answerable)
	out.Recall10, out.Recall50 = mean(recall10, out.Answerable), mean(recall50, out.Answerable)
	out.Supported = mean(supported, out.Answered)
	out.Kept, out.False = mean(kept, out.Answerable), mean(wrong, out.Unanswerable)
	if v := rag.AUROC(probabilities, answerable); !math.IsNaN(v) {
		out.AUROC = &v
	}
	return out
}

func mean(sum float64, n int) *float64 {
	if n == 0 {
		return nil
	}
	v := sum / float64(n)
	return &v
}
