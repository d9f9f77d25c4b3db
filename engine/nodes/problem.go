package nodes

import (
	"fmt"
	"io/fs"

	"github.com/atelier-studio/atelier/engine"
)

// paramError is a mistake in one parameter: an engine.Problem that also says what class of error it is.
type paramError struct {
	engine.Problem
	cause error
}

func (e *paramError) Unwrap() []error { return []error{e.Problem, e.cause} }

// bad returns an error about a parameter. It wraps fs.ErrInvalid.
func bad(param, format string, args ...any) error {
	return &paramError{engine.Problem{Param: param, Text: fmt.Sprintf(format, args...)}, fs.ErrInvalid}
}

// about returns an error about a parameter with a cause, whose text is not repeated.
func about(param string, cause error, format string, args ...any) error {
	return &paramError{engine.Problem{Param: param, Text: fmt.Sprintf(format, args...)}, cause}
}

// problem returns one problem of a static check, or none when err is nil.
func problem(param, code string, err error) []engine.Problem {
	if err == nil {
		return nil
	}
	return []engine.Problem{{Param: param, Text: err.Error(), Code: code}}
}
