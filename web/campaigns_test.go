package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/web"
)

// withCampaigns gives a studio a persona and two probes. Nobody runs campaigns.
func withCampaigns(o *web.Options) {
	o.Campaigns = &web.Campaigns{
		Personas: []agents.Persona{{ID: "reader", Name: "Reader", Role: "Reads", Area: agents.Functional, Tools: []string{"a lens"}, Probes: []string{"links", "titles"}}},
		Probes:   map[string]*agents.Probe{"links": {ID: "links", Title: "Links"}, "titles": {ID: "titles", Title: "Titles"}, "hidden": {ID: "hidden", Title: "Hidden"}},
		Secret:   []byte("secret"), Wake: func() {},
	}
}

// send sends a form whose fields may stand there more than once, "name=value" each.
func (b *browser) send(path string, fields ...string) answer {
	b.t.Helper()
	form := url.Values{}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		form.Add(name, value)
	}
	return b.do("POST", path, "application/x-www-form-urlencoded", form.Encode())
}

func account(role, user, how, secret string) []string {
	return []string{"role=" + role, "user=" + user, "how=" + how, "secret=" + secret}
}

// Whoever may only send personas cannot have a workflow started by one.
func TestCampaignsStartWorkflowsOfThoseWhoMayRunThem(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t), withCampaigns)
	ada := s.owner(t, "ada@example.org")
	w := ada.draw("Alert", start())
	_, tester := ada.key(time.Hour, string(auth.CampaignEdit))
	_, runner := ada.key(time.Hour, string(auth.CampaignEdit), string(auth.WorkflowRun))
	program := s.browser(t)
	order := object{"target": "http://127.0.0.1:1", "after": object{"workflow": w.ID, "always": true}}
	plan := object{"campaign": order, "cron": "0 2 * * *"}
	for _, ask := range []struct {
		path   string
		body   object
		allows int
	}{{"/campaigns", order, http.StatusAccepted}, {"/campaign-plans", plan, http.StatusCreated}} {
		if res := program.api("POST", ask.path, ask.body, nil, http.StatusForbidden, "Authorization", "Bearer "+tester); !strings.Contains(res.Text, "workflow.run") {
			t.Errorf("it is not told why: %s", res.Text)
		}
		program.api("POST", ask.path, ask.body, nil, ask.allows, "Authorization", "Bearer "+runner)
	}
}

// What the form does not show is not lost when a campaign is repeated or a plan is changed, and what is wrong costs nothing
// of what was typed.
func TestCampaignForm(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t), withCampaigns)
	ada := s.owner(t, "ada@example.org")
	scope := ada.Member.Scope()
	w := ada.draw("Alert", start())
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Store.ArchiveWorkflow(t.Context(), scope, w.ID, true))
	settings := campaign.Settings{
		Target: "http://127.0.0.1:1", Below: "/shop", Personas: []agents.Persona{{ID: "reader", Name: "Reader", Area: agents.Functional, Probes: []string{"links"}}},
		Budget: campaign.Budget{Tabs: 3, Tokens: 1000, Questions: 7}, Specification: "It sells seeds.",
	}
	plan, err := s.Store.PutPlan(t.Context(), scope, desk.Plan{
		Name: "Nightly", Settings: settings, After: desk.After{Workflow: w.ID, Always: true}, Cron: "0 2 * * *", Timezone: "Europe/Berlin", Active: true,
	}, "")
	must(err)
	page := ada.get("/campaigns/plans/" + plan.ID)
	wantPage(t, page, http.StatusOK, `value="/shop"`, `value="Europe/Berlin"`, `value="`+w.ID+`" selected`)

	form := []string{"target=http://127.0.0.1:1", "below=/shop", "persona=reader", "when=0 2 * * *", "workflow=" + w.ID, "least=always"}
	change := append([]string{"plan=" + plan.ID, "timezone=Asia/Tokyo", "plan-active=yes"}, form...)
	wantRedirect(t, ada.send("/campaigns/plans/"+plan.ID, change...), "/campaigns")
	changed, err := s.Store.Plan(t.Context(), scope, plan.ID)
	must(err)
	if b := changed.Settings.Budget; b.Tabs != 3 || b.Tokens != 1000 || b.Questions != 7 || changed.Settings.Specification == "" || changed.Settings.Below != "/shop" {
		t.Errorf("saving a plan left %+v", changed.Settings)
	}
	if changed.Timezone != "Asia/Tokyo" || changed.After.Workflow != w.ID {
		t.Errorf("saving a plan left %+v", changed)
	}

	once := []string{"target=http://127.0.0.1:1", "persona=reader"}
	made := func(fields ...string) *desk.Campaign {
		t.Helper()
		res := ada.send("/campaigns", append(fields, once...)...)
		c, err := s.Store.Campaign(t.Context(), scope, strings.TrimPrefix(res.Header.Get("Location"), "/campaigns/"))
		if err != nil {
			t.Fatalf("%v: %d %.300s", err, res.StatusCode, res.Text)
		}
		return c
	}
	first, err := s.Store.AddCampaign(t.Context(), scope, desk.Campaign{Name: "First", Settings: settings}, "")
	must(err)
	if again := made("from="+first.ID, "below=/shop"); again.Settings.Budget.Tabs != 3 || again.Settings.Below != "/shop" {
		t.Errorf("run again: %+v", again.Settings)
	}
	if c := made(account("", "", "header", "Authorization: Bearer x")...); len(c.Settings.Accounts) != 1 || c.Settings.Accounts[0].Role != "user" {
		t.Errorf("a header alone: %+v", c.Settings.Accounts)
	}
	if c := made(account("admin", "", "password", "")...); len(c.Settings.Accounts) != 0 {
		t.Errorf("a role alone: %+v", c.Settings.Accounts)
	}
	for _, wrong := range []struct {
		fields []string
		text   string
	}{
		{account("", "", "header", ""), "A header has a name"},
		{account("admin", "", "password", "secret"), "the name that a password belongs to"},
		{[]string{"workflow=gone", "least=always"}, "not there any more"},
		{[]string{"from=gone"}, "type them again"},
		{[]string{"when=0 2 * * *", "timezone=Mars/Olympus"}, "Mars/Olympus"},
	} {
		wantPage(t, ada.send("/campaigns", append(append(wrong.fields, "name=Kept as it was"), once...)...), http.StatusUnprocessableEntity, wrong.text, "Kept as it was")
	}
	must(s.Store.DeleteWorkflow(t.Context(), scope, w.ID))
	wantPage(t, ada.get("/campaigns/plans/"+plan.ID), http.StatusOK, "not there any more")
}

// The pages say that a campaign which waits is paused, and nobody joins one whose cases are shared out.
func TestPausedCampaignWaits(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t), withCampaigns)
	ada := s.owner(t, "ada@example.org")
	vera := s.member(t, ada, "vera@example.org", auth.Viewer)
	var c desk.Campaign
	ada.api("POST", "/campaigns", object{"target": "http://127.0.0.1:1/?a=1&b=2"}, &c, http.StatusAccepted)
	wantPage(t, ada.get("/campaigns/"+c.ID), http.StatusOK, "Waits until the studio is free", "Stop this campaign?")
	ada.api("POST", "/campaigns/"+c.ID+"/pause", nil, nil, http.StatusOK)
	wantPage(t, ada.get("/campaigns"), http.StatusOK, "Paused")
	wantPage(t, vera.get("/campaigns/"+c.ID), http.StatusOK, "data-paused", "it waits until somebody lets it go on")

	queue := s.Store.Desk()
	ada.api("POST", "/campaigns/"+c.ID+"/resume", nil, nil, http.StatusOK)
	task, err := queue.Claim(t.Context(), "worker", 0)
	if err != nil || task == nil {
		t.Fatal(task, err)
	}
	if _, err := queue.Beat(t.Context(), task, desk.Board{Snapshot: campaign.Snapshot{Stage: "confirming"}}); err != nil {
		t.Fatal(err)
	}
	ada.api("POST", "/personas", object{"id": "late", "name": "Late", "area": "functional", "probes": []string{"links"}}, nil, http.StatusOK)
	res := ada.api("POST", "/campaigns/"+c.ID+"/personas", object{"persona": "late"}, nil, http.StatusUnprocessableEntity)
	if page := ada.get("/campaigns/" + c.ID); !strings.Contains(res.Text, "Late can work in the next one") || strings.Contains(page.Text, "one more persona") {
		t.Errorf("joining while it confirms: %s", res.Text)
	}
}

// A form of a persona loses nothing of it, and takes no other's place.
func TestPersonaForm(t *testing.T) {
	t.Parallel()
	s := newStudio(t, withNodes(t), withCampaigns)
	ada := s.owner(t, "ada@example.org")
	own := func(id string) agents.Persona {
		t.Helper()
		all, err := s.Store.OwnPersonas(t.Context(), ada.Member.Scope())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range all {
			if p.ID == id {
				return p
			}
		}
		t.Fatalf("there is no %s among %+v", id, all)
		return agents.Persona{}
	}
	wantPage(t, ada.get("/personas/new?from=reader"), http.StatusOK, `value="reader_copy"`)
	copied := []string{"new=yes", "from=reader", "area=functional", "skills=links, words"}
	wantRedirect(t, ada.send("/personas", append(copied, "id=reader_copy", "name=Mine", "probe=titles", "probe=links", "limit-requests=500", "limit-minutes=1.5")...), "/personas")
	p := own("reader_copy")
	if p.Role != "Reads" || len(p.Tools) != 1 || strings.Join(p.Probes, " ") != "links titles" || p.Limits != (agents.Limits{Requests: 500, Time: 90 * time.Second}) {
		t.Errorf("copied: %+v", p)
	}
	wantPage(t, ada.get("/personas"), http.StatusOK, "at most 500 requests")
	wantPage(t, ada.get("/personas/new?from=reader"), http.StatusOK, `value="reader_copy2"`)
	wantPage(t, ada.get("/personas/new?from=reader_copy"), http.StatusOK, `value="reader_copy2"`)
	for _, id := range []string{"reader_copy", "reader"} {
		wantPage(t, ada.send("/personas", append(copied, "id="+id, "name=Another", "probe=links")...), http.StatusUnprocessableEntity, "reader_copy2 is free", `name="new"`)
	}
	if p := own("reader_copy"); p.Name != "Mine" {
		t.Errorf("a copy took the place of another: %+v", p)
	}

	// Only the API gave it a probe that the form does not offer.
	ada.api("POST", "/personas", object{"id": "tuned", "name": "Tuned", "role": "Tunes", "area": "functional", "tools": []string{"fork"}, "probes": []string{"titles", "hidden", "links"}, "limits": object{"time": int64(time.Minute)}}, nil, http.StatusOK)
	wantPage(t, ada.get("/personas/tuned"), http.StatusOK, `name="limit-minutes"`, "readonly")
	wrong := ada.send("/personas", "id=tuned", "name=", "area=functional", "probe=links")
	wantPage(t, wrong, http.StatusUnprocessableEntity, "has no name", "readonly")
	wantPage(t, ada.send("/personas", "id=tuned", "name=Tuned", "area=functional", "probe=links", "limit-minutes=-1"), http.StatusUnprocessableEntity, "A limit is a number")
	wantRedirect(t, ada.send("/personas", "id=tuned", "name=Tuned again", "area=functional", "probe=links", "limit-minutes=1"), "/personas")
	p = own("tuned")
	if p.Name != "Tuned again" || p.Role != "Tunes" || len(p.Tools) != 1 || strings.Join(p.Probes, " ") != "hidden links" || p.Limits.Time != time.Minute {
		t.Errorf("changed: %+v", p)
	}
	wantPage(t, ada.send("/personas", "id=gone", "name=Gone", "area=functional", "probe=links"), http.StatusUnprocessableEntity, "deleted meanwhile", `name="new"`)
}
