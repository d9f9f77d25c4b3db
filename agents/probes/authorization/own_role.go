package authorization

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/discover"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// self is what an API shows an account of itself, with the operation at the same address that changes it.
type self struct{ show, change *surface.Operation }

// Key implements surface.Item.
func (s *self) Key() string { return "self " + s.show.Path }

// Address implements surface.Item.
func (s *self) Address() string { return s.show.URL }

// changeableSelves are those that can be changed.
func changeableSelves(s *surface.Surface) []*self {
	var list []*self
	for _, show := range s.Operations {
		if show.Method != http.MethodGet || show.As == "" || !selfPath.MatchString(show.Path) {
			continue
		}
		for _, change := range s.Operations {
			if (change.Method == http.MethodPatch || change.Method == http.MethodPut) && change.Path == show.Path && change.Origin == show.Origin {
				list = append(list, &self{show, change})
				break
			}
		}
	}
	return list
}

// roleField is what says in an account what it may do.
var roleField = regexp.MustCompile(`(?i)^(?:role|user_?role|is_?admin|admin|is_?staff|is_?superuser)$`)

// runOwnRole has an account that may little change its own role, and back.
func runOwnRole(ctx context.Context, lab *agents.Lab, s *self) agents.Outcome {
	i := slices.IndexFunc(lab.Accounts, func(a agents.Account) bool { return a.In && !privileged.MatchString(a.Role) })
	if i < 0 {
		return agents.Skip("no account is signed in that may less than an administrator")
	}
	a := lab.Accounts[i]
	show := func(as string) (*wire.Exchange, map[string]any) {
		x := lab.Send(ctx, wire.Request{URL: s.show.URL, As: as, Header: http.Header{"Accept": {"application/json, */*;q=0.5"}}})
		fields, _ := reading.JSON(x.Body).(map[string]any) //nolint:errcheck // what is no object has no fields
		return x, fields
	}
	before, was := show(a.Name)
	if !before.Answered() {
		return agents.BlockOn(before.Fault)
	}
	name := ""
	for _, field := range slices.Sorted(maps.Keys(was)) {
		if _, object := was[field].(map[string]any); name == "" && !object && roleField.MatchString(field) {
			name = field
		}
	}
	if name == "" {
		return agents.Skip("what it shows of %s has no role", a.Name)
	}
	wanted := any("admin")
	if _, truth := was[name].(bool); truth {
		wanted = true
	} else if j := slices.IndexFunc(lab.Accounts, func(b agents.Account) bool { return b.In && overseer.MatchString(b.Role) }); j >= 0 {
		if _, theirs := show(lab.Accounts[j].Name); theirs[name] != nil {
			wanted = theirs[name]
		}
	}
	if fmt.Sprint(was[name]) == fmt.Sprint(wanted) {
		return agents.Skip("%s has that role already", a.Name)
	}
	sent, err := s.set(ctx, lab, a.Name, was, name, wanted)
	if err != nil {
		return agents.Skip("%v", err)
	}
	after, is := show(a.Name)
	if fmt.Sprint(is[name]) != fmt.Sprint(wanted) {
		return agents.Pass()
	}
	_, err = s.set(context.WithoutCancel(ctx), lab, a.Name, was, name, was[name])
	if _, is := show(a.Name); (err != nil || fmt.Sprint(is[name]) != fmt.Sprint(was[name])) && lab.Tell != nil {
		lab.Tell(agents.Fact{Kind: agents.FactLeft, Text: fmt.Sprintf("%s still has %v as its %s, and had %v", a.User, wanted, name, was[name])})
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("%s gave itself another role: %s was %v, and is %v after a request that changes what the account may change of itself. Every account can be an administrator.", a.Name, name, was[name], wanted),
		Where: agents.Place{URL: s.change.URL, Method: s.change.Method, Parameter: name, As: a.Name}, Cause: "role " + s.change.Path,
		Evidence: []agents.Evidence{agents.Exchanged("before", before), agents.Exchanged("the request that changes the role", sent), agents.Exchanged("after", after)},
	})
}

// set sends one field more than an account may change of itself: alone, and where that is refused with the others.
func (s *self) set(ctx context.Context, lab *agents.Lab, as string, fields map[string]any, name string, value any) (*wire.Exchange, error) {
	r, err := discover.RequestOf(lab.Surface, s.change)
	if err != nil {
		return nil, err
	}
	if r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	usual, _ := reading.JSON(r.Body).(map[string]any) //nolint:errcheck // what is no object has no fields
	whole := map[string]any{}
	for field := range usual {
		if v, there := fields[field]; there {
			whole[field] = v
		}
	}
	whole[name] = value
	bodies := []map[string]any{{name: value}, whole}
	if r.Method == http.MethodPut { // what is not sent would be gone
		bodies = bodies[1:]
	}
	var x *wire.Exchange
	for _, body := range bodies {
		if r.Body, err = json.Marshal(body); err != nil {
			return nil, err
		}
		one := r
		one.As, one.Header = as, r.Header.Clone()
		if x = lab.Send(ctx, one); x.OK() {
			break
		}
	}
	return x, nil
}
