// Package desk keeps the campaigns of a studio going: who asked for what, how far it is and what became of it, and the
// worker that runs them, one after the other in each process. It knows no store: that implements Queue.
package desk

import (
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/explore"
	"github.com/atelier-studio/atelier/agents/journey"
	"github.com/atelier-studio/atelier/agents/wire"
)

// Campaign is one that somebody asked for. Passwords are never in it.
type Campaign struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Settings campaign.Settings `json:"settings"`
	After    After             `json:"after,omitzero"`
	// Of is the campaign whose findings Again are tested once more; "" in one of its own.
	Of    string   `json:"of,omitempty"`
	Again []string `json:"again,omitempty"`
	Plan  string   `json:"plan,omitempty"` // that it comes from
	// Run is the run of a workflow that waits for it: when that ends, so does the campaign. "" when none does.
	Run string `json:"run,omitempty"`

	Status   Status   `json:"status"`
	Paused   bool     `json:"paused,omitempty"`   // or about to be
	Stopping bool     `json:"stopping,omitempty"` // somebody wants it to end
	Error    string   `json:"error,omitempty"`
	Board    Board    `json:"board,omitzero"`
	Summary  *Summary `json:"summary,omitempty"` // nil before it ends, and when nothing could be tested
	Restarts int      `json:"restarts,omitempty"`
	Created  int64    `json:"created"`
	Begun    int64    `json:"begun,omitempty"`
	Ended    int64    `json:"ended,omitempty"`
	By       string   `json:"by"`
	// Found counts the findings by the word of their severity, without those that are marked as false; Marked are these.
	Found  map[string]int `json:"found,omitempty"`
	Marked int            `json:"marked,omitempty"`
}

// Status is how far a campaign is.
type Status string

// The states.
const (
	Queued  Status = "queued"
	Working Status = "working"
	Done    Status = "done"
	Failed  Status = "failed" // nothing could be tested
	Stopped Status = "stopped"
)

// Open tells whether it is still to be done.
func (s Status) Open() bool { return s == Queued || s == Working }

// After is what happens when a campaign has ended: a workflow of the workspace is started with what it came to.
type After struct {
	Workflow string `json:"workflow,omitempty"` // its id
	// Always starts it in any case; else it is started when there is a new finding of this severity or worse.
	Always bool            `json:"always,omitempty"`
	Least  agents.Severity `json:"least,omitempty"`
}

// Summary is what a campaign came to, without its findings.
type Summary struct {
	Counts     map[agents.Area]*agents.Count `json:"counts"`
	Gates      []agents.Gate                 `json:"gates,omitempty"`
	Accounts   []agents.Account              `json:"accounts,omitempty"`
	Stopped    string                        `json:"stopped,omitempty"`
	Authorised string                        `json:"authorised"`
	Browser    string                        `json:"browser,omitempty"`
	Model      *explore.Use                  `json:"model,omitempty"`
	Requests   int64                         `json:"requests"`
	Bytes      int64                         `json:"bytes"`
	Cases      int                           `json:"cases"`
	Pages      int                           `json:"pages"`
	Seconds    float64                       `json:"seconds"`
}

// SummaryOf shortens a result.
func SummaryOf(r *campaign.Result) *Summary {
	s := &Summary{
		Counts: r.Counts, Gates: r.Gates, Accounts: r.Accounts, Stopped: r.Stopped, Authorised: r.Authorised, Browser: r.Browser, Model: r.Model,
		Requests: r.Requests, Bytes: r.Bytes, Cases: len(r.Cases), Seconds: r.Ended.Sub(r.Begun).Seconds(),
	}
	if r.Surface != nil {
		s.Pages = len(r.Surface.Pages)
	}
	return s
}

// Verdict is what a campaign comes to: "passed", "failed", "not finished" or "not tested"; "" as long as it is open.
func (c *Campaign) Verdict() string {
	if c.Status.Open() {
		return ""
	}
	executed, bad := 0, 0
	if c.Summary != nil {
		for _, count := range c.Summary.Counts {
			executed += count.Executed
		}
	}
	for severity, n := range c.Found {
		if severity != agents.Info.String() {
			bad += n
		}
	}
	switch {
	case executed == 0:
		return "not tested"
	case bad > 0 || slices.ContainsFunc(c.Summary.Gates, func(g agents.Gate) bool { return !g.Met }):
		return "failed"
	case c.Summary.Stopped != "":
		return "not finished"
	default:
		return "passed"
	}
}

// Origin is the target without its path: what marks and comparisons go by. "" when it is none.
func (c *Campaign) Origin() string { return OriginOf(c.Settings.Target) }

// OriginOf is a target's address without its path.
func OriginOf(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	return wire.Origin(u)
}

// Bounds of what can be asked for.
const (
	maxName     = 200
	maxAccounts = 60
	maxPersonas = 300
	maxList     = 200
	maxTime     = 24 * time.Hour
	maxRequests = 1_000_000
	maxRate     = 1000
	maxActive   = 300
	maxTabs     = 16
	maxPages    = 5000

	maxQuestions     = 2000
	maxTokens        = 20_000_000
	maxSpecification = 256 << 10
)

// Check tells whether a campaign can be run; the error wraps fs.ErrInvalid and names what is wrong.
func (c *Campaign) Check(probes map[string]*agents.Probe) error {
	s := &c.Settings
	c.Name = strings.TrimSpace(c.Name)
	if _, err := wire.NewScope(s.Target, s.Origins, s.Below, s.Without); err != nil {
		return err
	}
	b := s.Budget
	for _, limit := range []struct {
		what    string
		is, top float64
	}{
		{"letters of the name", float64(utf8.RuneCountInString(c.Name)), maxName},
		{"accounts", float64(len(s.Accounts)), maxAccounts},
		{"personas", float64(len(s.Personas)), maxPersonas},
		{"origins, paths and addresses", float64(len(s.Origins) + len(s.Without) + len(s.More)), maxList},
		{"hours", b.Time.Hours(), maxTime.Hours()},
		{"requests", float64(b.Requests), maxRequests},
		{"requests a second", b.PerSecond, maxRate},
		{"personas at once", float64(b.Active), maxActive},
		{"tabs", float64(b.Tabs), maxTabs},
		{"pages", float64(b.Pages), maxPages},
		{"questions", float64(b.Questions), maxQuestions},
		{"tokens", float64(b.Tokens), maxTokens},
		{"characters of a specification", float64(len(s.Specification)), maxSpecification},
	} {
		if !(limit.is >= 0 && limit.is <= limit.top) {
			return fmt.Errorf("a campaign has at most %.0f %s (%w)", limit.top, limit.what, fs.ErrInvalid)
		}
	}
	for area, share := range s.Require {
		if !slices.Contains(agents.Areas, area) || !(share >= 0 && share <= 1) {
			return fmt.Errorf("%s=%v is no requirement: areas are %v, shares from 0 to 1 (%w)", area, share, agents.Areas, fs.ErrInvalid)
		}
	}
	for _, area := range s.Areas {
		if !slices.Contains(agents.Areas, area) {
			return fmt.Errorf("%q is no area: it is one of %v (%w)", area, agents.Areas, fs.ErrInvalid)
		}
	}
	for i := range s.Personas {
		if err := CheckPersona(&s.Personas[i], probes); err != nil {
			return err
		}
	}
	if err := journey.Check(s.Journeys); err != nil {
		return err
	}
	if err := s.Access.Check(); err != nil {
		return err
	}
	if len(s.Personas) == 0 {
		return fmt.Errorf("choose at least one persona (%w)", fs.ErrInvalid)
	}
	return nil
}

// CheckPersona tells whether a persona is whole and makes only probes that there are.
func CheckPersona(p *agents.Persona, probes map[string]*agents.Probe) error {
	if err := p.Check(); err != nil {
		return err
	}
	for _, id := range p.Probes {
		if probes[id] == nil {
			return fmt.Errorf("persona %s makes the probe %q, which this studio does not have (%w)", p.Name, id, fs.ErrInvalid)
		}
	}
	return nil
}
