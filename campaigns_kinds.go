package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	qadesk "github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/store"
)

// askedFor is how nodes reach campaigns: those of the run's own workspace. What they stand on is made after the kinds, and
// before the first run.
type askedFor struct {
	store   *store.Store
	tests   *tests
	address string // of the studio, as people reach it
}

var _ nodes.Campaigns = (*askedFor)(nil)

// Personas is in nodes.Campaigns.
func (t *askedFor) Personas(ctx context.Context, workspace string) ([]agents.Persona, error) {
	all, err := t.store.OwnPersonas(ctx, auth.System(workspace))
	if err != nil {
		return nil, err
	}
	own := len(all)
	base, err := ownPersonas(t.tests.known)
	for _, p := range base {
		if !slices.ContainsFunc(all[:own], func(v agents.Persona) bool { return v.ID == p.ID }) {
			all = append(all, p)
		}
	}
	return all, err
}

// Start is in nodes.Campaigns. Who may be tested is decided by the worker, as for every campaign.
func (t *askedFor) Start(ctx context.Context, workspace string, n nodes.NewCampaign) (*qadesk.Campaign, error) {
	o := n.Campaign
	base, err := ownPersonas(t.tests.known)
	if err != nil {
		return nil, err
	}
	o.Settings.Personas = base
	if len(n.Personas) > 0 {
		all, err := t.Personas(ctx, workspace)
		if err != nil {
			return nil, err
		}
		o.Settings.Personas = nil
		for _, id := range n.Personas {
			i := slices.IndexFunc(all, func(p agents.Persona) bool { return p.ID == id })
			if i < 0 {
				return nil, fmt.Errorf("there is no persona %q: see them under Testing, Personas (%w)", id, fs.ErrInvalid)
			}
			o.Settings.Personas = append(o.Settings.Personas, all[i])
		}
	}
	if err := o.Check(t.tests.known); err != nil {
		return nil, err
	}
	if o.Name == "" {
		o.Name = o.Origin()
	}
	made, err := t.store.AddCampaignOnce(ctx, auth.System(workspace), n.Key, o)
	if err == nil {
		t.tests.wake()
	}
	return made, err
}

// Campaign is in nodes.Campaigns.
func (t *askedFor) Campaign(ctx context.Context, workspace, id string) (*qadesk.Campaign, error) {
	return t.store.Campaign(ctx, auth.System(workspace), id)
}

// Before is in nodes.Campaigns.
func (t *askedFor) Before(ctx context.Context, workspace, id string) (*qadesk.Campaign, error) {
	return t.store.CampaignBefore(ctx, auth.System(workspace), id)
}

// Result is in nodes.Campaigns.
func (t *askedFor) Result(ctx context.Context, workspace, id string) (*campaign.Result, error) {
	return t.store.CampaignResult(ctx, auth.System(workspace), id)
}

// Findings is in nodes.Campaigns.
func (t *askedFor) Findings(ctx context.Context, workspace, id string) ([]qadesk.Found, error) {
	return t.store.CampaignFindings(ctx, auth.System(workspace), id)
}

// Write is in nodes.Campaigns.
func (t *askedFor) Write(ctx context.Context, workspace, id, form string, w io.Writer) error {
	r, err := t.Result(ctx, workspace, id)
	if err != nil {
		return err
	}
	return t.tests.write(ctx, form, w, r)
}

// Link is in nodes.Campaigns.
func (t *askedFor) Link(ctx context.Context, workspace, id string, life time.Duration) (string, error) {
	if life <= 0 {
		return t.address + "/campaigns/" + id, nil
	}
	token := auth.NewShareToken()
	_, err := t.store.AddShare(ctx, auth.System(workspace), id, auth.HashToken(token), life)
	return t.address + "/shared/reports/" + token, err
}
