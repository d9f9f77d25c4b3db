package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/llm"
	"github.com/atelier-studio/atelier/store"
	"github.com/labstack/echo/v4"
)

// failure is an error whose status and words for the person are known. The cause goes to the log only.
type failure struct {
	Status int
	Text   string
	Err    error
}

func (f failure) Error() string {
	if f.Err == nil {
		return f.Text
	}
	return f.Text + ": " + f.Err.Error()
}

func (f failure) Unwrap() error { return f.Err }

var errNoPage = failure{Status: http.StatusNotFound, Text: "There is no page at this address."}

// statuses is the one table from the shared errors to HTTP. The first that matches holds.
var statuses = []struct {
	err    error
	status int
	title  string
}{
	{auth.ErrSignedOut, http.StatusUnauthorized, "Sign in first"},
	{auth.ErrNoKey, http.StatusUnauthorized, "Not a valid key"},
	{store.ErrFull, http.StatusInsufficientStorage, "The disk is full"},
	{fs.ErrNotExist, http.StatusNotFound, "Not found"},
	{engine.ErrConflict, http.StatusConflict, "Changed by somebody else"},
	{fs.ErrExist, http.StatusConflict, "Already there"},
	{fs.ErrPermission, http.StatusForbidden, "Not allowed"},
	{fs.ErrInvalid, http.StatusUnprocessableEntity, "Not valid"},
	{errors.ErrUnsupported, http.StatusNotImplemented, "Not possible here"},
	{context.DeadlineExceeded, http.StatusGatewayTimeout, "Took too long"},
	{context.Canceled, 499, "Given up"},
	{auth.ErrWrongPassword, http.StatusUnprocessableEntity, "Not signed in"},
	{auth.ErrBusy, http.StatusServiceUnavailable, "Busy"},
}

// described is what the client learns of an error.
type described struct {
	Status   int
	Title    string
	Detail   string
	Problems []engine.Problem
	Retry    int // seconds, 0: not said
}

// describe finds an error's status and public words. Errors of the table are written for people by whoever made them;
// of all others only that something went wrong is told.
func describe(err error) described {
	d := described{Status: http.StatusInternalServerError, Title: "Something went wrong",
		Detail: "The studio could not do this. The details are in its log under the request id below."}
	var tooBig *http.MaxBytesError
	if f, ok := errors.AsType[failure](err); ok {
		d.Status, d.Title, d.Detail = f.Status, titleOf(f.Status), f.Text
		if t, ok := errors.AsType[tooFast](err); ok {
			d.Retry = max(1, int(math.Ceil(t.wait.Seconds())))
		}
	} else if errors.As(err, &tooBig) {
		d.Status, d.Title = http.StatusRequestEntityTooLarge, titleOf(http.StatusRequestEntityTooLarge)
		d.Detail = fmt.Sprintf("At most %s can be sent here.", sizeText(tooBig.Limit))
	} else if t, ok := errors.AsType[auth.TooMany](err); ok {
		d.Status, d.Detail = http.StatusTooManyRequests, sentence(t.Error())
		d.Title = "Too many attempts"
		d.Retry = max(1, int(t.Wait.Seconds()+0.999))
	} else if h, ok := errors.AsType[*echo.HTTPError](err); ok {
		d.Status, d.Title, d.Detail = h.Code, titleOf(h.Code), routerText(h.Code)
	} else if over, ok := errors.AsType[*llm.OverBudget](err); ok {
		d.Status, d.Title, d.Detail = http.StatusPaymentRequired, titleOf(http.StatusPaymentRequired), sentence(over.Text)
	} else if e, ok := errors.AsType[*llm.Error](err); ok && e.Again() {
		d.Status, d.Title, d.Detail = http.StatusBadGateway, titleOf(http.StatusBadGateway), sentence(e.Text)
	} else {
		for _, row := range statuses {
			if errors.Is(err, row.err) {
				d.Status, d.Title, d.Detail = row.status, row.title, publicText(err, row.err, row.title)
				break
			}
		}
	}
	d.Problems = problemsOf(err)
	if len(d.Problems) > 0 && d.Status == http.StatusInternalServerError {
		d.Status, d.Title, d.Detail = http.StatusUnprocessableEntity, "Not valid", d.Problems[0].Error()
	}
	return d
}

// titles are those of answers that no shared error stands for.
var titles = map[int]string{
	http.StatusBadRequest:            "This cannot be read",
	http.StatusPaymentRequired:       "The budget is spent",
	http.StatusMethodNotAllowed:      "Not possible here",
	http.StatusRequestEntityTooLarge: "Too large",
	http.StatusUnsupportedMediaType:  "This kind of content is not taken",
	http.StatusTooManyRequests:       "Too many requests",
	http.StatusBadGateway:            "The other side did not answer",
	http.StatusServiceUnavailable:    "Busy",
}

func titleOf(status int) string {
	for _, row := range statuses {
		if row.status == status {
			return row.title
		}
	}
	if title, ok := titles[status]; ok {
		return title
	}
	return http.StatusText(status)
}

// publicText is an error's text without the shared error that it wraps. Errors of the operating system carry paths and
// addresses of the server: of them only the title is told.
func publicText(err, shared error, title string) string {
	if errors.Is(err, auth.ErrSignedOut) || errors.Is(err, auth.ErrNoKey) || errors.Is(err, auth.ErrWrongPassword) || errors.Is(err, auth.ErrBusy) {
		return sentence(shared.Error())
	}
	_, path := errors.AsType[*fs.PathError](err)
	if path || err == shared || //nolint:errorlint // the bare value has no words of its own
		shared == store.ErrFull || shared == context.DeadlineExceeded || shared == context.Canceled {
		return title + "."
	}
	text := strings.NewReplacer(": "+shared.Error(), "", " ("+shared.Error()+")", "").Replace(err.Error())
	text = strings.TrimPrefix(text, shared.Error()+": ")
	return sentence(text)
}

func sentence(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}

func routerText(status int) string {
	return cmp.Or(map[int]string{http.StatusMethodNotAllowed: "This address does not take this kind of request."}[status], "There is no page at this address.")
}

func sizeText(n int64) string {
	if n >= 1<<20 {
		return strconv.FormatInt(n>>20, 10) + " MiB"
	}
	return strconv.FormatInt(n>>10, 10) + " KiB"
}
