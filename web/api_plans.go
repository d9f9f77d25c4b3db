package web

import (
	"github.com/atelier-studio/atelier/agents/desk"
)

type plansOut struct {
	Plans []desk.Plan `json:"plans"`
}

func apiPlans(s *Server, c *Ctx, _ nothing) (plansOut, error) {
	found, err := s.Store.Plans(c.Context(), c.Scope())
	for i := range found {
		c.readable(&found[i].Settings)
	}
	return plansOut{list(found)}, err
}

type putPlanIn struct {
	ID       string        `path:"id" json:"-"`
	Campaign newCampaignIn `json:"campaign" doc:"What it does."`
	Cron     string        `json:"cron"`
	Timezone string        `json:"timezone,omitempty" doc:"The studio's when left out."`
	Active   *bool         `json:"active,omitempty"`
}

// apiPutPlan makes a planned campaign, or changes one.
func apiPutPlan(s *Server, c *Ctx, in putPlanIn) (*desk.Plan, error) {
	if in.ID != "" {
		if _, err := s.Store.Plan(c.Context(), c.Scope(), in.ID); err != nil {
			return nil, err
		}
	}
	o, err := s.order(c, in.Campaign)
	if err != nil {
		return nil, err
	}
	p := desk.Plan{ID: in.ID, Name: o.Name, Settings: o.Settings, After: o.After, Cron: in.Cron, Timezone: in.Timezone, Active: in.Active == nil || *in.Active}
	return s.putPlan(c, p, in.Campaign.From)
}

func (s *Server) putPlan(c *Ctx, p desk.Plan, from string) (*desk.Plan, error) {
	if s.Campaigns == nil || s.NextTimes == nil {
		return nil, errNoCampaigns
	}
	if p.Timezone == "" {
		p.Timezone = s.Timezone
	}
	if p.Name == "" {
		p.Name = desk.OriginOf(p.Settings.Target)
	}
	if err := p.Check(s.Campaigns.Probes, s.NextTimes, s.Now()); err != nil {
		return nil, err
	}
	return s.Store.PutPlan(c.Context(), c.Scope(), p, from)
}

type planIn struct {
	ID string `path:"id"`
}

func apiDeletePlan(s *Server, c *Ctx, in planIn) (nothing, error) {
	return nothing{}, s.Store.DeletePlan(c.Context(), c.Scope(), in.ID)
}

func apiRunPlan(s *Server, c *Ctx, in planIn) (*desk.Campaign, error) {
	if s.Campaigns == nil {
		return nil, errNoCampaigns
	}
	made, err := s.Store.RunPlan(c.Context(), c.Scope(), in.ID)
	if err == nil {
		s.Campaigns.Wake()
	}
	return made, err
}
