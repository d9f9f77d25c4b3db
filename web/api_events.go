package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/live"
)

const (
	eventStream = "text/event-stream"
	eventPage   = 200 // events read from the journal at a time
	keepAlive   = 15 * time.Second
)

type eventsIn struct {
	ID     string `path:"id"`
	Since  int64  `query:"since" doc:"The sequence after which to begin."`
	Limit  int    `query:"limit" doc:"1000 when left out and at most."`
	Last   int64  `header:"Last-Event-ID" doc:"Where a stream that broke goes on."`
	Accept string `header:"Accept" doc:"text/event-stream follows the run to its end."`
}

type eventsOut struct {
	Events []engine.Event `json:"events"`
}

// apiEvents gives the journal of a run without outputs: the counts of items stand for them.
func apiEvents(s *Server, c *Ctx, in eventsIn) error {
	// A run of another workspace is absent, and not one without events.
	if _, err := s.Store.Run(c.Request().Context(), c.Scope(), in.ID); err != nil {
		return err
	}
	if strings.Contains(in.Accept, eventStream) {
		return s.streamEvents(c, c.Scope(), in.ID, max(in.Since, in.Last))
	}
	limit := in.Limit
	if limit <= 0 || limit > 1000 {
		limit = 1000
	}
	events, err := s.Store.Events(c.Request().Context(), c.Scope(), in.ID, in.Since, limit)
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, eventsOut{sayEvents(c.Context(), light(events))})
}

// light returns events as watchers see them: counts instead of items.
func light(events []engine.Event) []engine.Event {
	out := make([]engine.Event, len(events))
	for i, e := range events {
		if e.Outputs != nil && e.Counts == nil {
			e.Counts = make([]int, len(e.Outputs))
			for port, items := range e.Outputs {
				e.Counts[port] = len(items)
			}
		}
		e.Outputs, e.Data = nil, nil
		out[i] = e
	}
	return out
}

// streamEvents writes the events of a run after since as server-sent events until the run has ended. The journal is
// what is read; the bus only says when to look, so that a lost message costs a moment and never an event.
func (s *Server) streamEvents(c *Ctx, scope auth.Scope, run string, since int64) error {
	ctx := c.Request().Context()
	wake := make(chan struct{}, 1)
	leave, err := s.Live.Bus().Subscribe(live.RunTopic(scope.Workspace(), run), func(live.Message) {
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return err
	}
	defer leave()
	w := c.Response()
	w.Header().Set("Content-Type", eventStream)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	w.Flush()
	for {
		ended, err := s.writeEvents(ctx, c, scope, run, &since)
		if err != nil || ended {
			return err
		}
		timer := time.NewTimer(keepAlive)
		select {
		case <-wake:
		case <-timer.C:
			if _, err := fmt.Fprint(w, ": still here\n\n"); err != nil {
				return nil //nolint:nilerr // the reader has gone
			}
			w.Flush()
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
		timer.Stop()
	}
}

// writeEvents writes what is in the journal after since. ended says that there will be no more.
func (s *Server) writeEvents(ctx context.Context, c *Ctx, scope auth.Scope, run string, since *int64) (ended bool, err error) {
	for {
		events, err := s.Store.Events(ctx, scope, run, *since, eventPage)
		if err != nil {
			return false, err
		}
		for _, e := range light(events) {
			data, err := json.Marshal(e)
			if err != nil {
				return false, err
			}
			if _, err := fmt.Fprintf(c.Response(), "id: %s\nevent: %s\ndata: %s\n\n", strconv.FormatInt(e.Seq, 10), e.Type, data); err != nil {
				return true, nil //nolint:nilerr // the reader has gone
			}
			*since = e.Seq
			ended = e.Type == engine.RunFinished
		}
		c.Response().Flush()
		if ended || len(events) < eventPage {
			return ended, nil
		}
	}
}
