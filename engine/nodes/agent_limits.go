package nodes

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/llm"
)

// shownStep is how much of a result the item's list of steps holds, in letters; the run's page has more.
const shownStep = 500

// price finds what the model costs. A limit of money needs to know it.
func (a *agent) price(ctx context.Context) error {
	if a.p.Cost <= 0 {
		return nil
	}
	for i, name := range a.p.names() {
		provider, err := a.d.provider(ctx, a.c, name)
		if err != nil {
			return err
		}
		if provider.Price == nil {
			return bad("cost", "the price of the model of %q is not known: limit the tokens instead of the cost", name)
		}
		if i == 0 {
			a.prices = provider.Price
		}
	}
	return nil
}

// used adds up the turns so far.
func (a *agent) used() (tokens int, cost int64, known bool) {
	known = true
	for _, t := range a.turns {
		tokens += t.InputTokens + t.OutputTokens
		if t.Cost == nil {
			known = false
		} else {
			cost += *t.Cost
		}
	}
	return tokens, cost, known
}

// worked is how long models and tools took so far.
func (a *agent) worked() time.Duration {
	var sum int64
	for _, t := range a.turns {
		sum += t.Took
		for _, c := range t.calls {
			if c.result != nil {
				sum += c.result.Took
			}
		}
	}
	return time.Duration(sum) * time.Microsecond
}

// affords says why the budget does not last for a request, and shortens the answer to what is left.
func (a *agent) affords(r *llm.Request) error {
	tokens, cost, _ := a.used()
	needs := r.Estimate()
	if a.p.Tokens > 0 {
		left := a.p.Tokens - tokens - needs
		if left <= 0 {
			return fmt.Errorf("the agent's budget of %d tokens is used up: %d were used, and another turn needs about %d", a.p.Tokens, tokens, needs)
		}
		r.MaxTokens = min(r.MaxTokens, left)
	}
	if a.p.Cost > 0 && a.prices != nil {
		limit, next := int64(a.p.Cost*1e6), a.prices.Of(llm.Usage{Input: needs, Output: 1}).Micros
		if cost+next > limit {
			return fmt.Errorf("the agent's budget of %v US dollars is used up: %v were spent, and another turn costs about %v", a.p.Cost, float64(cost)/1e6, float64(next)/1e6)
		}
		if a.prices.Output > 0 {
			r.MaxTokens = min(r.MaxTokens, 1+int(float64(limit-cost-next)/a.prices.Output))
		}
	}
	if a.worked() >= time.Duration(a.p.Minutes*float64(time.Minute)) {
		return a.late()
	}
	return nil
}

// reached says which limit of turns or calls keeps the model from another turn with tools.
func (a *agent) reached() error {
	n := len(a.turns)
	switch {
	case n == 0:
		return nil
	case n >= a.p.Steps:
		return fmt.Errorf("the agent came to no answer in %d turns: allow more, or give it less to do: %w", a.p.Steps, fs.ErrInvalid)
	case a.made(nil, 0) >= a.p.Calls && a.denied(a.turns[n-1]):
		return fmt.Errorf("the agent wanted more than %d calls of tools: allow more, or give it less to do: %w", a.p.Calls, fs.ErrInvalid)
	}
	return nil
}

// denied tells whether a turn had a call that was not made.
func (a *agent) denied(t *agentTurn) bool {
	for _, c := range t.calls {
		if c.begun == 0 {
			return true
		}
	}
	return false
}

// made counts the calls that were made, before a call of a turn, or all.
func (a *agent) made(before *agentTurn, call int) (n int) {
	for _, t := range a.turns {
		for i := range t.calls {
			if t == before && i >= call {
				return n
			}
			if t.calls[i].begun > 0 {
				n++
			}
		}
	}
	return n
}

// repeated tells whether a call was made before with the same arguments, and how often the agent was told so. One that
// failed may be tried once more.
func (a *agent) repeated(at *agentTurn, call int) (again bool, told int) {
	wanted := sameCall(at.Calls[call])
	failed, done := 0, 0
	for _, t := range a.turns {
		for i := range t.calls {
			if t == at && i >= call {
				return done > 0 || failed > 1, told
			}
			c := &t.calls[i]
			if c.result == nil || sameCall(t.Calls[i]) != wanted {
				continue
			}
			switch {
			case c.begun > 0 && c.result.Failed:
				failed++
			case c.begun > 0 || c.answer != nil: // what a person has refused is refused
				done++
			default:
				told++
			}
		}
	}
	return false, told
}

func sameCall(c engine.TurnCall) string {
	v, err := parseJSON(orObject(c.Arguments))
	if err != nil {
		return c.Tool + " " + string(c.Arguments)
	}
	return c.Tool + " " + canonical(v)
}

// steps lists the calls for the item.
func (a *agent) steps() []any {
	list := []any{}
	for _, t := range a.turns {
		for i := range t.calls {
			c, call := &t.calls[i], t.Calls[i]
			args, _ := parseJSON(orObject(call.Arguments)) //nolint:errcheck // what cannot be read is shown as nothing
			one := map[string]any{
				"turn": float64(t.Turn), "tool": call.Tool, "arguments": args, "result": excerpt(c.result.Result, shownStep), "failed": c.result.Failed,
				"milliseconds": float64(c.result.Took / 1000),
			}
			if c.answer != nil {
				one["answer"], one["word"] = c.answer.Choice, c.answer.Text
			}
			list = append(list, one)
		}
	}
	return list
}

// account is what the item says about the model's part.
func (a *agent) account() map[string]any {
	m := map[string]any{"turns": float64(len(a.turns)), "tool_calls": float64(a.made(nil, 0)), "cost_usd": nil, "milliseconds": float64(a.worked().Milliseconds())}
	in, out, calls := 0, 0, 0
	for _, t := range a.turns {
		in, out, calls = in+t.InputTokens, out+t.OutputTokens, calls+t.Tries
		m["model"] = t.Model
	}
	m["input_tokens"], m["output_tokens"], m["calls"] = float64(in), float64(out), float64(calls)
	if _, cost, known := a.used(); known {
		m["cost_usd"] = float64(cost) / 1e6
	}
	return m
}
