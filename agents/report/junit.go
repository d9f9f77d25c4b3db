package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/campaign"
)

// The elements of JUnit's XML, as build servers read it.
type (
	junitReport struct {
		XMLName xml.Name     `xml:"testsuites"`
		Name    string       `xml:"name,attr"`
		Tests   int          `xml:"tests,attr"`
		Fails   int          `xml:"failures,attr"`
		Skipped int          `xml:"skipped,attr"`
		Time    string       `xml:"time,attr"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Fails     int         `xml:"failures,attr"`
		Skipped   int         `xml:"skipped,attr"`
		Timestamp string      `xml:"timestamp,attr"`
		Hostname  string      `xml:"hostname,attr"`
		Cases     []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Skipped *junitMessage `xml:"skipped"`
		Failure *junitMessage `xml:"failure"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes a suite for every area and in it a case for every probe: failed with what it found, skipped where it was
// tested nowhere or marked as false, and else passed. What was tested in part says of how much. A last suite has what was
// required of the campaign as a whole.
func (r Report) JUnit(w io.Writer) error {
	result := masked(r.Result)
	report := junitReport{Name: "atelier qa " + printable(result.Settings.Target), Time: fmt.Sprintf("%.3f", result.Ended.Sub(result.Begun).Seconds())}
	for _, area := range agents.Areas {
		suite := suiteOf(result, string(area))
		for _, group := range byProbe(result.Cases, area) {
			suite.add(r.junitCase(result, group))
		}
		report.add(suite)
	}
	report.add(r.required(result))
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(report); err != nil {
		return fmt.Errorf("write JUnit XML: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func suiteOf(result *campaign.Result, name string) junitSuite {
	return junitSuite{Name: name, Timestamp: result.Begun.UTC().Format("2006-01-02T15:04:05"), Hostname: printable(result.Settings.Target)}
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	if c.Failure != nil {
		s.Fails++
	}
	if c.Skipped != nil {
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func (r *junitReport) add(s junitSuite) {
	if s.Tests > 0 {
		r.Tests, r.Fails, r.Skipped = r.Tests+s.Tests, r.Fails+s.Fails, r.Skipped+s.Skipped
		r.Suites = append(r.Suites, s)
	}
}

// required are the coverage that was required, and that the campaign was finished.
func (r *Report) required(result *campaign.Result) junitSuite {
	suite := suiteOf(result, "requirements")
	for i := range result.Gates {
		g := &result.Gates[i]
		c := junitCase{Name: "coverage of " + string(g.Area), Class: "atelier.requirements", Out: fmt.Sprintf("tested %d of %d", g.Executed, g.Of)}
		if !g.Met {
			c.Failure = &junitMessage{Message: unmet(g), Type: "coverage"}
		}
		suite.add(c)
	}
	whole := junitCase{Name: "the campaign is finished", Class: "atelier.requirements"}
	switch {
	case r.Conclude() == NotTested:
		whole.Failure = &junitMessage{Message: "nothing was tested", Type: "stopped", Text: printable(result.Stopped)}
	case result.Stopped != "":
		whole.Failure = &junitMessage{Message: printable(result.Stopped), Type: "stopped"}
	}
	suite.add(whole)
	return suite
}

// unmet says by how much a requirement was missed.
func unmet(g *agents.Gate) string {
	return fmt.Sprintf("%s: %.3f tested, %.3f required", g.Area, g.Reached, g.Required)
}

// group are the cases of one probe in one area.
type group struct {
	probe string
	area  agents.Area
	count agents.Count
}

func byProbe(cases []*campaign.Case, area agents.Area) []*group {
	var list []*group
	index := map[string]*group{}
	for _, x := range cases {
		if x.Area != area {
			continue
		}
		g := index[x.Probe]
		if g == nil {
			g = &group{probe: x.Probe, area: area}
			index[x.Probe] = g
			list = append(list, g)
		}
		g.count.Add(x.Outcome)
	}
	return list
}

func (r *Report) junitCase(result *campaign.Result, g *group) junitCase {
	c := junitCase{Name: printable(g.probe + ": " + r.title(g.probe)), Class: "atelier." + string(g.area)}
	var faults, remarks, excused []string
	why := ""
	worst := agents.Info
	for i := range result.Findings {
		f := &result.Findings[i]
		switch {
		case f.Probe != g.probe || f.Area != g.area:
		case f.Marked != "":
			why = cmp.Or(why, f.Marked)
			excused = append(excused, plain(f)+"\nmarked as false: "+f.Marked)
		case !r.fails(f):
			remarks = append(remarks, plain(f))
		default:
			worst = max(worst, f.Severity)
			faults = append(faults, plain(f))
		}
	}
	reasons := reasonsOf(&g.count)
	switch {
	case len(faults) > 0:
		c.Failure = &junitMessage{Message: printable(cut(firstLine(faults[0]), 300)), Type: worst.String(), Text: printable(strings.Join(faults, "\n\n"))}
	case len(excused) > 0:
		c.Skipped = &junitMessage{Message: printable(cut("marked as false: "+firstLine(why), 300)), Text: printable(strings.Join(excused, "\n\n"))}
	case g.count.Executed == 0:
		first := "nothing on this target to test"
		if len(reasons) > 0 {
			first = reasons[0]
		}
		c.Skipped = &junitMessage{Message: printable(cut(first, 300)), Text: printable(strings.Join(reasons, "\n"))}
		return c
	}
	out := append([]string{fmt.Sprintf("tested %d of %d", g.count.Executed, g.count.Applicable)}, reasons...)
	c.Out = printable(strings.Join(slices.Concat(out, remarks, excused), "\n"))
	return c
}

// reasonsOf says why not all was tested, the most frequent reason first.
func reasonsOf(count *agents.Count) []string {
	keys := slices.SortedFunc(maps.Keys(count.Reasons), func(a, b string) int {
		return cmp.Or(cmp.Compare(count.Reasons[b], count.Reasons[a]), strings.Compare(a, b))
	})
	var list []string
	for _, key := range keys {
		list = append(list, fmt.Sprintf("%d not tested: %s", count.Reasons[key], cut(key, 500)))
	}
	return list
}

// plain tells a finding in lines.
func plain(f *campaign.Agreed) string {
	lines := []string{fmt.Sprintf("[%s] %s", f.Severity, f.Title), f.Text, "at " + placeWords(f.Where)}
	if more := len(f.Places) - 1; more > 0 {
		lines = append(lines, fmt.Sprintf("and at %d more places", more))
	}
	if f.Advice != "" {
		lines = append(lines, "what to do: "+f.Advice)
	}
	if line := f.Curl(); line != "" && len(line) < 2000 {
		lines = append(lines, "repeat: "+line)
	}
	return strings.Join(append(lines, "fingerprint: "+f.ID), "\n")
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// placeWords writes a place in one line.
func placeWords(p agents.Place) string {
	words := p.URL
	if p.Method != "" && p.Method != "GET" {
		words = p.Method + " " + words
	}
	for _, part := range []struct{ name, value string }{{"parameter", p.Parameter}, {"element", p.Element}, {"as", p.As}} {
		if part.value != "" {
			words += ", " + part.name + " " + part.value
		}
	}
	if p.Line > 0 {
		words += fmt.Sprintf(", line %d", p.Line)
	}
	return words
}
