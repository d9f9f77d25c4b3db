package llm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Fallback asks the first model, and the next whenever one fails, whatever the reason: another model may have a larger
// context, another filter or another account; only a budget that stops everything ends it. Reply.Failed says who failed before. A stream stays with the model that
// delivered its first piece. When all fail, the error has the kind of the last and the words of each.
func Fallback(first Model, others ...Model) Model {
	if len(others) == 0 {
		return first
	}
	return fallback{append([]Model{first}, others...)}
}

type fallback struct{ models []Model }

// Name is the name of the model that is asked first.
func (f fallback) Name() string { return f.models[0].Name() }

func (f fallback) Generate(ctx context.Context, r Request) (*Reply, error) {
	return f.ask(ctx, func(m Model) (*Reply, bool, error) {
		reply, err := m.Generate(ctx, r)
		return reply, false, err
	})
}

func (f fallback) Stream(ctx context.Context, r Request, each func(Delta) error) (*Reply, error) {
	delivered := false
	return f.ask(ctx, func(m Model) (*Reply, bool, error) {
		reply, err := m.Stream(ctx, r, func(d Delta) error {
			delivered = true
			return each(d)
		})
		return reply, delivered, err
	})
}

func (f fallback) ask(ctx context.Context, one func(Model) (reply *Reply, final bool, err error)) (*Reply, error) {
	var failed []Attempt
	var all []error
	for _, m := range f.models {
		start := time.Now()
		reply, final, err := one(m)
		if reply != nil {
			reply.Failed = append(failed, reply.Failed...)
		}
		if err == nil || final || ctx.Err() != nil || Stops(err) {
			return reply, err
		}
		failed = append(failed, Attempt{m.Name(), KindOf(err), err.Error(), time.Since(start)})
		all = append(all, err)
	}
	var b strings.Builder
	for i, err := range all {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(err.Error())
	}
	text := fmt.Sprintf("none of %d models answered. %s", len(all), b.String())
	last, ok := errors.AsType[*Error](all[len(all)-1])
	if !ok {
		return nil, fmt.Errorf("none of %d models answered: %w", len(all), errors.Join(all...))
	}
	e := *last
	e.Text, e.Cause = text, errors.Join(all...)
	return nil, &e
}
