package store_test

import (
	"maps"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	campaigns "github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/store"
)

func init() {
	maps.Copy(scoped, scopedCampaigns)
	takesAway = append([]string{"UnmarkFinding", "DeleteShare", "DeletePlan", "DeletePersona", "StopCampaign", "DeleteCampaign"}, takesAway...)
	makesNew = append(makesNew, "PutPersonas")
}

// campaignOfOurs is one of workspace alpha that has ended, waiting one that waits, and the print what the first found.
type campaignOfOurs struct{ campaign, waiting, print, share, plan string }

var scopedCampaigns = map[string]asked{
	"Campaigns": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, _, err := p.Campaigns(t.Context(), s, store.CampaignFilter{})
		ours := 0 // the other workspace may have made some of its own meanwhile
		for _, c := range list {
			if c.ID == v.tests.campaign || c.ID == v.tests.waiting {
				ours++
			}
		}
		return ours, err
	},
	"Campaign": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Campaign(t.Context(), s, v.tests.campaign)
		return 1, err
	},
	"AddCampaign": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		was, err := p.Campaign(t.Context(), p.alpha, v.tests.campaign)
		must(t, err)
		_, err = p.AddCampaign(t.Context(), s, campaigns.Campaign{Settings: campaign.Settings{Target: was.Settings.Target, Accounts: []campaign.Login{{Role: "admin", User: "ada"}}}}, v.tests.campaign)
		return 1, err
	},
	"AddCampaignOnce": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		c, err := p.AddCampaignOnce(t.Context(), s, "ours", campaigns.Campaign{Settings: campaign.Settings{Target: "http://127.0.0.1:1"}})
		if err != nil || c.ID != v.tests.waiting {
			return 0, err // one of its own
		}
		return 1, nil
	},
	"SteerCampaign": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.SteerCampaign(t.Context(), s, v.tests.waiting, true)
	},
	"StopCampaign": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.StopCampaign(t.Context(), s, v.tests.waiting)
	},
	"JoinCampaign": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.JoinCampaign(t.Context(), s, v.tests.waiting, waiter)
	},
	"DeleteCampaign": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.DeleteCampaign(t.Context(), s, v.tests.campaign)
	},
	"CampaignFindings": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.CampaignFindings(t.Context(), s, v.tests.campaign)
		return len(list), err
	},
	"CampaignFinding": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.CampaignFinding(t.Context(), s, v.tests.campaign, v.tests.print)
		return 1, err
	},
	"CampaignResult": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.CampaignResult(t.Context(), s, v.tests.campaign)
		return 1, err
	},
	"CampaignBefore": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.CampaignBefore(t.Context(), s, v.tests.waiting)
		return 1, err
	},
	"CampaignPicture": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.CampaignFindings(t.Context(), s, v.tests.campaign)
		if err != nil {
			list = []campaigns.Found{{Agreed: campaign.Agreed{Finding: agents.Finding{Evidence: []agents.Evidence{{}, {Kept: "x"}}}}}}
		}
		_, err = p.CampaignPicture(t.Context(), s, v.tests.campaign, list[0].Evidence[1].Kept)
		return 1, err
	},
	"MarkFinding": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.MarkFinding(t.Context(), s, v.tests.campaign, v.tests.print, "Known")
	},
	"UnmarkFinding": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.UnmarkFinding(t.Context(), s, v.tests.campaign, v.tests.print)
	},
	"AddShare": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.AddShare(t.Context(), s, v.tests.campaign, "another", time.Hour)
		return 1, err
	},
	"Shares": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Shares(t.Context(), s, v.tests.campaign)
		return len(list), err
	},
	"DeleteShare": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.DeleteShare(t.Context(), s, v.tests.campaign, v.tests.share)
	},
	"Plans": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.Plans(t.Context(), s)
		return len(list), err
	},
	"Plan": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.Plan(t.Context(), s, v.tests.plan)
		return 1, err
	},
	"PutPlan": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.PutPlan(t.Context(), s, campaigns.Plan{ID: v.tests.plan, Name: "Mine"}, "")
		return 1, err
	},
	"RunPlan": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		_, err := p.RunPlan(t.Context(), s, v.tests.plan)
		return 1, err
	},
	"DeletePlan": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.DeletePlan(t.Context(), s, v.tests.plan)
	},
	"OwnPersonas": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		list, err := p.OwnPersonas(t.Context(), s)
		return len(list), err
	},
	"PutPersonas": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.PutPersonas(t.Context(), s, waiter)
	},
	"DeletePersona": func(t *testing.T, p *place, v things, s auth.Scope) (int, error) {
		return 1, p.DeletePersona(t.Context(), s, breaker.ID)
	},
}

// campaigns gives workspace alpha a campaign that has ended and one that waits, with all that belongs to them.
func (p *place) campaigns(t *testing.T) (v campaignOfOurs) {
	t.Helper()
	ctx, target := t.Context(), newTarget(t)
	c, err := p.AddCampaign(ctx, p.alpha, target.order(breaker), "")
	must(t, err)
	p.next(t, p.tester(target, "one"))
	found, err := p.CampaignFindings(ctx, p.alpha, c.ID)
	must(t, err)
	v.campaign, v.print = c.ID, found[0].ID
	must(t, p.MarkFinding(ctx, p.alpha, c.ID, v.print, "Known"))
	share, err := p.AddShare(ctx, p.alpha, c.ID, "hash", time.Hour)
	must(t, err)
	waiting, err := p.AddCampaignOnce(ctx, p.alpha, "ours", target.order(breaker))
	must(t, err)
	plan, err := p.PutPlan(ctx, p.alpha, campaigns.Plan{Name: "Ours", Settings: target.order(breaker).Settings}, "")
	must(t, err)
	must(t, p.PutPersonas(ctx, p.alpha, breaker))
	v.share, v.waiting, v.plan = share.ID, waiting.ID, plan.ID
	return v
}
