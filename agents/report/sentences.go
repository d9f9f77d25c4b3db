package report

import (
	"context"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/surface"
	"github.com/atelier-studio/atelier/agents/wire"
)

// sentence says what the campaign comes to, in a line or two.
func (p *page) sentence(ctx context.Context) string {
	if p.conclusion == NotTested {
		return tr(ctx, "Nothing could be tested, so nothing can be said about this target.")
	}
	var parts []string
	bad := 0
	for i := range p.result.Findings {
		if f := &p.result.Findings[i]; f.Severity >= min(agents.Low, p.least()) && f.Marked == "" {
			bad++
		}
	}
	if bad == 0 {
		parts = append(parts, tr(ctx, "No fault was found in what was tested."))
	} else {
		parts = append(parts, trn(ctx, bad, "{n} fault was found, the worst of them of severity {severity}.", "{n} faults were found, the worst of them of severity {severity}.", "severity", severityWord(ctx, p.result.Worst())))
	}
	if least := p.least(); least > agents.Low {
		parts = append(parts, tr(ctx, "What fails the campaign is of severity {severity} or worse.", "severity", severityWord(ctx, least)))
	}
	switch gates, unmet := len(p.result.Gates), p.unmet(); {
	case gates == 0:
		parts = append(parts, tr(ctx, "No coverage was required; {share} of what applies was tested.", "share", percent(ctx, p.total().Share())))
	case unmet == 0:
		parts = append(parts, trn(ctx, gates, "The coverage that was required is reached.", "All {n} requirements of coverage are met."))
	default:
		parts = append(parts, trn(ctx, unmet, "{n} of {of} requirements of coverage is not met.", "{n} of {of} requirements of coverage are not met.", "of", gates))
	}
	return strings.Join(parts, " ")
}

// nothing says why there is no finding.
func (p *page) nothing(ctx context.Context) string {
	if p.conclusion == NotTested {
		return tr(ctx, "Nothing was tested.")
	}
	return tr(ctx, "No fault was found in what was tested.")
}

func (p *page) discovered(ctx context.Context, s *surface.Surface) string {
	return strings.Join([]string{
		trn(ctx, len(s.Pages), "{n} page", "{n} pages"), trn(ctx, len(s.Forms), "{n} form", "{n} forms"), trn(ctx, len(s.Operations), "{n} operation", "{n} operations"),
	}, ", ")
}

func (p *page) intrusive(ctx context.Context) string {
	if p.result.Settings.Intrusive {
		return tr(ctx, "allowed")
	}
	return tr(ctx, "not allowed")
}

func (p *page) browser(ctx context.Context) string {
	if p.result.Browser == "" {
		return tr(ctx, "yes")
	}
	return said(ctx, p.result.Browser)
}

// model says what a language model was asked, and what came of what it claimed.
func (p *page) model(ctx context.Context) string {
	u := p.result.Model
	return printable(u.Model) + " · " + trn(ctx, u.Questions, "{n} question", "{n} questions") + " · " + tr(ctx, "Claims: {claims}, tried and held: {kept}", "claims", u.Claims, "kept", u.Kept)
}

func (p *page) accounts(ctx context.Context) string {
	var list []string
	for _, a := range p.result.Accounts {
		words := a.Name
		if a.Role != "" && a.Role != a.Name {
			words += " (" + a.Role + ")"
		}
		if !a.In {
			words += ": " + tr(ctx, "could not sign in")
		}
		list = append(list, words)
	}
	return strings.Join(list, ", ")
}

// rule is the rule that decided a finding.
func (p *page) rule(f *campaign.Agreed) string {
	if probe := p.Probes[f.Probe]; probe != nil {
		return probe.Decides
	}
	return ""
}

// confirmed says whether a finding was seen again. Some are taken as they are: what is only to know, and what probes find
// that are not made a second time.
func (p *page) confirmed(ctx context.Context, f *campaign.Agreed) string {
	probe := p.Probes[f.Probe]
	switch {
	case f.Confirmed:
		return tr(ctx, "Seen again when it was tried once more")
	case f.Severity == agents.Info || probe != nil && (probe.Once || probe.Last):
		return tr(ctx, "Seen once: this probe is not repeated.")
	default:
		return tr(ctx, "Not confirmed: it could not be tried once more")
	}
}

// sent tells whether a request showed the finding, so that sending it again shows it again.
func (p *page) sent(f *campaign.Agreed) bool {
	for _, e := range f.Evidence {
		if e.Exchange != nil {
			return true
		}
	}
	return false
}

// repeat says how to see a finding with one's own eyes.
func (p *page) repeat(ctx context.Context, f *campaign.Agreed) string {
	var parts []string
	if f.Where.As != "" {
		parts = append(parts, tr(ctx, "Sign in as {name}.", "name", printable(f.Where.As)))
	}
	switch {
	case p.sent(f):
		parts = append(parts, tr(ctx, "Send this request, and compare the answer with the evidence above."))
	case f.Where.Element != "":
		parts = append(parts, tr(ctx, "Open the address in a browser, and look at the element that is named."))
	default:
		parts = append(parts, tr(ctx, "Open the address, and compare what you see with the evidence above."))
	}
	return strings.Join(parts, " ")
}

func methodOf(x *wire.Exchange) string {
	if x.Request.Method == "" {
		return "GET"
	}
	return x.Request.Method
}
