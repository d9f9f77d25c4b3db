package web

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/store"
	"github.com/atelier-studio/atelier/views"
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
	{auth.ErrWrongPassword, http.StatusUnprocessableEntity, "Not signed in"},
	{auth.ErrBusy, http.StatusServiceUnavailable, "Busy"},
	{store.ErrFull, http.StatusInsufficientStorage, "The disk is full"},
	{fs.ErrNotExist, http.StatusNotFound, "Not found"},
	{fs.ErrExist, http.StatusConflict, "Already there"},
	{fs.ErrPermission, http.StatusForbidden, "Not allowed"},
	{fs.ErrInvalid, http.StatusUnprocessableEntity, "Not valid"},
	{errors.ErrUnsupported, http.StatusNotImplemented, "Not possible here"},
	{context.DeadlineExceeded, http.StatusGatewayTimeout, "Took too long"},
	{context.Canceled, 499, "Given up"},
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
		d.Status, d.Title, d.Detail = f.Status, http.StatusText(f.Status), f.Text
		for _, row := range statuses {
			if row.status == f.Status {
				d.Title = row.title
			}
		}
	} else if errors.As(err, &tooBig) {
		d.Status, d.Title = http.StatusRequestEntityTooLarge, "Too large"
		d.Detail = "At most " + sizeText(tooBig.Limit) + " can be sent here."
	} else if t, ok := errors.AsType[auth.TooMany](err); ok {
		d.Status, d.Title, d.Detail = http.StatusTooManyRequests, "Too many attempts", sentence(t.Error())
		d.Retry = max(1, int(t.Wait.Seconds()+0.999))
	} else if h, ok := errors.AsType[*echo.HTTPError](err); ok {
		d.Status, d.Title = h.Code, http.StatusText(h.Code)
		d.Detail = routerText(h.Code)
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

// publicText is an error's text without the shared error that it wraps. Errors of the operating system carry paths and
// addresses of the server: of them only the title is told.
func publicText(err, shared error, title string) string {
	if errors.Is(err, auth.ErrSignedOut) || errors.Is(err, auth.ErrWrongPassword) || errors.Is(err, auth.ErrBusy) {
		return sentence(shared.Error())
	}
	_, path := errors.AsType[*fs.PathError](err)
	if path || err == shared || shared == store.ErrFull || shared == context.DeadlineExceeded || shared == context.Canceled {
		return title + "."
	}
	text := strings.ReplaceAll(err.Error(), ": "+shared.Error(), "")
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
	if status == http.StatusMethodNotAllowed {
		return "This address does not take this kind of request."
	}
	return "There is no page at this address."
}

func sizeText(n int64) string {
	if n >= 1<<20 {
		return strconv.FormatInt(n>>20, 10) + " MiB"
	}
	return strconv.FormatInt(n>>10, 10) + " KiB"
}

// problemsOf collects the problems of a workflow that an error holds.
func problemsOf(err error) []engine.Problem {
	if p, ok := err.(engine.Problem); ok { //nolint:errorlint // the tree is walked by hand below
		return []engine.Problem{p}
	}
	switch e := err.(type) { //nolint:errorlint // as above
	case interface{ Problems() []engine.Problem }:
		return e.Problems()
	case interface{ Unwrap() []error }:
		var all []engine.Problem
		for _, inner := range e.Unwrap() {
			all = append(all, problemsOf(inner)...)
		}
		return all
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			return problemsOf(inner)
		}
	}
	return nil
}

// problemDocument is an error as the API tells it (RFC 9457).
type problemDocument struct {
	Type      string           `json:"type"`
	Title     string           `json:"title"`
	Status    int              `json:"status"`
	Detail    string           `json:"detail"`
	RequestID string           `json:"request_id"`
	Problems  []engine.Problem `json:"problems,omitempty"`
}

// fail writes the answer to an error and returns it when it belongs into the log.
func (s *Server) fail(c *Ctx, err error) error {
	d := describe(err)
	if c.Response().Committed {
		return err // the head is out: the client sees an answer that breaks off
	}
	if c.Context().Err() != nil && d.Status == http.StatusInternalServerError {
		d = describe(context.Cause(c.Context()))
	}
	h := c.Response().Header()
	for _, name := range []string{"Content-Encoding", "Content-Disposition", "Content-Length", "ETag", "Last-Modified"} {
		h.Del(name)
	}
	h.Set("Cache-Control", "no-store")
	if d.Retry > 0 {
		c.setRetry(d.Retry)
	}
	var written error
	switch {
	case c.wantsJSON():
		written = writeProblem(c, d)
	case errors.Is(err, auth.ErrSignedOut):
		written = s.toDoor(c)
	default:
		written = c.View(d.Status, views.ErrorPage(c.Page(d.Title, ""), views.ErrorText{
			Status: d.Status, Title: d.Title, Detail: d.Detail, RequestID: c.requestID, Problems: d.Problems,
		}))
	}
	if d.Status >= 500 || written != nil {
		return errors.Join(err, written)
	}
	return nil
}

func writeProblem(c *Ctx, d described) error {
	body, err := json.Marshal(problemDocument{
		Type: "about:blank", Title: d.Title, Status: d.Status, Detail: d.Detail, RequestID: c.requestID, Problems: d.Problems,
	})
	if err != nil {
		return err
	}
	return c.Blob(d.Status, "application/problem+json", body)
}

// wantsJSON tells whether the answer is read by a program: the API, webhooks, and whoever prefers JSON to a page.
func (c *Ctx) wantsJSON() bool {
	path := c.Request().URL.Path
	if c.route.Foreign || strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/ws") {
		return true
	}
	for accepted := range strings.SplitSeq(c.Request().Header.Get("Accept"), ",") {
		kind, _, _ := strings.Cut(strings.TrimSpace(accepted), ";")
		if kind == "text/html" {
			return false
		}
		if slices.Contains([]string{"application/json", "application/problem+json"}, kind) {
			return true
		}
	}
	return false
}
