package resilience

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

const (
	dripEach    = 5 * time.Second
	dripLongest = 120 * time.Second
)

func timeoutHeader() *agents.Probe {
	return &agents.Probe{
		ID: "timeout-header", Title: "Server that waits for a slow request without an end",
		Decides:  "A request whose body comes one byte every five seconds is neither answered nor ended within 120 seconds.",
		Keeps:    "The address, and how long the connection was kept.",
		Advice:   "Set a limit for reading a request (in the server, or in the proxy before it): a few hundred such connections keep everybody else out.",
		Needs:    agents.NeedsIntrusive,
		Severity: agents.Low, References: []string{"CWE-400"}, Skills: []string{"faults"}, Time: dripLongest + 20*time.Second, Once: true,
		Check: agents.WholeIf(func(s *surface.Surface) bool { return slow(s) != nil }, func(ctx context.Context, lab *agents.Lab) agents.Outcome {
			f := slow(lab.Surface)
			r := wire.Request{URL: f.Action, As: f.As, Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Referer": {f.Page}}}
			took, status, kept, err := lab.Client.Drip(ctx, r, dripEach, dripLongest)
			if err != nil {
				return agents.BlockOn(err)
			}
			if !kept {
				return agents.Pass()
			}
			return agents.Fail(agents.Finding{
				Text:  fmt.Sprintf("%s kept the connection for %s while a body came one byte every %s.", pathOf(f.Action), took.Round(time.Second), dripEach),
				Where: agents.Place{URL: f.Action, Method: http.MethodPost}, Cause: "origin",
				Evidence: []agents.Evidence{agents.Table("connection", agents.ByTiming, []string{"address", "kept for", "status"}, []string{f.Action, took.Round(time.Second).String(), fmt.Sprint(status)})},
			})
		}),
	}
}

// slow is a form that a body is sent to: best one to sign in, which changes nothing.
func slow(s *surface.Surface) *surface.Form {
	var other *surface.Form
	for _, f := range s.Forms {
		switch {
		case f.Method != http.MethodPost || f.Purpose == surface.ForDelete || f.Purpose == surface.ForSignOut:
		case f.Purpose == surface.ForSignIn:
			return f
		case other == nil:
			other = f
		}
	}
	return other
}
