package web

import (
	"context"
	"fmt"
	"slices"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/locales"
)

// sayProblems returns problems in the person's language. Catalogues have the formats of their texts as keys; texts
// without one, such as those of a parser, stay English.
func sayProblems(ctx context.Context, problems []engine.Problem) []engine.Problem {
	l := locales.Of(ctx)
	if l == locales.English {
		return problems
	}
	problems = slices.Clone(problems)
	for i := range problems {
		p := &problems[i]
		if format, ok := locales.Words(l)[p.Format]; ok && p.Format != "" {
			p.Text = fmt.Sprintf(format, p.Args...)
		}
		if p.Fix != nil {
			fix := *p.Fix
			fix.Title = locales.Say(l, fix.Title)
			p.Fix = &fix
		}
	}
	return problems
}
