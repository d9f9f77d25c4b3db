package views

import (
	"context"
	"net/url"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/engine"

	"github.com/a-h/templ"
)

// CampaignsView is the list of campaigns.
type CampaignsView struct {
	Campaigns []desk.Campaign
	Next      string // the cursor of the page that follows
	Cursor    string
	Target    string // of the filter
	Plans     []desk.Plan
	Browser   string // why there is none
}

// next is the address of the page that follows, with the same filter.
func (v CampaignsView) next() templ.SafeURL {
	q := url.Values{"cursor": {v.Next}}
	if v.Target != "" {
		q.Set("target", v.Target)
	}
	return templ.SafeURL("/campaigns?" + q.Encode())
}

// TargetTrend is what campaigns on one target found, the oldest first.
type TargetTrend struct {
	Target string
	Last   *desk.Campaign
	Bars   []TrendBar
}

// TrendBar is one campaign of a trend.
type TrendBar struct {
	ID, Text string
	Height   int // percent
	Verdict  string
}

// trends gathers the campaigns by target; those with one campaign only are in the table alone.
func (v CampaignsView) trends(ctx context.Context) []TargetTrend {
	index := map[string]*TargetTrend{}
	var order []string
	for i := range slices.Backward(v.Campaigns) {
		c := &v.Campaigns[i]
		if c.Of != "" || c.Status != desk.Done {
			continue
		}
		t := index[c.Origin()]
		if t == nil {
			t = &TargetTrend{Target: c.Origin()}
			index[t.Target] = t
			order = append(order, t.Target)
		}
		t.Last = c
		t.Bars = append(t.Bars, TrendBar{ID: c.ID, Height: faults(c), Verdict: c.Verdict(), Text: trn(ctx, faults(c), "{n} fault", "{n} faults") + " · " + dateText(c.Created)})
	}
	var list []TargetTrend
	for _, target := range order {
		t := index[target]
		if len(t.Bars) < 2 {
			continue
		}
		t.Bars = t.Bars[max(0, len(t.Bars)-30):]
		most := 1
		for _, b := range t.Bars {
			most = max(most, b.Height)
		}
		for i := range t.Bars {
			t.Bars[i].Height = 6 + 94*t.Bars[i].Height/most
		}
		list = append(list, *t)
	}
	return list
}

// faults counts what was found above info.
func faults(c *desk.Campaign) int {
	n := 0
	for severity, count := range c.Found {
		if severity != agents.Info.String() {
			n += count
		}
	}
	return n
}

// CampaignForm is a campaign that is asked for.
type CampaignForm struct {
	Name, Target           string
	From                   string // the campaign that it repeats
	Plan                   string // the planned campaign that is changed
	PlanActive             bool
	Timezone, Zone         string // of a plan, and the studio's
	Areas                  map[agents.Area]bool
	Require                map[agents.Area]string
	Accounts               []CampaignAccount
	Intrusive              bool
	Minutes, Requests      string
	PerSecond, Pages       string
	Active, Seed           string
	Below                  string   // a path
	Without, Origins, More string   // one a line
	Roles, Journeys        string   // YAML, or JSON
	Models                 []string // names of credentials of language models
	Model, Questions, Text string   // one of them, what it may be asked, and what it reads
	Personas               []agents.Persona
	Chosen                 map[string]bool // nil: all
	When, Cron             string
	Workflows              []engine.Summary
	Workflow, Least        string
	Browser                string // why there is none
	Mistakes               Mistakes
}

// follow are the workflows that can be started afterwards.
func (f CampaignForm) follow(ctx context.Context) []Choice {
	list := []Choice{{"", tr(ctx, "None")}}
	for i := range f.Workflows {
		list = append(list, Choice{f.Workflows[i].ID, f.Workflows[i].Name})
	}
	return list
}

// action is where the form goes.
func (f CampaignForm) action() templ.SafeURL {
	if f.Plan != "" {
		return templ.SafeURL("/campaigns/plans/" + f.Plan)
	}
	return "/campaigns"
}

func (f CampaignForm) title(ctx context.Context) string {
	if f.Plan != "" {
		return tr(ctx, "Planned campaign")
	}
	return tr(ctx, "New campaign")
}

// times are the choices of when it runs. One that is planned is not run at once.
func (f CampaignForm) times(ctx context.Context) []Choice {
	list := []Choice{{"", tr(ctx, "Now, once")}, {"0 2 * * *", tr(ctx, "Every night at two")}, {"0 2 * * 1", tr(ctx, "Every Monday at two")}, {"cron", tr(ctx, "As this cron line says")}}
	if f.Plan != "" {
		return list[1:]
	}
	return list
}

// Times are the cron lines that can be chosen by words.
var Times = []string{"0 2 * * *", "0 2 * * 1"}

// modelNames are the models to choose from, with the one that was chosen before.
func (f CampaignForm) modelNames() []string {
	if f.Model == "" || slices.Contains(f.Models, f.Model) {
		return f.Models
	}
	return append(slices.Clone(f.Models), f.Model)
}

// CampaignAccount is an account of the form. Kept says that its password is known already.
type CampaignAccount struct {
	Role, User string
	Header     bool
	Kept       bool
}

// Picked tells whether a persona is chosen.
func (f CampaignForm) picked(id string) bool { return f.Chosen == nil || f.Chosen[id] }

// CampaignView is one campaign.
type CampaignView struct {
	Campaign  desk.Campaign
	Tab       string       // "findings", "coverage", "surface"
	Findings  []desk.Found // those that the filter lets through
	All       int          // findings
	Severity  string       // of the filter
	Area      string
	Query     string
	Marked    bool // show those that are marked, too
	Earlier   []desk.Campaign
	Surface   []SurfacePart
	Personas  []agents.Persona // that could join
	SharedOut bool             // it is too late for that
	Shares    []desk.Share
	Shared    string // the address of a link that was just made
	Retests   []desk.Campaign
	ByPersona []PersonaRow
	Tried     [][]campaign.Tried // what became of the table of roles, rule by rule
}

// SurfacePart is a sort of things that were discovered.
type SurfacePart struct {
	Title string
	Count int
	Rows  [][]string
	Head  []string
}

// PersonaRow is what a persona did.
type PersonaRow struct {
	Name  string
	Done  int
	Found int
}

// FindingView is one finding with its evidence.
type FindingView struct {
	Campaign desk.Campaign
	Found    desk.Found
	Title    string // of its probe
	Decides  string // the rule
	Curl     string
	Mistakes Mistakes
}

// CompareView is what became of the findings of an earlier campaign.
type CompareView struct {
	Campaign, Before desk.Campaign
	Changes          []desk.Compared
	Show             desk.Change // of the filter; "": all
	Counts           map[desk.Change]int
}

// limitText says what a persona is limited to; "" when it has no limits of its own.
func limitText(ctx context.Context, l agents.Limits) string {
	var parts []string
	if l.Requests > 0 {
		parts = append(parts, trn(ctx, l.Requests, "at most {n} request", "at most {n} requests"))
	}
	if l.Time > 0 {
		parts = append(parts, tr(ctx, "at most {time}", "time", secondsText(l.Time.Seconds())))
	}
	return joined(parts)
}

// PersonasView are the personas of the studio and of the workspace.
type PersonasView struct {
	Personas []agents.Persona
	Own      map[string]bool
	Probes   map[string]*agents.Probe
	Mistake  string
}

// PersonaForm is a persona that is made or changed.
type PersonaForm struct {
	Persona           agents.Persona
	IsNew             bool
	From              string // the id of the persona that is copied
	Requests, Minutes string // its limits
	Groups            []ProbeGroup
	Mistakes          Mistakes
}

// ProbeGroup are the probes of one of the studio's personas.
type ProbeGroup struct {
	Name   string
	Probes []*agents.Probe
}
