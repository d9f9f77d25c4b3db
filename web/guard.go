package web

import (
	"slices"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// guard tells whether somebody may make of one drawing another; nil for who may draw every kind, as all people who may edit
// can: only keys are made for less.
func (s *Server) guard(scope auth.Scope) func(was, is *engine.Workflow) error {
	may := func(permission string) bool { return scope.Allows(auth.Permission(permission)) }
	if !slices.ContainsFunc(s.Catalogue.Kinds(), func(k *engine.Kind) bool { return k.Permission != "" && !may(k.Permission) }) {
		return nil
	}
	return func(was, is *engine.Workflow) error { return engine.Permitted(was, is, s.Catalogue, may) }
}
