package web

import (
	"fmt"
	"io/fs"
	"net/http"

	"github.com/atelier-studio/atelier/engine"
)

// invalidInput says in words what is wrong with a request.
func invalidInput(format string, args ...any) error {
	return failure{Status: http.StatusUnprocessableEntity, Text: fmt.Sprintf(format, args...), Err: fs.ErrInvalid}
}

// absent says what is not there.
func absent(format string, args ...any) error {
	return failure{Status: http.StatusNotFound, Text: fmt.Sprintf(format, args...), Err: fs.ErrNotExist}
}

// problemsError is a failure with the mistakes in a drawing that it comes from.
type problemsError struct {
	text     string
	problems []engine.Problem
}

func (e *problemsError) Error() string              { return e.text }
func (e *problemsError) Unwrap() error              { return fs.ErrInvalid }
func (e *problemsError) Problems() []engine.Problem { return e.problems }
