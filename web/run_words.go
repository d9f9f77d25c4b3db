package web

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/locales"
)

// The journal keeps the errors of runs in English. They are said in a person's language where they are handed out.

// sayRun returns a run in the person's language.
func sayRun(ctx context.Context, run *engine.Run) *engine.Run {
	l := locales.Of(ctx)
	if run == nil || run.Error == "" || l == locales.English {
		return run
	}
	said := *run
	said.Error = locales.Retell(l, run.Error)
	return &said
}

// sayEvents returns events in the person's language. It changes the list that it is given.
func sayEvents(ctx context.Context, events []engine.Event) []engine.Event {
	l := locales.Of(ctx)
	for i := range events {
		events[i].Error = locales.Retell(l, events[i].Error)
	}
	return events
}

var errorField = []byte(`"error":"`)

// retellFrame makes a connection's frames of runs and events those of a language. Frames without an error, which are
// nearly all, are looked through once and stay shared.
func retellFrame(l locales.Language) func(text []byte) []byte {
	if l == locales.English {
		return nil
	}
	return func(text []byte) []byte {
		if !bytes.Contains(text, errorField) {
			return nil
		}
		var frame map[string]json.RawMessage
		if json.Unmarshal(text, &frame) != nil {
			return nil
		}
		var part string
		switch string(frame["t"]) {
		case `"event"`:
			part = "event"
		case `"run"`:
			part = "run"
		default: // a drawing's edits: what people typed is not touched
			return nil
		}
		var fields map[string]json.RawMessage
		var said string
		if json.Unmarshal(frame[part], &fields) != nil || json.Unmarshal(fields["error"], &said) != nil {
			return nil
		}
		fields["error"], _ = json.Marshal(locales.Retell(l, said)) //nolint:errchkjson // a string
		frame[part], _ = json.Marshal(fields)                      //nolint:errchkjson // JSON as it was
		changed, err := json.Marshal(frame)
		if err != nil {
			return nil
		}
		return changed
	}
}
