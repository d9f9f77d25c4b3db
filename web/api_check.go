package web

import (
	"context"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

type checkOut struct {
	Problems []engine.Problem `json:"problems"`
}

// apiCheck finds the mistakes in the stored drawing, and what is probably not meant. It executes nothing.
func apiCheck(s *Server, c *Ctx, in workflowIn) (checkOut, error) {
	ctx, scope := c.Request().Context(), c.Scope()
	stored, err := s.Store.Workflow(ctx, scope, in.ID)
	if err != nil {
		return checkOut{}, err
	}
	around, err := s.surroundings(ctx, scope, in.ID)
	if err != nil {
		return checkOut{}, err
	}
	return checkOut{list(sayProblems(ctx, engine.Lint(stored.Doc, s.Catalogue, around)))}, nil
}

// surroundings are what a lint of a workflow may know, as far as the asker's rights go.
func (s *Server) surroundings(ctx context.Context, scope auth.Scope, id string) (around engine.Surroundings, err error) {
	if scope.Allows(auth.CredentialView) {
		found, err := s.Store.Credentials(ctx, scope)
		if err != nil {
			return around, err
		}
		around.Credentials = list(found)
	}
	if scope.Allows(auth.VariableView) {
		found, err := s.Store.Variables(ctx, scope)
		if err != nil {
			return around, err
		}
		around.Variables = []string{}
		for _, v := range found {
			around.Variables = append(around.Variables, v.Name)
		}
	}
	hooks, names, err := s.Store.OtherHooks(ctx, scope, id)
	if err != nil {
		return around, err
	}
	around.Claimed = make(map[string]string, len(hooks))
	for i, h := range hooks { // a path belongs to one workflow, whatever the methods
		for _, method := range hookMethods {
			around.Claimed[method+" "+h.Path] = names[i]
		}
	}
	return around, nil
}
