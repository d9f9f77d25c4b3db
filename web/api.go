package web

import (
	"net/http"
	"reflect"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/labstack/echo/v4"
)

// operation describes a row of the JSON API: what its document says of it comes from the types that the handler uses.
type operation struct {
	Summary string
	In, Out reflect.Type // structs; Out may be any type, nil: no content
	Status  int          // of success
	// Media are further types that the body may have, beside JSON, and Answers further ones that the answer may have.
	Media, Answers []string
}

// nothing is the input or output of a call that has none.
type nothing struct{}

// call makes a row of the API from a function. What the function takes is bound from the request by the tags of its
// fields (path, query, header, json), what it gives is the answer's JSON, and the API's document is made from both.
func call[In, Out any](method, path string, p auth.Permission, summary string, do func(*Server, *Ctx, In) (Out, error), more ...func(*route)) route {
	op := &operation{Summary: summary, In: reflect.TypeFor[In](), Out: reflect.TypeFor[Out](), Status: http.StatusOK}
	if op.Out == reflect.TypeFor[nothing]() {
		op.Out, op.Status = nil, http.StatusNoContent
	}
	r := route{Method: method, Path: apiPrefix + path, Permission: p, API: op}
	r.Handle = func(s *Server, c *Ctx) error {
		var in In
		if err := bind(c, &in); err != nil {
			return err
		}
		out, err := do(s, c, in)
		if err != nil {
			return err
		}
		if op.Out == nil {
			return c.NoContent(op.Status)
		}
		return writeJSON(c, op.Status, out)
	}
	for _, change := range more {
		change(&r)
	}
	return r
}

// stream makes a row whose handler writes the answer itself.
func stream[In, Out any](method, path string, p auth.Permission, summary string, do func(*Server, *Ctx, In) error, more ...func(*route)) route {
	r := call(method, path, p, summary, func(s *Server, c *Ctx, in In) (Out, error) { var none Out; return none, nil }, more...)
	r.Handle = func(s *Server, c *Ctx) error {
		var in In
		if err := bind(c, &in); err != nil {
			return err
		}
		return do(s, c, in)
	}
	return r
}

const apiPrefix = "/api/v1"

// made says that success creates something.
func made(r *route) { r.API.Status = http.StatusCreated }

// accepted says that success is only a beginning.
func accepted(r *route) { r.API.Status = http.StatusAccepted }

// body sets the limit of the request's body in bytes.
func body(limit int64) func(*route) { return func(r *route) { r.Body = limit } }

// costs says what a request takes of the person's share.
func costs(n int) func(*route) { return func(r *route) { r.Cost = n } }

// untimed rows may last.
func untimed(r *route) { r.Timeout = noTimeout }

// timed rows may wait this long for what they answer with.
func timed(wait time.Duration) func(*route) {
	return func(r *route) { r.Timeout = wait + defaultTimeout }
}

// once says that a call with an Idempotency-Key is made once.
func once(r *route) { r.Once = true }

// media tells which types beside JSON the body may have.
func media(types ...string) func(*route) { return func(r *route) { r.API.Media = types } }

// answers tells which types beside JSON the answer may have.
func answers(types ...string) func(*route) { return func(r *route) { r.API.Answers = types } }

// writeJSON answers with JSON that no browser takes for a page.
func writeJSON(c *Ctx, status int, v any) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(status, v)
}
