package web

import (
	"encoding/json"
	"errors"
	"io/fs"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

type previewIn struct {
	Workflow string `json:"workflow"`
	Node     string `json:"node"`
	Text     string `json:"text" doc:"The parameter's text, with the leading =."`
	Index    int    `json:"index,omitempty" doc:"Which of the items that came in, counted from 0."`
	Run      string `json:"run,omitempty" doc:"The run whose data is used; left out: the last one."`
}

type previewOut struct {
	Value any    `json:"value"`
	Type  string `json:"type" doc:"null, boolean, number, string, list or object."`
	Items int    `json:"items" doc:"How many items came in."`
	Error string `json:"error,omitempty"`
	Note  string `json:"note,omitempty" doc:"Why there is no value, when nothing is wrong."`
}

const (
	maxExpression = 64 << 10
	maxPreview    = 256 << 10
)

// apiPreview evaluates an expression on the data of the last run. A mistake in the expression is an answer, not a
// failure: people see it while they type.
func apiPreview(s *Server, c *Ctx, in previewIn) (previewOut, error) {
	if len(in.Text) > maxExpression {
		return previewOut{}, invalidInput("An expression has at most %s.", sizeText(maxExpression))
	}
	ctx, scope := c.Request().Context(), c.Scope()
	stored, err := s.Store.Workflow(ctx, scope, in.Workflow)
	if err != nil {
		return previewOut{}, err
	}
	request := engine.PreviewRequest{
		Workspace: scope.Workspace(), Doc: stored.Doc, Name: stored.Name, ID: stored.ID, Node: in.Node, Text: in.Text, Index: in.Index, Run: in.Run,
	}
	if in.Run == "" {
		last, err := s.Store.LastRun(ctx, scope, stored.ID)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return previewOut{}, err
		}
		if err == nil {
			request.Run = last.ID
		}
	}
	value, items, err := s.Runner.Preview(ctx, request)
	if errors.Is(err, engine.ErrNoData) {
		return previewOut{Type: "null", Note: c.Retell(sentence(err.Error()))}, nil
	}
	if err != nil {
		return previewOut{Type: "null", Error: c.Retell(err.Error()), Items: items}, nil //nolint:nilerr // a mistake in the expression is an answer
	}
	if data, err := json.Marshal(value); err != nil || len(data) > maxPreview {
		return previewOut{Type: typeName(value), Items: items, Error: c.T("The value is too large to be shown.")}, nil //nolint:nilerr // told to the person
	}
	return previewOut{Value: value, Type: typeName(value), Items: items}, nil
}

func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any, []map[string]any, []string, []engine.Item:
		return "list"
	case map[string]any:
		return "object"
	default:
		return "number"
	}
}

type scheduleIn struct {
	Cron     string `json:"cron"`
	Timezone string `json:"timezone,omitempty"`
}

type scheduleOut struct {
	Next  []string `json:"next" doc:"The next five times, RFC 3339 in the time zone."`
	Error string   `json:"error,omitempty"`
}

// apiSchedulePreview tells when a cron line fires next.
func apiSchedulePreview(s *Server, c *Ctx, in scheduleIn) (scheduleOut, error) {
	times, err := s.nextTimes(in.Cron, s.zone(in.Timezone), s.Now(), 5)
	if err != nil {
		return scheduleOut{Next: []string{}, Error: c.describe(err).Detail}, nil //nolint:nilerr // a wrong line is an answer
	}
	if len(times) == 0 {
		return scheduleOut{Next: []string{}, Error: c.T("This schedule never fires.")}, nil
	}
	next := make([]string, len(times))
	for i, t := range times {
		next[i] = t.Format(time.RFC3339)
	}
	return scheduleOut{Next: next}, nil
}
