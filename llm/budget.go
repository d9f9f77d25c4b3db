package llm

import (
	"errors"
	"io/fs"
)

// OverBudget is how a Ledger refuses a call. It wraps fs.ErrPermission.
type OverBudget struct {
	// Text says in words for people which budget is spent, and who can do something about it.
	Text string
	// Stop says that nothing else is to step in: no other model, no answer without one.
	Stop bool
}

func (e *OverBudget) Error() string { return e.Text }

// Unwrap returns the class of the error.
func (e *OverBudget) Unwrap() error { return fs.ErrPermission }

// Stops tells whether an error forbids to do without the model that was refused.
func Stops(err error) bool {
	e, ok := errors.AsType[*OverBudget](err)
	return ok && e.Stop
}
