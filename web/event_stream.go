package web

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// events are a stream of server-sent events that has begun: errors are events from now on, since the status has gone out.
type events struct{ c *Ctx }

func (c *Ctx) events() events {
	h := c.Response().Header()
	h.Set("Content-Type", eventStream)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	c.Response().WriteHeader(http.StatusOK)
	c.Response().Flush()
	return events{c}
}

func (e events) send(event string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.c.Response(), "event: %s\ndata: %s\n\n", event, data)
	e.c.Response().Flush()
	return err
}

// fail says why there is no answer.
func (e events) fail(err error) error {
	e.c.broke = true
	d := e.c.describe(err)
	return e.send("error", map[string]any{"title": d.Title, "detail": d.Detail, "status": d.Status})
}
