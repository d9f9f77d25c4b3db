package web

import (
	"errors"
	"io/fs"
	"net/http"
	"strings"

	"github.com/atelier-studio/atelier/agents/access"
	"github.com/atelier-studio/atelier/agents/journey"
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/views"
)

type givenIn struct {
	Text string `json:"text" doc:"The file."`
}

// apiReadTable reads a table of roles, so that people see what it says before a campaign takes it.
func apiReadTable(_ *Server, _ *Ctx, in givenIn) (*access.Table, error) {
	t, err := access.Read([]byte(in.Text))
	if err != nil {
		return nil, err
	}
	t.Roles, t.Rules = list(t.Roles), list(t.Rules)
	return t, nil
}

// apiTableTemplate is a table of roles to begin with.
func apiTableTemplate(_ *Server, c *Ctx, _ nothing) error {
	c.Response().Header().Set("Content-Disposition", attachment("roles.yaml"))
	return c.Blob(http.StatusOK, "application/yaml", access.Template())
}

type journeysOut struct {
	Journeys []journey.Journey `json:"journeys"`
}

// apiReadJourneys reads journeys, as a campaign takes them.
func apiReadJourneys(_ *Server, _ *Ctx, in givenIn) (journeysOut, error) {
	found, err := journey.Read([]byte(in.Text))
	return journeysOut{list(found)}, err
}

// given reads what of a form stands in fields of text: the table of roles and the journeys.
func (in *newCampaignIn) given(roles, journeys string) error {
	table, err := access.Read([]byte(roles))
	if err != nil {
		return wrongField{"roles", err}
	}
	in.Access = *table
	if strings.TrimSpace(journeys) == "" {
		return nil
	}
	if in.Journeys, err = journey.Read([]byte(journeys)); err != nil {
		return wrongField{"journeys", err}
	}
	return nil
}

// wrongField is an error about one field of a form.
type wrongField struct {
	field string
	error
}

func (w wrongField) Unwrap() error { return w.error }

// mistakesIn are mistakes with those of fields beside them. What a form names and somebody deleted meanwhile is one too: the
// rest of the form is not lost for it.
func mistakesIn(c *Ctx, err error) (views.Mistakes, error) {
	wrong, failed := mistakes(c, err)
	if errors.Is(err, fs.ErrNotExist) {
		wrong, failed = views.Mistakes{"": c.describe(err).Detail}, nil
	}
	if failed != nil {
		return nil, failed
	}
	if of, ok := errors.AsType[wrongField](err); ok {
		wrong = views.Mistakes{of.field: wrong[""], "": c.T("Something in the form is wrong: see below.")}
	}
	return wrong, nil
}

// tableText and journeysText are the fields' texts of what a campaign was given.
func tableText(t *access.Table) string {
	if t.Empty() {
		return ""
	}
	return written(access.Write(t))
}

func journeysText(list []journey.Journey) string {
	if len(list) == 0 {
		return ""
	}
	return written(journey.Write(list))
}

func written(data []byte, err error) string {
	if err != nil {
		return ""
	}
	return string(data)
}

// givenRoutes are the API of what people give a campaign in files.
var givenRoutes = []route{
	call("POST", "/campaign-tables", auth.CampaignEdit, "Read a table of roles in YAML, JSON or CSV", apiReadTable),
	stream[nothing, nothing]("GET", "/campaign-tables/template", auth.CampaignView, "A table of 27 roles to begin with, as a YAML file", apiTableTemplate, answers("application/yaml")),
	call("POST", "/campaign-journeys", auth.CampaignEdit, "Read journeys in YAML or JSON", apiReadJourneys),
}
