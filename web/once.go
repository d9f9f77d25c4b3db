package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/store"
)

// once answers a call that carries an Idempotency-Key and may cost money. The same key again, from the same person or
// program, gives the answer that was given, for a day; while the first call is under way it is refused, and when it failed
// the call is made anew.
func (s *Server) once(c *Ctx) error {
	key := c.Request().Header.Get("Idempotency-Key")
	if key == "" {
		return c.route.Handle(s, c)
	}
	if len(key) > maxIdemKey {
		return invalidInput("An Idempotency-Key has at most %d characters.", maxIdemKey)
	}
	body, err := readBody(c)
	if err != nil {
		return err
	}
	c.Request().Body = io.NopCloser(bytes.NewReader(body))
	who := c.Principal.User.ID
	if k := c.Principal.Key; k != nil {
		who += " " + k.ID
	}
	path := c.Request().URL.Path
	hash := digest(who, c.route.Method, path, key)
	known, err := s.Store.BeginAnswer(c.Context(), c.Scope(), hash, digest(path, c.Request().URL.RawQuery, c.Request().Header.Get("Accept"), string(body)), c.route.Timeout+time.Minute)
	switch {
	case err != nil:
		return err
	case known.Claim != "":
		return s.first(c, hash, known.Claim)
	case known.Other:
		return invalidInput("This Idempotency-Key was used for another request: take a new one for each.")
	case known.Status == 0:
		c.setRetry(2)
		return failure{Status: http.StatusConflict, Text: "A request with this Idempotency-Key is under way. Try again in a moment."}
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	c.Response().Header().Set("Idempotency-Replayed", "true")
	return c.Blob(known.Status, known.Type, known.Body)
}

// first makes the call, and keeps its answer when it is whole.
func (s *Server) first(c *Ctx, hash, claim string) error {
	w := &copying{ResponseWriter: c.Response().Writer}
	c.Response().Writer = w
	answer := store.Answer{Claim: claim}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context()), 10*time.Second)
		defer cancel()
		if err := s.Store.EndAnswer(ctx, c.Scope(), hash, answer); err != nil {
			s.Log.WarnContext(ctx, "the answer to a call with an Idempotency-Key could not be kept", "err", err, "request", c.requestID)
		}
	}()
	err := c.route.Handle(s, c)
	c.Response().Writer = w.ResponseWriter
	if status := c.Response().Status; err == nil && c.Context().Err() == nil && !c.broke && status >= 200 && status < 300 && !w.over {
		answer.Status, answer.Type, answer.Body = status, c.Response().Header().Get("Content-Type"), w.body.Bytes()
	}
	return err
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:])
}

// copying keeps a copy of what is written, as long as it is not too long.
type copying struct {
	http.ResponseWriter
	body bytes.Buffer
	over bool
}

// Unwrap leads to what the answer's writer can do beside writing.
func (w *copying) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *copying) Write(data []byte) (int, error) {
	if w.body.Len()+len(data) > store.MaxAnswer {
		w.over = true
	} else {
		w.body.Write(data)
	}
	return w.ResponseWriter.Write(data)
}
