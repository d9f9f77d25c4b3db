package web

import (
	"context"
	"io"
	"strconv"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/llm"
	"github.com/labstack/echo/v4"
)

// request is echo's context under a name that leaves Context to the method below.
type request = echo.Context

// Ctx is one request: echo's context with who asks and what the answer needs.
type Ctx struct {
	request

	// Principal is who asks; zero on public routes without a session.
	Principal auth.Principal
	// token is the session's token as the browser sent it, "" without one.
	token string

	server    *Server
	route     route
	requestID string
	nonce     string
	sent      io.ReadCloser // the body without its limit
	use       *llm.Use      // for whom models are asked; nil where none are
	broke     bool          // a stream ended with an error, which its status does not tell
}

// Context returns the request's context, which ends with the request or its time limit.
func (c *Ctx) Context() context.Context { return c.Request().Context() }

// Scope returns the right of the asking person to the workspace they are in. It is the zero scope, which allows
// nothing, without one.
func (c *Ctx) Scope() auth.Scope { return c.Principal.Scope() }

// SignedIn tells whether a person asks.
func (c *Ctx) SignedIn() bool { return c.Principal.User.ID != "" }

// RequestID returns the name of this request, which the log and every error carry.
func (c *Ctx) RequestID() string { return c.requestID }

// Nonce returns the nonce that scripts and styles of this answer must carry.
func (c *Ctx) Nonce() string { return c.nonce }

// Allows tells whether the asking person holds a permission here.
func (c *Ctx) Allows(p auth.Permission) bool { return c.Scope().Allows(p) }

// setRetry tells the client after how many seconds to try again.
func (c *Ctx) setRetry(seconds int) { c.Response().Header().Set("Retry-After", strconv.Itoa(seconds)) }
