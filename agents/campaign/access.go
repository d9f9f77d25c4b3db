package campaign

import (
	"net/url"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/access"
	"github.com/atelier-studio/atelier/agents/surface"
)

// permissions are the cells of the table of roles as items of the surface.
func (c *campaign) permissions() []*surface.Permission {
	var list []*surface.Permission
	for _, cell := range c.Access.Cells() {
		list = append(list, permission(c.client.Scope().Target(), cell))
	}
	return list
}

func permission(target *url.URL, cell access.Cell) *surface.Permission {
	p := &surface.Permission{Role: cell.Role.Name, Method: cell.Method, URL: cell.Path, Allow: cell.Allow, Nobody: cell.Role.Nobody, Locked: cell.Role.Locked}
	if u, err := target.Parse(cell.Path); err == nil {
		p.URL = u.String()
	}
	return p
}

// Tried is what became of a cell of the table of roles.
type Tried struct {
	Said    bool // the table says something of it
	Allow   bool
	Verdict agents.Verdict // "" where it was no case of the campaign
	Saw     string         // what was seen, in few words
	Reason  string         // of not tested and blocked
	Finding string         // the id of what was found; "" when it is as it should be
}

// Access is what became of the table of roles: for each of its rules the roles in their order.
func (r *Result) Access() [][]Tried {
	target, err := url.Parse(r.Settings.Target)
	if err != nil {
		return nil
	}
	cases := map[string]*Case{}
	for _, x := range r.Cases {
		cases[x.Item] = x
	}
	table := &r.Settings.Access
	rows := make([][]Tried, len(table.Rules))
	for i := range table.Rules {
		rule := &table.Rules[i]
		rows[i] = make([]Tried, len(table.Roles))
		for k, role := range table.Roles {
			t := &rows[i][k]
			if t.Allow, t.Said = rule.Says(role.Name); !t.Said {
				continue
			}
			x := cases[permission(target, access.Cell{Role: role, Method: rule.Method, Path: rule.Path, Allow: t.Allow}).Key()]
			if x == nil {
				continue
			}
			t.Verdict, t.Saw, t.Reason = x.Outcome.Verdict, x.Outcome.Saw, x.Outcome.Reason
			if len(x.Outcome.Findings) > 0 {
				t.Finding = x.Outcome.Findings[0].Print()
			}
		}
	}
	return rows
}
