package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

const (
	maxInput   = 16 << 20 // bytes of a run's input
	maxIdemKey = 255      // characters of an Idempotency-Key
	maxWait    = 5 * time.Minute
)

type startIn struct {
	ID      string `path:"id" json:"-"`
	Wait    string `query:"wait" json:"-" doc:"Answer when the run has ended, or after this time, like 30s; at most 5m."`
	IdemKey string `header:"Idempotency-Key" json:"-" doc:"The same key again gives the run that it started."`
	Accept  string `header:"Accept" json:"-" doc:"text/event-stream streams the run's events."`

	Items []inputItem    `json:"items,omitempty" doc:"What the trigger gives."`
	Input map[string]any `json:"input,omitempty" doc:"One item's JSON; instead of items."`
	Node  string         `json:"node,omitempty" doc:"The trigger to start at; left out: the one for runs by hand, or the first."`
	Only  string         `json:"only,omitempty" doc:"Run this node alone on what it got in the run seed, or the last run."`
	From  string         `json:"from,omitempty" doc:"Run from this node onward on what came before it in the run seed, or the last run."`
	Seed  string         `json:"seed,omitempty"`
}

type inputItem struct {
	JSON map[string]any `json:"json"`
}

type startOut struct {
	*engine.Run
	// Result and Output are there with wait, when the run has ended in time.
	Result *engine.Run   `json:"run,omitempty"`
	Output []engine.Item `json:"output,omitempty"`
}

// apiStart starts a run. Who waits is told how it ended; who streams sees every event.
func apiStart(s *Server, c *Ctx, in startIn) error {
	wait, err := waitFor(in.Wait)
	if err != nil {
		return err
	}
	if len(in.IdemKey) > maxIdemKey {
		return invalidInput("An Idempotency-Key has at most %d characters.", maxIdemKey)
	}
	if in.Input != nil && in.Items != nil {
		return invalidInput("Give either input or items, not both.")
	}
	handle, err := s.startByHand(c, in)
	if err != nil {
		return err
	}
	switch {
	case strings.Contains(in.Accept, eventStream):
		return s.streamEvents(c, c.Scope(), handle.ID, 0)
	case wait > 0:
		return s.answerWhenDone(c, handle, wait)
	}
	run, err := s.Store.Run(c.Request().Context(), c.Scope(), handle.ID)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", apiPrefix+"/runs/"+handle.ID)
	return writeJSON(c, http.StatusAccepted, startOut{Run: run})
}

func waitFor(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > maxWait {
		return 0, invalidInput("wait must be a time like 30s, at most %s.", maxWait)
	}
	return d, nil
}

// startByHand starts a run for the person who asks.
func (s *Server) startByHand(c *Ctx, in startIn) (*engine.Handle, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	items := make([]engine.Item, 0, len(in.Items))
	for _, item := range in.Items {
		if item.JSON == nil {
			return nil, invalidInput(`Each of the items needs "json", an object.`)
		}
		items = append(items, engine.Item{JSON: item.JSON})
	}
	if in.Input != nil {
		items = append(items, engine.Item{JSON: in.Input})
	}
	seed := in.Seed
	if seed == "" && (in.Only != "" || in.From != "") {
		last, err := s.Store.LastRun(ctx, scope, in.ID)
		if err != nil {
			return nil, absent("There is no run yet whose data this node could be run on. Run the whole workflow first.")
		}
		seed = last.ID
	}
	return s.start(ctx, engine.StartRequest{
		Workspace: scope.Workspace(), WorkflowID: in.ID, Trigger: "manual", Node: in.Node, Items: items, By: scope.User(),
		IdemKey: in.IdemKey, Manual: true, Only: in.Only, From: in.From, Seed: seed,
	})
}

// start starts a run, with the mistakes of the drawing in the error when there are some.
func (s *Server) start(ctx context.Context, r engine.StartRequest) (*engine.Handle, error) {
	handle, err := s.Runner.Start(ctx, r)
	if errors.Is(err, engine.ErrBusy) {
		return nil, failure{Status: http.StatusTooManyRequests, Text: "Too many runs are waiting to start. Try again in a moment.", Err: err}
	}
	if invalid, ok := errors.AsType[*engine.InvalidWorkflow](err); ok {
		return nil, &problemsError{text: invalid.Error(), problems: invalid.Problems}
	}
	return handle, err
}

// answerWhenDone waits for the end of a run. When it does not come in time, the answer is as without waiting.
func (s *Server) answerWhenDone(c *Ctx, h *engine.Handle, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), wait)
	defer cancel()
	select {
	case <-h.Done():
	case <-ctx.Done():
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return ctx.Err()
		}
	}
	run, err := s.Store.Run(c.Request().Context(), c.Scope(), h.ID)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", apiPrefix+"/runs/"+h.ID)
	run = sayRun(c.Context(), run)
	if !run.Status.Final() {
		return writeJSON(c, http.StatusAccepted, startOut{Run: run})
	}
	output, err := s.outputOf(c.Request().Context(), h)
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, startOut{Run: run, Result: run, Output: list(output)})
}

type runsIn struct {
	Workflow string   `query:"workflow" doc:"Only runs of this workflow."`
	Status   []string `query:"status" doc:"Only runs in these states, separated by commas."`
	Trigger  string   `query:"trigger"`
	Query    string   `query:"query" doc:"Words in the workflow's name or the error."`
	Cursor   string   `query:"cursor"`
	Limit    int      `query:"limit" doc:"50 when left out, at most 200."`
}

type runsOut struct {
	Runs []*engine.Run `json:"runs"`
	Next string        `json:"next,omitempty"`
}

func apiRuns(s *Server, c *Ctx, in runsIn) (runsOut, error) {
	filter := engine.RunFilter{WorkflowID: in.Workflow, Trigger: in.Trigger, Query: in.Query, Cursor: in.Cursor, Limit: in.Limit}
	for _, text := range in.Status {
		filter.Status = append(filter.Status, engine.Status(text))
	}
	found, next, err := s.Store.Runs(c.Request().Context(), c.Scope(), filter)
	for i := range found {
		found[i] = sayRun(c.Context(), found[i])
	}
	return runsOut{list(found), next}, err
}

type runIn struct {
	ID string `path:"id"`
}

func apiRun(s *Server, c *Ctx, in runIn) (*engine.Run, error) {
	run, err := s.Store.Run(c.Request().Context(), c.Scope(), in.ID)
	return sayRun(c.Context(), run), err
}
