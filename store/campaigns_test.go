package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	campaigns "github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/store"
)

// target is a small web application with one page that is wrong as long as broken is set.
type target struct {
	*httptest.Server
	broken atomic.Bool
	loud   atomic.Int64
	began  chan struct{} // told when the probe that waits is under way
}

func newTarget(t *testing.T) *target {
	v := &target{began: make(chan struct{}, 10)}
	v.broken.Store(true)
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if r.URL.Path == "/two" && v.broken.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
		fmt.Fprintf(w, `<title>Page</title><a href=/two>2</a> %s`, r.Header.Get("Authorization"))
	}))
	t.Cleanup(v.Close)
	return v
}

func (v *target) probes() map[string]*agents.Probe {
	pages := func(s *surface.Surface) []*surface.Page { return s.Pages }
	return map[string]*agents.Probe{
		"errors": {ID: "errors", Title: "Server error", Severity: agents.High, Needs: agents.NeedsHTTP, Check: agents.Each(pages, func(ctx context.Context, lab *agents.Lab, p *surface.Page) agents.Outcome {
			x := lab.Get(ctx, p.URL)
			if x.Status == 500 {
				return agents.Fail(agents.Finding{Text: "It answers 500.", Evidence: []agents.Evidence{agents.Exchanged("answer", x), agents.Shot("page", []byte("a picture"))}})
			}
			return agents.Pass()
		})},
		"loud": {ID: "loud", Title: "Intrusive", Needs: agents.NeedsHTTP | agents.NeedsIntrusive, Check: agents.Whole(func(context.Context, *agents.Lab) agents.Outcome {
			v.loud.Add(1)
			return agents.Pass()
		})},
		"waits": {ID: "waits", Title: "Waits", Check: agents.Whole(func(ctx context.Context, _ *agents.Lab) agents.Outcome {
			v.began <- struct{}{}
			<-ctx.Done()
			return agents.BlockOn(ctx.Err())
		})},
	}
}

var (
	breaker = agents.Persona{ID: "breaker", Name: "Breaker", Area: agents.Functional, Probes: []string{"errors", "loud"}}
	waiter  = agents.Persona{ID: "waiter", Name: "Waiter", Area: agents.Data, Probes: []string{"waits"}}
)

func (p *place) tester(v *target, owner string) *campaigns.Worker {
	return &campaigns.Worker{
		Queue: p.Desk(), Owner: owner, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Parts: func(context.Context, *campaigns.Task) (campaign.Parts, error) {
			return campaign.Parts{Probes: v.probes()}, nil
		},
	}
}

func (v *target) order(list ...agents.Persona) campaigns.Campaign {
	return campaigns.Campaign{Name: "Nightly", Settings: campaign.Settings{
		Target: v.URL, Personas: list, Intrusive: true, Budget: campaign.Budget{PerSecond: 500},
		Accounts: []campaign.Login{{Role: "admin", User: "ada", Header: "Authorization: Bearer s3cret"}},
	}}
}

func (p *place) next(t *testing.T, w *campaigns.Worker) {
	t.Helper()
	if more, err := w.Next(t.Context()); err != nil || !more {
		t.Fatalf("%v, %v", more, err)
	}
}

// A campaign is run, kept with its evidence, marked, tested again, and compared with the one before.
func TestCampaigns(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx, v := t.Context(), newTarget(t)
		w := p.tester(v, "one")
		first, err := p.AddCampaign(ctx, p.alpha, v.order(breaker), "")
		must(t, err)
		if first.Status != campaigns.Queued || first.Settings.Accounts[0].User != "ada" || first.Settings.Accounts[0].Header != "" {
			t.Fatalf("%+v", first)
		}
		p.next(t, w)
		first, err = p.Campaign(ctx, p.alpha, first.ID)
		must(t, err)
		if first.Status != campaigns.Done || first.Verdict() != "failed" || first.Found["high"] != 1 || first.Summary.Cases == 0 || !first.Summary.Accounts[0].In || first.Ended == 0 {
			t.Fatalf("%+v %+v", first, first.Summary)
		}
		list, err := p.CampaignFindings(ctx, p.alpha, first.ID)
		must(t, err)
		found := list[0]
		if len(list) != 1 || found.Probe != "errors" || found.Evidence[1].Kept == "" || found.Evidence[1].Picture != nil || strings.Contains(fmt.Sprint(list), "s3cret") {
			t.Fatalf("%+v", list)
		}
		picture, err := p.CampaignPicture(ctx, p.alpha, first.ID, found.Evidence[1].Kept)
		if must(t, err); !bytes.Equal(picture, []byte("a picture")) {
			t.Errorf("%q", picture)
		}
		must(t, p.MarkFinding(ctx, p.alpha, first.ID, found.ID, "It is meant to."))
		if c, err := p.Campaign(ctx, p.alpha, first.ID); err != nil || c.Verdict() != "passed" || c.Marked != 1 {
			t.Errorf("%+v, %v", c, err)
		}
		if r, err := p.CampaignResult(ctx, p.alpha, first.ID); err != nil || r.Findings[0].Marked != "It is meant to." || !r.OK() {
			t.Errorf("a report does not know of the mark: %+v, %v", r, err)
		}
		must(t, p.UnmarkFinding(ctx, p.alpha, first.ID, found.ID))

		// Mended, and tested again alone: with the account of the campaign, and without its intrusive case.
		result, err := p.CampaignResult(ctx, p.alpha, first.ID)
		must(t, err)
		if string(result.Findings[0].Evidence[1].Picture) != "a picture" || result.Surface == nil || len(result.Cases) != first.Summary.Cases {
			t.Fatalf("%+v", result)
		}
		again := v.order(breaker)
		again.Settings.Accounts[0].Header = ""
		again.Settings.Only, again.Of, again.Again = campaigns.CasesOf(result, found.ID), first.ID, []string{found.ID}
		for _, want := range []campaigns.Change{campaigns.Still, campaigns.Fixed} {
			v.broken.Store(want == campaigns.Still)
			_, err = p.AddCampaign(ctx, p.alpha, again, first.ID)
			must(t, err)
			p.next(t, w)
			f, err := p.CampaignFinding(ctx, p.alpha, first.ID, found.ID)
			if must(t, err); f.Retest != want || f.Retested == 0 {
				t.Errorf("tested again: %s, want %s", f.Retest, want)
			}
		}
		if n := v.loud.Load(); n != 1 {
			t.Errorf("%d intrusive cases", n)
		}
		second, err := p.AddCampaign(ctx, p.alpha, v.order(breaker), "")
		must(t, err)
		p.next(t, w)
		before, err := p.CampaignBefore(ctx, p.alpha, second.ID)
		if must(t, err); before.ID != first.ID {
			t.Errorf("before it came %s", before.ID)
		}
		now, err := p.CampaignResult(ctx, p.alpha, second.ID)
		must(t, err)
		if c := campaigns.Compare(now, result); len(c) != 1 || c[0].Change != campaigns.Fixed {
			t.Errorf("%+v", c)
		}
		if n, err := p.PrunePictures(ctx, p.clock.Now().AddDate(0, 0, 40).UnixMicro(), 30); err != nil || n != 2 {
			t.Errorf("%d pictures removed, %v", n, err)
		}
		all, next, err := p.Campaigns(ctx, p.alpha, store.CampaignFilter{Target: v.URL, Limit: 2})
		if err != nil || len(all) != 2 || next == "" || all[0].ID != second.ID {
			t.Errorf("%d campaigns, next %q, %v", len(all), next, err)
		}
	})
}

// One that is under way is paused, let go on and stopped; one that was broken off goes on without its intrusive cases.
func TestCampaignIsSteered(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx, v := t.Context(), newTarget(t)
		c, err := p.AddCampaign(ctx, p.alpha, v.order(breaker, waiter), "")
		must(t, err)
		studio, shutDown := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() {
			_, err := p.tester(v, "dies").Next(studio)
			done <- err
		}()
		<-v.began
		must(t, p.SteerCampaign(ctx, p.alpha, c.ID, true))
		must(t, p.JoinCampaign(ctx, p.alpha, c.ID, agents.Persona{ID: "late", Name: "Late", Area: agents.Data, Probes: []string{"errors"}}))
		want(t, p.JoinCampaign(ctx, p.alpha, c.ID, breaker), fs.ErrExist, "twice")
		shutDown()
		must(t, <-done)
		if c, err := p.Campaign(ctx, p.alpha, c.ID); err != nil || c.Status != campaigns.Queued || !c.Paused || len(c.Settings.Personas) != 3 {
			t.Fatalf("%+v, %v", c, err)
		}
		if more, err := p.tester(v, "two").Next(ctx); more || err != nil {
			t.Errorf("a paused one was begun: %v, %v", more, err)
		}
		must(t, p.SteerCampaign(ctx, p.alpha, c.ID, false))
		go func() {
			_, err := p.tester(v, "two").Next(ctx)
			done <- err
		}()
		<-v.began
		begun := time.Now()
		must(t, p.StopCampaign(ctx, p.alpha, c.ID))
		must(t, <-done)
		if took := time.Since(begun); took > 5*time.Second { // it is a second; the machine of the tests may be busy
			t.Errorf("stopping took %v", took)
		}
		c, err = p.Campaign(ctx, p.alpha, c.ID)
		if must(t, err); c.Status != campaigns.Stopped || c.Restarts != 0 || c.Summary == nil || c.Verdict() == "passed" {
			t.Errorf("%+v", c)
		}
		want(t, p.StopCampaign(ctx, p.alpha, c.ID), fs.ErrNotExist, "stopped twice")
		must(t, p.DeleteCampaign(ctx, p.alpha, c.ID))
	})
}

// A campaign that a step asks for is made once, and ends with its run.
func TestCampaignOfARun(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx, v := t.Context(), newTarget(t)
		r := p.run(t, p.alpha, p.workflow(t, p.alpha, "W"), "run", nil)
		order := v.order(waiter)
		order.Run = r.ID
		ids := make(chan string, 8)
		for range cap(ids) {
			go func() {
				c, err := p.AddCampaignOnce(ctx, p.alpha, "step/0", order)
				if err != nil {
					t.Error(err)
					ids <- ""
					return
				}
				ids <- c.ID
			}()
		}
		first := <-ids
		for range cap(ids) - 1 {
			if id := <-ids; id != first {
				t.Fatalf("%s and %s were made", first, id)
			}
		}
		other, err := p.AddCampaignOnce(ctx, p.beta, "step/0", order)
		if must(t, err); other.ID == first {
			t.Error("workspaces share a key")
		}
		must(t, p.StopCampaign(ctx, p.beta, other.ID))
		waits, err := p.AddCampaignOnce(ctx, p.alpha, "step/1", order)
		must(t, err)
		_, err = p.AddCampaignOnce(ctx, p.alpha, "", order)
		want(t, err, fs.ErrInvalid, "no key")
		done := make(chan error, 1)
		go func() {
			_, err := p.tester(v, "one").Next(ctx)
			done <- err
		}()
		<-v.began
		p.finish(t, r, 2, engine.Cancelled)
		must(t, <-done)                   // it was under way
		p.next(t, p.tester(v, "another")) // it waited
		for _, id := range []string{first, waits.ID} {
			if c, err := p.Campaign(ctx, p.alpha, id); err != nil || c.Status != campaigns.Stopped || c.Run != r.ID {
				t.Errorf("%+v, %v", c, err)
			}
		}
	})
}

// A plan starts its campaign once, at its time, with what opens its accounts.
func TestPlans(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx, v := t.Context(), newTarget(t)
		next := func(cron, _ string, from time.Time, _ int) ([]time.Time, error) {
			if cron != "daily" {
				return nil, errors.New("no such line")
			}
			return []time.Time{from.Add(24 * time.Hour)}, nil
		}
		o := v.order(breaker)
		plan := campaigns.Plan{Name: "Nightly", Settings: o.Settings, Cron: "daily", Timezone: "UTC", Active: true}
		must(t, plan.Check(v.probes(), next, p.clock.Now()))
		kept, err := p.PutPlan(ctx, p.alpha, plan, "")
		must(t, err)
		kept.Name = "Every night"
		_, err = p.PutPlan(ctx, p.alpha, *kept, "") // without what opens the account: it stays
		must(t, err)
		woken := 0
		now := p.clock.Now()
		clock := &campaigns.Clock{Plans: p.Desk(), Next: next, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler), Wake: func() { woken++ }}
		for _, days := range []int{0, 1, 0, 1} {
			now = now.AddDate(0, 0, days)
			must(t, clock.Look(ctx))
		}
		all, _, err := p.Campaigns(ctx, p.alpha, store.CampaignFilter{})
		if err != nil || len(all) != 1 || all[0].Plan != kept.ID || all[0].Name != "Every night" || woken != 1 {
			t.Fatalf("started %d times: %+v, %v", woken, all, err)
		}
		p.next(t, p.tester(v, "one"))
		if c, err := p.Campaign(ctx, p.alpha, all[0].ID); err != nil || !c.Summary.Accounts[0].In {
			t.Errorf("%+v, %v", c, err)
		}
	})
}
