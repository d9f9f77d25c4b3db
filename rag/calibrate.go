package rag

import (
	"fmt"
	"io/fs"
	"math"
)

// signals are what the probability of a hit is computed from.
const signals = 8

type signal [signals]float64

// outlook is what a search tells of its question as a whole.
type outlook struct {
	words float64 // the weight that the words had
	mean  float64 // of the cosines of those that are nearest in meaning
	rare  float64 // weight of a term that no chunk has, which grows with the collection as all scores of words do
}

const (
	halfScore = 2.35 // terms as rare as can be: the BM25F score that counts half
	farCosine = 0.2  // below, texts have nothing to do with each other
	nearRange = 0.25 // from there to where nearness says all it can
)

// signal puts the evidence of a hit together. Where the question was asked in the words of the documents, theirs counts, all
// the more where the meaning agrees; else it counts how far the hit stands out in meaning.
func (c *candidate) signal(o outlook) signal {
	w, m, cosine := o.words, 1-o.words, max(c.vector, 0)
	score := c.words / (c.words + halfScore*o.rare)
	standing := 0.0
	if c.hasVector {
		standing = min(max(c.vector-o.mean, 0), highestPeak) / highestPeak * min(max((cosine-farCosine)/nearRange, 0), 1)
	}
	return signal{w * c.Coverage, w * c.Proximity, w * score, w * cosine, w * score * cosine, w * c.named, m * standing, m}
}

// Calibration turns signals into the probability that a hit is evidence: of hits with 0.7, seven of ten come from a
// collection that holds the answer. It is a logistic regression; a threshold means the same in every collection.
type Calibration struct {
	Bias    float64          `json:"bias"`
	Weights [signals]float64 `json:"weights"`
	Fitted  int              `json:"fitted,omitempty"` // on how many examples; 0: the one that comes with the program
	Version int              `json:"version"`          // of the signals
}

// signalVersion grows when the signals become others.
const signalVersion = 2

// Current tells whether a calibration was fitted on the signals that there are; an older one is of no use any more.
func (c *Calibration) Current() bool { return c != nil && c.Version == signalVersion }

// DefaultCalibration was fitted on one half of the judged questions, asked of collections that hold the answer and of others
// about other matters; docs/retrieval.md has how well it tells them apart.
var DefaultCalibration = Calibration{Bias: -7.39, Weights: [signals]float64{4.63, 7.34, 7.02, 4.70, 0, 0, 5.01, 5.42}, Version: signalVersion}

func (c Calibration) probability(s signal) float64 {
	z := c.Bias
	for i, w := range c.Weights {
		z += w * s[i]
	}
	return 1 / (1 + math.Exp(-z))
}

// Example is a hit with the verdict whether it answered its question.
type Example struct {
	signal
	Good bool
}

const (
	minExamples = 20 // below that a fit says more about chance than about the collection
	ridge       = 1e-2
	rounds      = 50
)

// Fit computes a calibration from examples by Newton's method with a ridge (Hastie, Tibshirani & Friedman: The Elements
// of Statistical Learning, 2nd edition, 4.4.1). Weights are kept at 0 or above: more evidence never lowers a probability.
func Fit(examples []Example) (Calibration, error) {
	good := 0
	for _, e := range examples {
		if e.Good {
			good++
		}
	}
	if len(examples) < minExamples || good < 5 || len(examples)-good < 5 {
		return Calibration{}, fmt.Errorf("a calibration needs at least %d judged hits, five good and five bad ones among them; there are %d, %d of them good: %w",
			minExamples, len(examples), good, fs.ErrInvalid)
	}
	var theta [signals + 1]float64
	fixed := [signals + 1]bool{} // weights held at 0
	for {
		for range rounds {
			if newton(examples, &theta, fixed) < 1e-8 {
				break
			}
		}
		worst := -1
		for i := 1; i <= signals; i++ {
			if theta[i] < 0 && (worst < 0 || theta[i] < theta[worst]) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		fixed[worst], theta[worst] = true, 0
	}
	c := Calibration{Bias: theta[0], Fitted: len(examples), Version: signalVersion}
	copy(c.Weights[:], theta[1:])
	return c, nil
}

// newton makes one step and returns how long it was.
func newton(examples []Example, theta *[signals + 1]float64, fixed [signals + 1]bool) (length float64) {
	const n = signals + 1
	var h [n][n + 1]float64 // the Hessian, and beside it the gradient
	for _, e := range examples {
		x := [n]float64{1}
		copy(x[1:], e.signal[:])
		z, y := 0.0, 0.0
		for i := range n {
			z += theta[i] * x[i]
		}
		if e.Good {
			y = 1
		}
		p := 1 / (1 + math.Exp(-z))
		for i := range n {
			h[i][n] += (y - p) * x[i]
			for j := range n {
				h[i][j] += p * (1 - p) * x[i] * x[j]
			}
		}
	}
	for i := range n {
		if i > 0 {
			h[i][n] -= ridge * theta[i]
		}
		h[i][i] += ridge
		if fixed[i] {
			h[i] = [n + 1]float64{}
			h[i][i] = 1
		}
	}
	step := solve(h)
	for i := range n {
		if !fixed[i] {
			step[i] = min(max(step[i], -4), 4) // far from the minimum a whole step would leap over it
			theta[i] += step[i]
			length += step[i] * step[i]
		}
	}
	return length
}

// solve solves a small system of equations by elimination; it is positive definite because of the ridge.
func solve(a [signals + 1][signals + 2]float64) (x [signals + 1]float64) {
	const n = signals + 1
	for i := range n {
		for r := i + 1; r < n; r++ {
			factor := a[r][i] / a[i][i]
			for c := i; c <= n; c++ {
				a[r][c] -= factor * a[i][c]
			}
		}
	}
	for i := n - 1; i >= 0; i-- {
		x[i] = a[i][n]
		for c := i + 1; c < n; c++ {
			x[i] -= a[i][c] * x[c]
		}
		x[i] /= a[i][i]
	}
	return x
}
