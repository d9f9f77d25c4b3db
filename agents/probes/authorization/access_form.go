package authorization

import (
	"context"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// asForm is a cell's request as the form that belongs to it sends it, where there is one: filled in with marks, and with the
// token that the role is given. A role that does not see the form takes the token of a page that it sees.
func asForm(ctx context.Context, lab *agents.Lab, p *surface.Permission, as string) (wire.Request, bool) {
	for _, f := range lab.Surface.Forms {
		if f.Method != p.Method || pathOf(f.Action) != pathOf(p.URL) || f.Purpose == surface.ForUpload {
			continue
		}
		values := f.Values()
		for i, field := range f.Fields {
			free := field.Type == "text" || field.Type == "textarea" || field.Type == "search"
			if free && field.Pattern == "" && field.MaxLength == 0 {
				values.Set(field.Name, lab.Marker(i))
			}
		}
		seen := lab.Send(ctx, wire.Request{URL: f.Page, As: as, Follow: true})
		if discover.FormOn(seen, f) == nil {
			seen = lab.Send(ctx, wire.Request{URL: lab.Surface.Target, As: as, Follow: true})
		}
		for _, other := range discover.FormsOn(seen) {
			for _, field := range other.Fields {
				if field.Type == "hidden" && field.Value != "" && values.Has(field.Name) {
					values.Set(field.Name, field.Value)
				}
			}
		}
		r, err := f.Request(values)
		if err != nil {
			return r, false
		}
		r.As, r.Follow = as, true
		r.Header.Set("Origin", wire.Origin(lab.Client.Scope().Target()))
		return r, true
	}
	return wire.Request{}, false
}
