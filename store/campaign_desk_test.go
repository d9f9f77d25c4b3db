package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	campaigns "github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/store"
)

// work has a worker do its next campaign beside the test.
func work(ctx context.Context, w *campaigns.Worker) chan error {
	done := make(chan error, 1)
	go func() {
		_, err := w.Next(ctx)
		done <- err
	}()
	return done
}

// eventually waits until a campaign is as wanted.
func (p *place) eventually(t *testing.T, id string, fits func(c *campaigns.Campaign) bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; <-time.After(10 * time.Millisecond) {
		c, err := p.Campaign(t.Context(), p.alpha, id)
		must(t, err)
		if fits(c) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%+v", c)
		}
	}
}

// One that stays paused leaves its worker to others, and goes on where it was.
func TestPausedCampaignsGiveWay(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx, v := t.Context(), newTarget(t)
		w := p.tester(v, "one")
		var ahead atomic.Int64
		w.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		known, release, held := v.probes(), make(chan struct{}), 0
		known["holds"] = &agents.Probe{ID: "holds", Title: "Holds", Check: agents.Whole(func(context.Context, *agents.Lab) agents.Outcome {
			held++
			v.began <- struct{}{}
			<-release
			return agents.Pass()
		})}
		w.Parts = func(context.Context, *campaigns.Task) (campaign.Parts, error) {
			return campaign.Parts{Probes: known}, nil
		}
		c, err := p.AddCampaign(ctx, p.alpha, v.order(breaker, agents.Persona{ID: "holder", Name: "Holder", Area: agents.Data, Probes: []string{"holds"}}), "")
		must(t, err)
		done := work(ctx, w)
		<-v.began
		must(t, p.SteerCampaign(ctx, p.alpha, c.ID, true))
		p.eventually(t, c.ID, func(c *campaigns.Campaign) bool { return c.Board.Paused && c.Board.Busy == 1 })
		ahead.Add(int64(time.Hour)) // a case is under way: it is waited for
		close(release)
		p.eventually(t, c.ID, func(c *campaigns.Campaign) bool {
			ahead.Add(int64(time.Minute))
			return c.Status == campaigns.Queued
		})
		must(t, <-done)
		other, err := p.AddCampaign(ctx, p.alpha, v.order(breaker), "")
		must(t, err)
		p.next(t, w)
		if other, err := p.Campaign(ctx, p.alpha, other.ID); err != nil || other.Status != campaigns.Done {
			t.Errorf("%+v, %v", other, err)
		}
		if more, err := w.Next(ctx); more || err != nil {
			t.Errorf("a paused one was begun: %v, %v", more, err)
		}
		loud := v.loud.Load()
		must(t, p.SteerCampaign(ctx, p.alpha, c.ID, false))
		p.next(t, w)
		if c, err := p.Campaign(ctx, p.alpha, c.ID); err != nil || c.Status != campaigns.Done || c.Restarts != 0 || c.Found["high"] != 1 {
			t.Errorf("%+v, %v", c, err)
		}
		if v.loud.Load() != loud+1 || held != 1 {
			t.Errorf("%d intrusive cases, the first case was made %d times", v.loud.Load()-loud, held)
		}
		// Who waits for it is gone: it ends although it is paused.
		order := v.order(waiter)
		order.Run = p.run(t, p.alpha, p.workflow(t, p.alpha, "W"), "run", func(r *engine.Run) { r.Status = engine.Cancelled }).ID
		c, err = p.AddCampaign(ctx, p.alpha, order, "")
		must(t, err)
		must(t, p.SteerCampaign(ctx, p.alpha, c.ID, true))
		p.next(t, w)
		if c, err := p.Campaign(ctx, p.alpha, c.ID); err != nil || c.Status != campaigns.Stopped {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

// One that was begun and waits is stopped with what was tested until then, and nothing is kept of it with secrets.
func TestStoppedWhileItWaits(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx, v := t.Context(), newTarget(t)
		w := p.tester(v, "one")
		w.Mask = func(s campaign.Settings) func(campaign.Case) campaign.Case {
			return func(x campaign.Case) campaign.Case {
				x.Outcome.Findings = append([]agents.Finding(nil), x.Outcome.Findings...)
				for i := range x.Outcome.Findings {
					x.Outcome.Findings[i].Text += " Without " + s.Accounts[0].Header
				}
				return x
			}
		}
		order := v.order(breaker, waiter)
		order.Settings.Require = agents.Requirements{agents.Functional: 0.5}
		c, err := p.AddCampaign(ctx, p.alpha, order, "")
		must(t, err)
		studio, shutDown := context.WithCancel(ctx)
		done := work(studio, w)
		<-v.began
		p.eventually(t, c.ID, func(c *campaigns.Campaign) bool { return c.Board.Found["high"] == 1 })
		shutDown()
		must(t, <-done)
		task := &campaigns.Task{Campaign: *c, Workspace: p.alpha.Workspace()}
		kept, err := p.Desk().Cases(ctx, task)
		if must(t, err); !strings.Contains(fmt.Sprint(kept), "Without Authorization: Bearer s3cret") {
			t.Errorf("kept without the mask: %+v", kept)
		}
		must(t, p.StopCampaign(ctx, p.alpha, c.ID))
		if c, err := p.Campaign(ctx, p.alpha, c.ID); err != nil || c.Status != campaigns.Queued || !c.Stopping {
			t.Errorf("%+v, %v", c, err)
		}
		v.Close() // nobody asks it for anything more
		p.next(t, w)
		c, err = p.Campaign(ctx, p.alpha, c.ID)
		if must(t, err); c.Status != campaigns.Stopped || c.Found["high"] != 1 || c.Summary == nil || c.Summary.Stopped == "" || c.Summary.Gates[0].Met || c.Restarts != 0 {
			t.Errorf("%+v %+v", c, c.Summary)
		}
		r, err := p.CampaignResult(ctx, p.alpha, c.ID)
		if must(t, err); len(r.Findings) != 1 || r.Findings[0].Confirmed || string(r.Findings[0].Evidence[1].Picture) != "a picture" || len(r.Cases) != len(kept) {
			t.Errorf("%+v", r)
		}
		if kept, err := p.Desk().Cases(ctx, task); err != nil || len(kept) != 0 {
			t.Errorf("%d cases are still kept, %v", len(kept), err)
		}
		must(t, p.DeleteCampaign(ctx, p.alpha, c.ID))
	})
}

// A finding is fixed when it was looked for and is gone, whatever became of others.
func TestRetestOfEach(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx, v := t.Context(), newTarget(t)
		known, again := v.probes(), false
		faulty := func(id string, then agents.Outcome) {
			known[id] = &agents.Probe{ID: id, Title: id, Severity: agents.High, Check: agents.Whole(func(context.Context, *agents.Lab) agents.Outcome {
				if again {
					return then
				}
				return agents.Fail(agents.Finding{Text: "Wrong."})
			})}
		}
		faulty("mended", agents.Pass())
		faulty("unseen", agents.Skip("no browser"))
		faulty("wrong", agents.Fail(agents.Finding{Text: "Wrong."}))
		w := p.tester(v, "one")
		w.Parts = func(context.Context, *campaigns.Task) (campaign.Parts, error) {
			return campaign.Parts{Probes: known}, nil
		}
		order := v.order(agents.Persona{ID: "finder", Name: "Finder", Area: agents.Functional, Probes: []string{"mended", "unseen", "wrong"}})
		first, err := p.AddCampaign(ctx, p.alpha, order, "")
		must(t, err)
		p.next(t, w)
		r, err := p.CampaignResult(ctx, p.alpha, first.ID)
		must(t, err)
		order.Of = first.ID
		for _, f := range r.Findings {
			order.Again = append(order.Again, f.ID)
			order.Settings.Only = append(order.Settings.Only, campaigns.CasesOf(r, f.ID)...)
		}
		again = true
		_, err = p.AddCampaign(ctx, p.alpha, order, "")
		must(t, err)
		p.next(t, w)
		list, err := p.CampaignFindings(ctx, p.alpha, first.ID)
		must(t, err)
		got := map[string]campaigns.Change{}
		for _, f := range list {
			got[f.Probe] = f.Retest
		}
		if text := fmt.Sprint(got); text != "map[mended:fixed unseen:not re-tested wrong:still there]" {
			t.Error(text)
		}
	})
}

// What has to happen after a campaign is done by another worker when its own could not.
func TestAfterCampaigns(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx, v := t.Context(), newTarget(t)
		order := v.order(breaker)
		order.After = campaigns.After{Workflow: "tell", Always: true}
		c, err := p.AddCampaign(ctx, p.alpha, order, "")
		must(t, err)
		told, fails := 0, errors.New("the studio stops")
		worker := func(owner string) *campaigns.Worker {
			w := p.tester(v, owner)
			w.Now = p.clock.Now
			w.Ended = func(_ context.Context, task *campaigns.Task) error {
				told++
				if task.ID != c.ID || task.Workspace != p.alpha.Workspace() || task.After.Workflow != "tell" || task.Status != campaigns.Done {
					t.Errorf("%+v", task)
				}
				return fails
			}
			return w
		}
		p.next(t, worker("dies"))
		lives := worker("lives")
		must(t, lives.Tell(ctx)) // the other may be at it
		if told != 1 {
			t.Fatalf("told %d times", told)
		}
		p.clock.pass(time.Minute)
		want(t, lives.Tell(ctx), fails, "it fails once more")
		fails = nil
		again := worker("again")
		again.Alone = true
		must(t, again.Tell(ctx))
		must(t, again.Tell(ctx))
		if told != 3 {
			t.Errorf("told %d times", told)
		}
	})
}

// A plan that cannot be started says why, and keeps no other from its time.
func TestPlansOfFullWorkspaces(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx, v := t.Context(), newTarget(t)
		for range 50 {
			_, err := p.AddCampaign(ctx, p.beta, v.order(breaker), "")
			must(t, err)
		}
		_, err := p.AddCampaign(ctx, p.beta, v.order(breaker), "")
		want(t, err, fs.ErrInvalid, "too many")
		now := p.clock.Now()
		plan := campaigns.Plan{Name: "Nightly", Settings: v.order(breaker).Settings, Cron: "daily", Timezone: "UTC", Active: true, Next: now.UnixMicro() - 2}
		full, err := p.PutPlan(ctx, p.beta, plan, "")
		must(t, err)
		plan.Next++
		free, err := p.PutPlan(ctx, p.alpha, plan, "")
		must(t, err)
		next := func(_, _ string, from time.Time, _ int) ([]time.Time, error) {
			return []time.Time{from.Add(24 * time.Hour)}, nil
		}
		clock := &campaigns.Clock{Plans: p.Desk(), Next: next, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}
		must(t, clock.Look(ctx))
		if list, _, err := p.Campaigns(ctx, p.alpha, store.CampaignFilter{}); err != nil || len(list) != 1 || list[0].Plan != free.ID {
			t.Errorf("%+v, %v", list, err)
		}
		got, err := p.Plan(ctx, p.beta, full.ID)
		if must(t, err); got.Next <= now.UnixMicro() || !strings.Contains(got.Error, "50 campaigns wait already") {
			t.Errorf("%+v", got)
		}
		list, _, err := p.Campaigns(ctx, p.beta, store.CampaignFilter{})
		must(t, err)
		must(t, p.StopCampaign(ctx, p.beta, list[0].ID))
		now = now.AddDate(0, 0, 2)
		must(t, clock.Look(ctx))
		if got, err := p.Plan(ctx, p.beta, full.ID); err != nil || got.Error != "" || got.Last == 0 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
