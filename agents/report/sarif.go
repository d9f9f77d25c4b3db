package report

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/wire"
)

// maxRelated bounds the places of one result.
const maxRelated = 50

// SARIF writes findings as SARIF 2.1.0, which code hosts and editors read: a rule for every probe that applied, and a
// result for every finding. What was not tested stands among the notifications.
func (r Report) SARIF(w io.Writer) error {
	result := masked(r.Result)
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "Atelier", Version: r.Version, Rules: []sarifRule{}}},
		Invocation: []sarifInvocation{r.invocation(result)},
		Automation: sarifAutomation{"atelier-qa/" + printable(result.Settings.Target) + "/"},
		ColumnKind: "utf16CodeUnits", Results: []sarifResult{},
		Properties: map[string]any{"conclusion": r.Conclude(), "failOn": r.least(), "coverage": result.Counts, "gates": result.Gates},
	}
	areas, index := map[string]agents.Area{}, map[string]int{}
	for _, x := range result.Cases {
		if areas[x.Probe] == "" {
			areas[x.Probe] = x.Area
		}
	}
	for i := range result.Findings { // those of a probe that no case names any more
		if f := &result.Findings[i]; areas[f.Probe] == "" {
			areas[f.Probe] = f.Area
		}
	}
	for _, id := range slices.Sorted(maps.Keys(areas)) {
		index[id] = len(run.Tool.Driver.Rules)
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, r.rule(id, areas[id]))
	}
	for i := range result.Findings {
		f := &result.Findings[i]
		run.Results = append(run.Results, r.sarifResult(f, index[f.Probe]))
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	return encoder.Encode(sarifLog{Schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}})
}

// levels are how bad a result is; what is only to know is none.
var levels = map[agents.Severity]string{agents.Info: "none", agents.Low: "note", agents.Medium: "warning", agents.High: "error", agents.Critical: "error"}

// scores are severities as code hosts sort security results: the middle of what CVSS calls so.
var scores = map[agents.Severity]string{agents.Info: "0.0", agents.Low: "2.5", agents.Medium: "5.5", agents.High: "8.0", agents.Critical: "9.5"}

var cwe = regexp.MustCompile(`^CWE-(\d+)$`)

func (r *Report) rule(id string, area agents.Area) sarifRule {
	rule := sarifRule{ID: id, Name: pascal(id), Short: sarifText{r.title(id)}, Full: sarifText{r.title(id)}, Help: sarifText{r.title(id)}, Default: sarifLevel{"warning"}, Properties: map[string]any{}}
	tags := []string{string(area)}
	if probe := r.Probes[id]; probe != nil {
		rule.Default.Level = levels[probe.Severity]
		if probe.Decides != "" {
			rule.Full.Text = probe.Decides
		}
		if probe.Advice != "" {
			rule.Help.Text = probe.Advice
		}
		for _, reference := range probe.References {
			if number := cwe.FindStringSubmatch(reference); number != nil {
				tags = append(tags, "external/cwe/cwe-"+number[1])
			}
			if link := linkOf(reference); link != "" && rule.HelpURI == "" {
				rule.HelpURI = link
			}
		}
		if area == agents.Security {
			rule.Properties["security-severity"] = scores[probe.Severity]
		}
	}
	rule.Properties["tags"] = tags
	rule.Properties["precision"] = "high"
	return rule
}

// pascal writes an id as rules are named: CookieHttponly.
func pascal(id string) string {
	var b strings.Builder
	for part := range strings.FieldsFuncSeq(id, func(r rune) bool { return r == '-' || r == '_' }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

func (r *Report) sarifResult(f *campaign.Agreed, rule int) sarifResult {
	text := f.Title
	if f.Text != "" {
		text += ": " + f.Text
	}
	s := sarifResult{
		Rule: f.Probe, Index: rule, Kind: "fail", Level: levels[f.Severity], Message: sarifText{printable(text)}, Locations: []sarifLocation{locationOf(f.Where)},
		Prints:     map[string]string{"atelierCause/v1": f.ID, "primaryLocationLineHash": f.ID + ":1"},
		Properties: map[string]any{"area": f.Area, "severity": f.Severity, "by": f.By, "evidence": f.Kinds, "confirmed": f.Confirmed},
	}
	if f.Severity == agents.Info {
		s.Kind = "informational"
	}
	if f.Marked != "" {
		s.Suppressions = []sarifSuppression{{Kind: "external", Status: "accepted", Justification: printable(f.Marked)}}
	}
	if f.Vector != "" {
		s.Properties["cvss"] = f.Vector
	}
	if f.Area == agents.Security {
		s.Properties["security-severity"] = scores[f.Severity]
	}
	for i, place := range f.Places[:min(len(f.Places), maxRelated)] {
		if place != f.Where {
			more := locationOf(place)
			more.ID = i + 1
			s.Related = append(s.Related, more)
		}
	}
	for _, e := range f.Evidence {
		if e.Exchange != nil {
			s.Request, s.Response = webRequest(&e.Exchange.Request), webResponse(e.Exchange)
			break
		}
	}
	return s
}

func locationOf(p agents.Place) sarifLocation {
	l := sarifLocation{Message: &sarifText{printable(placeWords(p))}}
	l.Physical.Artifact.URI = uri(p.URL)
	if p.Line > 0 {
		l.Physical.Region = &sarifRegion{p.Line}
	}
	for _, part := range []struct{ kind, value string }{{"parameter", p.Parameter}, {"element", p.Element}} {
		if part.value != "" {
			l.Logical = append(l.Logical, sarifLogical{Name: printable(part.value), Kind: part.kind})
		}
	}
	return l
}

// uri is an address as a URI has to be written; what is none becomes a relative one.
func uri(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return url.PathEscape(address)
	}
	u.RawQuery = unsafe.ReplaceAllStringFunc(u.RawQuery, func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&b, "%%%02X", c)
		}
		return b.String()
	})
	return u.String()
}

// unsafe is what may not stand in a query as it is, and does in many that browsers send.
var unsafe = regexp.MustCompile(`[^A-Za-z0-9._~:/?@!$&'()*+,;=%-]`)

func webRequest(r *wire.Request) *sarifRequest {
	return &sarifRequest{Method: r.Method, Target: uri(r.URL), Header: flat(r.Header), Body: content(r.Body)}
}

func webResponse(x *wire.Exchange) *sarifResponse {
	if !x.Answered() {
		return &sarifResponse{None: true, Header: map[string]string{}}
	}
	protocol, version, _ := strings.Cut(x.Proto, "/")
	return &sarifResponse{Status: x.Status, Reason: http.StatusText(x.Status), Protocol: protocol, Version: version, Header: flat(x.Header), Body: content(x.Body)}
}

func flat(h http.Header) map[string]string {
	list := map[string]string{}
	for name, values := range h {
		list[printable(name)] = printable(strings.Join(values, ", "))
	}
	return list
}

func content(body []byte) *sarifContent {
	const longest = 8 << 10
	switch {
	case len(body) == 0:
		return nil
	case isText(body):
		return &sarifContent{Text: printable(cut(string(body), longest))}
	default:
		return &sarifContent{Binary: base64.StdEncoding.EncodeToString(body[:min(len(body), longest)])}
	}
}

func (r *Report) invocation(result *campaign.Result) sarifInvocation {
	const form = "2006-01-02T15:04:05.000Z"
	i := sarifInvocation{OK: r.Conclude() != NotTested && result.Stopped == "", Begun: result.Begun.UTC().Format(form), Ended: result.Ended.UTC().Format(form)}
	if result.Stopped != "" {
		i.Notes = append(i.Notes, sarifNote{Level: "warning", Message: sarifText{printable(result.Stopped)}})
	}
	for _, g := range result.Gates {
		if !g.Met {
			i.Notes = append(i.Notes, sarifNote{Level: "error", Message: sarifText{unmet(&g)}})
		}
	}
	for _, area := range agents.Areas {
		for _, g := range byProbe(result.Cases, area) {
			for _, reason := range reasonsOf(&g.count) {
				i.Notes = append(i.Notes, sarifNote{Level: "note", Message: sarifText{printable(g.probe + ": " + firstLine(reason))}, Rule: &sarifRuleOf{g.probe}})
			}
		}
	}
	return i
}
