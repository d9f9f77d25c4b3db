package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// testsLimit bounds how long all tests that are asked for may take together.
const testsLimit = 4 * time.Minute

// maxTesting is how many such requests of one person run at once: unlike runs, tests wait in no queue.
const maxTesting = 2

type testsIn struct {
	ID    string   `path:"id" json:"-"`
	Tests []string `json:"tests,omitempty" doc:"Ids of the tests to run; left out: all."`
}

type testsOut struct {
	Revision int64               `json:"revision" doc:"The revision of the drawing that was tested."`
	Cases    []engine.CaseResult `json:"cases"`
}

var errTestsLimit = errors.New("the tests before this one took all the time that there is; run it alone")

// apiRunTests runs tests of the stored drawing, one after the other.
func apiRunTests(s *Server, c *Ctx, in testsIn) (testsOut, error) {
	scope := c.Scope()
	stored, err := s.Store.Workflow(c.Request().Context(), scope, in.ID)
	if err != nil {
		return testsOut{}, err
	}
	for _, id := range in.Tests {
		if stored.Doc.CaseByID(id) < 0 {
			return testsOut{}, absent("The workflow has no test %q.", id)
		}
	}
	leave, ok := s.testing.enter(c.Principal.User.ID, maxTesting)
	if !ok {
		c.Response().Header().Set("Retry-After", "5")
		return testsOut{}, failure{Status: http.StatusTooManyRequests, Text: "Your tests are running already. Wait until they have ended."}
	}
	defer leave()
	ctx, cancel := context.WithTimeoutCause(c.Request().Context(), testsLimit, errTestsLimit)
	defer cancel()
	out := testsOut{Revision: stored.Revision, Cases: []engine.CaseResult{}}
	for i := range stored.Doc.Tests {
		test := &stored.Doc.Tests[i]
		if len(in.Tests) > 0 && !slices.Contains(in.Tests, test.ID) {
			continue
		}
		if err := context.Cause(ctx); err != nil {
			out.Cases = append(out.Cases, engine.CaseResult{ID: test.ID, Name: test.Name, Status: engine.CaseError, Error: err.Error(), Asserts: []engine.AssertResult{}})
			continue
		}
		out.Cases = append(out.Cases, engine.RunCase(ctx, s.Runner.Options, engine.CaseRequest{
			Workspace: scope.Workspace(), WorkflowID: stored.ID, Doc: stored.Doc, Case: test,
		}))
	}
	c.sayResults(out.Cases)
	return out, nil
}

// sayResults puts what went wrong in tests into the person's language.
func (c *Ctx) sayResults(cases []engine.CaseResult) {
	for i := range cases {
		cases[i].Error = c.Retell(cases[i].Error)
		for j := range cases[i].Asserts {
			cases[i].Asserts[j].Text = c.Retell(cases[i].Asserts[j].Text)
		}
	}
}

type makeTestIn struct {
	ID  string `path:"id" json:"-"`
	Run string `json:"run" doc:"The run to repeat."`
}

type makeTestOut struct {
	Test *engine.Case `json:"test" doc:"Without an id and a name; nothing is saved."`
}

// apiMakeTest makes a test of a run of the workflow.
func apiMakeTest(s *Server, c *Ctx, in makeTestIn) (makeTestOut, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	stored, err := s.Store.Workflow(ctx, scope, in.ID)
	if err != nil {
		return makeTestOut{}, err
	}
	run, err := s.Store.Run(ctx, scope, in.Run)
	if err != nil {
		return makeTestOut{}, err
	}
	if run.WorkflowID != stored.ID {
		return makeTestOut{}, invalidInput("This is a run of another workflow.")
	}
	test, err := s.Runner.MakeCase(ctx, scope.Workspace(), run.ID, stored.Doc)
	return makeTestOut{test}, err
}
