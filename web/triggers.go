package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/live"
)

// Kinds of triggers that something outside of a run must listen for.
const (
	kindWebhook  = "trigger.webhook"
	kindSchedule = "trigger.schedule"
	kindChat     = "trigger.chat"
)

// setActive publishes the drawing as it is, when nothing is published, or takes what is published back.
func (s *Server) setActive(ctx context.Context, scope auth.Scope, id string, active bool) error {
	if !active {
		return s.unpublish(ctx, scope, id)
	}
	stored, err := s.Store.Workflow(ctx, scope, id)
	if err != nil || stored.Active {
		return err
	}
	_, err = s.release(ctx, scope, stored, "", true)
	return err
}

// release publishes a drawing: triggers and callers run it from now on. One with mistakes is refused, and so is one
// that nothing would start by itself when it must have triggers.
func (s *Server) release(ctx context.Context, scope auth.Scope, drawing *engine.Stored, note string, needTriggers bool) (engine.Version, error) {
	if problems := onlyErrors(engine.Validate(drawing.Doc, s.Catalogue)); len(problems) > 0 {
		return engine.Version{}, &problemsError{text: "The workflow has mistakes; it can be published when they are mended.", problems: problems}
	}
	hooks, schedules, err := s.triggersOf(drawing, scope.Workspace())
	if err != nil {
		return engine.Version{}, err
	}
	if needTriggers && len(hooks)+len(schedules) == 0 {
		return engine.Version{}, &problemsError{
			text:     "Nothing would start this workflow by itself: add a webhook or a schedule to it.",
			problems: []engine.Problem{{Text: "There is no trigger that could start it.", Code: "no-trigger"}},
		}
	}
	v, err := s.Store.Publish(ctx, scope, drawing.ID, engine.Publication{Revision: drawing.Revision, Note: note, Hooks: hooks, Schedules: schedules})
	if err == nil {
		s.tellPublished(ctx, scope, publishedFrame{Workflow: drawing.ID, Published: v.Revision, Active: len(hooks)+len(schedules) > 0})
	}
	return v, err
}

func (s *Server) unpublish(ctx context.Context, scope auth.Scope, id string) error {
	err := s.Store.Unpublish(ctx, scope, id)
	if err == nil {
		s.tellPublished(ctx, scope, publishedFrame{Workflow: id})
	}
	return err
}

// publishedFrame is what watchers of a workflow are told when another revision of it is published, or none any more.
type publishedFrame struct {
	Type      string `json:"t"`
	Workflow  string `json:"workflow"`
	Published int64  `json:"published"`
	Active    bool   `json:"active"`
	By        string `json:"by,omitempty"`
}

func (s *Server) tellPublished(ctx context.Context, scope auth.Scope, frame publishedFrame) {
	topic := live.WorkflowTopic(scope.Workspace(), frame.Workflow)
	if s.Live == nil || !s.Live.Bus().Heard(topic) {
		return
	}
	frame.Type, frame.By = "published", scope.User()
	s.publish(ctx, topic, 0, frame)
}

// onlyErrors are the problems that are not warnings.
func onlyErrors(all []engine.Problem) []engine.Problem {
	return slices.DeleteFunc(slices.Clone(all), func(p engine.Problem) bool { return p.Warning })
}

// triggersOf collects what must be listened for.
func (s *Server) triggersOf(w *engine.Stored, workspace string) (hooks []engine.Hook, schedules []engine.Schedule, err error) {
	for i := range w.Doc.Nodes {
		n := &w.Doc.Nodes[i]
		switch {
		case n.Disabled:
		case n.Kind == kindWebhook:
			hook, err := s.hookOf(n, w.ID, workspace)
			if err != nil {
				return nil, nil, err
			}
			if same := slices.IndexFunc(hooks, func(h engine.Hook) bool { return h.Path == hook.Path && overlap(h.Method, hook.Method) }); same >= 0 {
				return nil, nil, nodeProblem(n.ID, "path", "Another webhook of this workflow has the same path and method.")
			}
			hooks = append(hooks, hook)
		case n.Kind == kindChat:
			chat, err := s.chatOf(n)
			if err != nil {
				return nil, nil, err
			}
			hook := engine.Hook{Path: engine.ChatPath(chat.Path), Method: engine.ChatMethod, Workspace: workspace, WorkflowID: w.ID, Node: n.ID}
			if slices.ContainsFunc(hooks, func(h engine.Hook) bool { return h.Path == hook.Path }) {
				return nil, nil, nodeProblem(n.ID, "path", "Another chat of this workflow has the same path.")
			}
			hooks = append(hooks, hook)
		case n.Kind == kindSchedule:
			schedule, err := s.scheduleOf(n, w, workspace)
			if err != nil {
				return nil, nil, err
			}
			schedules = append(schedules, schedule)
		}
	}
	return hooks, schedules, nil
}

func overlap(a, b string) bool { return a == b || a == "*" || b == "*" }

func (s *Server) scheduleOf(n *engine.Node, w *engine.Stored, workspace string) (engine.Schedule, error) {
	cron, zone := s.textParam(n, "cron"), s.zone(s.textParam(n, "timezone"), w.Doc.Settings.Timezone)
	next, err := s.nextTimes(cron, zone, s.Now(), 1)
	if err != nil {
		return engine.Schedule{}, nodeProblem(n.ID, "cron", err.Error())
	}
	if len(next) == 0 {
		return engine.Schedule{}, nodeProblem(n.ID, "cron", "This schedule never fires.")
	}
	return engine.Schedule{
		ID: w.ID + "/" + n.ID, Workspace: workspace, WorkflowID: w.ID, Node: n.ID, Cron: cron, Timezone: zone, Next: next[0].UnixMicro(),
	}, nil
}

// nextTimes tells when a cron line fires.
func (s *Server) nextTimes(cron, zone string, from time.Time, n int) ([]time.Time, error) {
	if s.NextTimes == nil {
		return nil, fmt.Errorf("this studio keeps no schedules: %w", errors.ErrUnsupported)
	}
	return s.NextTimes(cron, zone, from, n)
}

// zone returns the first time zone that is set: the node's, the workflow's, the studio's.
func (s *Server) zone(names ...string) string {
	for _, name := range append(names, s.Timezone) {
		if name != "" {
			return name
		}
	}
	return "UTC"
}

// textParam returns a text parameter of a node, or the kind's default.
func (s *Server) textParam(n *engine.Node, name string) string {
	if value, given := n.Params[name]; given {
		text, _ := value.(string)
		return text
	}
	kind, ok := s.Catalogue.Kind(n.Kind)
	if !ok {
		return ""
	}
	for _, p := range kind.Params {
		if p.Name == name {
			text, _ := p.Default.(string)
			return text
		}
	}
	return ""
}

func nodeProblem(node, param, text string) error {
	return &problemsError{text: text, problems: []engine.Problem{{Node: node, Param: param, Text: text}}}
}
