package views

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine"
)

// argument is one argument of a call, for people.
type argument struct{ Name, Value string }

// argumentsOf reads the arguments of a call. What is no object is one value without a name.
func argumentsOf(raw json.RawMessage) []argument {
	var fields map[string]json.RawMessage
	if len(raw) == 0 {
		return nil
	}
	if json.Unmarshal(raw, &fields) != nil {
		return []argument{{"", string(raw)}}
	}
	var list []argument
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		list = append(list, argument{name, valueText(fields[name])})
	}
	return list
}

// valueText shows a text as it is, and other values as JSON.
func valueText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}

// resultText is a result for people: JSON is set out in lines.
func resultText(s string) string {
	head, body, two := strings.Cut(s, "\n")
	if !two {
		head, body = "", s
	}
	if t := strings.TrimSpace(body); strings.HasPrefix(t, "{") || strings.HasPrefix(t, "[") {
		var b bytes.Buffer
		if json.Indent(&b, []byte(t), "", "  ") == nil {
			return strings.TrimSpace(head + "\n" + b.String())
		}
	}
	return s
}

// talkText says how much a talk took.
func talkText(ctx context.Context, t *engine.Talk) string {
	tokens, calls := 0, 0
	var took int64
	for _, turn := range t.Turns {
		tokens, calls, took = tokens+turn.InputTokens+turn.OutputTokens, calls+len(turn.Calls), took+turn.Took
		for _, c := range turn.Calls {
			took += c.Took
		}
	}
	return strings.Join([]string{
		trn(ctx, len(t.Turns), "{n} turn", "{n} turns"), trn(ctx, calls, "{n} call", "{n} calls"), trn(ctx, tokens, "{n} token", "{n} tokens"), tookText(ctx, took),
	}, " · ")
}

// turnText says what a turn took.
func turnText(ctx context.Context, t *engine.Turn) string {
	parts := []string{t.Model, tookText(ctx, t.Took), trn(ctx, t.InputTokens+t.OutputTokens, "{n} token", "{n} tokens")}
	if t.Cost != nil && *t.Cost > 0 {
		parts = append(parts, fraction(ctx, fmt.Sprintf("%.4f", float64(*t.Cost)/1e6))+" USD")
	}
	return strings.Join(parts, " · ")
}

// callText is the state of a call, and callStatus its colour.
func callText(ctx context.Context, state string) string {
	switch state {
	case engine.CallPlanned:
		return tr(ctx, "To come")
	case engine.CallAsking:
		return tr(ctx, "Asks a person")
	case engine.CallUnder:
		return tr(ctx, "Under way")
	case engine.CallDone:
		return tr(ctx, "Done")
	case engine.CallRefused:
		return tr(ctx, "Refused")
	default:
		return tr(ctx, "Failed")
	}
}

func callStatus(state string) string {
	switch state {
	case engine.CallAsking:
		return "waiting"
	case engine.CallUnder:
		return "running"
	case engine.CallDone:
		return "done"
	case engine.CallFailed:
		return "failed"
	case engine.CallRefused:
		return "retrying"
	default:
		return ""
	}
}

func callIcon(kind string) string {
	switch kind {
	case "workflow":
		return "workflow"
	case "http":
		return "globe"
	case "collection":
		return "book-open"
	case "mcp":
		return "plug"
	default:
		return "wrench"
	}
}

// answerText says who answered what.
func (v RunView) answerText(ctx context.Context, c *engine.ToolTurn) string {
	who := v.People[c.By]
	switch {
	case c.Choice == engine.Approve && who != "":
		return tr(ctx, "Approved by {name}", "name", who)
	case c.Choice == engine.Approve:
		return tr(ctx, "Approved")
	case c.Choice == engine.Refuse && who != "":
		return tr(ctx, "Refused by {name}", "name", who)
	case c.Choice == engine.Refuse:
		return tr(ctx, "Refused")
	default:
		return tr(ctx, "Nobody answered in time")
	}
}

// more tells whether a step talked about several items.
func more(talks []*engine.Talk, t *engine.Talk) bool {
	return slices.ContainsFunc(talks, func(o *engine.Talk) bool { return o.Node == t.Node && o.Iteration == t.Iteration && o.Item != t.Item })
}
