package store_test

import (
	"fmt"
	"io/fs"
	"math"
	"testing"

	"github.com/atelier-studio/atelier/agents/campaign"
	campaigns "github.com/atelier-studio/atelier/agents/desk"
)

// What opens accounts is used again for the target that it was entered for, and for no other.
func TestLoginsStayWithTheirTarget(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		ctx, v := t.Context(), newTarget(t)
		opened := func(c *campaigns.Campaign) string {
			t.Helper()
			task, err := p.Desk().Claim(ctx, "one", math.MinInt64)
			must(t, err)
			if task == nil || task.ID != c.ID {
				t.Fatalf("%+v was claimed", task)
			}
			task.Status = campaigns.Stopped
			must(t, p.Desk().Finish(ctx, task, nil))
			return fmt.Sprint(task.Logins)
		}
		order := v.order(breaker)
		order.Settings.Target, order.Settings.Origins = "http://Shop.test/start", []string{"http://cdn.test"}
		order.Settings.Accounts = []campaign.Login{{Role: "user", Header: "X-Key: one"}, {Role: "user", Header: "X-Key: two"}, {Role: "admin", User: "ada", Password: "secret"}}
		first, err := p.AddCampaign(ctx, p.alpha, order, "")
		must(t, err)
		full := order.Settings.Accounts
		if got := opened(first); got != fmt.Sprint(full) {
			t.Fatal(got)
		}
		plan, err := p.PutPlan(ctx, p.alpha, campaigns.Plan{Name: "Nightly", Settings: order.Settings, Cron: "daily", Timezone: "UTC"}, "")
		must(t, err)
		blank := func(change func(s *campaign.Settings)) campaigns.Campaign {
			c := order
			c.Settings.Accounts = []campaign.Login{{Role: "user"}, {Role: "user"}, {Role: "admin", User: "ada"}}
			change(&c.Settings)
			return c
		}
		for name, tt := range map[string]struct {
			change func(s *campaign.Settings)
			want   []campaign.Login // nil: refused
		}{
			"as it was":       {func(*campaign.Settings) {}, full},
			"another page":    {func(s *campaign.Settings) { s.Target, s.Origins = "http://shop.test:80/other", nil }, full},
			"another order":   {func(s *campaign.Settings) { s.Accounts = s.Accounts[1:] }, []campaign.Login{full[0], full[2]}},
			"one entered":     {func(s *campaign.Settings) { s.Accounts[0].Header = "X-Key: new" }, []campaign.Login{{Role: "user", Header: "X-Key: new"}, full[1], full[2]}},
			"all entered":     {func(s *campaign.Settings) { s.Target, s.Accounts = v.URL, full }, full},
			"nobody known":    {func(s *campaign.Settings) { s.Target, s.Accounts = v.URL, []campaign.Login{{Role: "guest"}} }, []campaign.Login{{Role: "guest"}}},
			"another target":  {func(s *campaign.Settings) { s.Target = "https://shop.test" }, nil},
			"an origin more":  {func(s *campaign.Settings) { s.Origins = []string{"http://cdn.test", "http://evil.test"} }, nil},
			"the other first": {func(s *campaign.Settings) { s.Target, s.Origins = "http://cdn.test", []string{"http://shop.test"} }, nil},
		} {
			changed := *plan
			changed.Settings = blank(tt.change).Settings
			_, err := p.PutPlan(ctx, p.alpha, changed, "")
			c, again := p.AddCampaign(ctx, p.alpha, blank(tt.change), first.ID)
			if tt.want == nil {
				want(t, err, fs.ErrInvalid, name+", planned")
				want(t, again, fs.ErrInvalid, name)
				continue
			}
			must(t, err)
			must(t, again)
			if got := opened(c); got != fmt.Sprint(tt.want) {
				t.Errorf("%s: %s, want %v", name, got, tt.want)
			}
			changed.Settings = order.Settings
			_, err = p.PutPlan(ctx, p.alpha, changed, "")
			must(t, err)
		}
		c, err := p.RunPlan(ctx, p.alpha, plan.ID)
		must(t, err)
		if got := opened(c); got != fmt.Sprint(full) {
			t.Errorf("the plan has %s", got)
		}
	})
}
