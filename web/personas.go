package web

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/views"
)

func personasPage(s *Server, c *Ctx) error { return s.showPersonas(c, http.StatusOK, "") }

func (s *Server) showPersonas(c *Ctx, status int, mistake string) error {
	found, err := apiPersonas(s, c, nothing{})
	if err != nil {
		return err
	}
	v := views.PersonasView{Personas: found.Personas, Own: map[string]bool{}, Mistake: mistake}
	for _, id := range found.Own {
		v.Own[id] = true
	}
	if s.Campaigns != nil {
		v.Probes = s.Campaigns.Probes
	}
	return c.View(status, views.PersonasPage(c.underCampaigns(c.T("Personas")), v))
}

// newPersonaPage asks for a persona; one that is copied fills it in.
func newPersonaPage(s *Server, c *Ctx) error {
	if s.Campaigns == nil {
		return errNoCampaigns
	}
	f := s.personaForm(agents.Persona{})
	if from := c.QueryParam("from"); from != "" {
		all, err := s.personas(c)
		if err != nil {
			return err
		}
		p, err := findPersona(all, from)
		if err != nil {
			return err
		}
		id, n := freeID(p.ID, all)
		if p.ID = id; n > 1 {
			p.Name = c.T("{name} (copy {n})", "name", p.Name, "n", n)
		} else {
			p.Name = c.T("{name} (copy)", "name", p.Name)
		}
		f = s.personaForm(p)
		f.From = from
	}
	f.IsNew = true
	return s.showPersona(c, http.StatusOK, f)
}

func editPersonaPage(s *Server, c *Ctx) error {
	if s.Campaigns == nil {
		return errNoCampaigns
	}
	own, err := s.Store.OwnPersonas(c.Context(), c.Scope())
	if err != nil {
		return err
	}
	p, err := findPersona(own, c.Param("id"))
	if err != nil {
		return absent("There is no persona %q that this workspace made.", c.Param("id"))
	}
	return s.showPersona(c, http.StatusOK, s.personaForm(p))
}

// findPersona finds a persona by its id.
func findPersona(list []agents.Persona, id string) (agents.Persona, error) {
	i := slices.IndexFunc(list, func(p agents.Persona) bool { return p.ID == id })
	if i < 0 {
		return agents.Persona{}, absent("There is no persona %q.", id)
	}
	return list[i], nil
}

func (s *Server) showPersona(c *Ctx, status int, f views.PersonaForm) error {
	title := f.Persona.Name
	if f.IsNew {
		title = c.T("New persona")
	}
	page := c.underCampaigns(title, views.Link{Text: c.T("Personas"), Href: "/personas"})
	page.Narrow = true
	return c.View(status, views.PersonaPage(page, f))
}

func savePersona(s *Server, c *Ctx) error {
	if s.Campaigns == nil {
		return errNoCampaigns
	}
	form, err := c.form()
	if err != nil {
		return err
	}
	isNew := form.Get("new") != ""
	was, err := s.personaBefore(c, form, isNew)
	var p agents.Persona
	if err == nil {
		p, err = s.enteredPersona(form, was)
	} else {
		p, _ = s.enteredPersona(form, agents.Persona{}) //nolint:errcheck // the first mistake is told
	}
	if err == nil {
		_, err = apiPutPersona(s, c, p)
	}
	if err == nil {
		return errors.Join(c.Say(c.T("“{name}” is saved.", "name", p.Name)), c.Back("/personas"))
	}
	f := s.personaForm(p)
	f.IsNew, f.From, f.Requests, f.Minutes = isNew || errors.Is(err, fs.ErrNotExist), form.Get("from"), form.Get("limit-requests"), form.Get("limit-minutes")
	if f.Mistakes, err = mistakesIn(c, err); err != nil {
		return err
	}
	return s.showPersona(c, http.StatusUnprocessableEntity, f)
}

// personaBefore is the persona that a form begins with: that which is changed, or copied. A new one may not take the place of
// another.
func (s *Server) personaBefore(c *Ctx, form url.Values, isNew bool) (agents.Persona, error) {
	id := strings.TrimSpace(form.Get("id"))
	if !isNew {
		own, err := s.Store.OwnPersonas(c.Context(), c.Scope())
		if err != nil {
			return agents.Persona{}, err
		}
		was, err := findPersona(own, id)
		if err != nil {
			return was, fmt.Errorf("the persona was deleted meanwhile; save it again as a new one, or leave: %w", fs.ErrNotExist)
		}
		return was, nil
	}
	all, err := s.personas(c)
	if err != nil {
		return agents.Persona{}, err
	}
	if _, err := findPersona(all, id); err == nil {
		free, _ := freeID(id, all)
		return agents.Persona{}, wrongField{"id", fmt.Errorf("there is a persona with this id already; %s is free: %w", free, fs.ErrExist)}
	}
	was, err := findPersona(all, form.Get("from"))
	if err != nil {
		return agents.Persona{}, nil //nolint:nilerr // it copies none, or one that was deleted meanwhile
	}
	return was, nil
}

// listed are the parts of a text between commas.
func listed(text string) []string {
	var list []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

func deletePersona(s *Server, c *Ctx) error {
	if _, err := apiDeletePersona(s, c, personaIn{c.Param("id")}); err != nil {
		return err
	}
	return errors.Join(c.Say(c.T("The persona is deleted.")), c.Back("/personas"))
}

func exportPersonas(s *Server, c *Ctx) error { return apiExportPersonas(s, c, exportPersonasIn{}) }

func importPersonaFile(s *Server, c *Ctx) error {
	file, err := c.FormFile("file")
	if err != nil {
		return formError(err)
	}
	data, err := readUpload(file)
	if err != nil {
		return err
	}
	n, err := s.importPersonas(c, data)
	if err != nil {
		wrong, err := mistakes(c, err)
		if err != nil {
			return err
		}
		return s.showPersonas(c, http.StatusUnprocessableEntity, wrong[""])
	}
	return errors.Join(c.Say(c.T("Imported: {n}", "n", n)), c.Back("/personas"))
}
