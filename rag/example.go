package rag

// Example is what the best hit of the search was like, for Fit, with the verdict whether the collection answers the
// question; false: nothing was found.
func (f *Found) Example(answerable bool) (Example, bool) {
	if f.best == nil {
		return Example{}, false
	}
	return Example{*f.best, answerable}, true
}
