package views

import (
	"context"
	"time"

	"github.com/atelier-studio/atelier/engine"
)

// RunView is one run: what happened, on the canvas and as a table.
type RunView struct {
	Run      *engine.Run
	Names    map[string]string // names of nodes by id
	Events   []engine.Event    // without outputs
	More     bool              // there are more events than the page shows
	Input    string            // what the run began with, as JSON
	Output   string            // what its last node gave, as JSON
	Data     any               // of script#run-data
	Workflow bool              // the workflow is still there
	// Talks are what agents did, turn by turn, and Questions what they ask now; People are names by user id.
	Talks     []*engine.Talk
	Questions []engine.OpenQuestion
	People    map[string]string
	// Effect is the step that was interrupted, of a run that needs a decision.
	Effect string
}

func (v RunView) name(node string) string {
	if name := v.Names[node]; name != "" {
		return name
	}
	return node
}

// eventText says what an event is, for people.
func eventText(ctx context.Context, e engine.Event) string {
	switch e.Type {
	case engine.RunStarted:
		return tr(ctx, "The run started")
	case engine.RunWaiting:
		if e.Status == engine.Deciding {
			return tr(ctx, "The run needs a decision")
		}
		if e.Node != "" {
			return tr(ctx, "Waits")
		}
		return tr(ctx, "The run waits")
	case engine.RunResumed:
		return tr(ctx, "The run went on")
	case engine.RunFinished:
		return tr(ctx, "The run ended: {status}", "status", statusText(ctx, e.Status))
	case engine.StepStarted:
		return tr(ctx, "Started")
	case engine.StepFinished:
		switch e.Reused {
		case "pinned":
			return tr(ctx, "Pinned output")
		case "run":
			return tr(ctx, "Output of an earlier run")
		}
		return tr(ctx, "Done")
	case engine.StepFailed:
		return tr(ctx, "Failed")
	case engine.StepRetried:
		return tr(ctx, "Failed, tries again")
	case engine.StepSkipped:
		return tr(ctx, "Skipped")
	case engine.StepNoted:
		return tr(ctx, "Went on")
	default:
		return string(e.Type)
	}
}

// eventStatus is the colour of an event.
func eventStatus(e engine.Event) string {
	switch e.Type {
	case engine.StepFinished:
		return "done"
	case engine.StepFailed:
		return "failed"
	case engine.StepRetried:
		return "retrying"
	case engine.RunWaiting:
		return "waiting"
	case engine.StepStarted, engine.StepNoted, engine.RunStarted, engine.RunResumed:
		return "running"
	case engine.RunFinished:
		return string(e.Status)
	default:
		return ""
	}
}

// countsText says how many items came out of a step.
func countsText(counts []int) string {
	total := 0
	for _, n := range counts {
		total += n
	}
	if len(counts) == 0 {
		return ""
	}
	return itoa(total)
}

// clockText is a time of day, exact to the millisecond.
func clockText(micros int64) string { return time.UnixMicro(micros).UTC().Format("15:04:05.000") }
