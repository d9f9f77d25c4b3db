package web

import "github.com/atelier-studio/atelier/engine"

type checkOut struct {
	Problems []engine.Problem `json:"problems"`
}

// apiCheck finds the mistakes in the stored drawing. It executes nothing.
func apiCheck(s *Server, c *Ctx, in workflowIn) (checkOut, error) {
	stored, err := s.Store.Workflow(c.Request().Context(), c.Scope(), in.ID)
	if err != nil {
		return checkOut{}, err
	}
	return checkOut{list(engine.Validate(stored.Doc, s.Catalogue))}, nil
}
