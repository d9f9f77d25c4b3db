package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/store"
	"github.com/atelier-studio/atelier/views"
)

func campaignPage(s *Server, c *Ctx) error {
	return s.showCampaign(c, http.StatusOK, cmp.Or(c.QueryParam("tab"), "findings"), "")
}

// showCampaign shows the board of a campaign, or a part of what it came to.
func (s *Server) showCampaign(c *Ctx, status int, tab, shared string) error {
	found, err := apiCampaign(s, c, campaignIn{c.Param("id")})
	if err != nil {
		return err
	}
	v := views.CampaignView{Campaign: *found, Tab: tab, Shared: shared}
	if found.Status.Open() {
		all, err := s.personas(c)
		if err != nil {
			return err
		}
		v.SharedOut = sharedOut(found)
		v.Personas = slices.DeleteFunc(all, func(p agents.Persona) bool {
			return slices.ContainsFunc(found.Settings.Personas, func(o agents.Persona) bool { return o.ID == p.ID })
		})
	} else if found.Summary != nil {
		if err := s.fillResult(c, &v); err != nil {
			return err
		}
	}
	p := c.underCampaigns(found.Name)
	return c.View(status, views.CampaignPage(p, v))
}

// fillResult reads what the chosen part of a result shows.
func (s *Server) fillResult(c *Ctx, v *views.CampaignView) (err error) {
	if v.Earlier, err = s.earlier(c, &v.Campaign); err != nil {
		return err
	}
	all, _, err := s.Store.Campaigns(c.Context(), c.Scope(), store.CampaignFilter{Target: v.Campaign.Origin(), Limit: 50})
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.Of == v.Campaign.ID && len(v.Retests) < 3 {
			v.Retests = append(v.Retests, o)
		}
	}
	switch v.Tab {
	case "coverage":
		v.ByPersona = byPersona(&v.Campaign)
		return nil
	case "roles":
		r, err := s.Store.CampaignResult(c.Context(), c.Scope(), v.Campaign.ID)
		if err == nil {
			v.Tried = r.Access()
		}
		return err
	case "surface":
		r, err := s.Store.CampaignResult(c.Context(), c.Scope(), v.Campaign.ID)
		if err == nil && r.Surface != nil {
			v.Surface = surfaceParts(c, r.Surface)
		}
		return err
	case "share":
		if !c.Allows(auth.CampaignEdit) {
			v.Tab = "findings"
			break
		}
		v.Shares, err = s.Store.Shares(c.Context(), c.Scope(), v.Campaign.ID)
		return err
	default:
		v.Tab = "findings"
	}
	return s.fillFindings(c, v)
}

func (s *Server) fillFindings(c *Ctx, v *views.CampaignView) error {
	all, err := s.Store.CampaignFindings(c.Context(), c.Scope(), v.Campaign.ID)
	if err != nil {
		return err
	}
	v.Severity, v.Area, v.Query, v.Marked = c.QueryParam("severity"), c.QueryParam("area"), strings.TrimSpace(c.QueryParam("q")), c.QueryParam("marked") != ""
	v.All = len(all)
	for _, f := range all {
		text := strings.ToLower(f.Title + "\n" + f.Text + "\n" + f.Probe + "\n" + f.Where.URL)
		switch {
		case v.Severity != "" && f.Severity.String() != v.Severity:
		case v.Area != "" && string(f.Area) != v.Area:
		case v.Query != "" && !strings.Contains(text, strings.ToLower(v.Query)):
		case f.Mark != nil && !v.Marked:
		default:
			v.Findings = append(v.Findings, f)
		}
	}
	return nil
}

// byPersona tells who did what, those who did most first.
func byPersona(c *desk.Campaign) []views.PersonaRow {
	names := map[string]string{}
	for i := range c.Settings.Personas {
		names[c.Settings.Personas[i].ID] = c.Settings.Personas[i].Name
	}
	var rows []views.PersonaRow
	for _, m := range c.Board.Members {
		rows = append(rows, views.PersonaRow{Name: cmp.Or(names[m.Persona], m.Persona), Done: m.Done, Found: m.Found})
	}
	slices.SortStableFunc(rows, func(a, b views.PersonaRow) int { return b.Done - a.Done })
	return rows
}

const shownItems = 300 // of one sort of a surface

// surfaceParts makes tables of a surface.
func surfaceParts(c *Ctx, s *surface.Surface) []views.SurfacePart {
	address, as := c.T("Address"), c.T("Seen as")
	return []views.SurfacePart{
		part(c.T("Pages"), []string{address, c.T("Title"), c.T("Found by"), as}, s.Pages, func(p *surface.Page) []string { return []string{p.URL, p.Title, string(p.Via), p.As} }),
		part(c.T("Forms"), []string{address, c.T("Page"), c.T("What for")}, s.Forms, func(f *surface.Form) []string {
			return []string{f.Address(), f.Page, string(f.Purpose)}
		}),
		part(c.T("Inputs"), []string{address, c.T("Name")}, s.Inputs, func(i *surface.Input) []string { return []string{i.Address(), i.Key()} }),
		part(c.T("Operations"), []string{address, c.T("Name")}, s.Operations, func(o *surface.Operation) []string { return []string{o.Address(), o.Key()} }),
		part(c.T("Files"), []string{address, c.T("Sort"), c.T("Page")}, s.Assets, func(a *surface.Asset) []string { return []string{a.URL, string(a.Kind), a.Page} }),
		part(c.T("Cookies"), []string{c.T("Name")}, s.Cookies, func(k *surface.Cookie) []string { return []string{k.Key()} }),
		part(c.T("Sockets"), []string{address, c.T("Page")}, s.Sockets, func(k *surface.Socket) []string { return []string{k.URL, k.Page} }),
		part(c.T("Left out"), []string{address, c.T("Why"), c.T("Count")}, s.Unseen, func(u surface.Unseen) []string {
			return []string{u.URL, c.Retell(u.Reason), fmt.Sprint(u.Count)}
		}),
	}
}

func part[T any](title string, head []string, items []T, row func(T) []string) views.SurfacePart {
	p := views.SurfacePart{Title: title, Head: head, Count: len(items)}
	for _, item := range items[:min(len(items), shownItems)] {
		p.Rows = append(p.Rows, row(item))
	}
	return p
}
