package sandbox

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"modernc.org/quickjs"
)

var (
	errTime   = errors.New("took too long and was stopped")
	errMemory = errors.New("needs too much memory")
)

const notJavaScript = "this is not JavaScript: "

// ScriptError is what a program ended with.
type ScriptError struct {
	Text string // for people
	Line int    // of the program, from 1; 0 when it is not known
	name string
}

func (e *ScriptError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s (line %d)", e.Text, e.Line)
	}
	return e.Text
}

var (
	frame       = regexp.MustCompile(`:(\d+):\d+\)?`)
	readMissing = regexp.MustCompile(`^cannot read property '(.*)' of (undefined|null)$`)
)

// explain turns what the interpreter says into words.
func explain(err error, late bool, limit time.Duration, memory int64) error {
	js, ok := errors.AsType[*quickjs.Error](err)
	if !ok {
		return err
	}
	raw := js.Error()
	switch {
	case late:
		return fmt.Errorf("the JavaScript %w after %v; it may loop for ever", errTime, limit)
	case js.Name == "InternalError" && strings.Contains(raw, "out of memory"), strings.Contains(raw, "out of memory"):
		return fmt.Errorf("the JavaScript %w: more than %d MiB", errMemory, memory>>20)
	case strings.Contains(raw, "stack overflow"):
		return &ScriptError{Text: "the JavaScript is nested too deeply, or a function calls itself without end"}
	}
	e := &ScriptError{name: js.Name, Line: userLine(js)}
	message := js.Message
	if m := readMissing.FindStringSubmatch(message); m != nil {
		message = fmt.Sprintf("something is empty (%s), so .%s cannot be read", m[2], m[1])
	}
	switch {
	case js.Name == "SyntaxError":
		e.Text = notJavaScript + message
	case js.Name == "" || js.Name == "Error":
		e.Text = message
		if message == "" {
			e.Text = raw
		}
	default:
		e.Text = js.Name + ": " + message
	}
	return e
}

// userLine finds the line of the program in a stack; the program begins in the second line of its wrapper.
func userLine(js *quickjs.Error) int {
	line := js.LineNumber
	if line == 0 {
		for _, m := range frame.FindAllStringSubmatch(js.Stack, -1) {
			if n, err := strconv.Atoi(m[1]); err == nil && n < preludeLine {
				line = n
				break
			}
		}
	}
	if line >= preludeLine {
		return 0
	}
	return max(line-1, 0)
}
