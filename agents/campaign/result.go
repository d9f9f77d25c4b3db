package campaign

import (
	"context"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/browser"
	"github.com/atelier-studio/atelier/agents/claim"
	"github.com/atelier-studio/atelier/agents/explore"
	"github.com/atelier-studio/atelier/agents/reading"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Result is what a campaign leaves.
type Result struct {
	Settings   Settings         `json:"settings"`
	Begun      time.Time        `json:"begun"`
	Ended      time.Time        `json:"ended"`
	Authorised string           `json:"authorised"`
	Surface    *surface.Surface `json:"surface"`
	Accounts   []agents.Account `json:"accounts,omitempty"`
	// Findings are confirmed, and one for each cause, the worst first.
	Findings []Agreed `json:"findings"`
	Cases    []*Case  `json:"cases"`
	// Counts are coverage by area, ByProbe by probe.
	Counts  map[agents.Area]*agents.Count `json:"counts"`
	ByProbe map[string]*agents.Count      `json:"by_probe"`
	Gates   []agents.Gate                 `json:"gates,omitempty"`
	// Stopped says why the campaign ended before everything was done; "" when it did not.
	Stopped  string `json:"stopped,omitempty"`
	Requests int64  `json:"requests"`
	Bytes    int64  `json:"bytes"`
	Browser  string `json:"browser,omitempty"` // why there was none
	// Model is what a language model was asked, and Claims what it claimed and was tried; nil without one.
	Model  *explore.Use `json:"model,omitempty"`
	Claims *claim.Book  `json:"claims,omitempty"`

	// Sessions are the values of the cookies and the tokens by which accounts were signed in: what is told of a result leaves them out.
	Sessions []string `json:"-"`

	before *agents.Baseline // that it was compared with
	visits map[string]*browser.Visit
}

// Agreed is a finding that personas agree on.
type Agreed struct {
	agents.Finding
	ID        string                `json:"id"` // its print
	Area      agents.Area           `json:"area"`
	Places    []agents.Place        `json:"places"`
	By        []string              `json:"by"`
	Kinds     []agents.EvidenceKind `json:"kinds"` // independent kinds of evidence
	Confirmed bool                  `json:"confirmed"`
	// Marked says why somebody calls it false: it does not count then. "" when nobody does.
	Marked string `json:"marked,omitempty"`
	// Explained is what a language model says to it; nil when none did. It is no evidence.
	Explained *Explanation `json:"explained,omitempty"`
}

// Explanation is a finding in the words of a language model, for whoever mends it. It changes nothing of the finding.
type Explanation struct {
	Text string `json:"text"`
	By   string `json:"by"` // the model
}

// OK tells whether every requirement is met and nothing worse than info was found, but for what is marked as false.
func (r *Result) OK() bool {
	for _, g := range r.Gates {
		if !g.Met {
			return false
		}
	}
	return r.Stopped == "" && r.Worst() == agents.Info
}

// Worst is the highest severity that was found, but for what is marked as false; Info when nothing was.
func (r *Result) Worst() agents.Severity {
	worst := agents.Info
	for i := range r.Findings {
		if r.Findings[i].Marked == "" {
			worst = max(worst, r.Findings[i].Severity)
		}
	}
	return worst
}

// conclude counts.
func (c *campaign) conclude(ctx, timed context.Context) {
	r := c.result
	r.Ended, r.Cases, r.Accounts, r.Browser = c.Now(), c.cases, c.accounts, c.noBrowser
	r.before, r.visits = c.Baseline, c.visits.all()
	for _, line := range c.client.Given() {
		if cookie, ok := reading.ParseCookie(line); ok && cookie.IsSession() {
			r.Sessions = append(r.Sessions, cookie.Value)
		}
	}
	r.Sessions = append(r.Sessions, c.tokens...)
	r.Requests, r.Bytes = c.Spent.Requests+c.client.Budget().Sent(), c.client.Budget().Received()
	c.tally()
	r.Findings = agree(c.cases)
	r.Gates = c.Require.Check(r.Counts)
	switch {
	case ctx.Err() != nil:
		r.Stopped = "the campaign was stopped"
	case c.ended(timed) != "":
		r.Stopped = c.ended(timed)
	case c.cut: // what was not found is in no denominator
		r.Stopped = "the time for discovery was over before everything was looked at"
	}
}

// tally counts the cases.
func (c *campaign) tally() {
	r := c.result
	r.Counts, r.ByProbe = map[agents.Area]*agents.Count{}, map[string]*agents.Count{}
	for _, x := range c.cases {
		if r.Counts[x.Area] == nil {
			r.Counts[x.Area] = &agents.Count{}
		}
		if r.ByProbe[x.Probe] == nil {
			r.ByProbe[x.Probe] = &agents.Count{}
		}
		r.Counts[x.Area].Add(x.Outcome)
		r.ByProbe[x.Probe].Add(x.Outcome)
	}
}

// Event is something that happened in a campaign.
type Event struct {
	At      time.Time      `json:"at"`
	Kind    EventKind      `json:"kind"`
	Persona string         `json:"persona,omitempty"`
	Case    string         `json:"case,omitempty"`
	Probe   string         `json:"probe,omitempty"`
	Verdict agents.Verdict `json:"verdict,omitempty"`
	Text    string         `json:"text,omitempty"`
	Done    int            `json:"done,omitempty"`
	Of      int            `json:"of,omitempty"`
	Picture []byte         `json:"-"`
	// Findings are those of a case that ended, before they are confirmed, and those that stayed of one that was tried again.
	Findings []agents.Finding `json:"-"`
}

// EventKind sorts events.
type EventKind string

// The kinds of events.
const (
	Stage      EventKind = "stage"
	Discovered EventKind = "discovered"
	Looked     EventKind = "looked"
	Began      EventKind = "began"
	Ended      EventKind = "ended"
	Confirmed  EventKind = "confirmed"
	Told       EventKind = "told"
)
