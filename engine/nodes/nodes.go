// Package nodes is the catalogue of node kinds, one file a kind.
//
// A file describes its kind (title, help, parameters, examples) and says what it does; palette, form, validation,
// documentation and tests are made of that description. Kinds are handed out as a value by Catalogue, bound to what
// they may reach of the world: Deps.
package nodes

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/llm"
)

// registry holds what the files of this package define when the program starts; nothing changes it later.
var registry = map[string]func(*Deps) *engine.Kind{}

// groups is the order of the palette.
var groups = []string{"Triggers", "Flow", "Data", "Files", "Network", "Databases", "Documents", "Models", "Testing", "Code"}

// define adds a kind. The parameters' struct gives form, types and defaults. It panics when the name is taken: two
// files would fight for one node. Checks are Kind.Check for those that need Deps; they must not touch the world.
func define[P any](k engine.Kind, defaults P, run func(ctx context.Context, d *Deps, p P, c *engine.Call) (engine.Outputs, error),
	checks ...func(d *Deps, p P) []engine.Problem,
) {
	if _, taken := registry[k.Name]; taken {
		panic("two node kinds are named " + k.Name)
	}
	k.Params = engine.ParamsOf(defaults)
	k.Defaults = defaults
	registry[k.Name] = func(d *Deps) *engine.Kind {
		bound := k
		bound.Run = func(ctx context.Context, params any, c *engine.Call) (engine.Outputs, error) {
			p, ok := paramsAs[P](params)
			if !ok {
				return nil, fmt.Errorf("%s got parameters of type %T", k.Name, params)
			}
			if k.World {
				ctx = llm.Using(ctx, useOf(c))
			}
			return run(ctx, d, p, c)
		}
		if choices := choicesOf[k.Name]; choices != nil {
			bound.Choices = func(ctx context.Context, workspace string, params map[string]any, at []string) ([]engine.Choice, error) {
				return choices(ctx, d, workspace, params, at)
			}
		}
		if len(checks) > 0 {
			bound.Check = typed(func(p P) []engine.Problem {
				var found []engine.Problem
				for _, check := range checks {
					found = append(found, check(d, p)...)
				}
				return found
			})
		}
		return &bound
	}
}

// paramsAs returns decoded parameters, which may come as value or pointer.
func paramsAs[P any](params any) (P, bool) {
	switch p := params.(type) {
	case P:
		return p, true
	case *P:
		if p != nil {
			return *p, true
		}
	}
	var none P
	return none, false
}

// typed makes of a function on a kind's own parameters the one that engine.Kind holds. Foreign parameters give zero.
func typed[P, R any](f func(P) R) func(any) R {
	return func(params any) R {
		p, ok := paramsAs[P](params)
		if !ok {
			var none R
			return none
		}
		return f(p)
	}
}

// Set is a catalogue of kinds. It implements engine.Catalogue and is safe for concurrent use.
type Set struct {
	byName map[string]*engine.Kind
	sorted []*engine.Kind
}

// Catalogue returns all kinds, bound to d. The kinds read d when they run, so that it must not change afterwards.
func Catalogue(d *Deps) *Set {
	s := &Set{byName: make(map[string]*engine.Kind, len(registry))}
	for name, bind := range registry {
		k := bind(d)
		s.byName[name] = k
		s.sorted = append(s.sorted, k)
	}
	slices.SortFunc(s.sorted, func(a, b *engine.Kind) int {
		return cmp.Or(cmp.Compare(slices.Index(groups, a.Group), slices.Index(groups, b.Group)), cmp.Compare(a.Name, b.Name))
	})
	return s
}

// Kind finds a kind by name.
func (s *Set) Kind(name string) (*engine.Kind, bool) {
	k, ok := s.byName[name]
	return k, ok
}

// Kinds returns all kinds in the order of the palette: by group, then name.
func (s *Set) Kinds() []*engine.Kind { return slices.Clone(s.sorted) }
