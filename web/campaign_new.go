package web

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/views"
)

// newCampaignPage asks what a campaign is to do; one that is repeated fills it in.
func newCampaignPage(s *Server, c *Ctx) error {
	f := views.CampaignForm{
		Minutes: "30", Requests: "50000", PerSecond: "50", Pages: "200", Active: "27", Seed: "1", Least: "high", Target: c.QueryParam("target"),
		Accounts: make([]views.CampaignAccount, 2),
	}
	if from := c.QueryParam("from"); from != "" {
		was, err := s.Store.Campaign(c.Context(), c.Scope(), from)
		if err != nil {
			return err
		}
		f = filled(was)
	}
	return s.showCampaignForm(c, http.StatusOK, f)
}

// filled is the form of a campaign as it was asked for.
func filled(c *desk.Campaign) views.CampaignForm {
	s := &c.Settings
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	f := views.CampaignForm{
		Name: c.Name, Target: s.Target, From: c.ID, Intrusive: s.Intrusive, Minutes: number(s.Budget.Time.Minutes()), Requests: strconv.Itoa(s.Budget.Requests),
		PerSecond: number(s.Budget.PerSecond), Pages: strconv.Itoa(s.Budget.Pages), Active: strconv.Itoa(s.Budget.Active), Seed: strconv.FormatUint(s.Seed, 10), Below: s.Below,
		Without: strings.Join(s.Without, "\n"), Origins: strings.Join(s.Origins, "\n"), More: strings.Join(s.More, "\n"), Workflow: c.After.Workflow, Least: c.After.Least.String(),
		Model: s.ModelName, Questions: optional(s.Budget.Questions), Text: s.Specification,
		Areas: map[agents.Area]bool{}, Require: map[agents.Area]string{}, Chosen: map[string]bool{},
	}
	if c.After.Always {
		f.Least = "always"
	}
	for _, area := range s.Areas {
		f.Areas[area] = true
	}
	for area, share := range s.Require {
		f.Require[area] = number(share * 100)
	}
	for i := range s.Personas {
		f.Chosen[s.Personas[i].ID] = true
	}
	f.Roles, f.Journeys = tableText(&s.Access), journeysText(s.Journeys)
	for _, a := range s.Accounts {
		f.Accounts = append(f.Accounts, views.CampaignAccount{Role: a.Role, User: a.User, Kept: true})
	}
	f.Accounts = append(f.Accounts, views.CampaignAccount{})
	return f
}

func (s *Server) showCampaignForm(c *Ctx, status int, f views.CampaignForm) error {
	if s.Campaigns == nil {
		return errNoCampaigns
	}
	var err error
	if f.Personas, err = s.personas(c); err != nil {
		return err
	}
	if err := s.fillWorkflows(c, &f); err != nil {
		return err
	}
	if c.Allows(auth.CredentialView) {
		if f.Models, err = s.modelCredentials(c.Context(), c.Scope()); err != nil {
			return err
		}
	}
	f.Browser, f.Zone = s.Campaigns.Browser, s.zone()
	title := c.T("New campaign")
	if f.Plan != "" {
		title = c.T("Planned campaign")
	}
	p := c.underCampaigns(title)
	p.Narrow = true
	return c.View(status, views.CampaignFormPage(p, f))
}

// fillWorkflows finds the workflows that can be started afterwards. The chosen one is always among them, so that saving the
// form does not take it away: an archived one, and one beyond those that are listed.
func (s *Server) fillWorkflows(c *Ctx, f *views.CampaignForm) (err error) {
	if f.Workflows, _, err = s.Store.Workflows(c.Context(), c.Scope(), engine.SummaryFilter{Limit: 200}); err != nil {
		return err
	}
	if f.Workflow == "" || slices.ContainsFunc(f.Workflows, func(w engine.Summary) bool { return w.ID == f.Workflow }) {
		return nil
	}
	chosen, err := s.Store.Workflow(c.Context(), c.Scope(), f.Workflow)
	switch {
	case err == nil:
		f.Workflows = append(f.Workflows, chosen.Summary)
	case errors.Is(err, fs.ErrNotExist):
		if f.Mistakes == nil {
			f.Mistakes = views.Mistakes{}
		}
		f.Mistakes["workflow"], err = c.T("The workflow that was to be started is not there any more."), nil
	}
	return err
}

// createCampaign starts what a form asks for, or plans it.
func createCampaign(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	in, err := campaignOf(form)
	var made *desk.Campaign
	var cron string
	if err == nil {
		err = s.repeat(c, form, &in)
	}
	if err == nil {
		cron, err = cronOf(form)
	}
	switch {
	case err != nil:
	case cron != "":
		if _, err = apiPutPlan(s, c, putPlanIn{Campaign: in, Cron: cron, Timezone: strings.TrimSpace(form.Get("timezone"))}); err == nil {
			return errors.Join(c.Say(c.T("The campaign is planned.")), c.Back("/campaigns"))
		}
	default:
		if made, err = apiCreateCampaign(s, c, in); err == nil {
			return c.Back("/campaigns/" + made.ID)
		}
	}
	f := enteredCampaign(form)
	if errors.Is(err, errGone) {
		f.From = ""
	}
	if f.Mistakes, err = mistakesIn(c, err); err != nil {
		return err
	}
	return s.showCampaignForm(c, http.StatusUnprocessableEntity, f)
}

// errGone says that a campaign which is repeated was deleted meanwhile.
var errGone = fmt.Errorf("the campaign that this one repeats was deleted meanwhile, and the passwords with it: type them again: %w", fs.ErrNotExist)

// repeat takes over from the campaign that is repeated what the form does not show.
func (s *Server) repeat(c *Ctx, form url.Values, in *newCampaignIn) error {
	if in.From == "" {
		return nil
	}
	was, err := s.Store.Campaign(c.Context(), c.Scope(), in.From)
	if errors.Is(err, fs.ErrNotExist) {
		return errGone
	}
	if err == nil {
		in.keep(form, &was.Settings)
	}
	return err
}

// keep takes over what a form does not show.
func (in *newCampaignIn) keep(form url.Values, was *campaign.Settings) {
	in.Budget.Tabs, in.Budget.Tokens = was.Budget.Tabs, was.Budget.Tokens
	if !form.Has("model") {
		in.Budget.Questions, in.Text = was.Budget.Questions, was.Specification
	}
}

// cronOf is when a form asks for it; "" is now.
func cronOf(form url.Values) (string, error) {
	if form.Get("when") != "cron" {
		return form.Get("when"), nil
	}
	cron := strings.TrimSpace(form.Get("cron"))
	if cron == "" {
		return "", invalidInput("Write the cron line.")
	}
	return cron, nil
}

// campaignOf reads what a form asks for.
func campaignOf(form url.Values) (in newCampaignIn, err error) {
	in = newCampaignIn{
		Name: strings.TrimSpace(form.Get("name")), Target: strings.TrimSpace(form.Get("target")), Below: strings.TrimSpace(form.Get("below")), Without: lines(form.Get("without")), Origins: lines(form.Get("origins")),
		More: lines(form.Get("more")), Intrusive: form.Get("intrusive") != "", From: form.Get("from"), Personas: form["persona"], Require: agents.Requirements{},
	}
	in.Model, in.Text = form.Get("model"), strings.TrimSpace(form.Get("specification"))
	if in.Personas == nil {
		in.Personas = []string{}
	}
	for _, area := range form["area"] {
		in.Areas = append(in.Areas, agents.Area(area))
	}
	for _, area := range agents.Areas {
		text := strings.TrimSpace(form.Get("require-" + string(area)))
		if text == "" {
			continue
		}
		share, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return in, invalidInput("%q is no number.", text)
		}
		in.Require[area] = share / 100
	}
	if in.Budget, in.Seed, err = budgetOf(form); err != nil {
		return in, err
	}
	if workflow := form.Get("workflow"); workflow != "" {
		in.After = desk.After{Workflow: workflow, Always: form.Get("least") == "always"}
		if !in.After.Always {
			if err := in.After.Least.UnmarshalText([]byte(form.Get("least"))); err != nil {
				return in, err
			}
		}
	}
	if err := in.given(form.Get("roles"), form.Get("journeys")); err != nil {
		return in, err
	}
	in.Accounts, err = accountsOf(form)
	return in, err
}

func budgetOf(form url.Values) (b campaign.Budget, seed uint64, err error) {
	read := func(name string, into func(float64)) {
		text := strings.TrimSpace(form.Get(name))
		if text == "" || err != nil {
			return
		}
		n, bad := strconv.ParseFloat(text, 64)
		if bad != nil || !(n >= 0 && n <= 1e15) {
			err = invalidInput("%q is no number.", text)
			return
		}
		into(n)
	}
	whole := func(name string, into func(int)) {
		read(name, func(n float64) {
			if n != math.Trunc(n) {
				err = invalidInput("%q is no whole number.", form.Get(name))
			}
			into(int(n))
		})
	}
	read("minutes", func(n float64) { b.Time = time.Duration(min(n, 1e6) * float64(time.Minute)) })
	whole("requests", func(n int) { b.Requests = n })
	read("rate", func(n float64) { b.PerSecond = n })
	whole("pages", func(n int) { b.Pages = n })
	whole("questions", func(n int) { b.Questions = n })
	whole("active", func(n int) { b.Active = n })
	read("seed", func(n float64) { seed = uint64(n) })
	return b, seed, err
}

// accountsOf reads the rows of accounts. A role alone, that nobody signs in for, is none.
func accountsOf(form url.Values) ([]accountIn, error) {
	roles, users, how, secrets := form["role"], form["user"], form["how"], form["secret"]
	if len(roles) != len(users) || len(users) != len(how) || len(how) != len(secrets) {
		return nil, invalidInput("The accounts cannot be read.")
	}
	var list []accountIn
	for i := range users {
		a := accountIn{Role: strings.TrimSpace(roles[i]), User: strings.TrimSpace(users[i])}
		kept := (a.Role != "" || a.User != "") && (form.Get("from") != "" || form.Get("plan") != "") // it may have what opens it
		switch {
		case how[i] == "header":
			a.Header = strings.TrimSpace(secrets[i])
			if a.Header == "" && !kept || a.Header != "" && !strings.Contains(a.Header, ":") {
				return nil, invalidInput("A header has a name and a colon, such as Authorization: Bearer …")
			}
		case a.User == "" && secrets[i] != "":
			return nil, invalidInput("Write the name that a password belongs to.")
		case a.User == "" && !kept:
			continue
		default:
			a.Password = secrets[i]
		}
		if a.Role == "" {
			a.Role = "user"
		}
		list = append(list, a)
	}
	return list, nil
}

// optional is a number of a form; 0 is left empty.
func optional(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// enteredCampaign is a form that comes back; passwords do not.
func enteredCampaign(form url.Values) views.CampaignForm {
	f := views.CampaignForm{
		Name: form.Get("name"), Target: form.Get("target"), From: form.Get("from"), Intrusive: form.Get("intrusive") != "", Minutes: form.Get("minutes"),
		Requests: form.Get("requests"), PerSecond: form.Get("rate"), Pages: form.Get("pages"), Active: form.Get("active"), Seed: form.Get("seed"), Without: form.Get("without"),
		Origins: form.Get("origins"), More: form.Get("more"), Below: form.Get("below"), When: form.Get("when"), Cron: form.Get("cron"), Timezone: form.Get("timezone"), Workflow: form.Get("workflow"), Least: form.Get("least"),
		Model: form.Get("model"), Questions: form.Get("questions"), Text: form.Get("specification"),
		Areas: map[agents.Area]bool{}, Require: map[agents.Area]string{}, Chosen: map[string]bool{}, Roles: form.Get("roles"), Journeys: form.Get("journeys"),
	}
	for _, area := range form["area"] {
		f.Areas[agents.Area(area)] = true
	}
	for _, area := range agents.Areas {
		f.Require[area] = form.Get("require-" + string(area))
	}
	for _, id := range form["persona"] {
		f.Chosen[id] = true
	}
	users, how := form["user"], form["how"]
	for i, role := range form["role"] {
		if i < len(users) && i < len(how) {
			f.Accounts = append(f.Accounts, views.CampaignAccount{Role: role, User: users[i], Header: how[i] == "header"})
		}
	}
	return f
}
