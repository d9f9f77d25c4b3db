package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/views"
)

// planPage shows a planned campaign in the form that it was made with.
func planPage(s *Server, c *Ctx) error {
	p, err := s.Store.Plan(c.Context(), c.Scope(), c.Param("id"))
	if err != nil {
		return err
	}
	f := filled(&desk.Campaign{Name: p.Name, Settings: p.Settings, After: p.After})
	f.Plan, f.PlanActive, f.Timezone = p.ID, p.Active, p.Timezone
	if f.When = p.Cron; !slices.Contains(views.Times, p.Cron) {
		f.When, f.Cron = "cron", p.Cron
	}
	return s.showCampaignForm(c, http.StatusOK, f)
}

// savePlan changes a planned campaign. Accounts whose password is left empty keep theirs.
func savePlan(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	was, err := s.Store.Plan(c.Context(), c.Scope(), c.Param("id"))
	if err != nil {
		return err
	}
	active := form.Get("plan-active") != ""
	in, err := campaignOf(form)
	if err == nil {
		in.From = ""
		in.keep(form, &was.Settings)
		var cron string
		if cron, err = cronOf(form); err == nil {
			_, err = apiPutPlan(s, c, putPlanIn{ID: c.Param("id"), Campaign: in, Cron: cron, Timezone: strings.TrimSpace(form.Get("timezone")), Active: &active})
		}
	}
	if err == nil {
		return errors.Join(c.Say(c.T("The plan is changed.")), c.Back("/campaigns"))
	}
	wrong, err := mistakesIn(c, err)
	if err != nil {
		return err
	}
	f := enteredCampaign(form)
	f.Plan, f.PlanActive, f.Mistakes = was.ID, active, wrong
	return s.showCampaignForm(c, http.StatusUnprocessableEntity, f)
}
