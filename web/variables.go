package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/views"
)

func variables(s *Server, c *Ctx) error {
	return s.variablesPage(c, http.StatusOK, views.VariablesView{})
}

func (s *Server) variablesPage(c *Ctx, status int, v views.VariablesView) error {
	var err error
	if v.Variables, err = s.Store.Variables(c.Context(), c.Scope()); err != nil {
		return err
	}
	return c.View(status, views.VariablesPage(c.Page(c.T("Variables"), "variables"), v))
}

// addVariable makes a new variable. One that is there already is not overwritten: the form is for new ones.
func addVariable(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	name, value := strings.TrimSpace(form.Get("name")), form.Get("value")
	all, err := s.Store.Variables(c.Context(), c.Scope())
	if err != nil {
		return err
	}
	wrong := views.Mistakes{}
	if slices.ContainsFunc(all, func(v engine.Variable) bool { return v.Name == name }) {
		wrong["name"] = "There is a variable with this name already: change it in the list."
	} else if _, err := apiPutVariable(s, c, variableIn{Name: name, Value: value}); err != nil {
		found, err := mistakes(c, err)
		if err != nil {
			return err
		}
		wrong["name"] = found[""]
	} else {
		return errors.Join(c.Say(c.T("{name} is added.", "name", name)), c.Back("/variables"))
	}
	return s.variablesPage(c, http.StatusUnprocessableEntity, views.VariablesView{Name: name, Value: value, Mistakes: wrong})
}

func setVariable(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	name := c.Param("name")
	if _, err := apiPutVariable(s, c, variableIn{Name: name, Value: form.Get("value")}); err != nil {
		found, err := mistakes(c, err)
		if err != nil {
			return err
		}
		return s.variablesPage(c, http.StatusUnprocessableEntity, views.VariablesView{Wrong: name, Mistakes: views.Mistakes{"value": found[""]}})
	}
	return errors.Join(c.Say(c.T("{name} is saved.", "name", name)), c.Back("/variables"))
}

func deleteVariable(s *Server, c *Ctx) error {
	name := c.Param("name")
	if err := s.Store.DeleteVariable(c.Context(), c.Scope(), name); err != nil {
		return err
	}
	return errors.Join(c.Say(c.T("{name} is deleted.", "name", name)), c.Back("/variables"))
}
