package web

import (
	"net/http"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/desk"
)

// personas are those that come with the studio and those of the workspace; of two with one id that of the workspace.
func (s *Server) personas(c *Ctx) ([]agents.Persona, error) {
	own, err := s.Store.OwnPersonas(c.Context(), c.Scope())
	if err != nil || s.Campaigns == nil {
		return own, err
	}
	all := slices.Clone(own)
	for _, p := range s.Campaigns.Personas {
		if !slices.ContainsFunc(own, func(v agents.Persona) bool { return v.ID == p.ID }) {
			all = append(all, p)
		}
	}
	return all, nil
}

type personasOut struct {
	Personas []agents.Persona `json:"personas" doc:"Those of the workspace first."`
	Own      []string         `json:"own" doc:"Ids of those that the workspace made."`
}

func apiPersonas(s *Server, c *Ctx, _ nothing) (out personasOut, err error) {
	own, err := s.Store.OwnPersonas(c.Context(), c.Scope())
	if err != nil {
		return out, err
	}
	for i := range own {
		out.Own = append(out.Own, own[i].ID)
	}
	out.Own = list(out.Own)
	all, err := s.personas(c)
	out.Personas = list(all)
	return out, err
}

// apiPutPersona makes a persona of the workspace, or changes one; one with the id of another that comes with the studio
// stands in its place.
func apiPutPersona(s *Server, c *Ctx, in agents.Persona) (*agents.Persona, error) {
	if s.Campaigns == nil {
		return nil, errNoCampaigns
	}
	if err := desk.CheckPersona(&in, s.Campaigns.Probes); err != nil {
		return nil, err
	}
	return &in, s.Store.PutPersonas(c.Context(), c.Scope(), in)
}

type personaIn struct {
	ID string `path:"id"`
}

func apiDeletePersona(s *Server, c *Ctx, in personaIn) (nothing, error) {
	return nothing{}, s.Store.DeletePersona(c.Context(), c.Scope(), in.ID)
}

// maxPersonaFile bounds a file of personas.
const maxPersonaFile = 1 << 20

// apiImportPersonas makes personas of a YAML file.
func apiImportPersonas(s *Server, c *Ctx, _ nothing) error {
	data, err := readBody(c)
	if err != nil {
		return err
	}
	read, err := s.importPersonas(c, data)
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusOK, map[string]int{"personas": read})
}

func (s *Server) importPersonas(c *Ctx, data []byte) (int, error) {
	if s.Campaigns == nil {
		return 0, errNoCampaigns
	}
	read, err := agents.ReadPersonas(data)
	if err != nil {
		return 0, err
	}
	if len(read) == 0 {
		return 0, invalidInput("The file has no persona.")
	}
	for i := range read {
		if err := desk.CheckPersona(&read[i], s.Campaigns.Probes); err != nil {
			return 0, err
		}
	}
	return len(read), s.Store.PutPersonas(c.Context(), c.Scope(), read...)
}

type exportPersonasIn struct {
	IDs []string `query:"ids" doc:"Of those to export; left out: those of the workspace, or all where it made none."`
}

// apiExportPersonas writes personas as YAML.
func apiExportPersonas(s *Server, c *Ctx, in exportPersonasIn) error {
	all, err := s.personas(c)
	if err != nil {
		return err
	}
	own, err := s.Store.OwnPersonas(c.Context(), c.Scope())
	if err != nil {
		return err
	}
	switch {
	case len(in.IDs) > 0:
		all = slices.DeleteFunc(all, func(p agents.Persona) bool { return !slices.Contains(in.IDs, p.ID) })
	case len(own) > 0:
		all = own
	}
	data, err := agents.WritePersonas(all)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", attachment("personas.yaml"))
	return c.Blob(http.StatusOK, "application/yaml", data)
}
