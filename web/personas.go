package web

import (
	"errors"
	"net/http"
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
	var p agents.Persona
	if from := c.QueryParam("from"); from != "" {
		found, err := s.persona(c, from)
		if err != nil {
			return err
		}
		p = found
		p.ID, p.Name = p.ID+"_copy", c.T("{name} (copy)", "name", p.Name)
	}
	return s.showPersona(c, http.StatusOK, p, true, nil)
}

func editPersonaPage(s *Server, c *Ctx) error {
	own, err := s.Store.OwnPersonas(c.Context(), c.Scope())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(own, func(p agents.Persona) bool { return p.ID == c.Param("id") })
	if i < 0 {
		return absent("There is no persona %q that this workspace made.", c.Param("id"))
	}
	return s.showPersona(c, http.StatusOK, own[i], false, nil)
}

func (s *Server) persona(c *Ctx, id string) (agents.Persona, error) {
	all, err := s.personas(c)
	if err != nil {
		return agents.Persona{}, err
	}
	i := slices.IndexFunc(all, func(p agents.Persona) bool { return p.ID == id })
	if i < 0 {
		return agents.Persona{}, absent("There is no persona %q.", id)
	}
	return all[i], nil
}

func (s *Server) showPersona(c *Ctx, status int, p agents.Persona, isNew bool, wrong views.Mistakes) error {
	if s.Campaigns == nil {
		return errNoCampaigns
	}
	f := views.PersonaForm{Persona: p, IsNew: isNew, Mistakes: wrong}
	for _, of := range s.Campaigns.Personas {
		group := views.ProbeGroup{Name: of.Name}
		for _, id := range of.Probes {
			if probe := s.Campaigns.Probes[id]; probe != nil {
				group.Probes = append(group.Probes, probe)
			}
		}
		f.Groups = append(f.Groups, group)
	}
	title := p.Name
	if isNew {
		title = c.T("New persona")
	}
	page := c.underCampaigns(title, views.Link{Text: c.T("Personas"), Href: "/personas"})
	page.Narrow = true
	return c.View(status, views.PersonaPage(page, f))
}

func savePersona(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	p := agents.Persona{
		ID: strings.TrimSpace(form.Get("id")), Name: strings.TrimSpace(form.Get("name")), Area: agents.Area(form.Get("area")), Probes: form["probe"],
		Skills: listed(form.Get("skills")), Focus: listed(form.Get("focus")),
	}
	p.Role = p.Name
	if _, err = apiPutPersona(s, c, p); err == nil {
		return errors.Join(c.Say(c.T("“{name}” is saved.", "name", p.Name)), c.Back("/personas"))
	}
	wrong, err := mistakes(c, err)
	if err != nil {
		return err
	}
	return s.showPersona(c, http.StatusUnprocessableEntity, p, true, wrong)
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
