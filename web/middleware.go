package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// newEcho builds the router from the table. Every answer, that of an address which does not exist too, goes through
// the same steps in the same order.
func (s *Server) newEcho() *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = s.clientAddress
	e.Use(middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1024, Skipper: staysAsItIs}))
	for _, r := range routes() {
		if r.Development && !s.Development {
			continue
		}
		e.Add(r.Method, r.Path, s.serve(r))
		if r.Method == http.MethodGet && !r.Foreign && r.Timeout != noTimeout {
			e.Add(http.MethodHead, r.Path, s.serve(r))
		}
	}
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		// Only the router's own errors come here: no such address, or a method that it does not take.
		none := route{Handle: func(*Server, *Ctx) error { return err }}
		if err := s.serve(none)(c); err != nil {
			s.Log.ErrorContext(c.Request().Context(), "the answer could not be written", slog.Any("err", err))
		}
	}
	return e
}

// staysAsItIs tells requests whose answers are not compressed here: all but those for pages and parts of them. What is asked
// by programs is small or has been compressed already, and sockets and streams must not wait.
func staysAsItIs(c echo.Context) bool {
	h := c.Request().Header
	page := strings.Contains(h.Get("Accept"), "text/html") || h.Get("HX-Request") != ""
	return !page || h.Get("Range") != "" || h.Get("Upgrade") != "" || strings.HasPrefix(c.Request().URL.Path, "/assets/") || strings.HasPrefix(c.Request().URL.Path, "/hooks/")
}

// serve wraps a row's handler in everything that all rows share.
func (s *Server) serve(r route) echo.HandlerFunc {
	return func(ec echo.Context) error {
		c := &Ctx{request: ec, server: s, route: r, requestID: rand.Text()[:16], nonce: rand.Text()}
		begun := s.Now()
		c.Response().Header().Set("X-Request-Id", c.requestID)
		s.setHeaders(c)
		cancel := s.limit(c)
		defer cancel()
		s.speak(c)
		err := s.answer(c)
		if err != nil {
			drain(c, err)
			err = s.fail(c, err)
		}
		s.account(c, begun, err)
		return nil
	}
}

// answer lets the request through the door and handles it. A panic becomes an error.
func (s *Server) answer(c *Ctx) (err error) {
	defer func() {
		switch v := recover(); v {
		case nil:
		case http.ErrAbortHandler:
			panic(v)
		default:
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	if err := s.admit(c); err != nil {
		return err
	}
	c.setUse()
	if c.route.Once {
		return s.once(c)
	}
	return c.route.Handle(s, c)
}

// limit bounds the request's body and time. The body is cut at the limit, and one that says beforehand that it is
// longer is refused before a byte of it is read.
func (s *Server) limit(c *Ctx) context.CancelFunc {
	r := c.Request()
	size := c.route.Body
	if size == 0 {
		size = defaultBody
	}
	if r.Body != nil {
		c.sent = r.Body
		r.Body = http.MaxBytesReader(c.Response().Writer, r.Body, size)
	}
	timeout := c.route.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	// Deadlines on the connection end slow senders and readers, which a context cannot. Not every writer has them. Those
	// of an earlier request on the same connection would hold for this one too, so they are always set.
	control := http.NewResponseController(c.Response().Writer)
	if timeout == noTimeout {
		_ = control.SetReadDeadline(time.Time{})
		_ = control.SetWriteDeadline(time.Time{})
		return func() {}
	}
	now := time.Now()
	_ = control.SetReadDeadline(now.Add(timeout))
	_ = control.SetWriteDeadline(now.Add(timeout + 10*time.Second))
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	c.SetRequest(r.WithContext(ctx))
	return cancel
}

// maxDrained is how much of a body that is too large is read and dropped, in bytes.
const maxDrained = 128 << 20

// drain reads over the rest of a body that was too large. Most programs look for the answer when they have sent
// everything: closed on, they would see a broken connection and not why. Who asks first whether to send is told at once.
func drain(c *Ctx, err error) {
	if _, tooBig := errors.AsType[*http.MaxBytesError](err); !tooBig || c.sent == nil || c.Request().Header.Get("Expect") != "" {
		return
	}
	_ = http.NewResponseController(c.Response().Writer).SetReadDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.CopyN(io.Discard, c.sent, maxDrained)
}

// account writes the access log and counts the request.
func (s *Server) account(c *Ctx, begun time.Time, err error) {
	took, status := s.Now().Sub(begun), c.Response().Status
	if s.Metrics != nil {
		s.Metrics.Request(method(c.Request().Method), c.route.Path, status, took)
	}
	if c.route.Quiet && status < 400 {
		return
	}
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelError
	}
	attrs := []slog.Attr{
		slog.String("method", c.Request().Method), slog.String("path", loggedPath(c)), slog.Int("status", status),
		slog.Duration("took", took), slog.Int64("bytes", c.Response().Size), slog.String("address", c.RealIP()),
		slog.String("request", c.requestID),
	}
	if c.SignedIn() {
		attrs = append(attrs, slog.String("user", c.Principal.User.ID), slog.String("workspace", c.Scope().Workspace()))
	}
	if k := c.Principal.Key; k != nil {
		attrs = append(attrs, slog.String("key", k.ID))
	}
	if err != nil {
		attrs = append(attrs, slog.Any("err", err))
	}
	s.Log.LogAttrs(c.Request().Context(), level, "request", attrs...)
}

// method keeps invented methods out of the metrics.
func method(m string) string {
	if slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, m) {
		return m
	}
	return "other"
}

// loggedPath is the request's path without what is secret in it: one-time links, and the paths of webhooks.
func loggedPath(c *Ctx) string {
	if c.route.Foreign || strings.Contains(c.route.Path, ":token") {
		return c.route.Path
	}
	path := c.Request().URL.Path
	return path[:min(len(path), 300)]
}
