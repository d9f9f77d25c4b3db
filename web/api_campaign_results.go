package web

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/auth"
)

type foundOut struct {
	Findings []desk.Found `json:"findings" doc:"The worst first; pictures are asked for by what is kept of them."`
}

func apiFindings(s *Server, c *Ctx, in campaignIn) (foundOut, error) {
	found, err := s.Store.CampaignFindings(c.Context(), c.Scope(), in.ID)
	return foundOut{list(found)}, err
}

type findingIn struct {
	ID      string `path:"id" json:"-"`
	Finding string `path:"finding" json:"-"`
}

type oneFoundOut struct {
	desk.Found
	Curl string `json:"curl,omitempty" doc:"A command line that sends what showed it once more."`
}

func apiFinding(s *Server, c *Ctx, in findingIn) (oneFoundOut, error) {
	f, err := s.Store.CampaignFinding(c.Context(), c.Scope(), in.ID, in.Finding)
	if err != nil {
		return oneFoundOut{}, err
	}
	return oneFoundOut{*f, f.Curl()}, nil
}

type markIn struct {
	ID      string `path:"id" json:"-"`
	Finding string `path:"finding" json:"-"`
	Reason  string `json:"reason" doc:"Why it is false."`
}

func apiMark(s *Server, c *Ctx, in markIn) (nothing, error) {
	if _, err := s.Store.CampaignFinding(c.Context(), c.Scope(), in.ID, in.Finding); err != nil {
		return nothing{}, err
	}
	return nothing{}, s.Store.MarkFinding(c.Context(), c.Scope(), in.ID, in.Finding, in.Reason)
}

func apiUnmark(s *Server, c *Ctx, in findingIn) (nothing, error) {
	return nothing{}, s.Store.UnmarkFinding(c.Context(), c.Scope(), in.ID, in.Finding)
}

type retestIn struct {
	ID       string   `path:"id" json:"-"`
	Findings []string `json:"findings" doc:"Their ids."`
}

// apiRetest has the cases that made findings made again, as a campaign of their own.
func apiRetest(s *Server, c *Ctx, in retestIn) (*desk.Campaign, error) {
	if s.Campaigns == nil {
		return nil, errNoCampaigns
	}
	was, err := s.Store.Campaign(c.Context(), c.Scope(), in.ID)
	if err != nil {
		return nil, err
	}
	r, err := s.Store.CampaignResult(c.Context(), c.Scope(), in.ID)
	if err != nil {
		return nil, err
	}
	again := desk.Campaign{Name: was.Name, Settings: was.Settings, Of: was.ID}
	again.Settings.Only, again.Settings.Require = nil, nil
	again.Settings.Claims = r.Claims // what was claimed is tried again, and no model is asked
	for _, id := range in.Findings {
		cases := desk.CasesOf(r, id)
		if len(cases) == 0 {
			return nil, absent("There is no finding %q in this campaign that could be tested again.", id)
		}
		again.Again = append(again.Again, id)
		again.Settings.Only = append(again.Settings.Only, cases...)
	}
	if len(again.Again) == 0 {
		return nil, invalidInput("Name the findings to test again.")
	}
	return s.addCampaign(c, again, was.ID)
}

type compareIn struct {
	ID   string `path:"id"`
	With string `query:"with" doc:"An earlier campaign; left out: the last on the same target."`
}

type compareOut struct {
	Before  string          `json:"before"`
	Changes []desk.Compared `json:"changes"`
}

func apiCompare(s *Server, c *Ctx, in compareIn) (compareOut, error) {
	before := in.With
	if before == "" {
		found, err := s.Store.CampaignBefore(c.Context(), c.Scope(), in.ID)
		if err != nil {
			return compareOut{}, err
		}
		before = found.ID
	}
	changes, err := s.compare(c, in.ID, before)
	return compareOut{before, list(changes)}, err
}

func (s *Server) compare(c *Ctx, now, before string) ([]desk.Compared, error) {
	later, err := s.Store.CampaignResult(c.Context(), c.Scope(), now)
	if err != nil {
		return nil, err
	}
	earlier, err := s.Store.CampaignResult(c.Context(), c.Scope(), before)
	if err != nil {
		return nil, err
	}
	changes := slices.DeleteFunc(desk.Compare(later, earlier), func(v desk.Compared) bool { return v.Finding.Marked != "" })
	for i := range changes {
		changes[i].Finding.Evidence = nil // it is with the finding
	}
	return changes, nil
}

func apiSurface(s *Server, c *Ctx, in campaignIn) (*surface.Surface, error) {
	r, err := s.Store.CampaignResult(c.Context(), c.Scope(), in.ID)
	if err != nil {
		return nil, err
	}
	return r.Surface, nil
}

// reportForms are the forms of a report, with the type and the name of the file.
var reportForms = map[string][2]string{
	"html":  {"text/html; charset=utf-8", "report.html"},
	"json":  {"application/json", "report.json"},
	"junit": {"application/xml", "junit.xml"},
	"sarif": {"application/sarif+json", "findings.sarif"},
}

type reportIn struct {
	ID   string `path:"id"`
	Form string `query:"form" doc:"html, json (when left out), junit or sarif."`
}

func apiReport(s *Server, c *Ctx, in reportIn) error {
	if in.Form == "" {
		in.Form = "json"
	}
	r, err := s.Store.CampaignResult(c.Context(), c.Scope(), in.ID)
	if err != nil {
		return err
	}
	return s.sendReport(c, r, in.Form, true)
}

// sendReport answers with a report: as a file to save, or in the page's place. It is made of what a stranger's application
// said, so a browser that shows it lets it do nothing.
func (s *Server) sendReport(c *Ctx, r *campaign.Result, form string, file bool) error {
	kind, ok := reportForms[form]
	if !ok {
		return invalidInput("There is no report in the form %q: it is one of html, json, junit, sarif.", form)
	}
	if s.Campaigns == nil {
		return errNoCampaigns
	}
	var b bytes.Buffer
	if err := s.Campaigns.Write(c.Context(), form, &b, r); err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	if file {
		h.Set("Content-Disposition", attachment(kind[1]))
		cage(h)
	} else {
		h.Set("Content-Security-Policy", "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:")
		h.Set("Referrer-Policy", "no-referrer")
	}
	return c.Blob(http.StatusOK, kind[0], b.Bytes())
}

type pictureIn struct {
	ID      string `path:"id"`
	Picture string `path:"picture" doc:"What is kept of it in the evidence."`
}

func apiCampaignPicture(s *Server, c *Ctx, in pictureIn) error {
	return s.sendPicture(c, in.ID, in.Picture)
}

type viewIn struct {
	ID      string `path:"id"`
	Persona string `path:"persona"`
}

// apiView is what a persona looks at just now.
func apiView(s *Server, c *Ctx, in viewIn) error { return s.sendPicture(c, in.ID, "live/"+in.Persona) }

func (s *Server) sendPicture(c *Ctx, id, name string) error {
	data, err := s.Store.CampaignPicture(c.Context(), c.Scope(), id, name)
	if err != nil {
		return err
	}
	kind := http.DetectContentType(data)
	if !strings.HasPrefix(kind, "image/") {
		return fmt.Errorf("the picture %s is none, but %s", name, kind)
	}
	cage(c.Response().Header())
	c.Response().Header().Set("Cache-Control", "private, no-store")
	return c.Blob(http.StatusOK, kind, data)
}

type sharesOut struct {
	Shares []desk.Share `json:"shares"`
}

func apiShares(s *Server, c *Ctx, in campaignIn) (sharesOut, error) {
	if _, err := s.Store.Campaign(c.Context(), c.Scope(), in.ID); err != nil {
		return sharesOut{}, err
	}
	found, err := s.Store.Shares(c.Context(), c.Scope(), in.ID)
	return sharesOut{list(found)}, err
}

type shareIn struct {
	ID   string `path:"id" json:"-"`
	Days int    `json:"days,omitempty" doc:"How long it holds; 7 when left out."`
}

type shareOut struct {
	desk.Share
	Address string `json:"address" doc:"Given out now and never again."`
}

// apiShare makes a link to the report that holds for some days, for people without an account.
func apiShare(s *Server, c *Ctx, in shareIn) (shareOut, error) {
	if in.Days == 0 {
		in.Days = 7
	}
	token := auth.NewShareToken()
	made, err := s.Store.AddShare(c.Context(), c.Scope(), in.ID, auth.HashToken(token), time.Duration(in.Days)*24*time.Hour)
	return shareOut{made, s.base(c.Request()) + "/shared/reports/" + token}, err
}

type oneShareIn struct {
	ID    string `path:"id"`
	Share string `path:"share"`
}

func apiDeleteShare(s *Server, c *Ctx, in oneShareIn) (nothing, error) {
	return nothing{}, s.Store.DeleteShare(c.Context(), c.Scope(), in.ID, in.Share)
}

// sharedReport shows a report to whoever has the link.
func sharedReport(s *Server, c *Ctx) error {
	workspace, id, err := s.Store.Shared(c.Context(), auth.HashToken(c.Param("token")))
	if err != nil {
		return err
	}
	r, err := s.Store.CampaignResult(c.Context(), auth.System(workspace), id)
	if err != nil {
		return err
	}
	return s.sendReport(c, r, "html", false)
}
