package nodes_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	campaigns "github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/store"
)

// personas are the campaigns of a real store. What they come to is made up: the tests of the program send real ones.
type personas struct {
	*store.Store
	comes  func(t *campaigns.Task) string // in the words of madeUp; "": nothing answers
	busy   atomic.Bool                    // nobody works on them
	logins atomic.Pointer[[]campaign.Login]
	named  map[string]string // ids by what examples call them
}

func (k *personas) Personas(context.Context, string) ([]agents.Persona, error) {
	return agents.Personas()
}

func (k *personas) Start(ctx context.Context, workspace string, n nodes.NewCampaign) (*campaigns.Campaign, error) {
	all, err := agents.Personas()
	if err != nil {
		return nil, err
	}
	n.Campaign.Settings.Personas = slices.DeleteFunc(all, func(p agents.Persona) bool { return len(n.Personas) > 0 && !slices.Contains(n.Personas, p.ID) })
	o, err := k.AddCampaignOnce(ctx, auth.System(workspace), n.Key, n.Campaign)
	if err != nil {
		return nil, err
	}
	return k.Campaign(ctx, workspace, o.ID)
}

// Campaign works on what waits first, unless all are busy.
func (k *personas) Campaign(ctx context.Context, workspace, id string) (*campaigns.Campaign, error) {
	if !k.busy.Load() {
		if err := k.work(ctx); err != nil {
			return nil, err
		}
	}
	return k.Store.Campaign(ctx, auth.System(workspace), cmp.Or(k.named[id], id))
}

func (k *personas) work(ctx context.Context) error {
	for {
		t, err := k.Desk().Claim(ctx, "worker", 0)
		if err != nil || t == nil {
			return err
		}
		k.logins.Store(&t.Logins)
		var r *campaign.Result
		if text := k.comes(t); text != "" {
			r, t.Status = madeUp(text), campaigns.Done
		} else {
			t.Status, t.Error = campaigns.Failed, "connection refused"
		}
		if err := k.Desk().Finish(ctx, t, r); err != nil {
			return err
		}
	}
}

func (k *personas) Before(ctx context.Context, workspace, id string) (*campaigns.Campaign, error) {
	return k.CampaignBefore(ctx, auth.System(workspace), id)
}

func (k *personas) Result(ctx context.Context, workspace, id string) (*campaign.Result, error) {
	return k.CampaignResult(ctx, auth.System(workspace), id)
}

func (k *personas) Findings(ctx context.Context, workspace, id string) ([]campaigns.Found, error) {
	return k.CampaignFindings(ctx, auth.System(workspace), id)
}

func (k *personas) Write(ctx context.Context, workspace, id, form string, w io.Writer) error {
	r, err := k.Result(ctx, workspace, id)
	if err == nil {
		_, err = fmt.Fprintf(w, "%s of %d findings", form, len(r.Findings))
	}
	return err
}

func (k *personas) Link(ctx context.Context, workspace, id string, life time.Duration) (string, error) {
	if life <= 0 {
		return "http://studio.example.com/campaigns/" + id, nil
	}
	v, err := k.AddShare(ctx, auth.System(workspace), id, rand.Text(), life)
	return fmt.Sprintf("http://studio.example.com/shared/%d", (v.Expires-v.Created)/1e6/86400), err
}

// madeUp is a result of words such as "a fail high, b pass": a case, what it came to, and how bad its finding is.
func madeUp(text string) *campaign.Result {
	count := &agents.Count{}
	r := &campaign.Result{Counts: map[agents.Area]*agents.Count{agents.Security: count}, Requests: 7}
	for one := range strings.SplitSeq(text, ",") {
		words := strings.Fields(one)
		x := &campaign.Case{ID: words[0], Probe: "probe", Area: agents.Security, Outcome: agents.Outcome{Verdict: agents.Passed}}
		switch words[1] {
		case "skip":
			x.Outcome = agents.Outcome{Verdict: agents.NotTested, Reason: "no time"}
		case "fail":
			f := agents.Finding{Probe: "probe", Title: "Fault " + words[0], Cause: words[0], Where: agents.Place{URL: "http://127.0.0.1:3000/" + words[0]}}
			if f.Severity.UnmarshalText([]byte(words[2])) != nil {
				panic("no severity: " + one)
			}
			x.Outcome = agents.Outcome{Verdict: agents.Failed, Findings: []agents.Finding{f}}
			r.Findings = append(r.Findings, campaign.Agreed{Finding: f, ID: f.Print(), Area: agents.Security, Places: []agents.Place{f.Where}})
		}
		count.Add(x.Outcome)
		r.Cases = append(r.Cases, x)
	}
	return r
}

// withCampaigns gives a world campaigns whose targets come to what the path of their address says.
func (w *world) withCampaigns() *personas {
	w.t.Helper()
	st, ok := w.deps.Files.(*store.Store)
	if !ok {
		w.t.Fatal(errors.New("the world has no store"))
	}
	k := &personas{Store: st, comes: func(t *campaigns.Task) string {
		if strings.HasSuffix(t.Settings.Target, ":1") {
			return ""
		}
		if t.Settings.Without != nil {
			return t.Settings.Without[0]
		}
		return "a fail high, b fail low, c pass"
	}}
	w.deps.Campaigns = k
	return k
}

func (k *personas) settings(target string, comes ...string) campaign.Settings {
	return campaign.Settings{Target: target, Without: comes}
}

// was makes a campaign that has ended, and returns its id.
func (k *personas) was(w *world, target, comes string) string {
	w.t.Helper()
	o, err := k.AddCampaign(w.t.Context(), auth.System("w"), campaigns.Campaign{Name: "Shop", Settings: k.settings(target, comes)}, "")
	must(w.t, err)
	must(w.t, k.work(w.t.Context()))
	return o.ID
}
