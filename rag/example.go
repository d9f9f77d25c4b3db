package rag

// Example is what the best hit of the search was like, for Fit, with the verdict whether the collection answers the
// question; false: nothing was found.
func (f *Found) Example(answerable bool) (Example, bool) {
	if f.best == nil {
		return Example{}, false
	}
	return Example{*f.best, answerable}, true
}

// Probability is what a calibration makes of an example.
func (c Calibration) Probability(e Example) float64 { return c.probability(e.signal) }
