package authorization

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

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

// usualRole is what roles of accounts that may little are called.
var usualRole = regexp.MustCompile(`(?i)^(?:role_)?(?:user|member|customer|client|guest|visitor|viewer|reader|author|editor|contributor|subscriber|student|pupil|patient|employee|basic|standard|free|regular|normal|default)s?$`)

// runOwnRole has an account that may little change its own role, and back.
func runOwnRole(ctx context.Context, lab *agents.Lab, s *self) agents.Outcome {
	i := slices.IndexFunc(lab.Accounts, func(a agents.Account) bool { return a.In && !privileged.MatchString(a.Role) })
	if i < 0 {
		return agents.Skip("no account is signed in that may less than an administrator")
	}
	a := lab.Accounts[i]
	before, was := s.shown(ctx, lab, a.Name, false)
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
	if text, ok := was[name].(string); ok && !strings.EqualFold(text, a.Role) && !usualRole.MatchString(text) { // a designer has a profession
		return agents.Skip("what it shows of %s as %s is no role that accounts have", a.Name, name)
	}
	wanted := any("admin")
	if _, truth := was[name].(bool); truth {
		wanted = true
	} else if j := slices.IndexFunc(lab.Accounts, func(b agents.Account) bool { return b.In && overseer.MatchString(b.Role) }); j >= 0 {
		if _, theirs := s.shown(ctx, lab, lab.Accounts[j].Name, false); theirs[name] != nil {
			wanted = theirs[name]
		}
	}
	if fmt.Sprint(was[name]) == fmt.Sprint(wanted) {
		return agents.Skip("%s has that role already", a.Name)
	}
	changed := s.becomes(ctx, lab, a, was, name, wanted)
	if changed == nil {
		if ctx.Err() != nil {
			return agents.Block("it took too long")
		}
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Text:  fmt.Sprintf("%s gave itself another role: %s was %v, and is %v after a request that changes what the account may change of itself. Every account can be an administrator.", a.Name, name, was[name], wanted),
		Where: agents.Place{URL: s.change.URL, Method: s.change.Method, Parameter: name, As: a.Name}, Cause: "role " + s.change.Path,
		Evidence: []agents.Evidence{agents.Exchanged("before", before), agents.Exchanged("the request that changes the role", changed.sent), agents.Exchanged("after", changed.after)},
	})
}

// change is a field that was changed.
type change struct{ sent, after *wire.Exchange }

// shown is what an account is shown of itself.
func (s *self) shown(ctx context.Context, lab *agents.Lab, as string, tidy bool) (*wire.Exchange, map[string]any) {
	x := lab.Send(ctx, wire.Request{URL: s.show.URL, As: as, Tidy: tidy, Header: http.Header{"Accept": {"application/json, */*;q=0.5"}}})
	fields, _ := reading.JSON(x.Body).(map[string]any) //nolint:errcheck // what is no object has no fields
	return x, fields
}

// becomes changes a field of an account, looks whether it has changed, and sets it as it was; nil when it has not changed. What
// could not be set back is told.
func (s *self) becomes(ctx context.Context, lab *agents.Lab, a agents.Account, was map[string]any, name string, value any) *change {
	sent := s.set(ctx, lab, a.Name, was, name, value, false)
	if sent == nil || !sent.Answered() {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	after, is := s.shown(ctx, lab, a.Name, true)
	if fmt.Sprint(is[name]) == fmt.Sprint(was[name]) && after.OK() {
		return nil
	}
	s.set(ctx, lab, a.Name, was, name, was[name], true)
	if _, again := s.shown(ctx, lab, a.Name, true); fmt.Sprint(again[name]) != fmt.Sprint(was[name]) && lab.Tell != nil {
		lab.Tell(agents.Fact{Kind: agents.FactLeft, Text: fmt.Sprintf("%s of %s was %v and was changed to %v; it could not be set back, or not be read again", name, a.User, was[name], value)})
	}
	if fmt.Sprint(is[name]) != fmt.Sprint(value) {
		return nil
	}
	return &change{sent, after}
}

// set sends one field more than an account may change of itself: alone, and where that is refused with the others.
func (s *self) set(ctx context.Context, lab *agents.Lab, as string, fields map[string]any, name string, value any, tidy bool) *wire.Exchange {
	r, err := discover.RequestOf(lab.Surface, s.change)
	if err != nil {
		return nil
	}
	if r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	usual, _ := reading.JSON(r.Body).(map[string]any) //nolint:errcheck // what is no object has no fields
	known := map[string]any{}
	for field := range usual {
		if v, there := fields[field]; there {
			known[field] = v
		}
	}
	bodies := []map[string]any{{}, known}
	if r.Method == http.MethodPut { // what is not sent would be gone
		bodies = []map[string]any{maps.Clone(fields)}
	}
	var x *wire.Exchange
	for _, body := range bodies {
		body[name] = value
		if r.Body, err = json.Marshal(body); err != nil {
			return nil
		}
		one := r
		one.As, one.Tidy, one.Header = as, tidy, r.Header.Clone()
		if x = lab.Send(ctx, one); x.OK() {
			break
		}
	}
	return x
}
