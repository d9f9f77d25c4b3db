package web

import (
	"net/http"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/views"
)

// retrievalPage shows how questions find chunks. The address may name a question, a run whose settings are those of the
// first side, and one whose are those of the second.
func retrievalPage(s *Server, c *Ctx) error {
	ctx, scope := c.Context(), c.Scope()
	found, err := s.Store.Collection(ctx, scope, c.Param("id"))
	if err != nil {
		return err
	}
	side := views.SearchSide{Settings: found.Settings, Split: found.Split}
	v := views.RetrievalView{Collection: *found, Question: c.QueryParam("question"), A: side, B: side}
	for name, into := range map[string]*views.SearchSide{"run": &v.A, "with": &v.B} {
		id := c.QueryParam(name)
		if id == "" {
			continue
		}
		run, err := s.Store.Evaluation(ctx, scope, found.ID, id)
		if err != nil {
			return err
		}
		into.Settings = run.Result.Settings
		if u := run.Result.Setup; u != nil {
			into.Split = u.Split
		}
		v.Compare = v.Compare || name == "with"
	}
	if c.Allows(auth.CollectionEdit) && c.Allows(auth.CredentialView) {
		if v.Providers, err = s.modelCredentials(ctx, scope); err != nil {
			return err
		}
	} else {
		v.Providers = found.Models
	}
	return c.View(http.StatusOK, views.RetrievalPage(c.collectionPage(c.T("Search {name}", "name", found.Name)), v))
}
