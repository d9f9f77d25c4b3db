package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/views"
)

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
	d := c.describe(err)
	if c.Response().Committed {
		return err // the head is out: the client sees an answer that breaks off
	}
	if c.Context().Err() != nil && d.Status == http.StatusInternalServerError {
		d = c.describe(context.Cause(c.Context()))
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
	case strings.HasPrefix(c.route.Path, openaiPrefix):
		written = writeOpenAIError(c, d)
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
	if c.route.Foreign || c.route.Door || strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/ws") {
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
