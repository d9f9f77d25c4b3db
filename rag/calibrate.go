package rag

import (
	"fmt"
	"io/fs"
	"math"
)

// signals are what the probability of a hit is computed from. All grow with the evidence.
const signals = 5

type signal [signals]float64

func (c *candidate) signal(most float64) (s signal) {
	s[0] = c.Coverage
	s[1] = c.Proximity
	if most > 0 {
		s[2] = c.words / most
	}
	s[3] = max(c.vector, 0)
	s[4] = c.Coverage * max(c.vector, 0) // both at once say more than each alone
	return s
}

// Calibration turns signals into the probability that a hit is evidence: of hits with 0.7, seven of ten come from a
// collection that holds the answer. It is a logistic regression; a threshold means the same in every collection.
type Calibration struct {
	Bias    float64          `json:"bias"`
	Weights [signals]float64 `json:"weights"`
	Fitted  int              `json:"fitted,omitempty"` // on how many examples; 0: the one that comes with the program
}

// DefaultCalibration was set by hand so that two of three answerable questions of the judged sets pass 0.7; docs/retrieval.md
// has how well it tells them apart, and what a fit gives.
var DefaultCalibration = Calibration{Bias: -4, Weights: [signals]float64{3, 1, 2, 3, 3}}

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
	c := Calibration{Bias: theta[0], Fitted: len(examples)}
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
