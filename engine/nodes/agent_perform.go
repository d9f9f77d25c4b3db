package nodes

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/llm"
)

// maxRepeats is how many calls that were made before an agent may ask for again until it is stopped.
const maxRepeats = 3

// perform has one call of a turn done, or refused, and notes what came of it.
func (a *agent) perform(ctx context.Context, t *agentTurn, i int) error {
	call, state := t.Calls[i], &t.calls[i]
	result := engine.TurnNote{What: engine.NotedResult, Turn: t.Turn, Call: i + 1}
	refuse := func(format string, args ...any) error {
		result.Result, result.Failed = fmt.Sprintf(format, args...), true
		return a.note(ctx, result)
	}
	tool := a.tools[call.Tool]
	if tool == nil {
		return refuse("There is no tool %q. The tools are: %s.", excerpt(call.Tool, 80), strings.Join(slices.Sorted(maps.Keys(a.tools)), ", "))
	}
	args, wrong := tool.arguments(call)
	if wrong != nil {
		return refuse("The call was not made: %s. Call the tool again with arguments that fit its schema.", wrong)
	}
	if state.begun == 0 && state.asked == 0 {
		if a.made(t, i) >= a.p.Calls {
			return refuse("The call was not made: the limit of %d calls is reached.", a.p.Calls)
		}
		if again, times := a.repeated(t, i); again {
			if times >= maxRepeats {
				return fmt.Errorf("the agent was stopped: it asked for the tool %q with the same arguments again and again", call.Tool)
			}
			return refuse("The call was not made: the same tool was called with the same arguments before, and its result stands above. Do something else, or answer.")
		}
	}
	ask, question := a.question(tool, state, call)
	if ask {
		approved, err := a.person(ctx, t, i, question)
		if err != nil {
			return err
		}
		if !approved {
			return refuse("The call was not made: a person was asked, and %s.", map[bool]string{true: "nobody answered in time", false: "refused"}[state.answer.Choice == answeredLate])
		}
	}
	if state.begun == 0 || ask {
		if err := a.note(ctx, engine.TurnNote{What: engine.NotedCall, Turn: t.Turn, Call: i + 1}); err != nil {
			return err
		}
	}
	limited, cancel := a.within(ctx)
	defer cancel()
	each := *a.c
	each.Key = fmt.Sprintf("%s-%d-%d-%d", a.c.Key, a.c.Index, t.Turn, i+1)
	start := a.d.now()
	said, err := tool.run(limited, &each, args)
	if err != nil {
		if ctx.Err() != nil || limited.Err() != nil {
			return orLimit(ctx, limited, err)
		}
		if w, waits := errors.AsType[*engine.Wait](err); waits { // a workflow that sleeps: it is looked at again
			return w
		}
		result.Failed = true
		if said = err.Error(); !isRefusal(err) {
			said = "The call failed: " + said
		}
	}
	result.Result, result.Cut = shownResult(said)
	result.Took = a.d.now().Sub(start).Microseconds()
	return a.note(ctx, result)
}

// arguments reads what the model wrote, and says in words why the tool cannot be called with it.
func (t *tool) arguments(call engine.TurnCall) (map[string]any, error) {
	if call.Unread != "" {
		return nil, errors.New("what was given as arguments is no JSON object")
	}
	raw := orObject(call.Arguments)
	if t.fits != nil {
		if err := llm.Fit(t.fits, string(raw)); err != nil {
			said := strings.TrimSuffix(err.Error(), ": invalid argument")
			return nil, errors.New(strings.ReplaceAll(said, "the answer", "the object of arguments"))
		}
	}
	v, err := parseJSON(raw)
	if err != nil {
		return nil, errors.New("the arguments cannot be read as JSON")
	}
	return object(v), nil
}

// answeredLate stands for the answer that did not come.
const answeredLate = "late"

// question tells whether a person has to be asked before a call, and what. One that was under way when the process ended,
// and that may not be repeated unseen, is asked about anew.
func (a *agent) question(t *tool, state *agentCall, call engine.TurnCall) (bool, engine.Question) {
	q := engine.Question{Tool: call.Tool, Arguments: orObject(call.Arguments)}
	if state.begun > 0 {
		q.Text = fmt.Sprintf("the studio stopped while the agent was calling the tool %q: may it be called again?", call.Tool)
		return !t.repeat, q
	}
	q.Text = fmt.Sprintf("the agent asks whether it may call the tool %q", call.Tool)
	return t.ask, q
}

// person asks a person, or reads the answer. The error is a *engine.Wait as long as there is none.
func (a *agent) person(ctx context.Context, t *agentTurn, i int, q engine.Question) (approved bool, err error) {
	state := &t.calls[i]
	q.ID = fmt.Sprintf("%s-%d-%d-%d", a.c.Key, a.c.Index, t.Turn, i+1)
	if state.begun > 0 { // another question than the one before the call
		q.ID += fmt.Sprintf("-again-%d", state.begun)
		if state.answer != nil && state.answer.Question != q.ID {
			state.asked, state.answer = 0, nil
		}
	}
	if state.answer != nil {
		return state.answer.Choice == engine.Approve, nil
	}
	answer := engine.TurnNote{What: engine.NotedAnswer, Turn: t.Turn, Call: i + 1, Question: q.ID}
	now := a.d.now()
	switch w := a.c.Wake; {
	case w != nil && w.Data["question"] == q.ID:
		answer.Choice, answer.Text, answer.By = text(w.Data["choice"]), text(w.Data["text"]), text(w.Data["by"])
	case state.asked == 0:
		state.asked = now.Add(time.Duration(a.p.Hours * float64(time.Hour))).UnixMicro()
		if err := a.note(ctx, engine.TurnNote{What: engine.NotedAsked, Turn: t.Turn, Call: i + 1, Until: state.asked}); err != nil {
			return false, err
		}
		return false, &engine.Wait{Until: time.UnixMicro(state.asked), Ask: &q}
	case now.UnixMicro() < state.asked:
		return false, &engine.Wait{Until: time.UnixMicro(state.asked), Ask: &q}
	default:
		if answer.Choice = answeredLate; a.p.Unanswered == "fail" {
			return false, fmt.Errorf("nobody answered within %v hours whether the tool %q may be called", a.p.Hours, q.Tool)
		}
	}
	if err := a.note(ctx, answer); err != nil {
		return false, err
	}
	return answer.Choice == engine.Approve, nil
}
