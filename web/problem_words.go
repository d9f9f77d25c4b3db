package web

import (
	"context"
	"slices"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/locales"
)

// describe finds an error's status and public words in the person's language. Texts of others, such as a parser's, stay
// English.
func (c *Ctx) describe(err error) described {
	d := describe(err)
	d.Title, d.Detail, d.Problems = c.T(d.Title), c.Retell(d.Detail), sayProblems(c.Context(), d.Problems)
	return d
}

// sayProblems returns problems in the person's language.
func sayProblems(ctx context.Context, problems []engine.Problem) []engine.Problem {
	l := locales.Of(ctx)
	if l == locales.English {
		return problems
	}
	problems = slices.Clone(problems)
	for i := range problems {
		p := &problems[i]
		p.Text = locales.Retell(l, p.Text)
		if p.Fix != nil {
			fix := *p.Fix
			fix.Title = locales.Say(l, fix.Title)
			p.Fix = &fix
		}
	}
	return problems
}
