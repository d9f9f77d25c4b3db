package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/campaign"
	qadesk "github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/agents/firefox"
	"github.com/atelier-studio/atelier/agents/probes"
	"github.com/atelier-studio/atelier/agents/report"
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/ops"
	"github.com/atelier-studio/atelier/web"
)

// tests are the parts that send personas against applications.
type tests struct {
	studio  *studio
	known   map[string]*agents.Probe
	secret  []byte
	workers []*qadesk.Worker
	clock   *qadesk.Clock
}

func newTests(s *studio) (*tests, error) {
	secret, err := targetSecret(s.config)
	if err != nil {
		return nil, err
	}
	t := &tests{studio: s, known: probes.All(), secret: secret}
	for i := range s.config.Campaigns {
		t.workers = append(t.workers, &qadesk.Worker{
			Queue: s.store.Desk(), Parts: t.parts, Owner: fmt.Sprintf("%s/%d", s.runner.Owner, i), Now: time.Now, Log: s.log,
			Alone: s.config.DatabaseURL == "" && i == 0, // one process owns the folder
			Bound: bounded, Mask: report.CaseMask, Left: report.BaselineOf, Ended: t.ended,
			Changed: func(workspace string, c *qadesk.Campaign) {
				web.TellCampaign(context.Background(), s.bus, workspace, c)
			},
		})
	}
	t.clock = &qadesk.Clock{Plans: s.store.Desk(), Next: nodes.NextTimes, Now: time.Now, Log: s.log, Wake: t.wake}
	return t, nil
}

func (t *tests) wake() {
	for _, w := range t.workers {
		w.Wake()
	}
}

func (t *tests) background(ctx context.Context, group *sync.WaitGroup) {
	for _, w := range t.workers {
		group.Go(func() { w.Run(ctx) })
	}
	group.Go(func() { t.clock.Run(ctx) })
}

// parts are what a campaign works with.
func (t *tests) parts(ctx context.Context, task *qadesk.Task) (campaign.Parts, error) {
	path, err := browser.Find(t.studio.config.Browser)
	if errors.Is(err, browser.ErrNone) || errors.Is(err, fs.ErrNotExist) {
		path, err = "", nil // what needs one says so
	}
	p := campaign.Parts{
		Probes: t.known, Explorers: probes.Explorers(), BrowserPath: path, Secret: t.secret, Listed: split(t.studio.config.TestHosts), Agent: "Atelier-QA/" + ops.Version(release),
	}
	if fox, none := firefox.Find(); none == nil {
		p.FirefoxPath = fox
	}
	t.askModel(ctx, task, &p)
	return p, err
}

// bounded is what may be kept of a result: as a report tells it, without secrets.
func bounded(r *campaign.Result) (*campaign.Result, error) {
	var b bytes.Buffer
	if err := (report.Report{Result: r}).JSON(&b); err != nil {
		return nil, err
	}
	file, err := report.Read(&b)
	if err != nil {
		return nil, err
	}
	return file.Result, nil
}

// edge is what the pages about campaigns need.
func (t *tests) edge() (*web.Campaigns, error) {
	personas, err := ownPersonas(t.known)
	if err != nil {
		return nil, err
	}
	e := &web.Campaigns{Personas: personas, Probes: t.known, Explorers: probes.Explorers(), Secret: t.secret, Listed: split(t.studio.config.TestHosts), Wake: t.wake, Write: t.write}
	if _, err := browser.Find(t.studio.config.Browser); err != nil {
		e.Browser = err.Error()
	}
	return e, nil
}

// write writes the report of a campaign in a form.
func (t *tests) write(ctx context.Context, form string, w io.Writer, r *campaign.Result) error {
	known := report.Report{Result: r, Probes: probes.WithExplorers(), Version: ops.Version(release)}
	switch form {
	case "html":
		return known.HTML(ctx, w)
	case "junit":
		return known.JUnit(w)
	case "sarif":
		return known.SARIF(w)
	default:
		return known.JSON(w)
	}
}

// ended starts the workflow that is to be told what a campaign came to: of several tries one does. The error is of what may
// pass; a workflow that is gone, or that cannot be started as it is, is not tried again.
func (t *tests) ended(ctx context.Context, task *qadesk.Task) error {
	item, worst, err := t.outcome(ctx, task)
	if err == nil && (task.After.Always || worst >= task.After.Least) {
		var h *engine.Handle
		h, err = t.studio.runner.Start(ctx, engine.StartRequest{
			Workspace: task.Workspace, WorkflowID: task.After.Workflow, Revision: engine.Published, Trigger: "campaign", By: task.By, IdemKey: "campaign " + task.ID, Items: []engine.Item{{JSON: item}},
		})
		if err == nil {
			t.studio.log.InfoContext(ctx, "a workflow was started after a campaign", "campaign", task.ID, "run", h.ID)
		}
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		t.studio.log.WarnContext(ctx, "the workflow after a campaign could not be started", "campaign", task.ID, "error", err)
		return nil
	}
	return err
}

// outcome is what a workflow is told of a campaign, and the worst of what is new; -1: nothing is.
func (t *tests) outcome(ctx context.Context, task *qadesk.Task) (item map[string]any, worst agents.Severity, err error) {
	scope, s := auth.System(task.Workspace), t.studio.store
	c, err := s.Campaign(ctx, scope, task.ID)
	if err != nil {
		return nil, 0, err
	}
	found, err := s.CampaignFindings(ctx, scope, task.ID)
	if err != nil {
		return nil, 0, err
	}
	known := map[string]bool{}
	before, err := s.CampaignBefore(ctx, scope, task.ID)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, 0, err
	}
	if err == nil {
		old, err := s.CampaignFindings(ctx, scope, before.ID)
		if err != nil {
			return nil, 0, err
		}
		for i := range old {
			known[old[i].ID] = true
		}
	}
	worst = -1
	fresh := []any{}
	for i := range found {
		f := &found[i]
		if known[f.ID] || f.Mark != nil {
			continue
		}
		worst = max(worst, f.Severity)
		fresh = append(fresh, map[string]any{
			"id": f.ID, "title": f.Title, "severity": f.Severity.String(), "area": string(f.Area), "probe": f.Probe, "url": f.Where.URL, "text": f.Text, "advice": f.Advice,
		})
	}
	counts := map[string]any{}
	for severity, n := range c.Found {
		counts[severity] = n
	}
	item = map[string]any{
		"campaign": c.ID, "name": c.Name, "target": c.Settings.Target, "status": string(c.Status), "verdict": c.Verdict(), "error": c.Error, "found": counts, "new": fresh,
	}
	if c.Summary == nil {
		worst = agents.Critical // nothing could be tested: whoever wants to hear of faults wants to hear of this
	}
	return item, worst, nil
}
