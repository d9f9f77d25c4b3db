package library

import "time"

// stopwatch takes the time of one document's stages, for metrics.
type stopwatch struct {
	watch func(stage, result string, took time.Duration)
	now   func() time.Time
	stage Stage
	began time.Time
}

// begin ends the stage before, and begins one.
func (w *stopwatch) begin(s Stage) {
	if w.watch == nil || w.stage == s {
		return
	}
	w.end("ok")
	w.stage, w.began = s, w.now()
}

// end is of a document: ok, failed, or stopped because somebody wanted that.
func (w *stopwatch) end(result string) {
	if w.watch != nil && w.stage != "" {
		w.watch(string(w.stage), result, w.now().Sub(w.began))
		w.stage = ""
	}
}
