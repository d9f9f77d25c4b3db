package views

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// RunsView is one page of the list of runs.
type RunsView struct {
	Workflow     string // id, of whose runs only
	WorkflowName string
	Status       string
	Trigger      string
	Query        string
	Cursor       string
	Runs         []*engine.Run
	Next         string
}

// filtered tells whether the list shows a part only.
func (v RunsView) filtered() bool { return v.Workflow+v.Status+v.Trigger+v.Query != "" }

// values are the filters as an address has them.
func (v RunsView) values() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"workflow": v.Workflow, "status": v.Status, "trigger": v.Trigger, "query": v.Query} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

func (v RunsView) here() string {
	q := v.values()
	if v.Cursor != "" {
		q.Set("cursor", v.Cursor)
	}
	if len(q) == 0 {
		return "/runs"
	}
	return "/runs?" + q.Encode()
}

func (v RunsView) nextPage() string {
	q := v.values()
	q.Set("cursor", v.Next)
	return "/runs?" + q.Encode()
}

func (v RunsView) heading(ctx context.Context) string {
	if v.WorkflowName != "" {
		return tr(ctx, "Runs of {workflow}", "workflow", v.WorkflowName)
	}
	return tr(ctx, "Runs")
}

func statusChoices(ctx context.Context) []Choice {
	choices := []Choice{{"", tr(ctx, "Every state")}}
	for _, s := range []engine.Status{engine.Queued, engine.Running, engine.Waiting, engine.Deciding, engine.Succeeded, engine.Failed, engine.Cancelled} {
		choices = append(choices, Choice{string(s), statusText(ctx, s)})
	}
	return choices
}

func triggerChoices(ctx context.Context) []Choice {
	choices := []Choice{{"", tr(ctx, "Every start")}}
	for _, t := range []string{"manual", "webhook", "chat", "schedule", "call", "cli", "retry", "error"} {
		choices = append(choices, Choice{t, triggerText(ctx, t)})
	}
	return choices
}

// triggerText says what started a run.
func triggerText(ctx context.Context, trigger string) string {
	switch trigger {
	case "manual":
		return tr(ctx, "By hand")
	case "webhook":
		return tr(ctx, "Webhook")
	case "chat":
		return tr(ctx, "Chat")
	case "schedule":
		return tr(ctx, "Schedule")
	case "call":
		return tr(ctx, "Another workflow")
	case "cli":
		return tr(ctx, "Command line")
	case "retry":
		return tr(ctx, "Retry")
	case "error":
		return tr(ctx, "After a failure")
	default:
		return trigger
	}
}

func triggerIcon(trigger string) string {
	switch trigger {
	case "webhook":
		return "webhook"
	case "chat":
		return "message-square"
	case "schedule":
		return "calendar-clock"
	case "call":
		return "workflow"
	case "cli":
		return "square-terminal"
	case "retry":
		return "rotate-ccw"
	case "error":
		return "triangle-alert"
	default:
		return "mouse-pointer-click"
	}
}

// runTook says how long a run took, or has taken so far.
func runTook(ctx context.Context, r *engine.Run) string {
	if r.Started == 0 || r.Finished == 0 {
		return ""
	}
	return tookText(ctx, r.Finished-r.Started)
}

// tookText writes a duration in microseconds for people.
func tookText(ctx context.Context, micros int64) string {
	switch d := time.Duration(micros) * time.Microsecond; {
	case d < time.Millisecond:
		return tr(ctx, "under 1 ms")
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fraction(ctx, strings.TrimSuffix(fmt.Sprintf("%.1f", d.Seconds()), ".0")) + " s"
	case d < time.Hour:
		return tr(ctx, "{m} min {s} s", "m", int(d.Minutes()), "s", int(d.Seconds())%60)
	default:
		return tr(ctx, "{h} h {m} min", "h", int(d.Hours()), "m", int(d.Minutes())%60)
	}
}
