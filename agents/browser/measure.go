package browser

import (
	"context"
	_ "embed"
)

//go:embed measure.js
var measureScript string

// Measured is what observers in the page measured, in milliseconds; CLS has no unit.
type Measured struct {
	TTFB   float64 `json:"ttfb"`
	FCP    float64 `json:"fcp"`
	LCP    float64 `json:"lcp"`
	LCPTag string  `json:"lcpTag"`
	CLS    float64 `json:"cls"`
	Loaded float64 `json:"loaded"`
	Shifts []struct {
		Start float64  `json:"start"`
		Value float64  `json:"value"`
		Nodes []string `json:"nodes"`
	} `json:"shifts,omitempty"`
	Long []struct {
		Start float64 `json:"start"`
		MS    float64 `json:"ms"`
		From  string  `json:"from"`
	} `json:"long,omitempty"`
	// Frames are those that took longer than people can bear: Forced is the part of it in which scripts made the browser lay
	// the page out again and again.
	Frames []struct {
		Start  float64 `json:"start"`
		MS     float64 `json:"ms"`
		Forced float64 `json:"forced"`
		From   string  `json:"from"`
	} `json:"frames,omitempty"`
	// Worked is the processor time of the page's main thread.
	Worked float64 `json:"worked"`
	Events []struct {
		Name   string  `json:"name"`
		MS     float64 `json:"ms"`
		Target string  `json:"target"`
	} `json:"events,omitempty"`
}

// measured reads what observers have, once the frame that is under way is over.
const measured = `(async () => {
	await Promise.race([new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))), new Promise((done) => setTimeout(done, 300))]);
	return window.__atelierMeasured ? window.__atelierMeasured() : null;
})()`

// Measured is what was measured in the tab until now; it was opened with Setting.Measure.
func (t *Tab) Measured(ctx context.Context) (Measured, error) {
	m, err := Eval[*Measured](ctx, t, measured)
	if err != nil || m == nil {
		return Measured{}, err
	}
	worked, err := t.Worked(ctx)
	m.Worked = float64(worked.Microseconds()) / 1000
	return *m, err
}
