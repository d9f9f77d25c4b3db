package nodes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/engine"
)

// Campaigns send personas against web applications and keep what they find. A campaign is named by its id; fs.ErrNotExist.
//
// They belong to the workspace, as its documents do: a workflow may do with them what those may who edit workflows. Every
// role that edits workflows may also send personas, which a test of auth holds.
type Campaigns interface {
	// Personas are those that can be sent: those of the workspace first, then those that come with the studio.
	Personas(ctx context.Context, workspace string) ([]agents.Persona, error)
	// Start has a campaign wait for a worker. Asked again with the same key, it returns the one of the first time.
	Start(ctx context.Context, workspace string, n NewCampaign) (*desk.Campaign, error)
	// Campaign tells how it stands with a campaign.
	Campaign(ctx context.Context, workspace, id string) (*desk.Campaign, error)
	// Before is the campaign on the same target that was done before another.
	Before(ctx context.Context, workspace, id string) (*desk.Campaign, error)
	// Result is all that a campaign came to.
	Result(ctx context.Context, workspace, id string) (*campaign.Result, error)
	// Findings are what it found, with what people say of them.
	Findings(ctx context.Context, workspace, id string) ([]desk.Found, error)
	// Write writes its report in a form: html, json, junit or sarif.
	Write(ctx context.Context, workspace, id, form string, w io.Writer) error
	// Link leads to a campaign in the studio; with a life, to its report for people without an account, for as long.
	Link(ctx context.Context, workspace, id string, life time.Duration) (string, error)
}

// NewCampaign is a campaign that a step asks for. Its settings name no personas.
type NewCampaign struct {
	Key      string // of the step
	Campaign desk.Campaign
	Personas []string // ids; none: all that come with the studio
}

// testing returns the campaigns of the studio.
func (d *Deps) testing() (Campaigns, error) {
	if d.Campaigns == nil {
		return nil, fmt.Errorf("there are no campaigns here: they need the studio: %w", errors.ErrUnsupported)
	}
	return d.Campaigns, nil
}

// campaign finds a campaign of the workspace.
func (d *Deps) campaign(ctx context.Context, c *engine.Call, param, id string) (*desk.Campaign, error) {
	if strings.TrimSpace(id) == "" {
		return nil, bad(param, "name a campaign by its id, as Send personas gives it")
	}
	t, err := d.testing()
	if err != nil {
		return nil, err
	}
	found, err := t.Campaign(ctx, c.Run.Workspace, id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, about(param, err, "there is no campaign %q in this workspace", excerpt(id, 60))
	}
	return found, err
}

// ended fails for a campaign that is still under way, and for one that could not test.
func ended(o *desk.Campaign) error {
	switch {
	case o.Status.Open():
		return fmt.Errorf("the campaign %q has not ended yet: %w", o.Name, fs.ErrInvalid)
	case o.Status == desk.Stopped && o.Summary == nil:
		return fmt.Errorf("the campaign %q was stopped before anything was tested", o.Name)
	case o.Summary == nil:
		return fmt.Errorf("the campaign %q could not test: %s", o.Name, o.Error)
	}
	return nil
}

// campaignObject puts what a campaign came to into an item's JSON.
func campaignObject(m map[string]any, o *desk.Campaign) {
	found, worst := map[string]any{}, ""
	for s := agents.Info; s <= agents.Critical; s++ {
		if n := o.Found[s.String()]; n > 0 {
			found[s.String()], worst = float64(n), s.String()
		}
	}
	m["campaign"], m["name"], m["target"], m["status"], m["verdict"] = o.ID, o.Name, o.Settings.Target, string(o.Status), o.Verdict()
	m["found"], m["worst"], m["marked"] = found, worst, float64(o.Marked)
	if o.Summary == nil {
		return
	}
	coverage := map[string]any{}
	for area, count := range o.Summary.Counts {
		coverage[string(area)] = map[string]any{"tested": float64(count.Executed), "of": float64(count.Applicable), "share": count.Share()}
	}
	gates := []any{}
	for _, g := range o.Summary.Gates {
		gates = append(gates, map[string]any{"area": string(g.Area), "required": g.Required, "tested": float64(g.Executed), "of": float64(g.Of), "met": g.Met})
	}
	m["coverage"], m["gates"] = coverage, gates
	m["stopped"], m["requests"], m["seconds"] = o.Summary.Stopped, float64(o.Summary.Requests), o.Summary.Seconds
}

// foundObject is a finding as items have it.
func foundObject(f *campaign.Agreed, change desk.Change) map[string]any {
	places := []any{}
	for _, p := range f.Places {
		places = append(places, p.URL)
	}
	by := []any{}
	for _, id := range f.By {
		by = append(by, id)
	}
	references := []any{}
	for _, r := range f.References {
		references = append(references, r)
	}
	return map[string]any{
		"id": f.ID, "title": f.Title, "severity": f.Severity.String(), "area": string(f.Area), "probe": f.Probe, "change": string(change),
		"url": f.Where.URL, "method": f.Where.Method, "parameter": f.Where.Parameter, "element": f.Where.Element, "places": places,
		"text": f.Text, "advice": f.Advice, "by": by, "references": references, "curl": f.Curl(),
	}
}

// countText names counts by severity, the worst first: "2 high, 1 low".
func countText(found map[string]int) string {
	var parts []string
	for s := agents.Critical; s >= agents.Info; s-- {
		if n := found[s.String()]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if len(parts) == 0 {
		return "nothing found"
	}
	return strings.Join(parts, ", ")
}

// campaignText sums a campaign up in a few lines, as for a chat.
func campaignText(o *desk.Campaign, link string) string {
	lines := []string{fmt.Sprintf("%s: %s (%s).", o.Name, o.Verdict(), countText(o.Found))}
	if s := o.Summary; s != nil {
		for _, g := range s.Gates {
			if !g.Met {
				lines = append(lines, fmt.Sprint("Tested of ", g.Area, ": ", g.Executed, " of ", g.Of, ", less than the required ", math.Round(100*g.Required), " %."))
			}
		}
		if s.Stopped != "" {
			lines = append(lines, "It ended early: "+s.Stopped)
		}
	}
	return strings.Join(append(lines, link), "\n")
}
