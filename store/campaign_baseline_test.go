package store_test

import (
	"context"
	"testing"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	campaigns "github.com/atelier-studio/atelier/agents/desk"
)

// What a campaign leaves reaches the next one on its target as it was left, with pictures as long as they are kept.
func TestBaselines(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx, v := t.Context(), newTarget(t)
		known := v.probes()
		var before *agents.Baseline
		known["remembers"] = &agents.Probe{ID: "remembers", Title: "Remembers", Check: agents.Whole(func(_ context.Context, lab *agents.Lab) agents.Outcome {
			before = lab.Baseline
			return agents.Pass()
		})}
		w := p.tester(v, "one")
		w.Parts = func(context.Context, *campaigns.Task) (campaign.Parts, error) {
			return campaign.Parts{Probes: known}, nil
		}
		w.Left = func(r *campaign.Result) *agents.Baseline {
			b := campaign.BaselineOf(r)
			b.Seen["page /"] = agents.Seen{Title: "Page", Picture: []byte("a picture")}
			b.Metrics["page / ttfb"] = append(b.Metrics["page / ttfb"], 12)
			return b
		}
		rememberer := agents.Persona{ID: "rememberer", Name: "Rememberer", Area: agents.Functional, Probes: []string{"remembers", "errors"}}
		run := func() *campaigns.Campaign {
			before = nil
			c, err := p.AddCampaign(ctx, p.alpha, v.order(rememberer), "")
			must(t, err)
			p.next(t, w)
			return c
		}
		run()
		if before != nil {
			t.Fatalf("the first remembers %+v", before)
		}
		run()
		if before == nil || len(before.Findings) != 1 || len(before.Findings[0].Evidence) > 0 || before.Executed["errors"] == 0 || string(before.Seen["page /"].Picture) != "a picture" || len(before.Metrics["page / ttfb"]) != 1 {
			t.Fatalf("the second remembers %+v", before)
		}
		v.broken.Store(false)
		run()
		if len(before.Findings) != 1 {
			t.Errorf("the third remembers %+v", before)
		}
		if n, err := p.PrunePictures(ctx, p.clock.Now().AddDate(0, 0, 40).UnixMicro(), 30); err != nil || n != 3 { // two of findings, and that of the last page
			t.Errorf("%d pictures removed, %v", n, err)
		}
		fourth := run()
		if seen, ok := before.Seen["page /"]; !ok || seen.Picture != nil || len(before.Fixed) != 1 || len(before.Findings) != 0 {
			t.Errorf("the fourth remembers %+v", before)
		}
		// Of one whose baseline is gone, what is kept of its result has to do.
		must(t, p.DeleteCampaign(ctx, p.alpha, fourth.ID))
		run()
		if before == nil || before.Surface == nil || before.Executed["errors"] == 0 {
			t.Errorf("without a baseline it remembers %+v", before)
		}
	})
}
