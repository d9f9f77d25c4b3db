package web

import "github.com/atelier-studio/atelier/interop"

// retellReport says the remarks of a report in the person's language.
func (c *Ctx) retellReport(r *interop.Report) {
	if r == nil {
		return
	}
	all := func(list []string) {
		for i := range list {
			list[i] = c.Retell(list[i])
		}
	}
	r.Error, r.Difference = c.Retell(r.Error), c.Retell(r.Difference)
	all(r.Reasons)
	all(r.Warnings)
	for _, n := range r.Nodes {
		all(n.Text)
	}
	for i := range r.Expressions.Unsupported {
		r.Expressions.Unsupported[i].Reason = c.Retell(r.Expressions.Unsupported[i].Reason)
	}
}
