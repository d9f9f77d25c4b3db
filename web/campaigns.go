package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/store"
	"github.com/atelier-studio/atelier/views"
)

// campaignBody bounds the form of a campaign, with its table of roles and its journeys.
const campaignBody = 1 << 20

// campaignPages are the pages of campaigns and personas.
var campaignPages = []route{
	{Method: "GET", Path: "/campaigns", Permission: auth.CampaignView, Handle: campaignsPage},
	{Method: "GET", Path: "/campaigns/new", Permission: auth.CampaignEdit, Handle: newCampaignPage},
	{Method: "POST", Path: "/campaigns", Permission: auth.CampaignEdit, Handle: createCampaign, Body: campaignBody, Cost: costTests},
	{Method: "GET", Path: "/campaigns/plans/:id", Permission: auth.CampaignEdit, Handle: planPage},
	{Method: "POST", Path: "/campaigns/plans/:id", Permission: auth.CampaignEdit, Handle: savePlan, Body: campaignBody},
	{Method: "POST", Path: "/campaigns/plans/:id/run", Permission: auth.CampaignEdit, Handle: runPlan, Body: formBody, Cost: costTests},
	{Method: "POST", Path: "/campaigns/plans/:id/delete", Permission: auth.CampaignEdit, Handle: deletePlan, Body: formBody},
	{Method: "GET", Path: "/campaigns/:id", Permission: auth.CampaignView, Handle: campaignPage},
	{Method: "POST", Path: "/campaigns/:id/stop", Permission: auth.CampaignEdit, Handle: stopCampaign, Body: formBody},
	{Method: "POST", Path: "/campaigns/:id/pause", Permission: auth.CampaignEdit, Handle: pauseCampaign, Body: formBody},
	{Method: "POST", Path: "/campaigns/:id/resume", Permission: auth.CampaignEdit, Handle: resumeCampaign, Body: formBody},
	{Method: "POST", Path: "/campaigns/:id/join", Permission: auth.CampaignEdit, Handle: joinCampaign, Body: formBody},
	{Method: "POST", Path: "/campaigns/:id/delete", Permission: auth.CampaignEdit, Handle: deleteCampaign, Body: formBody},
	{Method: "POST", Path: "/campaigns/:id/retest", Permission: auth.CampaignEdit, Handle: retestCampaign, Body: formBody, Cost: costTests},
	{Method: "POST", Path: "/campaigns/:id/share", Permission: auth.CampaignEdit, Handle: shareCampaign, Body: formBody},
	{Method: "POST", Path: "/campaigns/:id/shares/:share/delete", Permission: auth.CampaignEdit, Handle: unshareCampaign, Body: formBody},
	{Method: "GET", Path: "/campaigns/:id/compare", Permission: auth.CampaignView, Handle: comparePage, Cost: costSome},
	{Method: "GET", Path: "/campaigns/:id/report/:form", Permission: auth.CampaignView, Handle: campaignReport, Cost: costFile},
	{Method: "GET", Path: "/campaigns/:id/pictures/:picture", Permission: auth.CampaignView, Handle: campaignPicture},
	{Method: "GET", Path: "/campaigns/:id/views/:persona", Permission: auth.CampaignView, Handle: campaignLive, Cost: costFree},
	{Method: "GET", Path: "/campaigns/:id/findings/:finding", Permission: auth.CampaignView, Handle: findingPage},
	{Method: "POST", Path: "/campaigns/:id/findings/:finding/mark", Permission: auth.CampaignEdit, Handle: markFinding, Body: formBody},
	{Method: "POST", Path: "/campaigns/:id/findings/:finding/unmark", Permission: auth.CampaignEdit, Handle: unmarkFinding, Body: formBody},
	{Method: "GET", Path: "/shared/reports/:token", Permission: auth.Public, Handle: sharedReport, Cost: costFile},
	{Method: "GET", Path: "/personas", Permission: auth.CampaignView, Handle: personasPage},
	{Method: "GET", Path: "/personas/new", Permission: auth.CampaignEdit, Handle: newPersonaPage},
	{Method: "GET", Path: "/personas/export", Permission: auth.CampaignView, Handle: exportPersonas},
	{Method: "POST", Path: "/personas", Permission: auth.CampaignEdit, Handle: savePersona, Body: formBody},
	{Method: "POST", Path: "/personas/import", Permission: auth.CampaignEdit, Handle: importPersonaFile, Body: maxPersonaFile + formBody},
	{Method: "GET", Path: "/personas/:id", Permission: auth.CampaignEdit, Handle: editPersonaPage},
	{Method: "POST", Path: "/personas/:id/delete", Permission: auth.CampaignEdit, Handle: deletePersona, Body: formBody},
}

// campaignFrame is the frame of a page below the list of campaigns.
func (c *Ctx) underCampaigns(title string, above ...views.Link) views.Page {
	p := c.Page(title, "campaigns").Under(append([]views.Link{{Text: c.T("Testing"), Href: "/campaigns"}}, above...)...)
	p.Scripts = []string{"campaigns.js"}
	return p
}

func campaignsPage(s *Server, c *Ctx) error {
	v := views.CampaignsView{Cursor: c.QueryParam("cursor"), Target: c.QueryParam("target")}
	found, err := apiCampaigns(s, c, campaignsIn{Cursor: v.Cursor, Target: v.Target})
	if err != nil {
		return err
	}
	v.Campaigns, v.Next = found.Campaigns, found.Next
	if v.Plans, err = s.Store.Plans(c.Context(), c.Scope()); err != nil {
		return err
	}
	if s.Campaigns != nil {
		v.Browser = s.Campaigns.Browser
	}
	p := c.Page(c.T("Testing"), "campaigns")
	p.Scripts = []string{"campaigns.js"}
	return c.View(http.StatusOK, views.CampaignsPage(p, v))
}

// backToCampaign leads to a campaign, with what was done or what speaks against it.
func (c *Ctx) backToCampaign(err error, done, rest string) error {
	to := "/campaigns/" + c.Param("id") + rest
	if err == nil {
		if done == "" {
			return c.Back(to)
		}
		return errors.Join(c.Say(done), c.Back(to))
	}
	wrong, err := mistakes(c, err)
	if err != nil {
		return err
	}
	return errors.Join(c.Flash(views.Flash{Text: wrong[""], Error: true}), c.Back(to))
}

func stopCampaign(s *Server, c *Ctx) error {
	_, err := apiStopCampaign(s, c, campaignIn{c.Param("id")})
	return c.backToCampaign(err, c.T("The campaign is being stopped."), "")
}

func pauseCampaign(s *Server, c *Ctx) error {
	_, err := apiPauseCampaign(s, c, campaignIn{c.Param("id")})
	return c.backToCampaign(err, c.T("What is under way ends first; nothing more begins."), "")
}

func resumeCampaign(s *Server, c *Ctx) error {
	_, err := apiResumeCampaign(s, c, campaignIn{c.Param("id")})
	return c.backToCampaign(err, "", "")
}

func joinCampaign(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	_, err = apiJoinCampaign(s, c, joinIn{c.Param("id"), form.Get("persona")})
	return c.backToCampaign(err, "", "")
}

func deleteCampaign(s *Server, c *Ctx) error {
	if _, err := apiDeleteCampaign(s, c, campaignIn{c.Param("id")}); err != nil {
		return err
	}
	return errors.Join(c.Say(c.T("The campaign is deleted.")), c.Back("/campaigns"))
}

func retestCampaign(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	again, err := apiRetest(s, c, retestIn{c.Param("id"), form["finding"]})
	if err != nil {
		return c.backToCampaign(err, "", "")
	}
	return c.Back("/campaigns/" + again.ID)
}

func runPlan(s *Server, c *Ctx) error {
	made, err := apiRunPlan(s, c, planIn{c.Param("id")})
	if err != nil {
		return err
	}
	return c.Back("/campaigns/" + made.ID)
}

func deletePlan(s *Server, c *Ctx) error {
	if _, err := apiDeletePlan(s, c, planIn{c.Param("id")}); err != nil {
		return err
	}
	return errors.Join(c.Say(c.T("The plan is deleted.")), c.Back("/campaigns"))
}

func shareCampaign(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	days := map[string]int{"1": 1, "30": 30}[form.Get("days")]
	link, err := apiShare(s, c, shareIn{c.Param("id"), days})
	if err != nil {
		return err
	}
	return s.showCampaign(c, http.StatusOK, "share", link.Address)
}

func unshareCampaign(s *Server, c *Ctx) error {
	_, err := apiDeleteShare(s, c, oneShareIn{c.Param("id"), c.Param("share")})
	if err != nil {
		return err
	}
	return c.backToCampaign(nil, c.T("The link is revoked."), "?tab=share")
}

func campaignReport(s *Server, c *Ctx) error {
	return apiReport(s, c, reportIn{c.Param("id"), c.Param("form")})
}

func campaignPicture(s *Server, c *Ctx) error {
	return apiCampaignPicture(s, c, pictureIn{c.Param("id"), c.Param("picture")})
}

func campaignLive(s *Server, c *Ctx) error {
	return apiView(s, c, viewIn{c.Param("id"), c.Param("persona")})
}

// earlier are the campaigns on a campaign's target that it can be compared with, the last first.
func (s *Server) earlier(c *Ctx, of *desk.Campaign) ([]desk.Campaign, error) {
	all, _, err := s.Store.Campaigns(c.Context(), c.Scope(), store.CampaignFilter{Target: of.Origin(), Limit: 200})
	return slices.DeleteFunc(all, func(o desk.Campaign) bool {
		return o.ID == of.ID || o.Of != "" || o.Summary == nil || o.Created > of.Created
	}), err
}

func comparePage(s *Server, c *Ctx) error {
	found, err := apiCampaign(s, c, campaignIn{c.Param("id")})
	if err != nil {
		return err
	}
	earlier, err := s.earlier(c, found)
	if err != nil {
		return err
	}
	if len(earlier) == 0 {
		return absent("There is no earlier campaign on this target.")
	}
	v := views.CompareView{Campaign: *found, Before: earlier[0], Show: desk.Change(c.QueryParam("show")), Counts: map[desk.Change]int{}}
	if with := c.QueryParam("with"); with != "" {
		i := slices.IndexFunc(earlier, func(o desk.Campaign) bool { return o.ID == with })
		if i < 0 {
			return absent("There is no such earlier campaign on this target.")
		}
		v.Before = earlier[i]
	}
	changes, err := s.compare(c, found.ID, v.Before.ID)
	if err != nil {
		return err
	}
	for _, change := range changes {
		v.Counts[change.Change]++
		if v.Show == "" || v.Show == change.Change {
			v.Changes = append(v.Changes, change)
		}
	}
	p := c.underCampaigns(c.T("What changed"), views.Link{Text: found.Name, Href: "/campaigns/" + found.ID})
	return c.View(http.StatusOK, views.ComparePage(p, v, earlier))
}

func findingPage(s *Server, c *Ctx) error { return s.showFinding(c, http.StatusOK, nil) }

func (s *Server) showFinding(c *Ctx, status int, wrong views.Mistakes) error {
	of, err := apiCampaign(s, c, campaignIn{c.Param("id")})
	if err != nil {
		return err
	}
	f, err := apiFinding(s, c, findingIn{of.ID, c.Param("finding")})
	if err != nil {
		return err
	}
	v := views.FindingView{Campaign: *of, Found: f.Found, Curl: f.Curl, Mistakes: wrong}
	if s.Campaigns != nil {
		if probe := s.Campaigns.Probes[f.Probe]; probe != nil {
			v.Decides = probe.Decides
		}
		for _, probe := range s.Campaigns.Explorers {
			if probe.ID == f.Probe {
				v.Decides = probe.Decides
			}
		}
	}
	p := c.underCampaigns(f.Title, views.Link{Text: of.Name, Href: "/campaigns/" + of.ID})
	return c.View(status, views.FindingPage(p, v))
}

func markFinding(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	_, err = apiMark(s, c, markIn{c.Param("id"), c.Param("finding"), form.Get("reason")})
	if err != nil {
		wrong, err := mistakes(c, err)
		if err != nil {
			return err
		}
		return s.showFinding(c, http.StatusUnprocessableEntity, views.Mistakes{"reason": wrong[""]})
	}
	return c.backToCampaign(nil, c.T("The finding is marked as false."), "/findings/"+c.Param("finding"))
}

func unmarkFinding(s *Server, c *Ctx) error {
	_, err := apiUnmark(s, c, findingIn{c.Param("id"), c.Param("finding")})
	return c.backToCampaign(err, "", "/findings/"+c.Param("finding"))
}

// lines are the lines of a text that hold something.
func lines(text string) []string {
	var list []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}
