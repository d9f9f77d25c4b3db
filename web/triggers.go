package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// Kinds of triggers that something outside of a run must listen for.
const (
	kindWebhook  = "trigger.webhook"
	kindSchedule = "trigger.schedule"
)

// setActive switches the triggers of a workflow. A workflow with mistakes cannot be switched on.
func (s *Server) setActive(ctx context.Context, scope auth.Scope, id string, active bool) error {
	if !active {
		return s.Store.SetActive(ctx, scope, id, false, nil, nil)
	}
	stored, err := s.Store.Workflow(ctx, scope, id)
	if err != nil {
		return err
	}
	if problems := onlyErrors(engine.Validate(stored.Doc, s.Catalogue)); len(problems) > 0 {
		return &problemsError{text: "The workflow has mistakes; it can be switched on when they are mended.", problems: problems}
	}
	hooks, schedules, err := s.triggersOf(stored, scope.Workspace())
	if err != nil {
		return err
	}
	if len(hooks)+len(schedules) == 0 {
		return &problemsError{
			text:     "Nothing would start this workflow by itself: add a webhook or a schedule to it.",
			problems: []engine.Problem{{Text: "There is no trigger that could be switched on.", Code: "no-trigger"}},
		}
	}
	return s.Store.SetActive(ctx, scope, id, true, hooks, schedules)
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

// followDrawing keeps what listens for an active workflow equal to its drawing. While the drawing has mistakes, what
// was listening before goes on.
func (s *Server) followDrawing(ctx context.Context, scope auth.Scope, id string, rev engine.Revision) error {
	if !touchesTriggers(rev.Ops) {
		return nil
	}
	stored, err := s.Store.Workflow(ctx, scope, id)
	if err != nil || !stored.Active {
		return err
	}
	hooks, schedules, err := s.triggersOf(stored, scope.Workspace())
	if err != nil {
		s.Log.InfoContext(ctx, "the triggers of an active workflow stay as they were: its drawing has mistakes", "workflow", id, "error", err)
		return nil
	}
	same, err := s.sameTriggers(ctx, scope, id, hooks, schedules)
	if err != nil || same {
		return err
	}
	if err := s.Store.SetActive(ctx, scope, id, true, hooks, schedules); err != nil {
		s.Log.WarnContext(ctx, "the triggers of an active workflow could not follow its drawing", "workflow", id, "error", err)
	}
	return nil
}

// sameTriggers tells whether a workflow already listens for just these.
func (s *Server) sameTriggers(ctx context.Context, scope auth.Scope, id string, hooks []engine.Hook, schedules []engine.Schedule) (bool, error) {
	listening, err := s.Store.Hooks(ctx, scope, id)
	if err != nil {
		return false, err
	}
	planned, err := s.Store.Schedules(ctx, scope, id)
	if err != nil {
		return false, err
	}
	listening = slices.DeleteFunc(listening, func(h engine.Hook) bool { return h.Test != 0 })
	sameHooks := len(listening) == len(hooks) && !slices.ContainsFunc(hooks, func(h engine.Hook) bool { return !slices.Contains(listening, h) })
	samePlans := len(planned) == len(schedules) && !slices.ContainsFunc(schedules, func(v engine.Schedule) bool {
		return !slices.ContainsFunc(planned, func(old engine.Schedule) bool {
			return old.ID == v.ID && old.Node == v.Node && old.Cron == v.Cron && old.Timezone == v.Timezone
		})
	})
	return sameHooks && samePlans, nil
}

// touchesTriggers is false for edits that certainly leave the triggers alone: moving, notes, groups, edges.
func touchesTriggers(ops []engine.Op) bool {
	return slices.ContainsFunc(ops, func(op engine.Op) bool {
		return op.Op == "node.set" || op.Op == "node.add" || op.Op == "node.remove" || op.Op == "workflow.replace" || op.Op == "settings.set"
	})
}
