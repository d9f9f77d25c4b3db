package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/access"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/agents/journey"
	"github.com/atelier-studio/atelier/agents/wire"
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/live"
	"github.com/atelier-studio/atelier/store"
)

// Campaigns are what the edge needs of campaigns, beside the store.
type Campaigns struct {
	Personas []agents.Persona // that come with the studio
	Probes   map[string]*agents.Probe
	// Explorers try what a language model claims; no persona makes them by itself.
	Explorers []*agents.Probe
	Secret    []byte   // makes the tokens that targets serve
	Listed    []string // hosts that need none
	Browser   string   // why there is none; "" when there is one
	Wake      func()   // the worker
	// Write writes the report of a campaign in a form: html, json, junit or sarif.
	Write func(ctx context.Context, form string, w io.Writer, r *campaign.Result) error
}

var errNoCampaigns = fmt.Errorf("this studio runs no campaigns: %w", errors.ErrUnsupported)

type campaignIn struct {
	ID string `path:"id"`
}

type campaignsIn struct {
	Target string `query:"target" doc:"Only those on this target."`
	Cursor string `query:"cursor" doc:"The next of the page before."`
	Limit  int    `query:"limit" doc:"50 when left out, at most 200."`
}

type campaignsOut struct {
	Campaigns []desk.Campaign `json:"campaigns"`
	Next      string          `json:"next,omitempty"`
}

func apiCampaigns(s *Server, c *Ctx, in campaignsIn) (campaignsOut, error) {
	if in.Target != "" {
		in.Target = desk.OriginOf(in.Target)
	}
	found, next, err := s.Store.Campaigns(c.Context(), c.Scope(), store.CampaignFilter{Target: in.Target, Cursor: in.Cursor, Limit: in.Limit})
	for i := range found {
		c.readable(&found[i].Settings)
	}
	return campaignsOut{list(found), next}, err
}

// readable leaves out what journeys write into fields, unless whoever asks may change it: some of it are passwords.
func (c *Ctx) readable(s *campaign.Settings) {
	if c.Allows(auth.CampaignEdit) {
		return
	}
	for _, j := range s.Journeys {
		for _, step := range j.Steps {
			if step.Fill != nil && step.Fill.With != "" {
				step.Fill.With = "•••"
			}
		}
	}
}

func apiCampaign(s *Server, c *Ctx, in campaignIn) (*desk.Campaign, error) {
	found, err := s.Store.Campaign(c.Context(), c.Scope(), in.ID)
	if err == nil {
		c.readable(&found.Settings)
		found.Board.Note = c.Retell(found.Board.Note)
	}
	return found, err
}

// accountIn is an account to sign in with. What opens it is never given out again.
type accountIn struct {
	Role     string `json:"role"`
	User     string `json:"user"`
	Password string `json:"password,omitempty"`
	Header   string `json:"header,omitempty" doc:"Sent instead of signing in, such as Authorization: Bearer …"`
}

// newCampaignIn is what a campaign is asked to do.
type newCampaignIn struct {
	Name      string              `json:"name,omitempty"`
	Target    string              `json:"target"`
	Origins   []string            `json:"origins,omitempty" doc:"More that belong to the target."`
	Below     string              `json:"below,omitempty" doc:"Only what lies below this path."`
	Without   []string            `json:"without,omitempty" doc:"Paths that are left alone, with all below them."`
	More      []string            `json:"more,omitempty" doc:"Addresses to begin with, besides the target's."`
	Personas  []string            `json:"personas,omitempty" doc:"Ids of those that work; left out: all that come with the studio."`
	Areas     []agents.Area       `json:"areas,omitempty"`
	Accounts  []accountIn         `json:"accounts,omitempty"`
	Access    access.Table        `json:"access,omitzero" doc:"Roles, and which of them are let in where; every cell is tried."`
	Journeys  []journey.Journey   `json:"journeys,omitempty" doc:"Ways through the application that have to work."`
	Require   agents.Requirements `json:"require,omitempty" doc:"Coverage to reach by area, from 0 to 1."`
	Intrusive bool                `json:"intrusive,omitempty" doc:"Also make probes that may change or break something."`
	Seed      uint64              `json:"seed,omitempty"`
	Budget    campaign.Budget     `json:"budget,omitzero" doc:"Times in nanoseconds."`
	Model     string              `json:"model,omitempty" doc:"Name of a credential of language models: it explores too, writes cases and explains what was found."`
	Text      string              `json:"specification,omitempty" doc:"What the application should do, in a person's words, for the language model."`
	After     desk.After          `json:"after,omitzero" doc:"A workflow that is started when the campaign has ended."`
	From      string              `json:"from,omitempty" doc:"A campaign whose passwords are used for the same accounts."`
}

// order makes a campaign of what was asked for.
func (s *Server) order(c *Ctx, in newCampaignIn) (o desk.Campaign, err error) {
	if s.Campaigns == nil {
		return o, errNoCampaigns
	}
	o = desk.Campaign{Name: in.Name, After: in.After, Settings: campaign.Settings{
		Target: in.Target, Origins: in.Origins, Below: in.Below, Without: in.Without, More: in.More, Areas: in.Areas, Require: in.Require,
		Intrusive: in.Intrusive, Seed: in.Seed, Budget: in.Budget, Access: in.Access, Journeys: in.Journeys, ModelName: in.Model, Specification: in.Text,
	}}
	for _, a := range in.Accounts {
		o.Settings.Accounts = append(o.Settings.Accounts, campaign.Login(a))
	}
	if in.Model != "" {
		names, err := s.modelCredentials(c.Context(), c.Scope())
		if err != nil {
			return o, err
		}
		if !slices.Contains(names, in.Model) {
			return o, invalidInput("There is no credential %q of language models.", in.Model)
		}
	}
	all, err := s.personas(c)
	if err != nil {
		return o, err
	}
	o.Settings.Personas = s.Campaigns.Personas
	if in.Personas != nil {
		o.Settings.Personas = nil
		for _, id := range in.Personas {
			i := slices.IndexFunc(all, func(p agents.Persona) bool { return p.ID == id })
			if i < 0 {
				return o, invalidInput("There is no persona %q.", id)
			}
			o.Settings.Personas = append(o.Settings.Personas, all[i])
		}
	}
	if in.After.Workflow != "" {
		if err := s.mayFollow(c, in.After.Workflow); err != nil {
			return o, err
		}
	}
	return o, o.Check(s.Campaigns.Probes)
}

// mayFollow tells whether a workflow can be started when a campaign has ended.
func (s *Server) mayFollow(c *Ctx, workflow string) error {
	if !c.Allows(auth.WorkflowRun) {
		return fmt.Errorf("having a workflow started when a campaign has ended takes the permission %s: %w", auth.WorkflowRun, fs.ErrPermission)
	}
	_, err := s.Store.Workflow(c.Context(), c.Scope(), workflow)
	if errors.Is(err, fs.ErrNotExist) {
		return wrongField{"workflow", fmt.Errorf("the workflow that is to be started is not there any more: choose another, or none: %w", fs.ErrNotExist)}
	}
	return err
}

// apiCreateCampaign has personas sent against a target, in the background.
func apiCreateCampaign(s *Server, c *Ctx, in newCampaignIn) (*desk.Campaign, error) {
	o, err := s.order(c, in)
	if err != nil {
		return nil, err
	}
	return s.addCampaign(c, o, in.From)
}

func (s *Server) addCampaign(c *Ctx, o desk.Campaign, from string) (*desk.Campaign, error) {
	if o.Name == "" {
		o.Name = desk.OriginOf(o.Settings.Target)
	}
	made, err := s.Store.AddCampaign(c.Context(), c.Scope(), o, from)
	if err != nil {
		return nil, err
	}
	s.Campaigns.Wake()
	return made, nil
}

func apiDeleteCampaign(s *Server, c *Ctx, in campaignIn) (nothing, error) {
	return nothing{}, s.Store.DeleteCampaign(c.Context(), c.Scope(), in.ID)
}

func apiStopCampaign(s *Server, c *Ctx, in campaignIn) (*desk.Campaign, error) {
	if err := s.Store.StopCampaign(c.Context(), c.Scope(), in.ID); err != nil {
		return nil, err
	}
	if s.Campaigns != nil { // one that waits is ended by a worker, too
		s.Campaigns.Wake()
	}
	return s.toldCampaign(c, in.ID)
}

func apiPauseCampaign(s *Server, c *Ctx, in campaignIn) (*desk.Campaign, error) {
	if err := s.Store.SteerCampaign(c.Context(), c.Scope(), in.ID, true); err != nil {
		return nil, err
	}
	return s.toldCampaign(c, in.ID)
}

func apiResumeCampaign(s *Server, c *Ctx, in campaignIn) (*desk.Campaign, error) {
	if err := s.Store.SteerCampaign(c.Context(), c.Scope(), in.ID, false); err != nil {
		return nil, err
	}
	if s.Campaigns != nil {
		s.Campaigns.Wake()
	}
	return s.toldCampaign(c, in.ID)
}

type joinIn struct {
	ID      string `path:"id" json:"-"`
	Persona string `json:"persona"`
}

// apiJoinCampaign lets one more persona work in a campaign that is under way.
func apiJoinCampaign(s *Server, c *Ctx, in joinIn) (*desk.Campaign, error) {
	all, err := s.personas(c)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(p agents.Persona) bool { return p.ID == in.Persona })
	found, err := s.Store.Campaign(c.Context(), c.Scope(), in.ID)
	if err != nil {
		return nil, err
	}
	if i < 0 {
		return nil, invalidInput("There is no persona %q.", in.Persona)
	}
	if sharedOut(found) {
		return nil, invalidInput("All cases of this campaign are shared out: %s can work in the next one.", all[i].Name)
	}
	if err := s.Store.JoinCampaign(c.Context(), c.Scope(), in.ID, all[i]); err != nil {
		return nil, err
	}
	return s.toldCampaign(c, in.ID)
}

// sharedOut tells whether it is too late to join a campaign.
func sharedOut(c *desk.Campaign) bool {
	return c.Status == desk.Working && slices.Contains([]string{"confirming", "exploring", "explaining"}, c.Board.Stage)
}

// toldCampaign returns a campaign as it is now, and tells those who watch it.
func (s *Server) toldCampaign(c *Ctx, id string) (*desk.Campaign, error) {
	found, err := s.Store.Campaign(c.Context(), c.Scope(), id)
	if err == nil && s.Live != nil {
		TellCampaign(c.Context(), s.Live.Bus(), c.Scope().Workspace(), found)
	}
	return found, err
}

// campaignFrame tells watchers of a campaign how far it is.
type campaignFrame struct {
	Type     string      `json:"t"`
	Campaign string      `json:"campaign"`
	Status   desk.Status `json:"status"`
	Paused   bool        `json:"paused"`
	Stopping bool        `json:"stopping"`
	Board    desk.Board  `json:"board"`
}

// TellCampaign says on the bus how far a campaign is. Who cannot be told sees it with the next word, or on the page.
func TellCampaign(ctx context.Context, bus live.Bus, workspace string, c *desk.Campaign) {
	data, err := json.Marshal(campaignFrame{"campaign", c.ID, c.Status, c.Paused, c.Stopping, c.Board})
	if err == nil {
		_ = bus.Publish(ctx, live.CampaignTopic(workspace, c.ID), live.Message{Data: data}) // see above
	}
}

// watchCampaign tells how far a campaign is from now on.
func (k *socket) watchCampaign(ctx context.Context, id string) error {
	scope, err := k.permit(ctx, auth.CampaignView)
	if err != nil {
		return err
	}
	c, err := k.server.Store.Campaign(ctx, scope, id)
	if err != nil {
		return err
	}
	nothing := func(context.Context, int64) ([]live.Message, error) { return nil, nil }
	return k.watch(ctx, live.CampaignTopic(scope.Workspace(), c.ID), 0, nothing)
}

type targetIn struct {
	Target string `json:"target"`
}

// targetOut says what makes a target one that may be tested.
type targetOut struct {
	Free    bool   `json:"free" doc:"It may be tested as it is: this machine, or a host that the administrator lists."`
	Reason  string `json:"reason,omitempty"`
	Address string `json:"address,omitempty" doc:"Where the target has to serve the line."`
	Line    string `json:"line,omitempty"`
}

// apiTarget tells what a target needs before it may be tested.
func apiTarget(s *Server, _ *Ctx, in targetIn) (out targetOut, err error) {
	if s.Campaigns == nil {
		return out, errNoCampaigns
	}
	u, err := wire.ParseTarget(in.Target)
	if err != nil {
		return out, err
	}
	listed := slices.ContainsFunc(s.Campaigns.Listed, func(host string) bool { return host == u.Hostname() || host == u.Host })
	switch {
	case wire.IsLoopback(u.Hostname()):
		return targetOut{Free: true, Reason: "this machine"}, nil
	case listed:
		return targetOut{Free: true, Reason: "on the administrator's list"}, nil
	}
	return targetOut{Address: wire.Origin(u) + wire.TokenPath, Line: wire.Token(s.Campaigns.Secret, u)}, nil
}
