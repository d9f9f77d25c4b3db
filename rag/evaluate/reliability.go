package evaluate

import (
	"math"

	"github.com/atelier-studio/atelier/rag"
)

// Reliability is how well probabilities keep their word, on questions with and without an answer.
type Reliability struct {
	Answerable   int `json:"answerable"`
	Unanswerable int `json:"unanswerable"`
	Kept         int `json:"kept"`    // of the answerable, at or above the threshold
	Refused      int `json:"refused"` // of the others, below it
	// Error is the mean squared distance of probabilities from what was true (Brier's score), both kinds of questions
	// counting the same: 0 is perfect, 0.25 is what knowing nothing gets.
	Error float64  `json:"error"`
	AUROC *float64 `json:"auroc,omitempty"`
	Bins  []Bin    `json:"bins"`
}

// Bin is the questions whose probability lies in a range.
type Bin struct {
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Questions int     `json:"questions"`
	Said      float64 `json:"said"` // mean probability
	Was       float64 `json:"was"`  // share that had an answer
}

const bins = 5

// reliability measures a calibration.
func reliability(c rag.Calibration, list []rag.Example, threshold float64) (r Reliability) {
	var sums [2]float64
	var scores []float64
	var good []bool
	r.Bins = make([]Bin, bins)
	for i := range r.Bins {
		r.Bins[i].Low, r.Bins[i].High = float64(i)/bins, float64(i+1)/bins
	}
	for _, e := range list {
		p := c.Probability(e)
		scores, good = append(scores, p), append(good, e.Good)
		b := &r.Bins[min(int(p*bins), bins-1)]
		b.Questions++
		b.Said += p
		if e.Good {
			b.Was++
			r.Answerable++
			sums[1] += (1 - p) * (1 - p)
			if p >= threshold {
				r.Kept++
			}
			continue
		}
		r.Unanswerable++
		sums[0] += p * p
		if p < threshold {
			r.Refused++
		}
	}
	for i := range r.Bins {
		if b := &r.Bins[i]; b.Questions > 0 {
			b.Said /= float64(b.Questions)
			b.Was /= float64(b.Questions)
		}
	}
	r.Error = (sums[0]/float64(max(r.Unanswerable, 1)) + sums[1]/float64(max(r.Answerable, 1))) / 2
	if v := rag.AUROC(scores, good); !math.IsNaN(v) {
		r.AUROC = &v
	}
	return r
}

// leastBetter is by how much the error must fall; less may be chance.
const leastBetter = 0.002

// better tells whether a reliability is better than another of the same questions: nearer to the truth, and no fewer
// questions on the right side of the threshold, both kinds counting the same.
func (r Reliability) better(than Reliability) bool {
	return than.Error-r.Error >= leastBetter && r.right() >= than.right()
}

func (r Reliability) right() float64 {
	return float64(r.Kept)/float64(max(r.Answerable, 1)) + float64(r.Refused)/float64(max(r.Unanswerable, 1))
}
