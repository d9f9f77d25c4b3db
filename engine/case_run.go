package engine

import (
	"context"
	"errors"
	"io/fs"
	"time"
)

// How long a test may take: by default, and at most.
const (
	caseLimit    = 30 * time.Second
	maxCaseLimit = 5 * time.Minute
)

// CaseStatus says how a test ended.
type CaseStatus string

const (
	CasePassed CaseStatus = "passed"
	CaseFailed CaseStatus = "failed" // something that must hold does not
	CaseError  CaseStatus = "error"  // it could not be run, or was refused
)

// CaseResult is how a test ended, and why.
type CaseResult struct {
	ID     string     `json:"id"`
	Name   string     `json:"name"`
	Status CaseStatus `json:"status"`
	// Error says why the test could not be run, or why its run failed.
	Error     string         `json:"error,omitempty"`
	ErrorNode string         `json:"error_node,omitempty"` // id
	Refused   []string       `json:"refused,omitempty"`    // ids of nodes that would have touched the world
	Asserts   []AssertResult `json:"asserts"`
	Steps     int            `json:"steps"`
	Took      int64          `json:"took"` // microseconds
}

// CaseRequest asks for the run of one test. Nothing of it is kept.
type CaseRequest struct {
	Workspace  string
	WorkflowID string
	Doc        *Workflow // is not changed
	Case       *Case
}

// RunCase runs a test with the real engine. Of the options Catalogue must be set; Journal and Publish are not used. The
// pins of the drawing do not count, and the workflow for errors is not started.
func RunCase(ctx context.Context, o Options, req CaseRequest) CaseResult {
	c := req.Case
	result := CaseResult{ID: c.ID, Name: c.Name, Status: CaseError, Asserts: []AssertResult{}}
	seen, err := runCase(ctx, o, req, &result)
	if err != nil {
		result.Error = err.Error()
		return result
	}
	if len(seen.refused) > 0 {
		result.Refused, result.Error, result.ErrorNode = seen.refused, seen.run.Error, seen.run.ErrorNode
		return result
	}
	seen.interpreter, seen.now = o.JavaScript, time.UnixMicro(seen.run.Started)
	result.Status = CasePassed
	failing := false // whether the test is about a failure
	for _, a := range c.Asserts {
		r := seen.check(ctx, a)
		failing = failing || a.Is == "fails" && r.Passed
		if !r.Passed {
			result.Status = CaseFailed
		}
		result.Asserts = append(result.Asserts, r)
	}
	if seen.run.Status != Succeeded && !failing {
		result.Status, result.Error, result.ErrorNode = CaseFailed, seen.run.Error, seen.run.ErrorNode
	}
	return result
}

// runCase runs the workflow to its end and gathers what its nodes gave.
func runCase(ctx context.Context, o Options, req CaseRequest, result *CaseResult) (*caseRun, error) {
	doc := req.Doc.Clone()
	rehearsal, err := doc.rehearse(req.Case, o.Catalogue)
	if err != nil {
		return nil, err
	}
	limit := caseLimit
	if ms := req.Case.TimeoutMS; ms > 0 {
		limit = time.Duration(min(int64(ms), maxCaseLimit.Milliseconds())) * time.Millisecond
	}
	if ms := doc.Settings.TimeoutMS; ms == 0 || int64(ms) > limit.Milliseconds() {
		doc.Settings.TimeoutMS = max(1, int(limit.Milliseconds()))
	}
	doc.Settings.Mode, doc.Settings.Concurrency = "", 0
	seen := newCaseRun(doc, o.Catalogue)
	id := ""
	o.Journal = nil
	o.Publish = func(run Run, chunk Chunk) {
		if id == "" { // the first to be heard of is the test's own; those that it calls come later
			id = run.ID
		}
		if run.ID == id {
			seen.add(chunk)
		}
	}
	runner := NewRunner(o)
	h, err := runner.Start(ctx, StartRequest{
		Workspace: req.Workspace, WorkflowID: req.WorkflowID, Doc: doc, Trigger: "test", Node: req.Case.Trigger, Items: req.Case.Input,
		rehearsal: rehearsal,
	})
	if err != nil {
		return nil, err
	}
	select {
	case <-h.Done():
	case <-ctx.Done():
		if err := runner.Cancel(context.WithoutCancel(ctx), req.Workspace, h.ID); err != nil && !errors.Is(err, fs.ErrNotExist) { // else it has just ended
			return nil, err
		}
		<-h.Done()
		return nil, context.Cause(ctx)
	}
	end := h.Result()
	if err := errors.Join(end.Err, seen.broken); err != nil {
		return nil, err
	}
	seen.run, seen.items, seen.refused = end.Run, end.Items, rehearsal.refused
	if seen.response, err = h.Response(ctx); err != nil {
		return nil, err
	}
	result.Steps, result.Took = end.Run.Steps, end.Run.Finished-end.Run.Started
	return seen, nil
}
